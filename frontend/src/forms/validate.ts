import { translate } from '@/app/i18n'
import { formatPlain } from '@/format/number'
import { applies, type Field } from './schema'
import { childOf, type Values } from './values'

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

const withUnit = (n: number, field: Field) => (field.suffix ? `${formatPlain(n)} ${field.suffix}` : formatPlain(n))

function checkNumber(field: Field, value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return translate('forms.number')
  if (field.kind === 'integer' && !Number.isInteger(value)) return translate('forms.integer')
  if (field.min !== undefined && value < field.min) return translate('forms.least', { n: withUnit(field.min, field) })
  if (field.max !== undefined && value > field.max) return translate('forms.most', { n: withUnit(field.max, field) })
  if (field.above !== undefined && value <= field.above) return translate('forms.above', { n: withUnit(field.above, field) })
  return ''
}

function checkText(field: Field, value: unknown): string {
  const text = String(value)
  if (field.minLength !== undefined && text.length < field.minLength) return translate('forms.min_length', { n: field.minLength })
  if (field.maxLength !== undefined && text.length > field.maxLength) return translate('forms.max_length', { n: field.maxLength })
  if (field.pattern && !matches(field.pattern, text)) return translate('forms.pattern')
  return ''
}

/** A pattern that this browser cannot read is the server's to check. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

/** What is wrong with one value, in a sentence; "" when nothing is. `kept` says that a secret is already set. */
export function checkValue(field: Field, value: unknown, kept = false): string {
  if (field.kind === 'items' || field.kind === 'list') {
    const count = !Array.isArray(value) ? 0 : field.kind === 'list' ? value.filter((item) => !isEmpty(item)).length : value.length
    if (count < field.minItems) return translate('forms.min_items', { n: field.minItems })
    if (count > field.maxItems) return translate('forms.max_items', { n: field.maxItems })
    return ''
  }
  if (isEmpty(value)) return field.required && !kept && field.kind !== 'switch' ? translate('forms.required') : ''
  if (field.kind === 'target') return isValues(value) && typeof value.output === 'number' ? '' : translate('forms.required')
  if (field.kind === 'json') return typeof value === 'string' ? translate('forms.json') : ''
  // Where 0 stands for none, a field that must be there still needs one.
  if (field.kind === 'channel' || field.kind === 'function' || field.kind === 'method') return field.required && value === 0 ? translate('forms.required') : ''
  if (field.kind === 'number' || field.kind === 'integer') return checkNumber(field, value)
  if (field.kind === 'text' || field.kind === 'secret' || field.kind === 'multiline' || field.kind === 'script') return checkText(field, value)
  return ''
}

/** Everything wrong in a form, by path. Fields that do not apply are not looked at. */
export function checkAll(fields: Field[], values: Values, secretsSet: ReadonlySet<string>, at = ''): Map<string, string> {
  const wrong = new Map<string, string>()
  for (const field of fields) {
    if (!applies(field, values)) continue
    const path = childOf(at, field.name)
    const value = values[field.name]
    const message = checkValue(field, value, secretsSet.has(path))
    if (message) wrong.set(path, message)
    const nested: [string, Values][] =
      field.kind === 'object' && isValues(value)
        ? [[path, value]]
        : field.kind === 'items' && Array.isArray(value)
          ? value.map((item, i): [string, Values] => [`${path}[${i}]`, isValues(item) ? item : {}])
          : []
    for (const [inner, its] of nested) for (const [p, m] of checkAll(field.fields, its, secretsSet, inner)) wrong.set(p, m)
  }
  return wrong
}
