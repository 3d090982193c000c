import { translate } from '@/app/i18n'
import { sentence } from '@/format/sentence'
import type { Problem } from './types'

/** One field of a request that the server refused; field is its path in the body: "options.channels[0].topic". */
export interface FieldError {
  field: string
  message: string
}

/** What the API answered instead of data. `message` is a sentence for a person, `detail` what may be copied into a report. */
export class ApiError extends Error {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly fields: FieldError[]

  constructor(problem: { status: number; title: string; detail?: string; errors?: FieldError[] }) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail ?? ''
    this.fields = problem.errors ?? []
  }

  /** True when no server answered at all. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string'

/** Makes an ApiError of an answer that is not a success, whatever its body is. */
export function toApiError(status: number, body: unknown): ApiError {
  if (isProblem(body)) return new ApiError({ ...body, status })
  const key = status === 429 ? 'errors.too_many' : status >= 500 ? 'errors.server' : 'errors.unexpected'
  return new ApiError({ status, title: translate(key, { status }) })
}

/** Makes an ApiError of a request that never reached the server. */
export function unreachable(cause: unknown): ApiError {
  const error = new ApiError({ status: 0, title: translate('errors.unreachable') })
  error.cause = cause
  return error
}

/** The sentence to show for anything thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error && error.message ? sentence(error.message) : translate('errors.unknown')
