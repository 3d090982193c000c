/** Days and hours of the browser's clock; a day with 23 or 25 hours keeps its hours' names. */
export function dayStart(at: number, back = 0): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - back).getTime()
}

export const hourStart = (at: number, back = 0): number => {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours() - back).getTime()
}
