/** Is a lamp lit? A value above its threshold lights it; `invert` turns that round. Null: nothing is known, and nothing is claimed. */
export function lit(value: number | null, threshold: number, invert: boolean): boolean | null {
  if (value === null || !Number.isFinite(value)) return null
  return value > threshold !== invert
}
