import { encode } from 'uqr'

/** A QR code as one SVG path in a square of `size` modules, with the quiet rim that cameras need. */
export function qrPath(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  let path = ''
  data.forEach((row, y) => row.forEach((dark, x) => dark && (path += `M${x} ${y}h1v1h-1z`)))
  return { size, path }
}
