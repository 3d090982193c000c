// Writes docs/kinds.md to standard output from `hypha kinds --json` on standard input. scripts/api-docs calls it.
import { readFileSync } from 'node:fs'

const { items } = JSON.parse(readFileSync(0, 'utf8'))
const out = []
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (value) => '`' + cell(value) + '`'
const seconds = (s) => (s >= 60 && s % 60 === 0 ? `${s / 60} min` : `${s} s`)

function allowed(p) {
  const parts = []
  if (p.enum) parts.push(p.enum.map(code).join(' '))
  if (p.minimum !== undefined && p.maximum !== undefined && p.maximum < 1e9) parts.push(`${p.minimum} to ${p.maximum}`)
  else if (p.minimum !== undefined) parts.push(`${p.minimum} or more`)
  if (parts.length > 0) return parts.join(', ')
  if (p.type === 'boolean') return '`true` `false`'
  if (p.type === 'array') return `a list, ${p.minItems ?? 0} to ${p.maxItems}`
  if (p.type === 'object') return 'names with texts'
  const formats = { uri: 'an address', topic: 'an MQTT topic', json_path: 'a place in JSON', quantity: 'a quantity', unit: 'a unit', multiline: 'text of any lines' }
  return formats[p.format] ?? { string: 'text', integer: 'a whole number', number: 'a number' }[p.type] ?? p.type
}

function meaning(p) {
  const parts = [p.title, p.description].filter(Boolean)
  if (p['x-unit']) parts[0] += ` (${p['x-unit']})`
  if (p['x-secret'] && !/encrypted/.test(p.description)) parts.push('A secret: stored encrypted, never shown again')
  if (p['x-when']) parts.push(`Only with ${code(p['x-when'].field)} ${p['x-when'].in.map(code).join(' ')}`)
  if (p['x-placeholder']) parts.push(`Example: ${code(p['x-placeholder'])}`)
  return cell(parts.join('. '))
}

function* rows(schema, path = '') {
  const properties = Object.entries(schema.properties ?? {}).sort(([, a], [, b]) => a['x-order'] - b['x-order'])
  for (const [name, p] of properties) {
    const required = schema.required?.includes(name)
    const standard = required ? '**required**' : p.default === undefined ? '' : code(p.default)
    yield `| ${code(path + name)} | ${meaning(p)} | ${allowed(p)} | ${standard} |`
    if (p.items?.properties) yield* rows(p.items, `${path + name}[].`)
  }
}

function* section(kinds) {
  const [first] = kinds
  yield `### ${kinds.map((k) => code(k.id)).join(', ')}`
  yield ''
  if (kinds.length === 1) yield `**${first.name}.** ${first.description}`
  else for (const k of kinds) yield `- ${code(k.id)}: **${k.name}.** ${k.description}`
  yield ''
  const facts = []
  if (first.period_s > 0) facts.push(`Read every ${seconds(first.period_s)}, at most every ${seconds(first.min_period_s)}`)
  else if (first.type === 'input') facts.push('Values come when they are sent')
  if (first.type === 'function') {
    for (const k of kinds) {
      const name = kinds.length > 1 ? `${code(k.id)}: ` : ''
      yield `${name}${k.formula}. (${k.source})`
      yield ''
    }
    yield '```json'
    yield first.example
    yield '```'
    yield ''
  } else {
    facts.push(`Time-out ${seconds(first.timeout_s)}`)
    yield facts.join('. ') + '.'
  }
  if (first.channels.length > 0) {
    const channels = first.channels.map((c) => `${c.name} (${c.quantity ? `${code(c.quantity)} in ${code(c.unit)}` : code(c.type)})`)
    yield `Channels: ${channels.join('; ')}.`
  } else yield first.type === 'function' ? 'Its channels, if it has any, follow from the options.' : 'Its channels follow from the options or the device.'
  yield ''
  const table = [...rows(first.options_schema)]
  if (table.length === 0) yield 'No options.'
  else yield* ['| option | meaning | values | default |', '|---|---|---|---|', ...table]
  yield ''
}

// alike kinds differ in nothing but their names: they share a section.
const alike = (k) => JSON.stringify([k.options_schema, k.channels, k.period_s, k.timeout_s])

out.push('# Kinds', '')
out.push('Every kind of input, output and function with its options, as `hypha kinds --json` says them. `make api-docs` writes this page.')
out.push('What the words mean stands in [inputs](inputs.md), [outputs](outputs.md) and [functions](functions.md).', '')
for (const [type, title] of [['input', 'Inputs'], ['output', 'Outputs'], ['function', 'Functions']]) {
  out.push(`## ${title}`, '')
  const groups = new Map()
  for (const k of items.filter((k) => k.type === type)) groups.set(alike(k), [...(groups.get(alike(k)) ?? []), k])
  for (const group of groups.values()) out.push(...section(group))
}
process.stdout.write(out.join('\n').trimEnd() + '\n')
