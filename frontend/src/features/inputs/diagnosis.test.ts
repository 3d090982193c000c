import { expect, it } from 'vitest'
import type { Diagnosis } from '@/api/types'
import { diagnosisText, readable } from './diagnosis'

it('spreads whole JSON and leaves everything else as it came', () => {
  expect(readable({ answer: '{"a":1}', binary: false, cut: false })).toBe('{\n  "a": 1\n}')
  expect(readable({ answer: '{"a":1', binary: false, cut: true })).toBe('{"a":1')
  expect(readable({ answer: '{ 21.5', binary: false, cut: false })).toBe('{ 21.5')
  expect(readable({ answer: '21.50\n', binary: false, cut: false })).toBe('21.50\n')
})

it('tells all in plain text', () => {
  const d: Diagnosis = {
    at: '2025-03-01T10:00:00.000Z', took_ms: 12.4, way: 'read', more: 0,
    exchanges: [{ t: '2025-03-01T10:00:00.001Z', way: 'file', to: '/sys/t', answer: '99000', binary: false, bytes: 5, cut: false }],
    channels: [
      { channel: 1, index: 0, name: 'air', quantity: 'temperature', raw_unit: 'C', unit: 'F', raw: 99, calibrated: 100, converted: 212, quality: 'out_of_range', why: 'it cannot be', filters: [] },
      { channel: 2, index: 1, name: 'damp', quantity: 'humidity', raw_unit: 'percent', unit: 'percent', raw: null, calibrated: null, converted: null, quality: null, error: 'no answer', filters: [] },
    ],
  }
  expect(diagnosisText({ name: 'Air', kind: 'iio' }, d, (unit) => (unit === 'percent' ? '%' : `°${unit}`))).toBe(
    'Air (iio) 2025-03-01T10:00:00.000Z read 12 ms\nair: 99 °C > 100 °C > 212 °F out_of_range, it cannot be\ndamp: - > - no answer\n\n2025-03-01T10:00:00.001Z file /sys/t (5 B)\n99000',
  )
})
