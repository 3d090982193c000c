import { useEventListener } from '@vueuse/core'
import { nextTick } from 'vue'
import type { ListRow } from './list'
import type { Selection } from './selection'

const TYPING = 'input, textarea, select, [contenteditable], [role="menu"], [role="listbox"], [role="dialog"], [role="slider"]'

/** Keys of a list: j and k or the arrows walk, x picks, Shift picks through, Enter opens (the row's link has the focus), / searches. */
export function useListKeys(list: { rows: () => ListRow<unknown>[]; reveal: (key: string) => void; selection: Selection | null; root: () => HTMLElement | null }): void {
  const linkOf = (key: string) =>
    [...(list.root()?.querySelectorAll<HTMLElement>(`[data-row="${CSS.escape(key)}"] [data-open]`) ?? [])].find((link) => link.offsetParent !== null)
  const current = () => {
    const key = document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row
    return list.rows().findIndex((row) => row.key === key)
  }
  async function walk(step: number, picking: boolean) {
    const rows = list.rows()
    const from = current()
    const to = from < 0 ? (step > 0 ? 0 : rows.length - 1) : from + step
    const row = rows[to]
    if (!row) return
    if (picking) {
      const start = rows[from]
      if (start && !list.selection?.has(start.id)) list.selection?.toggle(start.id)
      list.selection?.toggle(row.id, true)
    }
    list.reveal(row.key)
    await nextTick()
    // A row far away is drawn after the scrolling.
    const link = linkOf(row.key)
    if (link) focus(link)
    else requestAnimationFrame(() => focus(linkOf(row.key)))
  }
  function focus(link: HTMLElement | undefined) {
    link?.focus({ preventScroll: true })
    link?.closest('[data-row]')?.scrollIntoView({ block: 'nearest' })
  }

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : null
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || target?.closest(TYPING)) return
    const inside = current() >= 0
    const letter = event.key.toLowerCase()
    if (letter === 'j' || (event.key === 'ArrowDown' && inside)) void walk(1, event.shiftKey)
    else if (letter === 'k' || (event.key === 'ArrowUp' && inside)) void walk(-1, event.shiftKey)
    else if (letter === 'x' && inside && list.selection) list.selection.toggle(list.rows()[current()]?.id ?? 0, event.shiftKey)
    else if (event.key === 'Escape' && list.selection?.ids.value.length) list.selection.clear()
    else if (event.key === '/') list.root()?.querySelector<HTMLInputElement>('[data-search] input')?.focus()
    else return
    event.preventDefault()
  })
}
