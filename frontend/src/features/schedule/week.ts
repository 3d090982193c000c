/** Days of the site: their beginnings in its time zone, also when clocks change. Times in ms since the epoch. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface Shown {
  year: number
  month: number
  day: number
  hour: number
  minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** "Local" is the zone of the server's machine, which has no name for the browser: its own stands in. */
export function zoneOf(name: string | undefined): string | undefined {
  if (!name || name === 'Local') return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    return undefined
  }
}

function shown(ms: number, zone: string | undefined): Shown {
  const key = zone ?? ''
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
    formats.set(key, format)
  }
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]))
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') }
}

/** The first moment of a date in a zone. */
function midnight(year: number, month: number, day: number, zone: string | undefined): number {
  const wanted = Date.UTC(year, month - 1, day)
  let at = wanted
  for (let i = 0; i < 3; i++) {
    const is = shown(at, zone)
    const off = Date.UTC(is.year, is.month - 1, is.day, is.hour, is.minute) - wanted
    if (off === 0) break
    at -= off
  }
  // Where clocks are put forward at midnight the day begins an hour later.
  return shown(at, zone).day === new Date(wanted).getUTCDate() ? at : at + HOUR
}

/** The beginnings of seven days from the Monday of the week of a moment on, and of the day after. */
export function weekOf(moment: number, zone: string | undefined): number[] {
  const today = shown(moment, zone)
  const date = new Date(Date.UTC(today.year, today.month - 1, today.day))
  const monday = date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY
  return Array.from({ length: 8 }, (_, i) => {
    const day = new Date(monday + i * DAY)
    return midnight(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), zone)
  })
}

export const dayOf = (days: number[], moment: number): number => days.findIndex((start, i) => i < days.length - 1 && moment >= start && moment < (days[i + 1] ?? 0))

export const clockIn = (zone: string | undefined, locale: string) => {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return (ms: number) => format.format(ms)
}
export const dateIn = (zone: string | undefined, locale: string) => {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' })
  return (ms: number) => format.format(ms)
}
