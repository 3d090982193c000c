import { computed, onScopeDispose, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { messageOf, toApiError, unreachable } from '@/api/problem'
import type { UploadedFile } from '@/api/types'

export interface Upload {
  key: number
  name: string
  /** 0 to 1 of its bytes. */
  done: number
  file?: UploadedFile
  error?: string
}

/** Sends one file. fetch tells nothing of how far it is; the older way does. */
function send(file: File, progress: (done: number) => void, request: XMLHttpRequest): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    request.open('POST', '/api/v1/files')
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    request.onerror = () => reject(unreachable(new Error()))
    request.onload = () =>
      request.status === 201 ? resolve(request.response as UploadedFile) : reject(toApiError(request.status, request.response as unknown))
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}

/** Files on their way to the server, two at a time, and those that are there. */
export function useUploads(there: UploadedFile[] = []) {
  const { t } = useI18n()
  let next = 0
  const uploads = ref<Upload[]>(there.map((file) => ({ key: next++, name: file.name, done: 1, file })))
  const requests = new Map<number, XMLHttpRequest>()
  const waiting: (() => Promise<void>)[] = []
  let running = 0

  const change = (key: number, what: Partial<Upload>) => (uploads.value = uploads.value.map((one) => (one.key === key ? { ...one, ...what } : one)))
  function pump() {
    while (running < 2) {
      const job = waiting.shift()
      if (!job) return
      running++
      void job().finally(() => {
        running--
        pump()
      })
    }
  }
  function add(files: Iterable<File>) {
    for (const file of files) {
      const key = next++
      uploads.value = [...uploads.value, { key, name: file.name || t('notes.photo'), done: 0 }]
      waiting.push(async () => {
        if (!uploads.value.some((one) => one.key === key)) return // taken back before its turn
        const request = new XMLHttpRequest()
        requests.set(key, request)
        try {
          change(key, { file: await send(file, (done) => change(key, { done }), request), done: 1 })
        } catch (error) {
          change(key, { error: messageOf(error) })
        } finally {
          requests.delete(key)
        }
      })
    }
    pump()
  }
  function remove(key: number) {
    requests.get(key)?.abort()
    uploads.value = uploads.value.filter((one) => one.key !== key)
  }
  function clear() {
    for (const { key } of uploads.value) remove(key)
  }
  onScopeDispose(() => requests.forEach((request) => request.abort()))
  const busy = computed(() => uploads.value.some((one) => !one.file && !one.error))
  const ids = computed(() => uploads.value.flatMap((one) => (one.file ? [one.file.id] : [])))
  return { uploads, busy, ids, add, remove, clear }
}
