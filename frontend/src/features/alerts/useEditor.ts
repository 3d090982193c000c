import { useToast } from '@nuxt/ui/composables'
import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { messageOf } from '@/api/problem'
import { createForm, provideForm, type Form } from '@/forms/form'
import type { Field } from '@/forms/schema'
import { useLeaveGuard } from '@/forms/useLeaveGuard'
import { checkAll } from '@/forms/validate'
import type { Values } from '@/forms/values'

/** What the editors of alerts, routes and settings have in common: check, send, say what is refused, and guard what is not saved. */
export function useEditor(options: { fields: Field[]; values: Values; secretsSet?: string[]; root: () => HTMLElement | null | undefined; fresh: boolean }) {
  const { t } = useI18n()
  const toast = useToast()
  const form: Form = createForm({ values: options.values, secretsSet: options.secretsSet, root: options.root })
  provideForm(form)
  const saving = shallowRef(false)
  const saved = shallowRef(false)
  const guard = useLeaveGuard(() => form.dirty.value && !saved.value)

  function check(): boolean {
    return form.accept(checkAll(options.fields, form.values, new Set(options.secretsSet)))
  }

  /** Sends the form; true when it was taken. */
  async function save(send: () => Promise<unknown>, done: string): Promise<boolean> {
    if (!check()) return false
    saving.value = true
    try {
      await send()
      form.settle()
      saved.value = options.fresh
      toast.add({ title: done, color: 'success', icon: 'i-lucide-check', duration: 3000 })
      return true
    } catch (error) {
      if (!form.refuse(error)) toast.add({ title: t('forms.refused'), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return false
    } finally {
      saving.value = false
    }
  }
  return { form, saving, guard, save }
}
