import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useI18n } from 'vue-i18n'
import { useQueryParam } from '@/app/useQueryParam'
import { grouped, narrow, search, SORTS, sorted, valuesOf, type GroupBy, type ListRow, type Sort } from './list'

export interface Standing {
  value: string
  label: string
  /** Counted in red. */
  urgent?: boolean
}
export interface ListSetup<T> {
  rows: () => ListRow<T>[]
  /** In the order in which they are shown. */
  standings: () => Standing[]
  /** What it can be narrowed and grouped by; each has a word at lists.facet. */
  facets: readonly string[]
  labelOf: (facet: string, value: string) => string
}

/** What is shown of a list. The address holds all of it, so that it can be linked, reloaded and gone back to. */
export function useList<T>(setup: ListSetup<T>) {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const asked = useQueryParam<string>('q', '')
  const standing = useQueryParam<string>('filter', 'all')
  const groupBy = useQueryParam<GroupBy>('group', 'standing')
  const sort = useQueryParam<Sort>('sort', 'urgent')
  const labelOf = (facet: string, value: string) => (value === '' ? t(`lists.no.${facet}`) : setup.labelOf(facet, value))

  /** A facet stands in the address once for each value: ?zone=1&zone=3; an empty one is what has none. */
  const chosen: ComputedRef<Record<string, string[]>> = computed(() =>
    Object.fromEntries(setup.facets.map((facet) => [facet, [route.query[facet] ?? []].flat().map((value) => value ?? '')])),
  )
  function choose(facet: string, values: string[]) {
    const query = { ...route.query }
    if (values.length) query[facet] = values
    else delete query[facet]
    void router.replace({ query, hash: route.hash })
  }
  const toggle = (facet: string, value: string) => {
    const now = chosen.value[facet] ?? []
    choose(facet, now.includes(value) ? now.filter((one) => one !== value) : [...now, value])
  }
  function clear() {
    const mine = new Set(['q', 'filter', ...setup.facets])
    void router.replace({ query: Object.fromEntries(Object.entries(route.query).filter(([name]) => !mine.has(name))), hash: route.hash })
  }

  const rows = computed(setup.rows)
  const found = computed(() => narrow(search(rows.value, asked.value, labelOf), chosen.value))
  const order = computed(() => (SORTS.includes(sort.value) ? sort.value : 'urgent'))
  const by = computed<GroupBy>(() => (['standing', 'none', ...setup.facets].includes(groupBy.value) ? groupBy.value : 'standing'))
  const shown = computed(() => sorted(standing.value === 'all' ? found.value : found.value.filter((row) => row.standing === standing.value), order.value))
  const groups = computed(() =>
    grouped(shown.value, by.value, setup.standings().map((one) => one.value), labelOf).map((group) => ({
      ...group,
      label: by.value === 'none' ? '' : by.value === 'standing' ? (setup.standings().find((one) => one.value === group.key)?.label ?? '') : labelOf(by.value, group.key),
    })),
  )
  const segments = computed(() => [
    { value: 'all', label: t('common.all'), count: found.value.length },
    ...setup.standings().map((one) => {
      const count = found.value.filter((row) => row.standing === one.value).length
      return { value: one.value, label: one.label, count, urgent: one.urgent === true && count > 0 }
    }),
  ])
  const facets = computed(() =>
    setup.facets
      .map((facet) => ({ facet, label: t(`lists.facet.${facet}`), values: valuesOf(rows.value, facet, labelOf) }))
      .filter((one) => one.values.length > 1 || (chosen.value[one.facet] ?? []).length),
  )
  const chips = computed(() =>
    Object.entries(chosen.value).flatMap(([facet, values]) => values.map((value) => ({ facet, value, label: labelOf(facet, value) }))),
  )
  /** In the order in which they stand on the page. */
  const inOrder = computed(() => groups.value.flatMap((group) => group.rows))
  return { asked, standing, groupBy: by, setGroupBy: (value: GroupBy) => (groupBy.value = value), sort: order, setSort: (value: Sort) => (sort.value = value), chosen, toggle, clear, rows, groups, inOrder, segments, facets, chips }
}
export type List<T> = ReturnType<typeof useList<T>>
