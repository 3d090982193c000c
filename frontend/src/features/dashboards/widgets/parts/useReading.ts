import { computed, type ComputedRef } from 'vue'
import type { Channel } from '@/api/types'
import { useChannels } from '@/features/channels/queries'
import { useDisplay } from '@/features/channels/display'
import { useZones } from '@/features/zones/queries'
import { useNow } from '@/format/now'
import { formatPlain, formatValue } from '@/format/number'
import { toMs } from '@/format/time'
import { shown as inReaders, type Display } from '@/format/units'
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
  /** In the channel's own unit: for judging and measuring, not for reading. */
  value: ComputedRef<number | null>
  /** The value in its reader's unit. */
  shown: ComputedRef<number | null>
  display: ComputedRef<Display>
  at: ComputedRef<number | null>
  limits: ComputedRef<Limits | null>
  state: ComputedRef<ReadingState | null>
  /** Muted: not of now. */
  dim: ComputedRef<boolean>
  unit: ComputedRef<string>
  decimals: ComputedRef<number>
  /** Any value of the channel, as text in its reader's unit. */
  say: (value: number | null | undefined) => string
  /** A limit or the end of a scale: without needless zeros and without its unit. */
  plain: (value: number) => string
}

/** The newest value of a channel as tiles show it. A new value touches only who reads this. */
export function useReading(options: () => ReadingOptions): Reading {
  const { data: channels } = useChannels()
  const { data: zones } = useZones()
  const displayOf = useDisplay()
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
  const display = computed(() => displayOf(channel.value?.unit ?? '', channel.value))
  const unit = computed(() => (channel.value ? display.value.symbol : ''))
  const decimals = computed(() => options().decimals ?? display.value.decimals)
  const value = computed(() => sample.value?.v ?? null)
  return {
    status,
    channel,
    value,
    shown: computed(() => inReaders(display.value, value.value)),
    display,
    at: computed(() => sample.value?.t ?? null),
    limits,
    state,
    dim,
    unit,
    decimals,
    say: (v) => `${formatValue(inReaders(display.value, v), decimals.value)}${v === null || v === undefined ? '' : ` ${unit.value}`}`.trim(),
    plain: (v) => formatPlain(display.value.convert(v), display.value.same ? 6 : display.value.decimals + 1),
  }
}
