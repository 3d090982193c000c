/** Sends a file and tells how far it is: fetch cannot say that of what it sends. */
import { toApiError, unreachable } from '@/api/problem'

export interface Upload<T> {
  done: Promise<T>
  abort: () => void
}

/** `progress` is told from 0 to 1. Throws an ApiError; an upload that was given up throws an AbortError. */
export function upload<T>(path: string, file: Blob, type: string, progress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
    request.onload = () => {
      let body: unknown
      try {
        body = JSON.parse(request.responseText)
      } catch {
        body = undefined
      }
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else reject(toApiError(request.status, body))
    }
    request.onerror = () => reject(unreachable(new Error('network')))
    request.onabort = () => reject(new DOMException('given up', 'AbortError'))
    request.open('POST', `/api/v1${path}`)
    request.setRequestHeader('Content-Type', type)
    request.send(file)
  })
  return { done, abort: () => request.abort() }
}
