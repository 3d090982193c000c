import { useQuery } from '@tanstack/vue-query'
import { useDocumentVisibility } from '@vueuse/core'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

/** The live feed tells readings and states, but not set-points and modes: pages that show those ask again while somebody looks. */
const LIST_MS = 5000
const ONE_MS = 2000

function useInterval(ms: number) {
  const visibility = useDocumentVisibility()
  return computed(() => (ms > 0 && visibility.value === 'visible' ? ms : false))
}

const listed = (refetchInterval?: ReturnType<typeof useInterval>) =>
  useQuery({
    queryKey: ['functions'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/functions', { params: { query }, signal }))),
    refetchInterval,
  })

export const useFunctions = () => listed()
export const useLiveFunctions = () => listed(useInterval(LIST_MS))

/** One function with its state, asked for again every two seconds while the page is looked at. */
export const useFunction = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['functions', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/functions/{id}', { params: { path: { id: toValue(id) } }, signal })),
    refetchInterval: useInterval(ONE_MS),
  })

/** "function/3" by its name: so do outputs and events call who acted. */
export function useFunctionName() {
  const { data } = useFunctions()
  return (ref: string): string | undefined => {
    const id = /^function\/(\d+)$/.exec(ref)?.[1]
    return id === undefined ? undefined : data.value?.find((f) => f.id === Number(id))?.name
  }
}
