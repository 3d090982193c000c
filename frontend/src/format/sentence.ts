/** Errors of devices and programs come as fragments ("no broker answers"); a person reads sentences. */
export function sentence(text: string | undefined): string {
  // "open: no broker answers": what the program was doing is no help to a person.
  const trimmed = (text ?? '').trim().replace(/(^|: )(?:open|read|close): /, '$1')
  if (!trimmed) return ''
  const [first = ''] = trimmed.split(/\s/, 1)
  // An address or a name with capitals inside keeps its writing.
  const capital = /^[a-z]+[,;]?$/.test(first) ? trimmed.slice(0, 1).toUpperCase() + trimmed.slice(1) : trimmed
  return /[.!?…:]$/.test(capital) ? capital : `${capital}.`
}
