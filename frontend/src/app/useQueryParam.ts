import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A choice that lives in the address: deep links and the back button just work. The default leaves no trace. */
export function useQueryParam<T extends string>(name: string, fallback: T): WritableComputedRef<T> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[name]
      return (typeof value === 'string' && value !== '' ? value : fallback) as T
    },
    set: (value: T) => {
      const query = { ...route.query }
      if (value === fallback) delete query[name]
      else query[name] = value
      void router.replace({ query, hash: route.hash })
    },
  })
}
