import { describe, expect, it } from 'vitest'
import { curvePoints, tuningOf } from './tuning'

const offer = (rule: string, part: object = {}) => ({
  rule, parallel: { Kp: 10, Ki: 0.02, Kd: 100 }, predicted: { overshoot_percent: 4, settling_s: 600, curve: [{ t_s: 0, setpoint: 1, y: 0 }, { t_s: 10, setpoint: 1, y: 1 }] }, accepted: true, ...part,
})

describe('an experiment', () => {
  it('is nothing where a PID tells of none', () => expect([undefined, null, 3].map(tuningOf)).toEqual([null, null, null]))
  it('proposes the recommended gains first and the doubtful last', () => {
    const tuning = tuningOf({ state: 'proposed', offers: [offer('a', { accepted: false }), offer('b'), offer('c', { recommended: true })], found: { model: { gain: 0.06, tau1_s: 1260, dead_time_s: 74 }, fit_percent: 97 } })
    expect(tuning?.offers.map((o) => o.rule)).toEqual(['c', 'b', 'a'])
    expect(tuning?.offers[0]).toMatchObject({ kp: 10, ti: 500, td: 10, overshoot: 4, settling: 600 })
    expect(tuning?.model).toEqual({ gain: 0.06, delay: 74, tau: 1260, fit: 97 })
  })
  it('has no time constant where the plant integrates', () => expect(tuningOf({ state: 'proposed', found: { model: { gain: 1, integrating: true } } })?.model?.tau).toBeNull())
  it('draws what it predicts', () => {
    const [first] = tuningOf({ state: 'proposed', offers: [offer('a')] })?.offers ?? []
    expect(first && curvePoints(first, 100, 20)).toEqual({ y: '0.0,19.0 100.0,1.0', setpoint: '0.0,1.0 100.0,1.0' })
    expect(first && curvePoints({ ...first, curve: [] }, 100, 20)).toEqual({ y: '', setpoint: '' })
  })
})
