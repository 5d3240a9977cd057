import type { Words } from '../../../kernel/errors.ts'
import { TRACE_LAYERS, type TraceGraph } from '../contract.ts'

type Layer = (typeof TRACE_LAYERS)[number]

export interface GraphNode {
  readonly id: string
  readonly label: Words
}

/** More than these on one layer are drawn as one: a picture of ten thousand cartons tells nothing. */
const NODES_A_LAYER = 12

const REST: Readonly<Record<Layer, (n: number) => Words>> = {
  origin: (n) => ({ zh: `其余 ${n} 个来源`, en: `${n} more origins` }),
  importer: (n) => ({ zh: `其余 ${n} 家进口商`, en: `${n} more importers` }),
  container: (n) => ({ zh: `其余 ${n} 箱`, en: `${n} more containers` }),
  holder: (n) => ({ zh: `其余 ${n} 处`, en: `${n} more holders` }),
  province: (n) => ({ zh: `其余 ${n} 省`, en: `${n} more provinces` }),
}

/** The ways that goods took, added up: how many went from which node to which. */
export class Ways {
  readonly #ways = new Map<string, { nodes: (GraphNode | undefined)[]; goods: number }>()

  /** @param nodes one for each layer; undefined where the way does not pass it */
  add(nodes: readonly (GraphNode | undefined)[], goods: number): void {
    const key = nodes.map((n) => n?.id ?? '').join('\u0000')
    const way = this.#ways.get(key)
    if (way === undefined) this.#ways.set(key, { nodes: [...nodes], goods })
    else way.goods += goods
  }

  /** Small nodes of a crowded layer are merged into one; widths still add up from left to right. */
  graph(): TraceGraph {
    const nodes = new Map<string, TraceGraph['nodes'][number]>()
    const replaced = new Map<string, string>()
    for (const [i, layer] of TRACE_LAYERS.entries()) {
      const sums = new Map<string, { label: Words; goods: number }>()
      for (const { nodes: way, goods } of this.#ways.values()) {
        const node = way[i]
        if (node === undefined) continue
        const sum = sums.get(node.id)
        if (sum === undefined) sums.set(node.id, { label: node.label, goods })
        else sum.goods += goods
      }
      const sorted = [...sums].sort((a, b) => b[1].goods - a[1].goods || (a[0] < b[0] ? -1 : 1))
      const shown = sorted.length > NODES_A_LAYER ? sorted.slice(0, NODES_A_LAYER - 1) : sorted
      for (const [id, { label, goods }] of shown) nodes.set(id, { id, layer, label, goods, merged: 1 })
      const rest = sorted.slice(shown.length)
      if (rest.length > 0) {
        const id = `rest:${layer}`
        const goods = rest.reduce((sum, [, { goods: g }]) => sum + g, 0)
        nodes.set(id, { id, layer, label: REST[layer](rest.length), goods, merged: rest.length })
        for (const [restId] of rest) replaced.set(restId, id)
      }
    }
    const links = new Map<string, { from: string; to: string; goods: number }>()
    for (const { nodes: way, goods } of this.#ways.values()) {
      const stops = way.flatMap((n) => (n === undefined ? [] : [replaced.get(n.id) ?? n.id]))
      for (let i = 1; i < stops.length; i++) {
        const key = `${stops[i - 1]}\u0000${stops[i]}`
        const link = links.get(key)
        if (link === undefined) links.set(key, { from: stops[i - 1]!, to: stops[i]!, goods })
        else link.goods += goods
      }
    }
    return { nodes: [...nodes.values()], links: [...links.values()] }
  }
}
