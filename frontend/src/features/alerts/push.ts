/** Web push: the browser gives an address and two keys, which become a route. */
import { api, unwrap } from '@/api/client'
import type { NotificationRoute } from '@/api/types'
import { browserName } from '@/features/auth/browserName'
import { canKeep, SERVICE_WORKER } from '@/app/serviceWorker'

/** Push needs a page that came over HTTPS, or from this machine. */
export const canPush = (): boolean => canKeep() && 'PushManager' in window

/** Unpadded URL base64, as keys travel. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

/** Asks the person, subscribes, and adds the route. null: the person has said no. */
export async function subscribe(): Promise<NotificationRoute | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null
  const { public_key } = unwrap(await api.GET('/web-push-key'))
  await navigator.serviceWorker.register(SERVICE_WORKER)
  const worker = await navigator.serviceWorker.ready
  const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(public_key) })
  const { endpoint, keys } = given.toJSON()
  return unwrap(
    await api.POST('/notification-routes', {
      body: { name: browserName(navigator.userAgent), kind: 'web_push', options: { endpoint, p256dh: keys?.p256dh, auth: keys?.auth } },
    }),
  )
}
