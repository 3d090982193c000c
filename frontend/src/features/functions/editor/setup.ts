/** The editor of scripts: CodeMirror with the colours of the house. Everything of it lives in a shadow root, so that the page's rules for styles hold. */
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, insertBracket, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Builtin, ScriptFault } from '../script'
import { offersFor, type Names } from './completion'
import { starlark } from './starlark'

export interface Surroundings {
  builtins: () => Builtin[]
  names: () => Names
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword], color: 'var(--hy-code-word)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--hy-code-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--hy-code-number)' },
  { tag: tags.comment, color: 'var(--ui-text-muted)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--hy-code-call)' },
  { tag: tags.invalid, color: 'var(--ui-error)' },
])

const LINE = '22px'
const look = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'transparent', color: 'var(--ui-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace', lineHeight: LINE, overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ui-text-highlighted)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-cursor': { borderLeftColor: 'var(--ui-text-highlighted)' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--ui-text-dimmed)', paddingLeft: '8px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--ui-primary) 8%, transparent)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { backgroundColor: 'color-mix(in oklab, var(--ui-primary) 24%, transparent)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in oklab, var(--ui-primary) 20%, transparent)' },
  '.cm-placeholder': { color: 'var(--ui-text-dimmed)' },
  // The library draws its wavy line as a picture in the style sheet; text has one of its own.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--ui-error)', textUnderlineOffset: '3px' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--ui-error)' },
  '.cm-tooltip': { backgroundColor: 'var(--ui-bg)', color: 'var(--ui-text)', border: '1px solid var(--ui-border-accented)', borderRadius: '8px', overflow: 'hidden', fontFamily: 'var(--font-sans)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'ui-monospace, monospace', fontSize: '13px', maxHeight: '240px', minWidth: '220px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--ui-bg-accented)', color: 'var(--ui-text-highlighted)' },
  '.cm-completionDetail': { color: 'var(--ui-text-muted)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', fontSize: '13px', lineHeight: '18px', maxWidth: '340px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--ui-error)', padding: '6px 10px', fontSize: '13px' },
})

/** A call is completed with both of its brackets, and the cursor between them. */
function called(one: Completion): Completion {
  if (typeof one.apply !== 'string' || !one.apply.endsWith('(')) return one
  const name = one.apply.slice(0, -1)
  return {
    ...one,
    apply: (view, _, from, to) => {
      view.dispatch({ changes: { from, to, insert: name }, selection: { anchor: from + name.length }, userEvent: 'input.complete' })
      if (view.state.sliceDoc(from + name.length, from + name.length + 1) === '(') return
      const brackets = insertBracket(view.state, '(')
      view.dispatch(brackets ?? view.state.replaceSelection('('))
    },
  }
}

const source = (around: Surroundings) => (context: CompletionContext): CompletionResult | null => {
  const line = context.state.doc.lineAt(context.pos)
  const offer = offersFor(line.text.slice(0, context.pos - line.from), around.builtins(), around.names(), context.explicit)
  if (!offer?.options.length) return null
  const from = context.pos - offer.length
  return { from, options: offer.options.map(called), validFor: /^[\w ./-]*$/ }
}

const locked = new Compartment()
export const lockWith = (readonly: boolean) => locked.reconfigure(EditorState.readOnly.of(readonly))

export interface Start {
  parent: ShadowRoot
  text: string
  label: string
  description: string
  placeholder: string
  readonly: boolean
  around: Surroundings
  changed: (text: string) => void
}

export function openEditor(start: Start): EditorView {
  const extensions: Extension[] = [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('    '),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    starlark,
    // Long lines go on below: nothing scrolls within the page, and a phone sees all of it.
    EditorView.lineWrapping,
    syntaxHighlighting(colours),
    autocompletion({ override: [source(start.around)], icons: false }),
    locked.of(EditorState.readOnly.of(start.readonly)),
    placeholder(start.placeholder),
    EditorView.contentAttributes.of({ 'aria-label': start.label, 'aria-description': start.description, ...(start.readonly ? { 'aria-readonly': 'true' } : {}), autocapitalize: 'none' }),
    // Escape, then Tab leaves: the library sees to that.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, { key: 'Tab', run: acceptCompletion }, { key: 'Tab', run: indentMore, shift: indentLess }, ...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) start.changed(update.state.doc.toString())
    }),
    look,
  ]
  return new EditorView({ parent: start.parent, root: start.parent, state: EditorState.create({ doc: start.text, extensions }) })
}

/** Where a fault stands: its column to the end of the word, or the whole line. */
export function placeOf(state: EditorState, fault: ScriptFault): { from: number; to: number } | null {
  if (fault.line < 1 || fault.line > state.doc.lines) return null
  const line = state.doc.line(fault.line)
  const start = fault.column > 0 ? Math.min(line.to, line.from + fault.column - 1) : line.from + (/^\s*/.exec(line.text)?.[0].length ?? 0)
  const word = state.wordAt(start)
  const to = fault.column > 0 ? (word && word.to > start ? word.to : Math.min(line.to, start + 1)) : line.to
  return { from: start, to: Math.max(to, start) }
}

export function showFaults(view: EditorView, faults: ScriptFault[]): void {
  const list = faults.flatMap((fault): Diagnostic[] => {
    const place = placeOf(view.state, fault)
    return place ? [{ ...place, severity: 'error', message: fault.message }] : []
  })
  view.dispatch(setDiagnostics(view.state, list))
}
