import { api, unwrap } from '@/api/client'
import type { Note } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

export function useNoteDeeds() {
  const path = (id: number) => ({ params: { path: { id } } })
  const undo = useUndoDelete<{ id: number; name: string }>({
    key: 'notes',
    remove: async (id) => unwrap(await api.DELETE('/notes/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/notes/{id}/restore', path(id))),
  })
  const short = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text)
  return { remove: (note: Note) => undo.remove({ id: note.id, name: short(note.note) }) }
}
