/** The drawing of first start and empty states: one thread that keeps branching. The same seed gives the same drawing. */

export interface Thread {
  d: string
  opacity: number
  width: number
}
export interface Tip {
  x: number
  y: number
  r: number
}

/** mulberry32 */
function random(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = s
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const MAX_DEPTH = 4

export function drawThreads(seed: number, width: number, height: number): { threads: Thread[]; tips: Tip[] } {
  const next = random(seed)
  const threads: Thread[] = []
  const tips: Tip[] = []

  function grow(x: number, y: number, angle: number, length: number, depth: number): void {
    const segments = 3 + Math.floor(next() * 2)
    let d = `M${x.toFixed(0)},${y.toFixed(0)}`
    for (let i = 0; i < segments; i++) {
      const turned = angle + (next() - 0.5) * 0.55
      const l = length * (0.8 + next() * 0.4)
      const x2 = x + Math.cos(turned) * l
      const y2 = y + Math.sin(turned) * l
      const c1 = `${(x + Math.cos(angle) * l * 0.45).toFixed(0)},${(y + Math.sin(angle) * l * 0.45).toFixed(0)}`
      const c2 = `${(x2 - Math.cos(turned) * l * 0.35).toFixed(0)},${(y2 - Math.sin(turned) * l * 0.35).toFixed(0)}`
      d += `C${c1} ${c2} ${x2.toFixed(0)},${y2.toFixed(0)}`
      x = x2
      y = y2
      angle = turned
      if (depth < MAX_DEPTH && next() < 0.78 && x > -20 && x < width + 20 && y > 10) {
        grow(x, y, angle + (next() < 0.5 ? -1 : 1) * (0.45 + next() * 0.45), length * 0.74, depth + 1)
      }
    }
    threads.push({ d, opacity: 0.75 - depth * 0.13, width: 2.4 - depth * 0.4 })
    tips.push({ x, y, r: Math.max(2, 4.6 - depth * 0.7) })
  }

  grow(width * 0.3, height + 10, -1.35, height * 0.17, 0)
  return { threads, tips }
}
