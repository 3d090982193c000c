import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

export const useCameras = () =>
  useQuery({
    queryKey: ['cameras'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/cameras', { params: { query }, signal }))),
  })

/** The camera that a tile is about. */
export function useCamera(id: () => number | undefined) {
  const { data } = useCameras()
  const camera = computed(() => data.value?.find((one) => one.id === id()))
  const status = computed(() => {
    if (id() === undefined) return 'unset'
    if (camera.value) return 'ready'
    return data.value ? 'gone' : 'loading'
  })
  return { camera, status }
}
