/** Options as they were saved, by whatever version or program: what is of another shape is as if it were not set. */
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
export const idOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined)
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
/** A switch that is on unless somebody turned it off. */
export const unlessOff = (value: unknown): boolean => value !== false

export const idsOf = (value: unknown, most = 200): number[] =>
  Array.isArray(value) ? [...new Set(value.map(idOf).filter((id): id is number => id !== undefined))].slice(0, most) : []

export const oneOf = <T extends string>(value: unknown, choices: readonly T[], usual: T): T => choices.find((choice) => choice === value) ?? usual

type Loose = Record<string, unknown>
export const listOf = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter((item): item is Loose => typeof item === 'object' && item !== null) : [])

/** An output and its channel: {output, channel}; as "3/0". */
export function targetOf(value: unknown): { output: number; channel: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { output, channel } = value as Loose
  const id = idOf(output)
  return id === undefined ? undefined : { output: id, channel: numberOf(channel) ?? 0 }
}
