import { shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { useChannelMap } from '@/features/channels/queries'
import { tellsDevice } from './calibration'

const LOOK_BACK = 500

/** Since when (ms) the calibration of a channel is what it is today, as far as the journal reaches. */
export function useCalibratedSince(channels: Ref<number[]>, wanted: Ref<boolean>) {
  const known = useChannelMap()
  const since = shallowRef<ReadonlyMap<number, number>>(new Map())
  watch(
    () => (wanted.value ? channels.value.filter((id) => tellsDevice(known.value.get(id))) : []).map((id) => `${id}:${JSON.stringify(known.value.get(id)?.calibration)}`).join(),
    async () => {
      const found = new Map<number, number>()
      for (const id of wanted.value ? channels.value : []) {
        const channel = known.value.get(id)
        if (!channel || !tellsDevice(channel)) continue
        const answer = await api.GET('/events', { params: { query: { type: 'audit', source: channel.owner, limit: LOOK_BACK } } }).catch(() => null)
        const change = answer?.response.ok ? unwrap(answer).items.find(({ data }) => data.channel === id && Array.isArray(data.fields) && data.fields.includes('calibration')) : undefined
        if (change) found.set(id, Date.parse(change.t))
      }
      since.value = found
    },
    { immediate: true },
  )
  return since
}
