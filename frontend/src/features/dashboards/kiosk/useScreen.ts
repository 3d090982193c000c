import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { api, unwrap } from '@/api/client'
import { ApiError } from '@/api/problem'
import type { Screen } from '@/api/types'

/** Changes of layout, and the end of the link, arrive with the next question. */
const ASK_MS = 15_000
/** A link hears of no events: what its tiles show besides live values is asked for again. */
const LISTS = ['channels', 'zones', 'inputs', 'outputs', 'functions', 'alerts', 'events', 'notes', 'stop']
const UNAUTHORIZED = 401

const get = async (dashboard?: number): Promise<Screen> => unwrap(await api.GET('/kiosk', { params: { query: dashboard ? { dashboard } : {} } }))

/** What the screen of a link, or of somebody who is signed in, shows. A link's session is renewed with its secret when it has ended. */
export function useScreen(secret: string | null, dashboard: number) {
  const cache = useQueryClient()
  /** The link opens nothing any more. */
  const ended = shallowRef(false)

  async function open(): Promise<void> {
    if (secret !== null) unwrap(await api.POST('/kiosk', { body: { secret } }))
  }
  async function ask(): Promise<Screen> {
    if (secret === null) return get(dashboard)
    try {
      // A screen that another link has opened in this browser before is not this one.
      if (!cache.getQueryData(['kiosk'])) await open()
      return await get()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== UNAUTHORIZED) throw error
      try {
        await open()
        return await get()
      } catch (again) {
        ended.value = again instanceof ApiError && again.status === UNAUTHORIZED
        throw again
      }
    }
  }
  const query = useQuery({ queryKey: ['kiosk'], queryFn: ask, refetchInterval: () => (ended.value ? false : ASK_MS), retry: false, gcTime: 0, staleTime: 0 })
  const timer = setInterval(() => {
    if (secret !== null && !ended.value) for (const key of LISTS) void cache.invalidateQueries({ queryKey: [key] })
  }, ASK_MS)
  onScopeDispose(() => clearInterval(timer))
  return { screen: computed(() => (ended.value ? undefined : query.data.value)), error: query.error, ended, reload: query.refetch }
}
