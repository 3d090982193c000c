/** Everything that is done to the tiles while a dashboard is arranged. */
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { createEdits } from './edits'
import { COLUMNS, MOST_WIDGETS, newId, type Form, type Place, type Widget } from './model'
import { arranged, firstGap, placesOf, put, resized, risen, samePlace, stepped, withPlaces, type Direction, type Placed } from './places'
import type { WidgetKind, World } from './widgets/kind'
import { kindOf } from './widgets/kinds'

/** On a phone a new tile takes the whole width unless it is small. */
const HALF = 3

export function useArranging(first: Widget[], startForm: Form, world: () => World | null) {
  const { t } = useI18n()
  const edits = createEdits(first)
  const form = shallowRef<Form>(startForm)
  const selected = shallowRef<string | null>(null)
  /** Whose settings are open. */
  const opened = shallowRef<string | null>(null)
  /** What a screen reader hears. */
  const said = shallowRef('')
  const widgets = edits.state
  const placed = computed(() => placesOf(widgets.value, form.value))
  const find = (id: string | null) => widgets.value.find((widget) => widget.id === id)

  function nameOf(widget: Widget): string {
    const now = world()
    return widget.title || (now && kindOf(widget.kind)?.title(widget.options, now)) || t(`widget.${widget.kind}.name`)
  }
  /** On a phone a place that one tile has been given fixes those of all. */
  const lay = (places: Placed[], sort = '') => edits.commit(withPlaces(widgets.value, form.value, places), sort)
  const placeOf = (id: string) => placed.value.find((one) => one.id === id)?.place

  function say(id: string, word: 'moved' | 'resized'): void {
    const [widget, place] = [find(id), placeOf(id)]
    if (widget && place) said.value = t(`dashboards.${word}`, { name: nameOf(widget), column: place.x + 1, row: place.y + 1, w: place.w, h: place.h })
  }
  /** One step by key; when nothing moves, that is said too. */
  function byKey(id: string, to: Direction, resize: boolean): void {
    const before = placeOf(id)
    const kind = kindOf(find(id)?.kind ?? '')
    const least = form.value === 'phone' ? { w: 1, h: 1 } : { w: kind?.size.minW ?? 1, h: kind?.size.minH ?? 1 }
    const columns = COLUMNS[form.value]
    lay(resize ? resized(placed.value, id, to, columns, least) : stepped(placed.value, id, to, columns), `key ${id}`)
    const after = placeOf(id)
    if (before && after && samePlace(before, after)) said.value = t('dashboards.no_further')
    else say(id, resize ? 'resized' : 'moved')
  }

  function insert(widget: Widget, near?: Place): void {
    if (widgets.value.length >= MOST_WIDGETS) {
      said.value = t('dashboards.full', { n: MOST_WIDGETS })
      return
    }
    const all = [...widgets.value, widget]
    const others = placed.value
    edits.commit(near ? withPlaces(all, form.value, put([...others, { id: widget.id, place: near }], widget.id, near, COLUMNS[form.value])) : all)
    selected.value = widget.id
    said.value = t('dashboards.placed', { name: nameOf(widget), column: (widget[form.value] ?? widget.desktop).x + 1, row: (widget[form.value] ?? widget.desktop).y + 1 })
  }
  /** A new one: where it was let go, or in the first gap. */
  function add(kind: WidgetKind, at?: { x: number; y: number }): void {
    const now = world()
    if (!now) return
    const desktop = firstGap(placesOf(widgets.value, 'desktop'), kind.size, COLUMNS.desktop)
    const small = { w: kind.size.w <= HALF ? 1 : COLUMNS.phone, h: kind.size.h }
    const size = form.value === 'phone' ? small : kind.size
    const fixed = widgets.value.some((widget) => widget.phone)
    const phone = form.value === 'phone' || fixed ? { phone: firstGap(placesOf(widgets.value, 'phone'), small, COLUMNS.phone) } : {}
    const widget: Widget = { id: newId(), kind: kind.id, options: kind.start(now) as Record<string, unknown>, desktop, ...phone }
    insert(widget, at && { ...at, w: size.w, h: size.h })
  }
  function duplicate(id: string): void {
    const widget = find(id)
    if (!widget) return
    const copy = JSON.parse(JSON.stringify({ ...widget, id: newId() })) as Widget
    copy.desktop = firstGap(placesOf(widgets.value, 'desktop'), widget.desktop, COLUMNS.desktop)
    if (copy.phone) copy.phone = firstGap(placesOf(widgets.value, 'phone'), copy.phone, COLUMNS.phone)
    insert(copy)
  }
  function remove(id: string): void {
    const widget = find(id)
    if (!widget) return
    said.value = t('dashboards.removed', { name: nameOf(widget) })
    const left = widgets.value.filter((one) => one.id !== id)
    const phone = left.some((one) => one.phone) ? risen(placesOf(left, 'phone')) : []
    edits.commit(withPlaces(withPlaces(left, 'desktop', risen(placesOf(left, 'desktop'))), 'phone', phone))
    if (selected.value === id) selected.value = null
    if (opened.value === id) opened.value = null
  }
  function change(id: string, part: Pick<Widget, 'options'> & { title?: string }): void {
    edits.commit(
      widgets.value.map((widget) => {
        if (widget.id !== id) return widget
        const next: Widget = { ...widget, options: part.options, title: part.title }
        if (!part.title) delete next.title
        return next
      }),
      `options ${id}`,
    )
  }
  function undo(): void {
    edits.undo()
    said.value = t('dashboards.undone')
  }
  function redo(): void {
    edits.redo()
    said.value = t('dashboards.redone')
  }
  return {
    edits, widgets, form, placed, selected, opened, said, find, nameOf, byKey, add, duplicate, remove, change, undo, redo,
    /** Where the hand has let tiles go. */
    lay: (places: Placed[], id?: string) => {
      lay(places)
      if (id) say(id, 'moved')
    },
    arrange: () => {
      lay(arranged(placed.value, COLUMNS[form.value]))
      said.value = t('dashboards.arranged')
    },
    /** The phone follows the desktop again. */
    follow: () => edits.commit(
        widgets.value.map((widget) => {
          const next = { ...widget }
          delete next.phone
          return next
        }),
      ),
  }
}
export type Arranging = ReturnType<typeof useArranging>
