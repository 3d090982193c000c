/** Web push: the browser gives an address and two keys, which become a route. */
import { api, unwrap } from '@/api/client'
import type { NotificationRoute } from '@/api/types'

/** Push needs a page that came over HTTPS, or from this machine. */
export const canPush = (): boolean => window.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window

/** Unpadded URL base64, as keys travel. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

/** A name by which people know the browser: "Firefox on Android". */
export function browserName(agent: string): string {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent))?.[1]
  const browser = find([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']]) ?? 'Browser'
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Mac OS X/, 'macOS'], [/Windows/, 'Windows'], [/Linux/, 'Linux']])
  return system ? `${browser} · ${system}` : browser
}

/** Asks the person, subscribes, and adds the route. null: the person has said no. */
export async function subscribe(): Promise<NotificationRoute | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null
  const { public_key } = unwrap(await api.GET('/web-push-key'))
  await navigator.serviceWorker.register('/push-worker.js')
  const worker = await navigator.serviceWorker.ready
  const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(public_key) })
  const { endpoint, keys } = given.toJSON()
  return unwrap(
    await api.POST('/notification-routes', {
      body: { name: browserName(navigator.userAgent), kind: 'web_push', options: { endpoint, p256dh: keys?.p256dh, auth: keys?.auth } },
    }),
  )
}
