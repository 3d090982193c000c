import { useToast } from '@nuxt/ui/composables'
import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import { copyText } from '@/components/copy'
import { formatNumber } from '@/format/number'
import { formatExact } from '@/format/time'
import { usePicture, type Drawn } from './usePicture'
import type { Span } from './backdrop'

export type Share = 'link' | 'png' | 'svg' | 'csv'

/** More rows than this are left to the browser's own downloads: they would fill the memory of a phone. */
const MOST_ROWS = 2_000_000

export function useExports(view: { graph: Ref<Drawn | null>; title: Ref<string>; shown: Ref<Span>; channels: Ref<number[]>; earlierName: () => string; link: () => string }) {
  const { t } = useI18n()
  const toast = useToast()
  const exporting = shallowRef('')
  const picture = usePicture(view)
  let abort: AbortController | null = null
  onScopeDispose(() => abort?.abort())

  async function csv(): Promise<void> {
    const { fetchCsv, fileName, follow, save } = await import('./export/csv')
    const { from, to } = view.shown.value
    const query = { channel: view.channels.value, from: String(Math.round(from)), to: String(Math.round(to)) }
    const url = `/api/v1/readings/export?${query.channel.map((id) => `channel=${id}`).join('&')}&from=${query.from}&to=${query.to}&format=csv`
    const name = fileName(view.title.value, from, 'csv')
    const counted = unwrap(await api.GET('/readings/aggregate', { params: { query } }))
    const total = counted.items.reduce((sum, one) => sum + one.count, 0)
    if (total > MOST_ROWS) {
      follow(url, name)
      return
    }
    abort = new AbortController()
    const blob = await fetchCsv(url, abort.signal, ({ rows }) => {
      exporting.value = t('graph.share.progress', { share: formatNumber(Math.min(99, (100 * rows) / Math.max(1, total)), 0) })
    })
    save(blob, name)
  }
  async function draw(what: 'png' | 'svg'): Promise<void> {
    const { fileName, save } = await import('./export/csv')
    const scene = await picture()
    if (!scene) return
    const name = fileName(view.title.value, view.shown.value.from, what)
    if (what === 'svg') {
      const { toSvg } = await import('./export/svg')
      save(new Blob([toSvg(scene, `${view.title.value}, ${formatExact(view.shown.value.from)} – ${formatExact(view.shown.value.to)}`)], { type: 'image/svg+xml' }), name)
    } else {
      const { toPng } = await import('./export/png')
      save(await toPng(scene), name)
    }
  }
  async function share(what: Share): Promise<void> {
    if (what === 'link') {
      const copied = await copyText(view.link())
      toast.add(copied ? { title: t('graph.share.copied'), color: 'success', icon: 'i-lucide-check', duration: 3000 } : { title: t('graph.share.not_copied'), description: view.link(), color: 'warning', icon: 'i-lucide-link' })
      return
    }
    if (exporting.value) return
    exporting.value = t('graph.share.working')
    try {
      await (what === 'csv' ? csv() : draw(what))
    } catch (error) {
      toast.add({ title: t('graph.share.failed'), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
    }
    exporting.value = ''
  }
  return { exporting, share }
}
