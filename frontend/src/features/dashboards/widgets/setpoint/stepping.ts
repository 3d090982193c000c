/** A set-point in steps: without the dust of adding tenths. */
const DUST = 1e-9

export function stepped(from: number, step: number, by: number): number {
  const places = Math.min(9, Math.max(decimalsOf(step), decimalsOf(from)))
  return Number((from + step * by + DUST * Math.sign(by)).toFixed(places))
}

const decimalsOf = (x: number): number => (String(Number(x.toPrecision(10))).split('.')[1] ?? '').length

/** Half of a large digit where nobody said otherwise: 0.5 for one decimal, 5 for none. */
export const usualStep = (decimals: number): number => Number((5 * 10 ** -decimals).toFixed(Math.max(0, decimals)))
