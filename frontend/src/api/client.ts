import createClient, { type Middleware } from 'openapi-fetch'
import { toApiError, unreachable } from './problem'
import type { paths } from './schema'

/** Called when the session has ended while someone was working; the app sends them to the login. */
let onUnauthenticated: () => void = () => undefined
export const whenUnauthenticated = (callback: () => void): void => {
  onUnauthenticated = callback
}

const failures: Middleware = {
  onError: ({ error }) => (error instanceof DOMException && error.name === 'AbortError' ? error : unreachable(error)),
  onResponse: ({ response, schemaPath }) => {
    if (response.status === 401 && !schemaPath.startsWith('/auth/')) onUnauthenticated()
    return undefined
  },
}

export const api = createClient<paths>({
  baseUrl: '/api/v1',
  querySerializer: { array: { style: 'form', explode: true } },
})
api.use(failures)

interface Result<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; throws the problem as ApiError. A 204 gives undefined. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.response.ok) throw toApiError(result.response.status, result.error)
  return result.data as T
}
