/** The arc of a gauge: three quarters of a circle, open below. Angles in degrees, clockwise from the right. */
export const START = 135
export const SWEEP = 270
export const CENTRE = 60
export const RADIUS = 48

export const angleAt = (share: number): number => START + SWEEP * share

export function pointAt(share: number, radius = RADIUS): { x: number; y: number } {
  const angle = (angleAt(share) * Math.PI) / 180
  return { x: CENTRE + radius * Math.cos(angle), y: CENTRE + radius * Math.sin(angle) }
}

/** Path between two shares of the arc; empty where there is no length. */
export function arcPath(from: number, to: number, radius = RADIUS): string {
  if (!(to > from)) return ''
  const a = pointAt(from, radius)
  const b = pointAt(to, radius)
  const large = (to - from) * SWEEP > 180 ? 1 : 0
  return `M${a.x.toFixed(2)} ${a.y.toFixed(2)}A${radius} ${radius} 0 ${large} 1 ${b.x.toFixed(2)} ${b.y.toFixed(2)}`
}
