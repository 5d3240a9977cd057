import { Button } from 'antd'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { TraceGraph } from '../../src/modules/events/contract.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { Link } from '../shared/ui/link.tsx'
import { layoutGraph, NODE_WIDTH, type PlacedNode } from './layout-graph.ts'
import { traceWords } from './words.ts'

const LABEL_WIDTH = 23

/** The ways of goods as a picture; every node can be reached by the arrow keys, and a table says the same. */
export function FlowGraph({
  graph,
  total,
  asOf,
}: {
  readonly graph: TraceGraph
  readonly total: number
  readonly asOf: string | undefined
}) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const format = useFormat()
  const [asTable, setAsTable] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const picture = useRef<SVGSVGElement>(null)
  const layout = useMemo(() => layoutGraph(graph), [graph])
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]))
  const lit = useMemo(() => (chosen === undefined ? undefined : connected(graph, chosen)), [graph, chosen])
  if (graph.nodes.length === 0) return <p className="soft">{t.ended}</p>
  const first = layout.nodes[0]?.id
  const onKey = (event: KeyboardEvent<SVGGElement>, at: PlacedNode) => {
    const to = neighbour(layout.nodes, at, event.key)
    if (to !== undefined) {
      event.preventDefault()
      picture.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(to.id)}"]`)?.focus()
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      setChosen(chosen === at.id ? undefined : at.id)
    } else if (event.key === 'Escape') setChosen(undefined)
  }
  const label = (id: string) => nodes.get(id)?.label[language] ?? id
  const shown = chosen === undefined ? undefined : nodes.get(chosen)
  return (
    <div className="flow">
      <div className="flow-tools">
        <p className="faint">{t.graphAlt}</p>
        <Button size="small" onClick={() => setAsTable(!asTable)}>
          {asTable ? t.asPicture : t.asTable}
        </Button>
      </div>
      {asTable ? (
        <LinkTable graph={graph} />
      ) : (
        <div className="flow-scroll">
          <svg ref={picture} viewBox={`0 0 ${layout.width} ${layout.height}`} role="group" aria-label={t.graph}>
            {layout.columns.map((column) => (
              <text key={column.layer} className="flow-layer" x={column.x} y={14}>
                {t.layers[column.layer]}
              </text>
            ))}
            {layout.links.map((link) => (
              <path
                key={`${link.from} ${link.to}`}
                className={lit === undefined ? 'flow-link' : lit.has(`${link.from} ${link.to}`) ? 'flow-link lit' : 'flow-link dim'}
                d={link.path}
                strokeWidth={link.width}
              >
                <title>{`${label(link.from)} → ${label(link.to)}: ${t.pieces(format.number(link.goods))}`}</title>
              </path>
            ))}
            {layout.nodes.map((at) => {
              const node = nodes.get(at.id)!
              return (
                <g
                  key={at.id}
                  data-node={at.id}
                  className={`flow-node layer-${node.layer}${lit === undefined || lit.has(at.id) ? '' : ' dim'}`}
                  role="button"
                  tabIndex={at.id === (chosen ?? first) ? 0 : -1}
                  aria-pressed={at.id === chosen}
                  aria-label={`${t.layers[node.layer]}: ${node.label[language]}, ${t.share(format.number(node.goods), format.percent(node.goods / Math.max(1, total), 1))}`}
                  onClick={() => setChosen(chosen === at.id ? undefined : at.id)}
                  onKeyDown={(event) => onKey(event, at)}
                >
                  <rect x={at.x} y={at.y} width={NODE_WIDTH} height={at.height} rx={2} />
                  <text x={at.x + NODE_WIDTH + 7} y={at.y + at.height / 2 - 1}>
                    {short(node.label[language])}
                    <title>{node.label[language]}</title>
                  </text>
                  <text className="flow-count" x={at.x + NODE_WIDTH + 7} y={at.y + at.height / 2 + 13}>
                    {format.number(node.goods)}
                  </text>
                </g>
              )
            })}
          </svg>
        </div>
      )}
      <p className="flow-chosen" aria-live="polite">
        {shown !== undefined && (
          <>
            <strong>{shown.label[language]}</strong>
            {' · '}
            {t.share(format.number(shown.goods), format.percent(shown.goods / Math.max(1, total), 1))}
            {shown.id.startsWith('container:') && (
              <>
                {' · '}
                <Link to={paths.trace({ kind: 'container', id: shown.id.slice('container:'.length), asOf })}>{t.traceContainer}</Link>
              </>
            )}
          </>
        )}
      </p>
    </div>
  )
}

function LinkTable({ graph }: { readonly graph: TraceGraph }) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const format = useFormat()
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]))
  return (
    <table className="plain">
      <caption className="sr-only">{t.graph}</caption>
      <thead>
        <tr>
          <th scope="col">{t.comesFrom}</th>
          <th scope="col">{t.goesTo}</th>
          <th scope="col" className="num">
            {t.items}
          </th>
        </tr>
      </thead>
      <tbody>
        {graph.links.map((link) => (
          <tr key={`${link.from} ${link.to}`}>
            <td>{nodes.get(link.from)?.label[language]}</td>
            <td>{nodes.get(link.to)?.label[language]}</td>
            <td className="num">{format.number(link.goods)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Everything that lies on a way through a node. */
function connected(graph: TraceGraph, id: string): Set<string> {
  const found = new Set([id])
  const walk = (from: string, step: (l: TraceGraph['links'][number]) => [string, string]) => {
    for (const link of graph.links) {
      const [near, far] = step(link)
      if (near !== from) continue
      found.add(`${link.from} ${link.to}`)
      if (found.has(far)) continue
      found.add(far)
      walk(far, step)
    }
  }
  walk(id, (l) => [l.from, l.to])
  walk(id, (l) => [l.to, l.from])
  return found
}

function neighbour(nodes: readonly PlacedNode[], at: PlacedNode, key: string): PlacedNode | undefined {
  const column = (layer: number) => nodes.filter((n) => n.layer === layer).toSorted((a, b) => a.y - b.y)
  const own = column(at.layer)
  const i = own.findIndex((n) => n.id === at.id)
  if (key === 'ArrowDown') return own[i + 1]
  if (key === 'ArrowUp') return own[i - 1]
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  if (step === 0) return undefined
  return column(at.layer + step).toSorted((a, b) => Math.abs(a.y - at.y) - Math.abs(b.y - at.y))[0]
}

/** Cuts a label to a width; a Chinese character is as wide as two others. */
function short(text: string): string {
  let width = 0
  for (const [i, c] of [...text].entries()) {
    width += c > '\u2e7f' ? 2 : 1
    if (width > LABEL_WIDTH) return `${[...text].slice(0, i).join('')}…`
  }
  return text
}
