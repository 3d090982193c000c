/** How the states of alerts look and in which order they come. */
import type { Alert, AlertStatus } from '@/api/types'

export type Tone = 'ok' | 'warn' | 'bad' | 'off'

interface Look {
  icon: string
  tone: Tone
}

/** A firing alert is as red as it is severe; what is well is quiet. */
export function lookOf(alert: Pick<Alert, 'severity' | 'status'>): Look {
  const urgent: Tone = alert.severity === 'info' ? 'off' : alert.severity === 'critical' ? 'bad' : 'warn'
  switch (alert.status.state) {
    case 'firing':
      return { icon: alert.severity === 'critical' ? 'i-lucide-siren' : 'i-lucide-bell-ring', tone: urgent }
    case 'recovering':
      return { icon: 'i-lucide-trending-down', tone: urgent }
    case 'no_data':
      return { icon: 'i-lucide-unplug', tone: urgent }
    case 'error':
      return { icon: 'i-lucide-circle-x', tone: urgent }
    case 'pending':
      return { icon: 'i-lucide-hourglass', tone: 'off' }
    case 'inactive':
      return { icon: 'i-lucide-circle-pause', tone: 'off' }
    default:
      return { icon: 'i-lucide-circle-check', tone: 'ok' }
  }
}

/** People must know of it: it fires, has no data or cannot be judged. */
export const complains = (status: AlertStatus): boolean => ['firing', 'recovering', 'no_data', 'error'].includes(status.state)

/** It complains and nobody has said that they know. */
export const calls = (alert: Alert): boolean => complains(alert.status) && !alert.status.acknowledged && !alert.status.silenced_until

const ranks = { critical: 0, warning: 1, info: 2 } as const
const rank = (alert: Alert) => {
  const urgency = calls(alert) ? 0 : complains(alert.status) ? 1 : alert.status.state === 'pending' ? 2 : alert.status.state === 'inactive' ? 4 : 3
  return urgency * 3 + ranks[alert.severity]
}

/** What calls comes first, by severity, then what complains, then the rest by name. */
export const ordered = (alerts: Alert[]): Alert[] => [...alerts].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
