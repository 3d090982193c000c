import { defineAsyncComponent, type Component } from 'vue'
import { kinds } from './widgets/kinds'

/** The views of all kinds; each is fetched with the first tile of its kind. */
const views = new Map<string, Component>(kinds.map((kind) => [kind.id, defineAsyncComponent(kind.view)]))
export const viewOf = (kind: string): Component | undefined => views.get(kind)
