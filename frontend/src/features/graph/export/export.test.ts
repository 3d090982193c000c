import { describe, expect, it } from 'vitest'
import { toGraphSeries } from '../series'
import { fileName } from './csv'
import { pictureOf, runsOf, type Picture } from './picture'
import { toSvg } from './svg'
import { numberTicks, timeTicks } from './ticks'

const t = Array.from({ length: 60 }, (_, i) => i * 60_000)
const gap = t.filter((_, i) => i < 20 || i > 40)
const series = toGraphSeries({ channel: 1, unit: 'C', raw: false, t: gap, mean: gap.map(() => 5), min: gap.map(() => 4), max: gap.map(() => 6), count: gap.map(() => 3) }, 1000)
const picture: Picture = {
  title: 'Tent <A> & B', time: 'today', from: 0, to: 3_600_000, width: 1000,
  legend: [{ text: 'Temperature', value: '5 °C', colour: '--c' }],
  panes: [{ units: ['C'], height: 200, bands: [{ unit: 'C', colour: '--c', low: 4.5, high: 5.5, right: false }], lines: [{ key: 'a', style: 'curve', colour: '--c', series }, { key: 'b', style: 'before', colour: '--c', series }] }],
  nights: [{ from: 600_000, to: 1_200_000 }],
  lanes: [{ name: 'Heater', value: 'On', colour: '--c', pieces: [{ from: 0, to: 900_000, level: { on: true }, share: 1 }, { from: 900_000, to: 3_600_000, level: { on: false }, share: 0 }] }],
  marks: [{ t: 700_000, text: 'Watered' }],
  axes: {}, symbol: () => '°C', step: () => 0.1, colour: () => '#112233', caption: 'Each point is 1 min',
}

describe('a picture of the graph', () => {
  const scene = pictureOf(picture)
  const svg = toSvg(scene, picture.title)
  const lines = (dash: boolean) => scene.items.filter((item) => item.kind === 'lines' && item.width > 1 && !!item.dash === dash)
  it('has the curve in two pieces beside its gap, the earlier one dashed', () => {
    expect(runsOf(series, 0, 3_600_000).map((run) => run.length)).toEqual([20, 19])
    expect(lines(false).map((item) => item.kind === 'lines' && item.lines.length)).toEqual([2])
    expect(lines(true).map((item) => item.kind === 'lines' && item.lines.length)).toEqual([2])
  })
  it('has one piece of the lane, the area from min to max, and all words', () => {
    const areas = scene.items.flatMap((item) => (item.kind === 'areas' ? [item.areas.length] : []))
    expect(areas).toEqual([2, 1])
    for (const word of ['Temperature', '5 °C', 'Heater', 'On', 'Each point is 1 min', '°C']) expect(svg).toContain(`>${word}</text>`)
  })
  it('is a document that can be read, whatever the names are', () => {
    const document = new DOMParser().parseFromString(svg, 'text/html')
    expect(document.querySelector('svg title')?.textContent).toBe('Tent <A> & B')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })
  it('stays inside its edges', () => {
    for (const item of scene.items) if (item.kind === 'rect') expect(item.x + item.w).toBeLessThanOrEqual(picture.width)
  })
})

describe('ticks', () => {
  it('are round and inside', () => expect(numberTicks(18.3, 26.1, 5)).toEqual({ at: [20, 22, 24, 26], step: 2 }))
  it('do not pick up the noise of sums', () => expect(numberTicks(0, 0.7, 7).at).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]))
  it('of time lie on whole hours', () => {
    const { at, step } = timeTicks(1_800_000_123_456, 1_800_086_523_456, 10)
    expect(step).toBe(3 * 3_600_000)
    expect(at.every((x) => new Date(x).getMinutes() === 0 && new Date(x).getHours() % 3 === 0)).toBe(true)
  })
})

it('names files after what is in them', () => expect(fileName('Grow tent, Température', new Date(2026, 2, 12, 9, 6).getTime(), 'svg')).toBe('grow-tent-temperature-2026-03-12-0906.svg'))
