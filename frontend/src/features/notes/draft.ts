import type { Note, NoteBody } from '@/api/types'

/** A note as it is written: its first line is what lists and graphs show. */
export interface Draft {
  text: string
  tags: string[]
  refs: string[]
  /** As `<input type="datetime-local">` has it; '' is now. */
  when: string
}

export const emptyDraft = (refs: string[] = []): Draft => ({ text: '', tags: [], refs, when: '' })

const two = (n: number) => String(n).padStart(2, '0')

/** A moment as `<input type="datetime-local">` writes it, in the browser's zone. */
export function toLocal(ms: number): string {
  const d = new Date(ms)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
}

export const draftOf = (note: Note): Draft => ({
  text: note.text ? `${note.note}\n${note.text}` : note.note,
  tags: [...note.tags],
  refs: [...note.refs],
  when: toLocal(Date.parse(note.t)),
})

/** What is sent. A time that nobody has touched stays as exact as it was. */
export function bodyOf(draft: Draft, files: string[], before?: Note): NoteBody {
  const [note = '', ...rest] = draft.text.trim().split('\n')
  const same = before && draft.when === toLocal(Date.parse(before.t))
  const t = same || !draft.when ? undefined : new Date(draft.when).toISOString()
  return { note: note.trim(), text: rest.join('\n').trim(), tags: draft.tags, refs: draft.refs, files, ...(t && { t }) }
}

/** Adds the tags of a typed text; commas part them, a tag is there once whatever its case. */
export function withTags(tags: string[], typed: string): string[] {
  const all = [...tags]
  for (const tag of typed.split(',').map((part) => part.trim().replace(/^#/, ''))) {
    if (tag && !all.some((other) => other.toLowerCase() === tag.toLowerCase())) all.push(tag)
  }
  return all
}
