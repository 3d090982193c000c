import { beforeAll, describe, expect, it } from 'vitest'
import type { Camera, Kind } from '@/api/types'
import { loadWords } from '@/app/i18n'
import type { Values } from '@/forms/values'
import { cameraFields, cameraValues, changeBody, createBody } from './cameraFields'
import { after, ahead, nearest } from './playback'

beforeAll(() => loadWords(['cameras']))

describe('playing stills', () => {
  it('goes round', () => {
    expect([after(0, 3), after(2, 3), after(-1, 0)]).toEqual([1, 0, 0])
    expect(ahead(1, 3)).toEqual([2, 0])
    expect(ahead(5, 100)).toHaveLength(12)
    expect(ahead(0, 1)).toEqual([])
  })
  it('finds the still nearest to a time', () => {
    const times = [100, 200, 400]
    expect([0, 149, 150, 151, 299, 301, 999].map((t) => nearest(times, t))).toEqual([0, 0, 0, 1, 1, 2, 2])
    expect(nearest([], 5)).toBe(-1)
  })
})

describe('the form of a camera', () => {
  const kind = {
    id: 'http_snapshot',
    options_schema: { type: 'object', required: ['url'], properties: { url: { type: 'string', 'x-order': 0 }, password: { type: 'string', 'x-secret': true, 'x-order': 1 } } },
  } as unknown as Kind
  const lapse = {
    type: 'object',
    properties: {
      interval_s: { type: 'number', default: 0, 'x-order': 0 },
      when: { type: 'string', enum: ['always', 'hours'], default: 'always', 'x-order': 1 },
      from: { type: 'string', default: '06:00', 'x-order': 2, 'x-when': { field: 'when', in: ['hours'] } },
    },
  }
  const fields = cameraFields(kind, [], lapse)
  it('sends what applies', () => {
    const values: Values = { ...cameraValues(fields), name: ' Tent ', options: { url: 'http://cam/x' } }
    expect(createBody(kind, fields, values)).toMatchObject({ name: 'Tent', kind: 'http_snapshot', options: { url: 'http://cam/x' }, timelapse: { interval_s: 0, when: 'always' } })
  })
  it('leaves a secret that nobody has typed', () => {
    const camera = { id: 1, name: 'Tent', zone: 2, options: { url: 'http://cam/x' }, timelapse: { interval_s: 60, when: 'hours', from: '07:00' } } as unknown as Camera
    const values = cameraValues(fields, camera)
    const body = changeBody(camera, fields, { ...values, timelapse: { ...(values.timelapse as Values), interval_s: 90 } })
    expect(body.options).not.toHaveProperty('password')
    expect(body).toMatchObject({ zone: 2, options: {}, timelapse: { interval_s: 90 } })
  })
})
