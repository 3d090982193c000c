/** The one place through which the graph asks in which unit a person wants to see a value. */
export interface Display {
  unit: string
  /** Null where the value is shown as it is kept. */
  convert: ((value: number) => number) | null
}

export const display = (unit: string): Display => ({ unit, convert: null })

export const shownValue = ({ convert }: Display, value: number | null): number | null => (value === null || !convert ? value : convert(value))
/** For differences and deviations, whose nought is nought in every unit. */
export const shownDifference = ({ convert }: Display, value: number | null): number | null => (value === null || !convert ? value : convert(value) - convert(0))
