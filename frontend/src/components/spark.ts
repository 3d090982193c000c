interface SparkInput {
  t: number[]
  v: (number | null)[]
  width: number
  height: number
  dot?: boolean
  /** Spread that fills the height at least, so that a sensor's last digit does not look like a storm. */
  least?: number
  low?: number | null
  high?: number | null
}

export interface SparkPath {
  line: string
  area: string
  end: { x: number; y: number } | null
  band: { y: number; height: number } | null
}

/** Geometry of a sparkline: breaks where values are null, a flat line in the middle when nothing moves. */
export function sparkPath({ t, v, width, height, dot, least = 0, low, high }: SparkInput): SparkPath {
  const values = v.filter((x): x is number => x !== null && Number.isFinite(x))
  const from = t[0]
  const to = t.at(-1)
  if (!values.length || from === undefined || to === undefined) return { line: '', area: '', end: null, band: null }

  const banded = low != null && high != null
  let bottom = Math.min(...values, ...(banded ? [low] : []))
  let top = Math.max(...values, ...(banded ? [high] : []))
  const smallest = Math.max(least, Math.max(Math.abs(top), Math.abs(bottom), 1e-6) * 0.002)
  if (top - bottom < smallest) {
    const middle = (top + bottom) / 2
    bottom = middle - smallest / 2
    top = middle + smallest / 2
  }
  const pad = (top - bottom) * 0.08
  bottom -= pad
  top += pad

  const span = to - from || 1
  const right = width - (dot ? 4 : 1)
  const x = (at: number) => ((at - from) / span) * right
  const y = (value: number) => height - 1 - ((value - bottom) / (top - bottom)) * (height - 2)

  let line = ''
  let area = ''
  let start: number | null = null
  let last: { x: number; y: number } | null = null
  const close = () => {
    if (start !== null && last) area += `L${last.x.toFixed(1)},${height}L${start.toFixed(1)},${height}Z`
    start = null
  }
  t.forEach((at, i) => {
    const value = v[i]
    if (value === null || value === undefined || !Number.isFinite(value)) {
      close()
      return
    }
    const point = { x: x(at), y: y(value) }
    const text = `${start === null ? 'M' : 'L'}${point.x.toFixed(1)},${point.y.toFixed(1)}`
    if (start === null) start = point.x
    line += text
    area += text
    last = point
  })
  close()
  const band = banded ? { y: y(high), height: Math.max(0, y(low) - y(high)) } : null
  return { line, area, end: last, band }
}
