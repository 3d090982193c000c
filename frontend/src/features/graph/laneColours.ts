import { outputIcon } from '@/features/outputs/icons'
import type { OutputLine } from '@/features/outputs/describe'

/** An output's lane has the colour of what it gives; the numbers are those of --hy-s1 .. --hy-s8. */
const byIcon: Record<string, string> = {
  'i-lucide-heater': '--hy-s1',
  'i-lucide-droplets': '--hy-s2',
  'i-lucide-fan': '--hy-s3',
  'i-lucide-lightbulb': '--hy-s6',
  'i-lucide-droplet': '--hy-s7',
  'i-lucide-spray-can': '--hy-s2',
  'i-lucide-snowflake': '--hy-s7',
}
export const laneColour = ({ output, channel }: OutputLine): string => byIcon[outputIcon(output.name, channel.type)] ?? '--ui-primary'

/** Does this output make day and night? */
export const isLamp = ({ output, channel }: OutputLine): boolean => outputIcon(output.name, channel.type) === 'i-lucide-lightbulb'
