import { describe, expect, it } from 'vitest'
import type { Channel } from '@/api/types'
import { displayOf } from '@/format/units'
import { lineOf, rawOf, tellsDevice } from './calibration'
import { toGraphSeries } from './series'

const channel = (calibration: object | null, more: Partial<Channel> = {}) => ({ id: 1, unit: 'pH', source_unit: 'pH', filters: [], calibration, ...more }) as unknown as Channel
const show = displayOf('pH', {}, new Map())
const s = toGraphSeries({ channel: 1, unit: 'pH', raw: true, t: [0, 1000, 2000], v: [7, 8, 9] }, 1000)

describe('the device value', () => {
  it.each([
    ['an offset', { kind: 'offset_scale', offset: 1 }, [6, 7, 8]],
    ['offset and scale', { kind: 'offset_scale', offset: 1, scale: 2 }, [3, 3.5, 4]],
    ['two points', { kind: 'two_point', points: [{ raw: 0, actual: 5 }, { raw: 1, actual: 7 }] }, [1, 1.5, 2]],
  ])('is worked back through %s', (_name, calibration, want) => expect(rawOf(s, channel(calibration), show)?.mean).toEqual(want))
  it('is not told for the time before the calibration', () => expect(rawOf(s, channel({ kind: 'offset_scale', offset: 1 }), show, 1000)?.mean).toEqual([null, 7, 8]))
  it('is not told through a curve, a filter or another unit', () => {
    expect(lineOf({ kind: 'polynomial', coefficients: [0, 1, 2] })).toBeNull()
    expect(tellsDevice(channel({ kind: 'offset_scale', offset: 1 }, { filters: [{ kind: 'median' }] }))).toBe(false)
    expect(rawOf(s, channel({ kind: 'offset_scale', offset: 1 }, { source_unit: 'mV' }), show)).toBeNull()
  })
  it('is none without a calibration', () => expect(tellsDevice(channel(null))).toBe(false))
})
