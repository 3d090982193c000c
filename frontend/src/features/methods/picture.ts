/** Geometry of a method's picture. */
import type { Curve } from './usePreview'

export interface Scale {
  low: number
  high: number
}

/** Room for all values, on round numbers, with air above and below. */
export function scaleOf(values: (number | null | undefined)[]): Scale {
  const known = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v))
  if (!known.length) return { low: 0, high: 1 }
  const low = Math.min(...known)
  const high = Math.max(...known)
  const span = high - low || Math.max(1, Math.abs(high) * 0.1)
  const step = roundStep(span / 4)
  return { low: Math.floor((low - span * 0.08) / step) * step, high: Math.ceil((high + span * 0.08) / step) * step }
}

/** 1, 2 or 5 times a power of ten, the next above. */
export function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  return ([1, 2, 5, 10].find((m) => m * power >= raw - 1e-12) ?? 10) * power
}

export function marksOf({ low, high }: Scale): number[] {
  const step = roundStep((high - low) / 5)
  const out: number[] = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9; n++) out.push(Number((n * step).toFixed(9)))
  return out
}

/** A line with a break wherever there is no value. */
export function linePath(curve: Curve, x: (at: number) => number, y: (value: number) => number): string {
  let path = ''
  let open = false
  curve.x.forEach((at, i) => {
    const value = curve.y[i]
    if (value === null || value === undefined) {
      open = false
      return
    }
    path += `${open ? 'L' : 'M'}${x(at).toFixed(1)},${y(value).toFixed(1)}`
    open = true
  })
  return path
}
