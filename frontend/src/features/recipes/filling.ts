/** What plays a role, as a choice in a list and back. */
import type { RecipeFilling } from '@/api/types'

export function writeFilling({ how, channel, output, index }: RecipeFilling): string {
  if (how === 'channel') return `channel:${channel}`
  if (how === 'output') return `output:${output}:${index ?? 0}`
  return how
}

export function readFilling(text: string): RecipeFilling {
  const [how, a, b] = text.split(':')
  if (how === 'channel') return { how, channel: Number(a) }
  if (how === 'output') return { how, output: Number(a), ...(Number(b) ? { index: Number(b) } : {}) }
  return { how: how === 'simulated' ? 'simulated' : 'none' }
}
