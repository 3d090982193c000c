import { computed, type ComputedRef } from 'vue'
import type { Channel } from '@/api/types'
import { useChannels } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { useZones } from '@/features/zones/queries'
import { useNow } from '@/format/now'
import { toMs } from '@/format/time'
import { live } from '@/live'
import { readingState, sameState, type Limits, type ReadingState } from './readingState'

/** What a tile's options may say about how a value is read. */
export interface ReadingOptions {
  channel?: number
  decimals?: number
  /** Seconds after which a value no longer counts. */
  max_age_s?: number
  /** A band of the tile's own; without one, the zone's target. */
  low?: number
  high?: number
}

export interface Reading {
  /** "unset": no channel chosen; "gone": it is no longer there. */
  status: ComputedRef<'unset' | 'gone' | 'loading' | 'ready'>
  channel: ComputedRef<Channel | undefined>
  value: ComputedRef<number | null>
  at: ComputedRef<number | null>
  limits: ComputedRef<Limits | null>
  state: ComputedRef<ReadingState | null>
  /** Muted: not of now. */
  dim: ComputedRef<boolean>
  unit: ComputedRef<string>
  decimals: ComputedRef<number>
}

/** The newest value of a channel as tiles show it. A new value touches only who reads this. */
export function useReading(options: () => ReadingOptions): Reading {
  const { data: channels } = useChannels()
  const { data: zones } = useZones()
  const { symbol } = useCatalogueWords()
  const now = useNow()
  const id = computed(() => options().channel)
  const channel = computed(() => channels.value?.find((one) => one.id === id.value))
  const status = computed(() => {
    if (id.value === undefined) return 'unset'
    if (channel.value) return 'ready'
    return channels.value ? 'gone' : 'loading'
  })
  const sample = computed(() => {
    const newest = id.value === undefined ? null : live.sample(id.value).value
    if (newest) return newest
    const last = channel.value?.last
    const t = toMs(last?.t)
    return last && t !== null ? { v: last.v, t, quality: last.quality } : null
  })
  const limits = computed<Limits | null>(() => {
    const { low, high } = options()
    if (low !== undefined || high !== undefined) return { min: low, max: high }
    const target = zones.value?.flatMap((zone) => zone.targets).find((one) => one.channel === id.value)
    return target ? { min: target.min ?? undefined, max: target.max ?? undefined } : null
  })
  const state = computed<ReadingState | null>((before) => {
    const age = options().max_age_s
    const next = readingState(sample.value, limits.value, now.value, age ? age * 1000 : Infinity)
    return sameState(before, next) ? (before ?? null) : next
  })
  const dim = computed(() => state.value?.old === true || live.connection.value.connection === 'lost')
  const unit = computed(() => symbol(channel.value?.unit ?? ''))
  const decimals = computed(() => options().decimals ?? channel.value?.decimals ?? 1)
  return { status, channel, value: computed(() => sample.value?.v ?? null), at: computed(() => sample.value?.t ?? null), limits, state, dim, unit, decimals }
}
