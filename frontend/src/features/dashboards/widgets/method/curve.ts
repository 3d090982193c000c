/** The curve of a method on a strip. */
export interface Planned {
  t: number
  v: number | null
}

/** What is planned at a moment: that of the last point before it; null where nothing is. */
export function valueAt(points: Planned[], at: number): number | null {
  let found: number | null = null
  for (const { t, v } of points) {
    if (t > at) break
    found = v
  }
  return found
}

interface Drawn {
  line: string
  area: string
  /** Height of the present value, on the same scale. */
  now: number | null
}

const AIR = 0.12

/** Steps stay steps where the plan jumps; stretches without a plan stay empty. */
export function areaOf(points: Planned[], from: number, to: number, width: number, height: number, now: number | null): Drawn {
  const values = points.flatMap(({ v }) => v ?? [])
  if (!values.length || !(to > from)) return { line: '', area: '', now: null }
  const low = Math.min(...values, ...(now === null ? [] : [now]))
  const high = Math.max(...values, ...(now === null ? [] : [now]))
  const span = high - low || Math.abs(high) || 1
  const y = (v: number) => height - ((v - low + span * AIR) / (span * (1 + 2 * AIR))) * height
  const x = (t: number) => ((t - from) / (to - from)) * width
  let line = ''
  let area = ''
  let open: { x: number } | null = null
  let last: { x: number } | null = null
  const close = () => {
    if (open && last) area += `L${last.x.toFixed(1)} ${height}L${open.x.toFixed(1)} ${height}Z`
    open = null
  }
  for (const { t, v } of points) {
    if (v === null) {
      close()
      continue
    }
    const step = `${open ? 'L' : 'M'}${x(t).toFixed(1)} ${y(v).toFixed(1)}`
    last = { x: x(t) }
    open ??= last
    line += step
    area += step
  }
  close()
  return { line, area, now: now === null ? null : y(now) }
}
