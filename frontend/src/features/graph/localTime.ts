/** Times as a field of type datetime-local has them: this browser's zone, to the second. */
const two = (n: number) => String(n).padStart(2, '0')

export function toLocal(ms: number): string {
  const d = new Date(ms)
  return `${String(d.getFullYear()).padStart(4, '0')}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** Null for what is no time. */
export function fromLocal(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).getTime() : NaN
  return Number.isFinite(ms) ? ms : null
}
