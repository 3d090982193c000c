import { useQueryClient } from '@tanstack/vue-query'
import { useLocalStorage } from '@vueuse/core'
import { computed, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { usePreferences } from '@/app/preferences'
import { useDashboardDeeds } from './deeds'
import type { Widget } from './model'
import { useDashboard, useDashboards } from './queries'
import { takenOver } from './takeover'
import { fill } from './templates/fill'
import { FIRST } from './templates/index'
import { useWorld } from './useWorld'

/** What the page shows: one of the server's, or, before there is any, one made of what exists. */
export interface Shown {
  /** 0: the server does not have it yet. */
  id: number
  name: string
  icon: string
  revision: number
  mayChange: boolean
  widgets: Widget[]
}

/** The dashboard of the address, else the one that was looked at last on this device, else the first. */
export function useChosen() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const cache = useQueryClient()
  const { world, error: worldError, reload: reloadWorld } = useWorld()
  const list = useDashboards()
  const { query: saved, preferences, save } = usePreferences()
  const deeds = useDashboardDeeds()
  const last = useLocalStorage('hypha-dashboard', 0)
  const asked = computed(() => Number(route.params.id) || 0)
  const id = computed(() => {
    const all = list.data.value ?? []
    if (asked.value) return asked.value
    return (all.find((one) => one.id === last.value) ?? all[0])?.id ?? 0
  })
  const one = useDashboard(id)
  /** A new dashboard shows and hides nothing by itself: it stays as it was first drawn. */
  const made = shallowRef<Widget[] | null>(null)
  const takingOver = shallowRef(false)

  const old = computed(() => takenOver(preferences.value.dashboard))
  watch(
    [() => saved.data.value, () => list.data.value],
    async () => {
      if (!old.value || !list.data.value || !saved.data.value || takingOver.value) return
      takingOver.value = true
      try {
        const dashboard = await deeds.create({ name: t('dashboards.first_name'), position: 0, layout: { widgets: old.value } })
        await save.mutateAsync({ dashboard: null })
        last.value = dashboard.id
        await cache.invalidateQueries({ queryKey: ['dashboards'], exact: true })
      } catch {
        // It is tried again with the next visit; what exists is shown meanwhile.
      }
      takingOver.value = false
    },
    { immediate: true },
  )
  watch(
    [id, () => one.data.value?.id],
    ([now, loaded]) => {
      if (!now || now !== loaded) return
      last.value = now
      if (!asked.value && route.path.startsWith('/dashboard')) void router.replace({ path: `/dashboard/${now}`, query: route.query })
    },
    { immediate: true },
  )

  const shown = computed<Shown | null>(() => {
    if (!list.data.value || !world.value || (old.value && takingOver.value)) return null
    if (id.value) {
      const dashboard = one.data.value
      if (!dashboard || dashboard.id !== id.value) return null
      return { id: dashboard.id, name: dashboard.name, icon: dashboard.icon, revision: dashboard.revision, mayChange: dashboard.may_change, widgets: dashboard.layout.widgets as Widget[] }
    }
    return { id: 0, name: t('dashboards.first_name'), icon: '', revision: 0, mayChange: true, widgets: (made.value ??= fill(FIRST, world.value)) }
  })
  const error = computed(() => [list, one].find((query) => query.error.value && !query.data.value)?.error.value ?? worldError.value)
  function reload() {
    void list.refetch()
    if (id.value) void one.refetch()
    reloadWorld()
  }
  return { shown, world, list: computed(() => list.data.value ?? []), error, reload, deeds }
}
