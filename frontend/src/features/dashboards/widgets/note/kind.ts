import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { flag, integerField, textField } from '../parts/fields'
import { textOf } from '../parts/options'

export const USUAL_NOTES = 5

export interface NoteOptions {
  tag?: string
  count?: number
  add?: boolean
}

export default defineKind<NoteOptions>({
  id: 'note',
  group: 'words',
  icon: 'i-lucide-notebook-pen',
  size: { w: 3, h: 3, minW: 2, minH: 2 },
  fields: () => [textField('tag', 'tag', { help: t('widgets.field.tag_help'), maxLength: 64 }), integerField('count', 'note_count', { min: 1, max: 50, initial: USUAL_NOTES }), flag('add', 'add_note', true)],
  start: () => ({ tag: '', count: USUAL_NOTES, add: true }),
  title: ({ tag }) => (textOf(tag).trim() ? t('widgets.notes_of', { tag: textOf(tag).trim() }) : t('widget.note.name')),
  view: () => import('./NoteWidget.vue'),
})
