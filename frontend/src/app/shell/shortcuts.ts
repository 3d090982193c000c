/** Keys that lead somewhere or do something. A letter is never taken from somebody who types. */
export interface Shortcut {
  /** What is pressed, one after the other: "g o", "/", "?". */
  keys: string
  /** Key of its words. */
  label: string
  to?: string
  does?: 'search' | 'help' | 'actions' | 'content'
}

export const shortcuts: readonly Shortcut[] = [
  { keys: 'g o', label: 'nav.overview', to: '/' },
  { keys: 'g d', label: 'nav.dashboards', to: '/dashboard' },
  { keys: 'g g', label: 'nav.graph', to: '/graph' },
  { keys: 'g i', label: 'nav.inputs', to: '/inputs' },
  { keys: 'g u', label: 'nav.outputs', to: '/outputs' },
  { keys: 'g f', label: 'nav.functions', to: '/functions' },
  { keys: 'g z', label: 'nav.zones', to: '/zones' },
  { keys: 'g c', label: 'nav.schedule', to: '/schedule' },
  { keys: 'g a', label: 'nav.alerts', to: '/alerts' },
  { keys: 'g n', label: 'nav.notes', to: '/notes' },
  { keys: 'g e', label: 'nav.events', to: '/events' },
  { keys: 'g s', label: 'nav.system', to: '/system' },
  { keys: '/', label: 'shortcuts.search', does: 'search' },
  { keys: '.', label: 'shortcuts.actions', does: 'actions' },
  { keys: '?', label: 'shortcuts.help', does: 'help' },
  { keys: 'm', label: 'shortcuts.content', does: 'content' },
]

const PAUSE_MS = 1200
const TYPING = 'input, textarea, select, [contenteditable="true"], [role="textbox"], .cm-editor'

/** True where a key belongs to what has the focus: a field, a dialog, an open list, a code editor (in its shadow). */
export function isBusy(event: KeyboardEvent): boolean {
  const path = event.composedPath().filter((node): node is Element => node instanceof Element)
  return path.some((node) => node.matches(TYPING)) || document.querySelector('[role="dialog"], [role="menu"], [role="listbox"][data-state="open"]') !== null
}

/** Collects what is pressed into shortcuts; a pause, or a key that leads nowhere, begins anew. */
export function createReader(act: (shortcut: Shortcut) => void): (event: Pick<KeyboardEvent, 'key' | 'timeStamp' | 'preventDefault'>) => void {
  let pressed = ''
  let at = 0
  return (event) => {
    if (event.timeStamp - at > PAUSE_MS) pressed = ''
    at = event.timeStamp
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    for (const tried of pressed ? [`${pressed} ${key}`, key] : [key]) {
      const found = shortcuts.find(({ keys }) => keys === tried)
      if (found) {
        pressed = ''
        event.preventDefault()
        act(found)
        return
      }
      if (shortcuts.some(({ keys }) => keys.startsWith(`${tried} `))) {
        pressed = tried
        return
      }
    }
    pressed = ''
  }
}
