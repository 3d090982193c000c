/** A dashboard as a file: what it is about is named, so that another installation finds its own. */
import { api, unwrap } from '@/api/client'
import type { Field } from '@/forms/schema'
import { newId, type Place, type Widget } from './model'
import type { World } from './widgets/kind'
import { kindOf } from './widgets/kinds'

type Sort = 'channel' | 'output' | 'function' | 'zone' | 'method'
type Options = Record<string, unknown>

/** By what a thing is known elsewhere. */
interface Known {
  name: string
  quantity?: string
  owner?: string
}
export interface DashboardFile {
  hypha: 'dashboard'
  version: 1
  name: string
  icon: string
  widgets: Widget[]
  /** "channel/3" and what that was. */
  about: Record<string, Known>
}
/** What exists here, under the names by which it is known. */
export type Register = Map<string, Known>

export function registerOf(world: World, methods: { id: number; name: string }[] = []): Register {
  const register: Register = new Map()
  for (const { id, name, quantity, owner_name } of world.channels) register.set(`channel/${id}`, { name, quantity, owner: owner_name })
  const named: [Sort, { id: number; name: string }[]][] = [['output', world.outputs], ['function', world.functions], ['zone', world.zones], ['method', methods]]
  for (const [sort, things] of named) for (const { id, name } of things) register.set(`${sort}/${id}`, { name })
  return register
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null && !Array.isArray(value)
const sorts: Partial<Record<Field['kind'], Sort>> = { channel: 'channel', output: 'output', function: 'function', method: 'method' }
const sortOf = (field: Field): Sort | undefined => sorts[field.kind] ?? (field.kind === 'choice' && field.name === 'zone' ? 'zone' : undefined)

type Swap = (sort: Sort, id: number) => number | undefined
const DROP = Symbol('drop')

/** A value with every reference in it exchanged; those for which there is none are left out. */
function swapped(field: Field, value: unknown, swap: Swap): unknown {
  const sort = sortOf(field)
  if (sort) return typeof value !== 'number' || value <= 0 ? value : (swap(sort, value) ?? DROP)
  if (field.kind === 'target' && isOptions(value) && typeof value.output === 'number') {
    const output = swap('output', value.output)
    return output === undefined ? DROP : { ...value, output }
  }
  if (field.kind === 'list' && Array.isArray(value)) {
    const item = field.item
    return item ? value.map((one) => swapped(item, one, swap)).filter((one) => one !== DROP) : value
  }
  if (field.kind === 'items' && Array.isArray(value)) return value.map((one) => (isOptions(one) ? swappedAll(field.fields, one, swap) : one))
  if (field.kind === 'object' && isOptions(value)) return swappedAll(field.fields, value, swap)
  return value
}
function swappedAll(fields: Field[], options: Options, swap: Swap): Options {
  const out: Options = { ...options }
  for (const field of fields) {
    if (!(field.name in options)) continue
    const value = swapped(field, options[field.name], swap)
    if (value === DROP) delete out[field.name]
    else out[field.name] = value
  }
  return out
}

export function exported(name: string, icon: string, widgets: Widget[], world: World, register: Register = registerOf(world)): DashboardFile {
  const about: Record<string, Known> = {}
  for (const widget of widgets) {
    swappedAll(kindOf(widget.kind)?.fields(world) ?? [], widget.options, (sort, id) => {
      const known = register.get(`${sort}/${id}`)
      if (known) about[`${sort}/${id}`] = known
      return id
    })
  }
  return { hypha: 'dashboard', version: 1, name, icon, widgets, about }
}

/** The one here that is called so: of the same owner if there are several, none where that does not decide. */
function match(sort: Sort, known: Known | undefined, register: Register): number | undefined {
  if (!known) return undefined
  const same = (one: Known) => one.name.toLowerCase() === known.name.toLowerCase() && one.quantity === known.quantity
  const found = [...register].filter(([ref, one]) => ref.startsWith(`${sort}/`) && same(one))
  const exact = found.filter(([, one]) => one.owner === known.owner)
  const only = exact[0] ?? (found.length === 1 ? found[0] : undefined)
  return only ? Number(only[0].split('/')[1]) : undefined
}

const isPlace = (value: unknown): value is Place => isOptions(value) && ['x', 'y', 'w', 'h'].every((side) => Number.isInteger(value[side]))

/** Reads a file, whoever wrote it; null when it is no dashboard. */
export function readFile(text: string): DashboardFile | null {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return null
  }
  if (!isOptions(file) || file.hypha !== 'dashboard' || file.version !== 1 || !Array.isArray(file.widgets)) return null
  const widgets = file.widgets.flatMap((one: unknown): Widget[] => {
    if (!isOptions(one) || typeof one.kind !== 'string' || !isPlace(one.desktop)) return []
    return [{
      id: newId(), kind: one.kind, options: isOptions(one.options) ? one.options : {}, desktop: one.desktop,
      ...(typeof one.title === 'string' && one.title ? { title: one.title } : {}), ...(isPlace(one.phone) ? { phone: one.phone } : {}),
    }]
  })
  const about = isOptions(file.about) ? (file.about as Record<string, Known>) : {}
  return { hypha: 'dashboard', version: 1, name: String(file.name ?? ''), icon: String(file.icon ?? ''), widgets, about }
}

export interface Missing {
  /** Of which kind of widget. */
  kind: string
  sort: Sort
  name: string
}

/** The widgets of a file with what exists here in them, and what was not found. */
export function imported(file: DashboardFile, world: World, register: Register = registerOf(world)): { widgets: Widget[]; missing: Missing[] } {
  const missing: Missing[] = []
  const widgets = file.widgets.map((widget) => {
    const options = swappedAll(kindOf(widget.kind)?.fields(world) ?? [], widget.options, (sort, id) => {
      const known = file.about[`${sort}/${id}`]
      const here = match(sort, known, register)
      if (here === undefined) missing.push({ kind: widget.kind, sort, name: known ? [known.owner, known.name].filter(Boolean).join(', ') : `${sort} ${id}` })
      return here
    })
    return { ...widget, options }
  })
  return { widgets, missing }
}

/** What exists here, with the methods, which no page needs otherwise. */
export async function fullRegister(world: World): Promise<Register> {
  return registerOf(world, unwrap(await api.GET('/methods')).items)
}

/** Hands a file to the person. */
export function offer(name: string, content: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replace(/[\\/:*?"<>|]+/g, '-')
  link.click()
  setTimeout(() => URL.revokeObjectURL(url))
}
