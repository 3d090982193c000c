import { useToast } from '@nuxt/ui/composables'
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

/** Service workers need a page that came over HTTPS, or from this machine. */
export const canKeep = (): boolean => window.isSecureContext && 'serviceWorker' in navigator
export const SERVICE_WORKER = '/service-worker.js'

/** Asked for once the page is drawn, so that it never stands in the way of that. */
export function registerServiceWorker(): void {
  if (!canKeep() || !import.meta.env.PROD) return
  const register = () => void navigator.serviceWorker.register(SERVICE_WORKER).catch(() => undefined)
  if ('requestIdleCallback' in window) requestIdleCallback(register, { timeout: 5000 })
  else setTimeout(register, 2000)
}

/**
 * Says once that another version has come. The page goes on with its own until its person wants the new one: nothing reloads by itself.
 * A notification that was touched opens its page here.
 */
export function useServiceWorker(): void {
  if (!canKeep()) return
  const { t } = useI18n()
  const toast = useToast()
  const router = useRouter()
  let controlled = navigator.serviceWorker.controller !== null
  const changed = () => {
    const update = controlled
    controlled = true // the first one is no update
    if (!update) return
    toast.add({
      id: 'updated',
      title: t('update.title'),
      description: t('update.text'),
      icon: 'i-lucide-sparkles',
      duration: 0,
      actions: [{ label: t('update.reload'), color: 'primary', variant: 'solid', onClick: () => location.reload() }],
    })
  }
  const told = ({ data }: MessageEvent<{ kind?: string; path?: string }>) => {
    if (data?.kind === 'open' && data.path?.startsWith('/')) void router.push(data.path)
  }
  navigator.serviceWorker.addEventListener('controllerchange', changed)
  navigator.serviceWorker.addEventListener('message', told)
  onScopeDispose(() => {
    navigator.serviceWorker.removeEventListener('controllerchange', changed)
    navigator.serviceWorker.removeEventListener('message', told)
  })
}
