import { describe, expect, it } from 'vitest'
import type { HyphaEvent } from '@/api/types'
import { inOrder, pieceAt, runOf, toPieces, turnOf, type Level, type Turn } from './lanes'

const turn = (t: number, level: Level, index = 0): Turn => ({ t, index, level })
const shape = (turns: Turn[], from: number, to: number) => toPieces(turns, from, to).map((p) => [p.from, p.to, p.share])
const event = (data: Record<string, unknown>, type = 'output'): HyphaEvent => ({ id: 1, t: '1970-01-01T00:00:05.000Z', type, source: 'output/1', message: '', data })

describe('the lane of an output', () => {
  it('is cut at the edges and ends now', () => expect(shape([turn(0, { on: true }), turn(30, { on: false }), turn(60, { on: true })], 10, 100)).toEqual([[10, 30, 1], [30, 60, 0], [60, 100, 1]]))
  it('says nothing about the time before the first turn', () => expect(shape([turn(50, { on: true })], 0, 100)).toEqual([[50, 100, 1]]))
  it('is as high as the duty', () => expect(shape([turn(0, { duty: 35 })], 0, 10)).toEqual([[0, 10, 0.35]]))
  it('measures values against the highest', () => expect(shape([turn(0, { value: 5 }), turn(5, { value: -20 })], 0, 10)).toEqual([[0, 5, 0.25], [5, 10, 1]]))
  it('is flat where a value is nought', () => expect(shape([turn(0, { value: 0 })], 0, 10)).toEqual([[0, 10, 0]]))
  it('keeps the channels of an output apart', () => expect(inOrder([turn(5, { on: false }, 1), turn(3, { on: true })], 0)).toEqual([turn(3, { on: true })]))
  it('takes the last word of a moment', () => expect(inOrder([turn(3, { on: true }), turn(3, { on: false })], 0)).toEqual([turn(3, { on: false })]))
})

it('reads the turn out of an event, and only of an output', () => {
  expect(turnOf(event({ index: 0, level: { on: true } }))).toEqual(turn(5000, { on: true }))
  expect(turnOf(event({ index: 0, level: null }))).toBeNull()
  expect(turnOf(event({ index: 0, level: { on: true } }, 'audit'))).toBeNull()
})

it('adds up how long it ran and counts its starts', () => {
  const pieces = toPieces([turn(0, { on: true }), turn(30, { on: false }), turn(60, { on: true }), turn(80, { on: true })], 0, 100)
  expect(runOf(pieces)).toEqual({ ms: 70, starts: 1 })
  expect(pieceAt(pieces, 45)?.share).toBe(0)
  expect(pieceAt(pieces, 500)).toBeNull()
})
