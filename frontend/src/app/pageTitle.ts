import { computed, onScopeDispose, shallowRef, toValue, watchEffect, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

/** The name of the thing a page is about, e.g. an input's; it ends the breadcrumb. The page that set it owns it. */
const subject = shallowRef<{ owner: symbol; name: string } | null>(null)

export function usePageTitle(): ComputedRef<string> {
  const { t } = useI18n()
  const route = useRoute()
  return computed(() => subject.value?.name || (route.meta.title ? t(route.meta.title) : ''))
}

/** Names the page after what it shows, as long as the page is there. */
export function useSubject(name: MaybeRefOrGetter<string | undefined>): void {
  const owner = Symbol('page')
  watchEffect(() => {
    subject.value = { owner, name: toValue(name) ?? '' }
  })
  onScopeDispose(() => {
    // The next page may have set its name before this one is taken down.
    if (subject.value?.owner === owner) subject.value = null
  })
}
