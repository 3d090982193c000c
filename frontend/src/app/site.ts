import { useQuery } from '@tanstack/vue-query'
import { watch } from 'vue'
import { api, unwrap } from '@/api/client'
import { isZone, siteZone } from '@/format/zone'

/** Learns once for each page load in which zone this Hypha stands. */
export function useSiteZone(): void {
  const { data } = useQuery({
    queryKey: ['site'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/system', { signal })).timezone,
    staleTime: Infinity,
  })
  watch(data, (zone) => {
    if (zone !== undefined && isZone(zone)) siteZone.value = zone
  }, { immediate: true })
}
