/** The templates there are. What they hold is data; adding one is a file, a line here, and its name in the catalogue of words. */
import aquarium from './aquarium.json'
import empty from './empty.json'
import fermentation from './fermentation.json'
import first from './first.json'
import greenhouse from './greenhouse.json'
import growTent from './grow_tent.json'
import serverRoom from './server_room.json'
import terrarium from './terrarium.json'

/** One tile, or several of a sort, and what they are about. What finds nothing to show is left out. */
export interface TemplateTile {
  kind: string
  w: number
  h: number
  /** Quantities, the wanted ones first; "*" is any. Each tile gets one channel. */
  channel?: string[]
  /** The option that takes the channel, unless it is `channel`. */
  as?: string
  /** Quantities of the channels that one tile shows. */
  channels?: string[]
  most?: number
  /** That many channels of the machine itself. */
  machine?: number
  output?: boolean
  outputs?: number
  /** Kinds of functions. */
  function?: string[]
  zone?: boolean
  method?: boolean
  /** At most so many tiles; one unless it is said. */
  each?: number
  options?: Record<string, unknown>
}

export interface Template {
  id: string
  icon: string
  tiles: TemplateTile[]
}

/** What a new person sees. */
export const FIRST: Template = { id: 'first', icon: 'i-lucide-layout-dashboard', tiles: first.tiles }

export const TEMPLATES: Template[] = [
  { id: 'grow_tent', icon: 'i-lucide-sprout', tiles: growTent.tiles },
  { id: 'aquarium', icon: 'i-lucide-fish', tiles: aquarium.tiles },
  { id: 'fermentation', icon: 'i-lucide-beer', tiles: fermentation.tiles },
  { id: 'terrarium', icon: 'i-lucide-turtle', tiles: terrarium.tiles },
  { id: 'greenhouse', icon: 'i-lucide-flower-2', tiles: greenhouse.tiles },
  { id: 'server_room', icon: 'i-lucide-server', tiles: serverRoom.tiles },
  { id: 'empty', icon: 'i-lucide-square-dashed', tiles: empty.tiles },
]
