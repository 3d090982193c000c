import { api, unwrap } from '@/api/client'
import { translate as t } from '@/app/i18n'

/** Uploads a picture and answers its id; throws what was wrong, also for a file that is none. */
export async function uploadPicture(file: File): Promise<string> {
  const answer = unwrap(
    await api.POST('/files', {
      body: { file: '' }, // described as text in the document; what is sent is the form below
      bodySerializer: () => {
        const form = new FormData()
        form.append('file', file)
        return form
      },
    }),
  )
  if (!answer.image) throw new Error(t('widgets.plan.no_picture'))
  return answer.id
}
