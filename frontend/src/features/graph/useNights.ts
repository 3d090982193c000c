import { computed, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import type { OutputLine } from '@/features/outputs/describe'
import type { Span } from './backdrop'
import { isLamp } from './laneColours'
import { inOrder, turnsOf } from './lanes'
import type { Journal } from './useJournal'
import { edges, type TimeWindow } from './window'

const DAY = 86_400_000
/** Beyond this a night is narrower than a shade can be. */
const MOST_MS = 120 * DAY
const MARGIN_MS = 2 * DAY

/** When it is dark: while the lamp of the place is off, else while the sun is down at the site. Neither known: never. */
export function useNights(lines: Ref<OutputLine[]>, journal: Ref<Journal>, window: Ref<TimeWindow>, wanted: Ref<boolean>) {
  const lamp = computed(() => lines.value.find(isLamp))
  const sun = shallowRef<{ from: number; to: number; nights: Span[] } | null>(null)
  let unknown = false
  let asking = false

  async function ask(): Promise<void> {
    if (!wanted.value || lamp.value || unknown || asking) return
    const { from, to } = edges(window.value, Date.now())
    if (to - from > MOST_MS || (sun.value && from >= sun.value.from && to <= sun.value.to)) return
    asking = true
    const [start, end] = [Math.floor(from - MARGIN_MS - (to - from)), Math.ceil(to + MARGIN_MS + (to - from) / 2)]
    try {
      const { items, known } = unwrap(await api.GET('/nights', { params: { query: { from: String(start), to: String(end) } } }))
      unknown = !known
      sun.value = { from: start, to: end, nights: items.map((night) => ({ from: Date.parse(night.from), to: Date.parse(night.to) })) }
    } catch {
      unknown = true // a shade is an ornament
    }
    asking = false
  }
  watch([window, wanted, lamp], () => void ask(), { immediate: true })

  return computed<Span[]>(() => {
    if (!wanted.value) return []
    const line = lamp.value
    if (!line) return sun.value?.nights ?? []
    const turns = inOrder(turnsOf(journal.value.get(`output/${line.output.id}`)), line.channel.index)
    return turns.flatMap((turn, i) => {
      const off = turn.level.on === false || turn.level.duty === 0 || turn.level.value === 0
      return off ? [{ from: turn.t, to: turns[i + 1]?.t ?? Date.now() }] : []
    })
  })
}
