/** gridstack over tiles that Vue draws: it moves and resizes by hand, and tells where everything lies then. */
import { GridStack, type GridItemHTMLElement, type GridStackNode } from 'gridstack'
import 'gridstack/dist/gridstack.min.css'
import './arrange.css'
import { onBeforeUnmount, onMounted, watch, type Ref } from 'vue'
import { COLUMNS, GAP_PX, ROW_PX, type Form, type Widget } from './model'
import { samePlace, type Placed } from './places'
import { kindOf } from './widgets/kinds'

interface Options {
  root: Ref<HTMLElement | null>
  form: () => Form
  widgets: () => Widget[]
  placed: () => Placed[]
  /** Tiles were let go; the one that was in the hand is named. */
  moved: (placed: Placed[], id?: string) => void
  /** Something of the palette was let go over the grid. */
  dropped: (kind: string, at: { x: number; y: number }) => void
}
const LEAST_ROWS = 6

const placeOf = (node: GridStackNode): Placed => ({ id: String(node.id), place: { x: node.x ?? 0, y: node.y ?? 0, w: node.w ?? 1, h: node.h ?? 1 } })

export function useGridStack({ root, form, widgets, placed, moved, dropped }: Options): void {
  let grid: GridStack | null = null

  const places = (): Placed[] => (grid?.engine.nodes ?? []).flatMap((node) => (node.id ? [placeOf(node)] : []))

  /** Writes the places where gridstack reads them, and has it begin anew: a few ms, and no state that could differ. */
  function build(): void {
    const holder = root.value
    if (!holder) return
    grid?.destroy(false)
    const at = new Map(placed().map(({ id, place }) => [id, place]))
    const kinds = new Map(widgets().map((widget) => [widget.id, widget.kind]))
    for (const tile of holder.querySelectorAll<HTMLElement>(':scope > .grid-stack-item')) {
      const id = tile.dataset.tile ?? ''
      const place = at.get(id)
      if (!place) continue
      const least = form() === 'desktop' ? kindOf(kinds.get(id) ?? '')?.size : undefined
      const attributes = { id, x: place.x, y: place.y, w: place.w, h: place.h, 'min-w': least?.minW ?? 1, 'min-h': least?.minH ?? 1 }
      for (const [name, value] of Object.entries(attributes)) tile.setAttribute(`gs-${name}`, String(value))
    }
    grid = GridStack.init(
      {
        column: COLUMNS[form()],
        cellHeight: ROW_PX + GAP_PX,
        margin: GAP_PX / 2,
        minRow: LEAST_ROWS,
        animate: !matchMedia('(prefers-reduced-motion: reduce)').matches,
        handle: '.tile-handle',
        acceptWidgets: '.palette-item',
        alwaysShowResizeHandle: matchMedia('(hover: none)').matches,
        resizable: { handles: 'e,se,s' },
      },
      holder,
    )
    grid?.on('dragstop resizestop', (_: Event, element: GridItemHTMLElement) => {
      const now = places()
      if (differs(now)) moved(now, element.gridstackNode?.id)
    })
    grid?.on('dropped', (_: Event, __: GridStackNode | undefined, node: GridStackNode) => {
      const kind = node.el?.dataset.kind
      const spot = { x: node.x ?? 0, y: node.y ?? 0 }
      // Not while gridstack is still telling of it: the grid is built anew.
      setTimeout(() => {
        if (node.el) grid?.removeWidget(node.el, true, false)
        if (kind) dropped(kind, spot)
      })
    })
  }

  function differs(now: Placed[]): boolean {
    const at = new Map(now.map(({ id, place }) => [id, place]))
    const wanted = placed()
    return wanted.length !== now.length || wanted.some(({ id, place }) => !at.has(id) || !samePlace(place, at.get(id)!))
  }

  onMounted(build)
  watch([form, () => placed()], ([now], [before]) => (now !== before || differs(places())) && build(), { flush: 'post' })
  onBeforeUnmount(() => grid?.destroy(false))
}

/** Lets the items of a palette be dragged onto the grid. */
export function dragFrom(items: HTMLElement[]): void {
  GridStack.setupDragIn(items, { handle: '.palette-item button', helper: 'clone', appendTo: 'body' })
}
