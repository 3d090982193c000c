import { momentOn } from '../parts/days'

/** A moment as a person writes it: "2027-03-01 08:00" in this place's time, or RFC 3339. Null when it is none. */
export function momentOf(text: string): number | null {
  const trimmed = text.trim()
  const plain = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(trimmed)
  if (!plain) {
    const ms = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(trimmed) ? Date.parse(trimmed) : NaN
    return Number.isFinite(ms) ? ms : null
  }
  const [year, month, day, hour, minute] = plain.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number]
  return momentOn(year, month, day, hour || 0, minute || 0)
}
