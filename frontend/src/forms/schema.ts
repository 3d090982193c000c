/** Reads the JSON Schema of a kind's options into what a form draws. Unknown parts of a schema are left out, never guessed at. */

export type FieldKind =
  | 'text' | 'multiline' | 'secret' | 'number' | 'integer' | 'switch' | 'choice'
  | 'quantity' | 'unit' | 'channel' | 'output' | 'target' | 'function' | 'method' | 'script' | 'object' | 'items' | 'list' | 'map' | 'json'

export interface Choice {
  value: string | number
  label: string
}

export interface Field {
  name: string
  kind: FieldKind
  title: string
  help: string
  required: boolean
  advanced: boolean
  order: number
  initial?: unknown
  min?: number
  max?: number
  above?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems: number
  maxItems: number
  choices: Choice[]
  suffix: string
  placeholder: string
  when?: { field: string; in: unknown[] }
  /** Of an object, or of each item of a list of objects. */
  fields: Field[]
  /** Of each item of a list of plain values. */
  item?: Field
}

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const num = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** "wave_period_s" is still a name when a schema gives no title. */
const titleOf = (name: string): string => {
  const words = name.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function typeOf(node: Node): string {
  const type = Array.isArray(node.type) ? node.type.find((t) => t !== 'null') : node.type
  return text(type)
}

const formats: Record<string, FieldKind> = { quantity: 'quantity', unit: 'unit', channel: 'channel', output: 'output', function: 'function', method: 'method', multiline: 'multiline' }

/** An output and its channel, which a person chooses as one thing. */
const isTarget = (node: Node): boolean =>
  isNode(node.properties) && Object.keys(node.properties).sort().join() === 'channel,output' && isNode(node.properties.output) && node.properties.output.format === 'output'

/** A map of texts has rows of names and values; what else an object may hold is written as JSON. */
const isMap = (node: Node): boolean => isNode(node.additionalProperties) && typeOf(node.additionalProperties) === 'string'

function kindOf(name: string, node: Node): FieldKind | null {
  if (Array.isArray(node.enum)) return 'choice'
  const type = typeOf(node)
  if (type === 'boolean') return 'switch'
  const format = formats[text(node.format)]
  if (format === 'multiline' && name === 'script') return 'script'
  if (format && type !== 'object') return format
  if (type === 'number' || type === 'integer') return type
  if (type === 'string') return node['x-secret'] === true || node.writeOnly === true ? 'secret' : 'text'
  if (type === 'object') {
    if (!isNode(node.properties)) return isMap(node) ? 'map' : 'json'
    return isTarget(node) ? 'target' : 'object'
  }
  if (type === 'array' && isNode(node.items)) return isNode(node.items.properties) ? 'items' : 'list'
  return null
}

function fieldOf(name: string, node: Node, required: boolean): Field | null {
  const kind = kindOf(name, node)
  if (kind === null) return null
  const values = Array.isArray(node.enum) ? node.enum.filter((v): v is string | number => typeof v === 'string' || typeof v === 'number') : []
  const titles = Array.isArray(node['x-enum-titles']) ? node['x-enum-titles'] : []
  const when = node['x-when']
  const items = isNode(node.items) ? node.items : undefined
  const nested = kind === 'object' ? node : kind === 'items' ? items : undefined
  return {
    name,
    kind,
    title: text(node.title) || titleOf(name),
    help: text(node.description),
    required,
    advanced: node['x-advanced'] === true,
    order: num(node['x-order']) ?? Number.MAX_SAFE_INTEGER,
    initial: node.default,
    min: num(node.minimum),
    max: num(node.maximum),
    above: num(node.exclusiveMinimum),
    minLength: num(node.minLength),
    maxLength: num(node.maxLength),
    pattern: text(node.pattern) || undefined,
    minItems: num(node.minItems) ?? 0,
    maxItems: num(node.maxItems) ?? Infinity,
    choices: values.map((value, i) => ({ value, label: text(titles[i]) || titleOf(String(value)) })),
    suffix: text(node['x-unit']),
    placeholder: text(node['x-placeholder']),
    when: isNode(when) && Array.isArray(when.in) ? { field: text(when.field), in: when.in } : undefined,
    fields: nested ? parseSchema(nested) : [],
    item: kind === 'list' && items ? (fieldOf('', items, true) ?? undefined) : undefined,
  }
}

/** What a schema adds under a condition: properties, and which of them must be there. */
const conditional = (schema: Node): Node[] =>
  (Array.isArray(schema.allOf) ? schema.allOf : []).flatMap((part: unknown) => (isNode(part) && isNode(part.then) ? [part.then] : []))
const requires = (node: Node, name: string): boolean => Array.isArray(node.required) && node.required.includes(name)

/**
 * The fields of an object schema in their order. One member may have variants, each under a condition of its own: the options of an
 * action follow from its kind. They become fields of one name.
 */
export function parseSchema(schema: unknown): Field[] {
  if (!isNode(schema) || !isNode(schema.properties)) return []
  const branches = conditional(schema)
  const fieldsOf = (name: string, node: Node): (Field | null)[] => {
    if (node['x-variants'] !== true) return [fieldOf(name, node, requires(schema, name) || branches.some((branch) => requires(branch, name)))]
    return branches.flatMap((branch) => {
      const variant = isNode(branch.properties) ? branch.properties[name] : undefined
      return isNode(variant) ? [fieldOf(name, variant, requires(branch, name))] : []
    })
  }
  return Object.entries(schema.properties)
    .flatMap(([name, node]) => (isNode(node) ? fieldsOf(name, node) : []))
    .filter((field): field is Field => field !== null)
    .map((field, i) => [field, i] as const)
    .sort(([a, i], [b, j]) => a.order - b.order || i - j)
    .map(([field]) => field)
}

/** Does a field apply, given its siblings' values? */
export function applies(field: Field, siblings: Record<string, unknown>): boolean {
  return !field.when || field.when.in.includes(siblings[field.when.field])
}

/** A field that no kind's schema describes, such as the name of an input. */
export const plainField = (field: Partial<Field> & Pick<Field, 'name' | 'kind' | 'title'>): Field => ({
  help: '',
  required: false,
  advanced: false,
  order: 0,
  minItems: 0,
  maxItems: Infinity,
  choices: [],
  suffix: '',
  placeholder: '',
  fields: [],
  ...field,
})
