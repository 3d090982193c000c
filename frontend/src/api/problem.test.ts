import { describe, expect, it } from 'vitest'
import { unwrap } from './client'
import { ApiError, messageOf, toApiError, unreachable } from './problem'

const answer = (status: number, error?: unknown, data?: unknown) => ({ response: new Response(null, { status }), error, data })

describe('what the API answers', () => {
  it('is the data when all is well', () => expect(unwrap(answer(200, undefined, { id: 1 }))).toEqual({ id: 1 }))
  it('is nothing after 204', () => expect(unwrap(answer(204))).toBeUndefined())

  it('is the problem with its fields when not', () => {
    const problem = { type: 'about:blank', title: 'Some fields are wrong', status: 422, detail: 'options.broker: is required', errors: [{ field: 'options.broker', message: 'is required' }] }
    const thrown = (() => {
      try {
        unwrap(answer(422, problem))
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toBeInstanceOf(ApiError)
    expect(thrown).toMatchObject({ status: 422, message: 'options.broker: is required', fields: [{ field: 'options.broker', message: 'is required' }] })
  })

  it.each([[500, '<html>'], [502, undefined], [429, ''], [404, null]])('is a sentence even for %s with %j', (status, body) => {
    const error = toApiError(status, body)
    expect(error.message.length).toBeGreaterThan(10)
    expect(error.fields).toEqual([])
  })

  it('falls back to the title', () => expect(toApiError(409, { title: 'Stopped', status: 409 }).message).toBe('Stopped'))
})

it('knows that no server answered', () => {
  const error = unreachable(new TypeError('Failed to fetch'))
  expect(error.unreachable).toBe(true)
  expect(error.message).toBe('Hypha does not answer')
})

it('has a sentence for anything thrown', () => {
  expect(messageOf(new Error('why'))).toBe('Why.')
  expect(messageOf('x')).toBe('Something went wrong.')
})
