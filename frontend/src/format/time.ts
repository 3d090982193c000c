/** Times and durations in words. Everything takes ms since the epoch or RFC 3339 and speaks the user's language. */
import { i18n, translate } from '@/app/i18n'
import { MISSING } from './number'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export type Moment = number | string | null | undefined

export function toMs(moment: Moment): number | null {
  if (moment === null || moment === undefined) return null
  const ms = typeof moment === 'number' ? moment : Date.parse(moment)
  return Number.isFinite(ms) ? ms : null
}

/** 850 ms, 45 s, 12 min, 1 h 20 min, 3 d 4 h: at most two parts, the second only where it says something. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return MISSING
  const span = Math.max(0, ms)
  if (span < SECOND && span > 0) return translate('time.ms', { n: Math.round(span) })
  const seconds = Math.round(span / SECOND)
  if (seconds < 60) return translate('time.s', { n: seconds })
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10 && seconds % 60) return two('min', minutes, 's', seconds % 60)
  const whole = Math.round(seconds / 60)
  if (whole < 60) return translate('time.min', { n: whole })
  if (whole < 24 * 60) return two('h', Math.floor(whole / 60), 'min', whole % 60)
  const hours = Math.round(whole / 60)
  return two('d', Math.floor(hours / 24), 'h', hours % 24)
}

function two(big: string, a: number, small: string, b: number): string {
  const first = translate(`time.${big}`, { n: a })
  return b === 0 ? first : `${first} ${translate(`time.${small}`, { n: b })}`
}

/** One part only, for ages: 4 s, 2 min, 3 h, 5 d. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE) return translate('time.s', { n: Math.floor(span / SECOND) })
  if (span < HOUR) return translate('time.min', { n: Math.floor(span / MINUTE) })
  if (span < DAY) return translate('time.h', { n: Math.floor(span / HOUR) })
  return translate('time.d', { n: Math.floor(span / DAY) })
}

/** "now", "4 s ago", "2 min ago" within the day, the date before that. */
export function formatAge(moment: Moment, now: number): string {
  const ms = toMs(moment)
  if (ms === null) return MISSING
  const age = now - ms
  if (age < 1500) return translate('time.now')
  if (age < DAY) return translate('time.ago', { span: formatSpan(age) })
  return formatDay(ms, now)
}

const make = (options: Intl.DateTimeFormatOptions) => {
  const held = new Map<string, Intl.DateTimeFormat>()
  return (ms: number) => {
    const locale = i18n.global.locale.value
    let format = held.get(locale)
    if (!format) {
      // British order and 24 hours for plain "en": the one English that much of the world reads.
      format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, options)
      held.set(locale, format)
    }
    return format.format(ms)
  }
}

/** 14:06 */
export const formatClock = make({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
/** 14:06:31 */
export const formatClockSeconds = make({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const dayOfYear = make({ day: 'numeric', month: 'short' })
const dayWithYear = make({ day: 'numeric', month: 'short', year: 'numeric' })
/** Thu 12 Mar */
export const formatWeekday = make({ weekday: 'short', day: 'numeric', month: 'short' })
/** Thu */
export const formatWeekdayShort = make({ weekday: 'short' })

/** 12 Mar, with the year when it is another one. */
export function formatDay(ms: number, now: number): string {
  return new Date(ms).getFullYear() === new Date(now).getFullYear() ? dayOfYear(ms) : dayWithYear(ms)
}

/** The whole truth for a hover: Thu 12 Mar 2026, 14:06:31 */
export const formatExact = make({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

const sameDay = (a: number, b: number) => new Date(a).toDateString() === new Date(b).toDateString()

/** 14:06 today, "12 Mar 14:06" on other days. */
export function formatMoment(moment: Moment, now: number): string {
  const ms = toMs(moment)
  if (ms === null) return MISSING
  return sameDay(ms, now) ? formatClock(ms) : `${formatDay(ms, now)} ${formatClock(ms)}`
}
