import { computed, type ComputedRef } from 'vue'
import { translate as t } from '@/app/i18n'
import { useCatalogueWords } from '@/features/channels/words'
import { outOfBand, type OutOfBand, type ZoneView } from '@/features/overview/zones'
import { live } from '@/live'

export interface Verdict {
  tone: string
  icon: string
  words: string
}

/** How a zone is, in a word: out of its band and by what, waiting, in band; null where it has no targets. */
export function useVerdict(view: () => ZoneView): { out: ComputedRef<OutOfBand[]>; verdict: ComputedRef<Verdict | null> } {
  const { label } = useCatalogueWords()
  const out = computed(() => outOfBand(view()))
  const targets = computed(() => view().channels.filter((item) => item.target))
  const waiting = computed(() => targets.value.length > 0 && targets.value.every((item) => !live.sample(item.channel.id).value && !item.channel.last))
  const verdict = computed(() => {
    const [first] = out.value
    if (first) {
      const how = t(first.side === 'low' ? 'overview.too_low' : 'overview.too_high')
      return { tone: 'text-bad', icon: 'i-lucide-triangle-alert', words: t('overview.out_of_band', { name: label(first.channel), how }) }
    }
    if (waiting.value) return { tone: 'text-muted', icon: 'i-lucide-clock', words: t('overview.waiting') }
    return targets.value.length ? { tone: 'text-ok', icon: 'i-lucide-check', words: t('overview.all_in_band') } : null
  })
  return { out, verdict }
}
