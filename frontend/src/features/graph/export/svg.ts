/** Writes a scene as SVG: shapes and text that can be edited, no picture of a screen. */
import { FONT, type Box, type Item, type Scene } from './scene'

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const n = (value: number) => String(Math.round(value * 100) / 100)
const path = (points: [number, number][]) => points.map(([x, y], i) => `${i ? 'L' : 'M'}${n(x)} ${n(y)}`).join('')
/** "#rrggbbaa" and color-mix are not for every reader: colour and opacity apart. */
function paint(attribute: string, colour: string): string {
  const match = /^(#[0-9a-f]{6})([0-9a-f]{2})$/i.exec(colour)
  return match ? `${attribute}="${match[1]}" ${attribute}-opacity="${n(parseInt(match[2] ?? 'ff', 16) / 255)}"` : `${attribute}="${escape(colour)}"`
}

export function toSvg({ width, height, ground, items }: Scene, title: string): string {
  const clips = new Map<string, string>()
  const clipOf = (box: Box | undefined) => {
    if (!box) return ''
    const key = [box.x, box.y, box.w, box.h].map(n).join(' ')
    const id = clips.get(key) ?? `clip${clips.size}`
    clips.set(key, id)
    return ` clip-path="url(#${id})"`
  }
  const body = items.map((item) => element(item, clipOf)).join('\n')
  const defs = [...clips].map(([key, id]) => {
    const [x, y, w, h] = key.split(' ')
    return `<clipPath id="${id}"><rect x="${x}" y="${y}" width="${w}" height="${h}"/></clipPath>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family="${FONT}">`,
    `<title>${escape(title)}</title>`,
    `<defs>${defs.join('')}</defs>`,
    `<rect width="100%" height="100%" ${paint('fill', ground)}/>`,
    body,
    '</svg>',
    '',
  ].join('\n')
}

function element(item: Item, clipOf: (box: Box | undefined) => string): string {
  switch (item.kind) {
    case 'rect':
      return `<rect x="${n(item.x)}" y="${n(item.y)}" width="${n(item.w)}" height="${n(item.h)}" ${paint('fill', item.fill)}/>`
    case 'lines': {
      const dash = item.dash ? ` stroke-dasharray="${item.dash.join(' ')}"` : ''
      return `<path d="${item.lines.map(path).join('')}" fill="none" ${paint('stroke', item.stroke)} stroke-width="${n(item.width)}" stroke-linejoin="round"${dash}${clipOf(item.clip)}/>`
    }
    case 'areas':
      return `<path d="${item.areas.map((area) => `${path(area)}Z`).join('')}" ${paint('fill', item.fill)}${clipOf(item.clip)}/>`
    case 'text':
      return `<text x="${n(item.x)}" y="${n(item.y)}" font-size="${item.size}" font-weight="${item.weight}" text-anchor="${item.anchor}" ${paint('fill', item.fill)}>${escape(item.text)}</text>`
  }
}
