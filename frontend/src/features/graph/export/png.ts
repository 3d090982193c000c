/** Paints a scene into a picture, at twice the size so that it can be printed. */
import { FONT, type Item, type Scene } from './scene'

const SCALE = 2
const ALIGN = { start: 'left', middle: 'center', end: 'right' } as const

export function toPng({ width, height, ground, items }: Scene): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * SCALE)
  canvas.height = Math.round(height * SCALE)
  const ctx = canvas.getContext('2d')
  if (!ctx) return Promise.reject(new Error('no canvas'))
  ctx.scale(SCALE, SCALE)
  ctx.fillStyle = ground
  ctx.fillRect(0, 0, width, height)
  for (const item of items) paint(ctx, item)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'))
}

function trace(ctx: CanvasRenderingContext2D, shapes: [number, number][][]): void {
  ctx.beginPath()
  for (const shape of shapes) shape.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)))
}

function paint(ctx: CanvasRenderingContext2D, item: Item): void {
  ctx.save()
  if ('clip' in item && item.clip) {
    ctx.beginPath()
    ctx.rect(item.clip.x, item.clip.y, item.clip.w, item.clip.h)
    ctx.clip()
  }
  switch (item.kind) {
    case 'rect':
      ctx.fillStyle = item.fill
      ctx.fillRect(item.x, item.y, item.w, item.h)
      break
    case 'lines':
      ctx.strokeStyle = item.stroke
      ctx.lineWidth = item.width
      ctx.lineJoin = 'round'
      ctx.setLineDash(item.dash ?? [])
      trace(ctx, item.lines)
      ctx.stroke()
      break
    case 'areas':
      ctx.fillStyle = item.fill
      trace(ctx, item.areas)
      ctx.fill()
      break
    case 'text':
      ctx.fillStyle = item.fill
      ctx.font = `${item.weight} ${item.size}px ${FONT.split(', ').map((name) => (name.includes(' ') ? `"${name}"` : name)).join(', ')}`
      ctx.textAlign = ALIGN[item.anchor]
      ctx.fillText(item.text, item.x, item.y)
  }
  ctx.restore()
}
