/** What lies behind the curves: nights, the bands that values should keep to, the piece of time that was selected. */
import type uPlot from 'uplot'

export interface Span {
  from: number
  to: number
}

export interface TargetBand {
  unit: string
  /** Name of the CSS variable. */
  colour: string
  low: number | null
  high: number | null
  /** Its axis is on the right. */
  right: boolean
}

export interface Backdrop {
  nights: Span[]
  bands: TargetBand[]
  selection: Span | null
}

export const NO_BACKDROP: Backdrop = { nights: [], bands: [], selection: null }

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
/** A night narrower than this is no shade but a pattern. */
const LEAST_NIGHT = 3
const BAR = 3

export function paintBackdrop(u: uPlot, { nights, bands, selection }: Backdrop): void {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const right = left + width
  const strip = (from: number, to: number, least: number) => {
    const a = Math.max(left, u.valToPos(from, 'x', true))
    const b = Math.min(right, u.valToPos(to, 'x', true))
    if (b - a >= least) ctx.fillRect(a, top, b - a, height)
  }
  ctx.save()
  if (nights.length) {
    ctx.fillStyle = css('--hy-night')
    for (const night of nights) strip(night.from, night.to, LEAST_NIGHT * devicePixelRatio)
  }
  for (const band of bands) paintBand(u, band, bands.length === 1)
  if (selection) {
    const colour = css('--ui-primary')
    ctx.fillStyle = `${colour}24`
    strip(selection.from, selection.to, 1)
  }
  ctx.restore()
}

/** A band fills the ground where it is the only one; several would only mix. Each has a bar along its axis. */
function paintBand(u: uPlot, { unit, colour: name, low, high, right }: TargetBand, alone: boolean): void {
  const scale = u.scales[unit]
  if (!scale || scale.min === undefined || scale.max === undefined) return
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const y = (value: number) => Math.min(top + height, Math.max(top, u.valToPos(value, unit, true)))
  const above = high === null ? top : y(high)
  const below = low === null ? top + height : y(low)
  if (below <= above) return
  const colour = css(name)
  if (alone) {
    ctx.fillStyle = `${colour}1a`
    ctx.fillRect(left, above, width, below - above)
  }
  const bar = BAR * devicePixelRatio
  ctx.fillStyle = `${colour}8c`
  ctx.fillRect(right ? left + width - bar : left, above, bar, below - above)
}
