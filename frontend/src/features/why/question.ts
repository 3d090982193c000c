/** The question "why was this output so, then?" lives in the address: ?why=3.0@1792000000000. Without a moment it asks for now. */
import { useRoute, useRouter, type LocationQueryRaw, type LocationQueryValue } from 'vue-router'

export interface Question {
  output: number
  channel: number
  /** ms since the epoch; null: now. */
  at: number | null
}

export const writeQuestion = ({ output, channel, at }: Question): string => `${output}.${channel}${at === null ? '' : `@${Math.round(at)}`}`

export function readQuestion(text: LocationQueryValue | LocationQueryValue[] | undefined): Question | null {
  const match = typeof text === 'string' ? /^(\d{1,15})\.(\d{1,6})(?:@(\d{1,15}))?$/.exec(text) : null
  return match ? { output: Number(match[1]), channel: Number(match[2]), at: match[3] ? Number(match[3]) : null } : null
}

/** Asks on whatever page one is: the answer opens beside it, and the back button closes it. */
export function useAskWhy() {
  const route = useRoute()
  const router = useRouter()
  const placeOf = (question: Question) => ({ query: { ...route.query, why: writeQuestion(question) } as LocationQueryRaw, hash: route.hash })
  const ask = (question: Question) => void router.push(placeOf(question))
  return { ask, placeOf }
}
