/** Times are those of the place where Hypha stands, wherever the person is who reads them, unless that person wants otherwise. */
import { computed, shallowRef, watch } from 'vue'
import { reader } from './reader'

const KEY = 'hypha-zone'

/** IANA name of the site's zone; empty while unknown. The last one is remembered, so that no time jumps when a page loads. */
export const siteZone = shallowRef(localStorage.getItem(KEY) ?? '')
watch(siteZone, (zone) => localStorage.setItem(KEY, zone), { flush: 'sync' })

export function isZone(zone: string): boolean {
  try {
    return zone !== '' && !!new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    return false
  }
}

const shown = computed(() => (reader.value.zone === 'site' && isZone(siteZone.value) ? siteZone.value : undefined))
/** The zone that times are shown in; undefined: the browser's. */
export const displayZone = (): string | undefined => shown.value

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const clocks = new Map<string, Intl.DateTimeFormat>()
function clockOf(zone: string | undefined): Intl.DateTimeFormat {
  const key = zone ?? ''
  let clock = clocks.get(key)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    })
    clocks.set(key, clock)
  }
  return clock
}

/** How far the zone is from UTC at that moment, ms; undefined: the browser's zone. */
export function zoneOffset(ms: number, zone: string | undefined): number {
  const parts = clockOf(zone).formatToParts(ms)
  const n = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second')) - Math.floor(ms / 1000) * 1000
}

/** True when the clocks of site and browser differ at that moment: what the page should say. */
export const zonesDiffer = (now: number): boolean => isZone(siteZone.value) && zoneOffset(now, siteZone.value) !== zoneOffset(now, undefined)

/** The moment at which a clock in that zone shows "2026-03-12T14:06" (undefined: the browser's zone), ms since the epoch; null when it is no time. */
export function fromClock(text: string, zone: string | undefined): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return null
  const wall = Date.parse(`${text}Z`)
  if (!Number.isFinite(wall)) return null
  // Twice, for the first guess may lie on the other side of a change of clocks.
  const first = wall - zoneOffset(wall, zone)
  return wall - zoneOffset(first, zone)
}
