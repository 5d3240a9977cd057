import { TRACE_LAYERS, type TraceGraph } from '../../src/modules/events/contract.ts'

export interface PlacedNode {
  readonly id: string
  readonly layer: number
  readonly x: number
  readonly y: number
  readonly height: number
}

export interface PlacedLink {
  readonly from: string
  readonly to: string
  readonly goods: number
  readonly path: string
  readonly width: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly links: readonly PlacedLink[]
  readonly columns: readonly { readonly layer: (typeof TRACE_LAYERS)[number]; readonly x: number }[]
}

export const NODE_WIDTH = 12
const WIDTH = 1120
const LABEL_ROOM = 150
const GAP = 22
const TOP = 30
/** A node of one item among a million is still seen and hit. */
const LEAST = 5

/**
 * Places a layered graph: columns from left to right, nodes of a column sorted so that lines cross little (by the
 * middle of what they come from), heights and widths by quantity.
 */
export function layoutGraph(graph: TraceGraph): Layout {
  const used = TRACE_LAYERS.filter((layer) => graph.nodes.some((n) => n.layer === layer))
  const rows = Math.max(1, ...used.map((layer) => graph.nodes.filter((n) => n.layer === layer).length))
  const inner = Math.max(200, rows * 26)
  const most = Math.max(1, ...used.map((layer) => sum(graph.nodes.filter((n) => n.layer === layer).map((n) => n.goods))))
  const scale = inner / most
  const height = inner + (rows - 1) * GAP + TOP + 8
  const columns = used.map((layer, i) => ({
    layer,
    x: used.length === 1 ? 0 : (i * (WIDTH - LABEL_ROOM - NODE_WIDTH)) / (used.length - 1),
  }))
  const placed = new Map<string, PlacedNode>()
  columns.forEach(({ layer, x }, i) => {
    const middle = (id: string): number => {
      const into = graph.links.filter((l) => l.to === id && placed.has(l.from))
      if (into.length === 0) return 0
      return (
        sum(into.map((l) => (placed.get(l.from)!.y + placed.get(l.from)!.height / 2) * l.goods)) /
        Math.max(1, sum(into.map((l) => l.goods)))
      )
    }
    const nodes = graph.nodes
      .filter((n) => n.layer === layer)
      .map((n) => ({ n, at: middle(n.id) }))
      .toSorted((a, b) => a.at - b.at || b.n.goods - a.n.goods)
    let y = TOP
    for (const { n } of nodes) {
      const h = Math.max(LEAST, n.goods * scale)
      placed.set(n.id, { id: n.id, layer: i, x, y, height: h })
      y += h + GAP
    }
  })
  const out = new Map<string, number>()
  const into = new Map<string, number>()
  const links = graph.links
    .toSorted(
      (a, b) => (placed.get(a.from)?.y ?? 0) - (placed.get(b.from)?.y ?? 0) || (placed.get(a.to)?.y ?? 0) - (placed.get(b.to)?.y ?? 0),
    )
    .flatMap((l): PlacedLink[] => {
      const a = placed.get(l.from)
      const b = placed.get(l.to)
      if (a === undefined || b === undefined) return []
      const width = Math.max(1.5, l.goods * scale)
      const y1 = a.y + (out.get(l.from) ?? 0) + width / 2
      const y2 = b.y + (into.get(l.to) ?? 0) + width / 2
      out.set(l.from, (out.get(l.from) ?? 0) + width)
      into.set(l.to, (into.get(l.to) ?? 0) + width)
      const [x1, x2] = [a.x + NODE_WIDTH, b.x]
      const bend = (x1 + x2) / 2
      return [{ from: l.from, to: l.to, goods: l.goods, width, path: `M${x1},${y1} C${bend},${y1} ${bend},${y2} ${x2},${y2}` }]
    })
  const bottom = Math.max(height, ...[...placed.values()].map((n) => n.y + n.height + 18))
  return { width: WIDTH, height: bottom, nodes: [...placed.values()], links, columns }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)
