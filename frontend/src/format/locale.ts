/** Which rules numbers, dates and weeks follow: the language's, of the region the browser or the person names. */
import { computed } from 'vue'
import { i18n } from '@/app/i18n'
import { reader } from './reader'

/** Plain "en" has British order and 24 hours: the one English that much of the world reads. */
const plain = (language: string): string => (language === 'en' ? 'en-GB' : language)

export function localeFor(language: string, region: string, browser: readonly string[]): string {
  if (region !== 'auto') return region
  return browser.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? plain(language)
}

const chosen = computed(() => localeFor(i18n.global.locale.value, reader.value.region, navigator.languages ?? []))
export const formatLocale = (): string => chosen.value

const twelve = computed(() => {
  if (reader.value.clock !== 'auto') return reader.value.clock === '12'
  return /^h1/.test(new Intl.DateTimeFormat(chosen.value, { hour: 'numeric' }).resolvedOptions().hourCycle ?? '')
})
/** True where the day has twice twelve hours. */
export const twelveHours = (): boolean => twelve.value

interface WeekInfo {
  firstDay: number
}
interface LocaleWithWeek {
  getWeekInfo?: () => WeekInfo
  weekInfo?: WeekInfo
}
const days = { mon: 1, sat: 6, sun: 7 } as const
const first = computed(() => {
  const { week } = reader.value
  if (week !== 'auto') return days[week]
  const locale = new Intl.Locale(chosen.value) as Intl.Locale & LocaleWithWeek
  return locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 1
})
/** The first day of the week as ISO counts: 1 Monday to 7 Sunday. */
export const firstWeekday = (): number => first.value
