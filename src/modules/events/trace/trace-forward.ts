import type { Words } from '../../../kernel/errors.ts'
import { countryName } from '../../../kernel/cn/customs.ts'
import { one, type Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import type {
  TraceContainer,
  TraceForward,
  TraceHolder,
  TraceLevel,
  TraceLot,
  TraceOriginKind,
  TraceProvince,
  TraceTotals,
} from '../contract.ts'
import { type CodeRange, cut, normaliseRanges } from '../ranges.ts'
import { type GraphNode, Ways } from './graph.ts'
import { type History, historyOf, type TracedEvent } from './history.ts'
import { Names, provinceWords, wordsOf } from './names.ts'
import { type Origin, type OriginLot, originOf } from './origin.ts'
import type { TraceDeps } from './ports.ts'
import { happenedBy, Replay, type Standing } from './replay.ts'
import { sourceOf } from './sources.ts'
import { type Wall, wallOf } from './wall.ts'

export interface ForwardQuestion {
  readonly kind: TraceOriginKind
  readonly id: string
  readonly asOf: string | undefined
}

interface HolderSum {
  kind: 'owner' | 'dealer'
  id: string
  held: number
  inTransit: number
  returned: number
  consumed: number
  onHold: number
  last: TracedEvent | undefined
}

interface BoxSum {
  around: readonly string[]
  goods: number
  holder: string
  kind: 'owner' | 'dealer'
  inTransit: boolean
}

/** What one trace forward found, before it is cut into pages. */
interface Found {
  readonly origin: Origin
  readonly horizon: bigint
  readonly ranges: CodeRange[]
  readonly totals: TraceTotals
  readonly holders: TraceHolder[]
  readonly provinces: TraceProvince[]
  readonly containers: TraceContainer[]
  readonly lots: TraceLot[]
  readonly graph: TraceForward['graph']
}

/** Lots are read in slices of about so many declared items, so that memory stays bounded by one slice. */
const SLICE = 2_000_000
const PAGE = 50
const FEW = 20
const KEPT = 8
const KEPT_MS = 30_000

/** Follows goods forward, to whoever has them. Sums are kept for the next pages of the same answer. */
export class ForwardTracer {
  readonly #deps: TraceDeps
  readonly #kept = new Map<string, { readonly found: Promise<Found>; readonly until: number }>()

  constructor(deps: TraceDeps) {
    this.#deps = deps
  }

  /** @throws AppError NOT_FOUND, TRACE_TOO_LARGE, TRACE_TOO_MANY_LOTS, NOT_AN_SSCC, RANGE_CROSSES_BATCHES */
  async trace(question: ForwardQuestion, actor: Actor): Promise<TraceForward> {
    const { db } = this.#deps
    const wall = await wallOf(db, actor)
    const { n: horizon } = await one<{ n: bigint }>(db, sql`select coalesce(max(sequence), 0)::bigint as n from event`)
    const found = await this.#found(question, wall, horizon)
    const { origin, totals, graph } = found
    return {
      origin: { kind: origin.kind, id: origin.id, title: origin.title, note: origin.note },
      asOf: question.asOf ?? null,
      horizon: horizon.toString(),
      totals,
      holders: pageOf(found.holders, horizon, 0, PAGE),
      provinces: pageOf(found.provinces, horizon, 0, PAGE),
      containers: pageOf(found.containers, horizon, 0, FEW),
      lots: pageOf(found.lots, horizon, 0, FEW),
      scans: wall.seesScans ? await this.#deps.ports.scansOf(db, found.ranges, question.asOf) : null,
      graph,
    }
  }

  /** One level of an answer, page by page, all of the moment at which its first page was made. @throws AppError BAD_CURSOR */
  async level(question: ForwardQuestion, level: TraceLevel, page: { cursor?: string | undefined; limit: number }, actor: Actor) {
    const { db } = this.#deps
    const wall = await wallOf(db, actor)
    const { n: newest } = await one<{ n: bigint }>(db, sql`select coalesce(max(sequence), 0)::bigint as n from event`)
    const at = page.cursor === undefined ? { horizon: newest, after: '' } : openCursor(page.cursor)
    const found = await this.#found(question, wall, at.horizon)
    const rows: readonly (TraceHolder | TraceContainer | TraceLot | TraceProvince)[] = found[level]
    const start = at.after === '' ? 0 : rows.findIndex((row) => keyOf(row) === at.after) + 1
    if (start === 0 && at.after !== '') throw httpFail('BAD_CURSOR')
    return pageOf(rows, at.horizon, start, page.limit)
  }

  /**
   * Ids of the events that a trace forward rests on, in order of capture. Not for dealers: events also speak of other
   * goods that moved with theirs. @throws AppError as `trace`
   */
  async events(question: ForwardQuestion, actor: Actor): Promise<string[]> {
    const { db } = this.#deps
    const wall = await wallOf(db, actor)
    if (wall.dealers !== undefined) throw httpFail('NOT_FOUND')
    const { n: horizon } = await one<{ n: bigint }>(db, sql`select coalesce(max(sequence), 0)::bigint as n from event`)
    const { ranges } = await this.#found(question, wall, horizon)
    const { events } = await historyOf(db, ranges, horizon)
    return events.filter((event) => happenedBy(event, question.asOf)).map((event) => event.id)
  }

  #found(question: ForwardQuestion, wall: Wall, horizon: bigint): Promise<Found> {
    // events are never changed, so the sums stay true; names on papers may be, so they are not kept for long
    const key = JSON.stringify([wall.key, question.kind, question.id, question.asOf ?? '', horizon.toString()])
    const now = performance.now()
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.until > now) return kept.found
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!)
    const found = follow(this.#deps, question, wall, horizon)
    this.#kept.set(key, { found, until: now + KEPT_MS })
    found.catch(() => this.#kept.delete(key))
    return found
  }
}

async function follow(deps: TraceDeps, question: ForwardQuestion, wall: Wall, horizon: bigint): Promise<Found> {
  const { db, codes } = deps
  const origin = await originOf(db, codes, wall, { ...question, horizon })
  const sums = new Sums(wall)
  if (origin.lots === undefined) {
    await sums.read(db, await origin.ranges([]), undefined, question.asOf, horizon)
    if (sums.totals.labels === 0) throw httpFail('NOT_FOUND')
  } else {
    for (const slice of slices(origin.lots)) await sums.read(db, await origin.ranges(slice), slice, question.asOf, horizon)
    // a dealer learns of a lot only through goods that it has
    if (wall.dealers !== undefined && sums.totals.labels === 0) throw httpFail('NOT_FOUND')
  }
  return { origin, horizon, ...(await sums.finish(db)) }
}

function* slices(lots: readonly OriginLot[]): Generator<OriginLot[]> {
  let slice: OriginLot[] = []
  let size = 0
  for (const lot of lots) {
    slice.push(lot)
    size += lot.quantity
    if (size >= SLICE || slice.length >= 50) {
      yield slice
      slice = []
      size = 0
    }
  }
  if (slice.length > 0) yield slice
}

/** Papers behind the goods of one slice. */
interface LotCard {
  readonly id: string
  readonly lotNumber: string
  readonly quantity: number
  readonly product: Words
  readonly brandOrganisationId: string | null
  readonly organisationId: string
  readonly source: GraphNode
}

class Sums {
  readonly #wall: Wall
  readonly #names = new Names()
  readonly #holders = new Map<string, HolderSum>()
  readonly #boxes = new Map<string, BoxSum>()
  readonly #lots = new Map<string, TraceLot & { organisationId: string }>()
  readonly #paths: { lot: LotCard | undefined; organisationId: string; root: string | undefined; end: string; goods: number }[] = []
  readonly #pathIndex = new Map<string, number>()
  readonly #ranges: CodeRange[] = []
  readonly #cards = new Map<string, LotCard>()
  totals: TraceTotals = {
    labels: 0,
    goods: 0,
    owner: 0,
    dealers: 0,
    inTransit: 0,
    returned: 0,
    consumed: 0,
    destroyed: 0,
    frozen: 0,
    recalled: 0,
    inert: 0,
    void: 0,
    replaced: 0,
  }

  constructor(wall: Wall) {
    this.#wall = wall
  }

  /** @param lots when the trace began at papers: labels that stood for another lot at that moment do not count */
  async read(db: Sql, asked: readonly CodeRange[], lots: readonly OriginLot[] | undefined, asOf: string | undefined, horizon: bigint) {
    if (lots !== undefined)
      for (const card of await cardsOf(
        db,
        lots.map((lot) => lot.id),
      )) {
        this.#cards.set(card.id, card)
        if (this.#wall.dealers === undefined) this.#lotRow(card)
      }
    if (asked.length === 0) return
    const history = await historyOf(db, asked, horizon)
    const replay = await new Replay(history).run(asOf)
    const wanted = withSuccessors(history, asked, asOf)
    const standings = [...within(replay.standings(), wanted)]
    const batchLots = await lotsOfBatches(db, wanted)
    const missing = new Set<string>()
    for (const s of standings) {
      const lotId = s.state?.lotId ?? batchLots.get(Number(s.lo >> 32n))
      if (lotId != null && !this.#cards.has(lotId)) missing.add(lotId)
    }
    for (const card of await cardsOf(db, [...missing])) this.#cards.set(card.id, card)
    const inSlice = lots === undefined ? undefined : new Set(lots.map((lot) => lot.id))
    for (const s of standings) {
      const lotId = s.state?.lotId ?? batchLots.get(Number(s.lo >> 32n)) ?? null
      if (inSlice !== undefined && (lotId === null || !inSlice.has(lotId))) continue
      const card = lotId === null ? undefined : this.#cards.get(lotId)
      const organisationId = s.state?.organisationId ?? history.owners.get(Number(s.lo >> 32n)) ?? ''
      if (!this.#wall.owns({ organisationId, brandOrganisationId: card?.brandOrganisationId ?? null }) && !this.#wall.holds(s)) continue
      this.#add(s, card, organisationId)
    }
  }

  #add(s: Standing, card: LotCard | undefined, organisationId: string): void {
    const n = Number(s.hi - s.lo + 1n)
    const { totals } = this
    this.#ranges.push({ lo: s.lo, hi: s.hi })
    totals.labels += n
    const status = s.state?.status ?? 'inert'
    if (s.state?.hold === 'frozen') totals.frozen += n
    if (s.state?.hold === 'recalled') totals.recalled += n
    if (status === 'inert' || status === 'void' || status === 'replaced') {
      totals[status] += n
      return
    }
    totals.goods += n
    if (card !== undefined) this.#lotRow(card).goods += n
    if (status === 'destroyed') {
      totals.destroyed += n
      this.#path(card, organisationId, undefined, 'destroyed', n)
      return
    }
    const kind = s.dealerId === null ? 'owner' : 'dealer'
    const id = s.dealerId ?? organisationId
    const key = `${kind}:${id}`
    const holder = this.#holders.get(key) ?? { kind, id, held: 0, inTransit: 0, returned: 0, consumed: 0, onHold: 0, last: undefined }
    this.#holders.set(key, holder)
    if (s.last !== undefined && (holder.last === undefined || s.last.sequence > holder.last.sequence)) holder.last = s.last
    if (status === 'retired') {
      totals.consumed += n
      holder.consumed += n
      this.#path(card, organisationId, s.chain.at(-1), `consumed:${key}`, n)
      return
    }
    if (s.state!.hold !== null) holder.onHold += n
    if (s.inTransit) {
      totals.inTransit += n
      holder.inTransit += n
    } else {
      holder.held += n
      if (kind === 'owner') totals.owner += n
      else totals.dealers += n
    }
    if (s.returned) {
      totals.returned += n
      holder.returned += n
    }
    if (s.chain[0] !== undefined) {
      const box = this.#boxes.get(s.chain[0])
      if (box === undefined) this.#boxes.set(s.chain[0], { around: s.chain.slice(1), goods: n, holder: id, kind, inTransit: s.inTransit })
      else box.goods += n
    }
    this.#path(card, organisationId, s.chain.at(-1), s.inTransit ? `transit:${key}` : key, n)
  }

  #path(lot: LotCard | undefined, organisationId: string, root: string | undefined, end: string, goods: number): void {
    const key = `${lot?.id ?? ''} ${organisationId} ${root ?? ''} ${end}`
    const at = this.#pathIndex.get(key)
    if (at !== undefined) this.#paths[at]!.goods += goods
    else this.#pathIndex.set(key, this.#paths.push({ lot, organisationId, root, end, goods }) - 1)
  }

  #lotRow(card: LotCard): TraceLot & { organisationId: string } {
    const row = this.#lots.get(card.id) ?? {
      lotId: card.id,
      lotNumber: card.lotNumber,
      product: card.product,
      importer: card.product,
      declared: this.#wall.dealers === undefined ? card.quantity : null,
      goods: 0,
      organisationId: card.organisationId,
    }
    this.#lots.set(card.id, row)
    return row
  }

  async finish(db: Sql): Promise<Omit<Found, 'origin' | 'horizon'>> {
    const names = this.#names
    const dealers = [...this.#holders.values(), ...[...this.#boxes.values()].map((b) => ({ kind: b.kind, id: b.holder }))]
    await names.readDealers(
      db,
      dealers.filter((h) => h.kind === 'dealer').map((h) => h.id),
    )
    await names.readOrganisations(db, [
      ...dealers.filter((h) => h.kind === 'owner').map((h) => h.id),
      ...this.#paths.map((p) => p.organisationId),
      ...[...this.#lots.values()].map((l) => l.organisationId),
      ...[...this.#holders.values()].flatMap((h) => (h.last === undefined ? [] : [h.last.organisationId])),
    ])
    const nameOf = (kind: 'owner' | 'dealer', id: string) => (kind === 'dealer' ? names.dealer(id).name : names.organisation(id).name)
    const holders = [...this.#holders.values()].map((h): TraceHolder => {
      const dealer = h.kind === 'dealer' ? names.dealer(h.id) : undefined
      const { held, inTransit, returned, consumed, onHold } = h
      return {
        key: `${h.kind}:${h.id}`,
        kind: h.kind,
        name: nameOf(h.kind, h.id),
        province: dealer?.province ?? null,
        territory: [...(dealer?.territory ?? [])],
        city: dealer?.city ?? names.organisation(h.id).city,
        held,
        inTransit,
        returned,
        consumed,
        onHold,
        source: h.last === undefined ? null : sourceOf(h.last, names),
      }
    })
    holders.sort((a, b) => b.held + b.inTransit + b.consumed - (a.held + a.inTransit + a.consumed) || (a.key < b.key ? -1 : 1))
    const provinces = new Map<string | null, TraceProvince>()
    for (const h of holders) {
      if (h.kind !== 'dealer') continue
      const row = provinces.get(h.province) ?? { province: h.province, name: provinceWords(h.province), goods: 0, inTransit: 0 }
      row.goods += h.held
      row.inTransit += h.inTransit
      provinces.set(h.province, row)
    }
    const containers = [...this.#boxes].map(([sscc, b]): TraceContainer => ({
      sscc,
      around: [...b.around],
      goods: b.goods,
      holder: nameOf(b.kind, b.holder),
      inTransit: b.inTransit,
    }))
    containers.sort((a, b) => b.goods - a.goods || (a.sscc < b.sscc ? -1 : 1))
    const lots = [...this.#lots.values()].map(({ organisationId, ...lot }): TraceLot => ({
      ...lot,
      importer: names.organisation(organisationId).name,
    }))
    lots.sort((a, b) => b.goods - a.goods || (a.lotId < b.lotId ? -1 : 1))
    return {
      ranges: normaliseRanges(this.#ranges),
      totals: this.totals,
      holders,
      provinces: [...provinces.values()].sort(
        (a, b) => b.goods + b.inTransit - (a.goods + a.inTransit) || ((a.province ?? '') < (b.province ?? '') ? -1 : 1),
      ),
      containers,
      lots,
      graph: this.#graph(holders),
    }
  }

  #graph(holders: readonly TraceHolder[]): TraceForward['graph'] {
    const byKey = new Map(holders.map((h) => [h.key, h]))
    const ways = new Ways()
    for (const p of this.#paths) {
      const [, stage, key] = /^(?:(transit|consumed):)?(.*)$/.exec(p.end)!
      const holder = byKey.get(key!)
      const dealer = this.#wall.dealers !== undefined
      ways.add(
        [
          dealer ? undefined : p.lot?.source,
          { id: `importer:${p.organisationId}`, label: this.#names.organisation(p.organisationId).name },
          key === 'destroyed'
            ? undefined
            : p.root === undefined
              ? { id: 'loose', label: { zh: '散件', en: 'Loose' } }
              : { id: `container:${p.root}`, label: { zh: p.root, en: p.root } },
          holder === undefined ? { id: 'destroyed', label: { zh: '已销毁', en: 'Destroyed' } } : holderNode(holder, stage),
          holder === undefined || holder.kind === 'owner' || stage !== undefined
            ? undefined
            : { id: `province:${holder.province}`, label: provinceWords(holder.province) },
        ],
        p.goods,
      )
    }
    return ways.graph()
  }
}

function holderNode(holder: TraceHolder, stage: string | undefined): GraphNode {
  const { zh, en } = holder.name
  if (stage === 'transit') return { id: `transit:${holder.key}`, label: { zh: `在途 → ${zh}`, en: `On the way to ${en}` } }
  if (stage === 'consumed') return { id: 'consumed', label: { zh: '空瓶已注销', en: 'Retired as empty' } }
  if (holder.kind === 'owner') return { id: holder.key, label: { zh: `自有库存 ${zh}`, en: `Own stock, ${en}` } }
  return { id: holder.key, label: { zh, en } }
}

/** What was asked for, and the labels that took over from any of it by then. */
function withSuccessors(history: History, asked: readonly CodeRange[], asOf: string | undefined): CodeRange[] {
  let wanted = normaliseRanges(asked)
  for (const event of history.events) {
    if (event.kind !== 'replacing' || event.replacement === null || !happenedBy(event, asOf)) continue
    const damaged = event.ranges[0]
    if (damaged !== undefined && wanted.some((r) => r.lo <= damaged.lo && damaged.lo <= r.hi))
      wanted = normaliseRanges([...wanted, { lo: event.replacement, hi: event.replacement }])
  }
  return wanted
}

function* within(standings: Iterable<Standing>, wanted: readonly CodeRange[]): Generator<Standing> {
  const stored = [...standings].map((s) => ({ lo: s.lo, hi: s.hi, state: s }))
  for (const part of cut(stored, wanted).inside) if (part.state !== undefined) yield { ...part.state, lo: part.lo, hi: part.hi }
}

async function lotsOfBatches(db: Sql, ranges: readonly CodeRange[]): Promise<Map<number, string>> {
  const ids = [...new Set(ranges.map((r) => Number(r.lo >> 32n)))]
  const rows = await db.query<{ id: number; lot_id: string }>(
    sql`select id, lot_id from code_batch where id = any(${ids}::int[]) and lot_id is not null`,
  )
  return new Map(rows.map((row) => [row.id, row.lot_id]))
}

async function cardsOf(db: Sql, lotIds: readonly string[]): Promise<LotCard[]> {
  if (lotIds.length === 0) return []
  const rows = await db.query<{
    id: string
    lot_number: string
    quantity: number
    name_zh: string
    name_en: string
    brand_organisation_id: string | null
    organisation_id: string
    consignment_id: string
    reference: string
    departure_country: string
  }>(sql`
    select l.id, l.lot_number, l.quantity, p.name_zh, p.name_en, p.brand_organisation_id, l.organisation_id, c.id as consignment_id, c.reference, c.departure_country
    from lot l join product p on p.id = l.product_id join consignment c on c.id = l.consignment_id where l.id = any(${lotIds}::uuid[])`)
  return rows.map((row) => ({
    id: row.id,
    lotNumber: row.lot_number,
    quantity: row.quantity,
    product: wordsOf(row.name_zh, row.name_en),
    brandOrganisationId: row.brand_organisation_id,
    organisationId: row.organisation_id,
    source: { id: `consignment:${row.consignment_id}`, label: sourceWords(row.departure_country, row.reference) },
  }))
}

function sourceWords(country: string, reference: string): Words {
  if (country === '') return { zh: reference, en: reference }
  return { zh: `${countryName(country, 'zh')} ${reference}`, en: `${countryName(country, 'en')} ${reference}` }
}

const keyOf = (row: TraceHolder | TraceContainer | TraceLot | TraceProvince): string =>
  'key' in row ? row.key : 'sscc' in row ? row.sscc : 'lotId' in row ? row.lotId : `p${row.province ?? ''}`

function pageOf<T extends TraceHolder | TraceContainer | TraceLot | TraceProvince>(
  rows: readonly T[],
  horizon: bigint,
  start: number,
  limit: number,
): { items: T[]; total: number; nextCursor: string | null } {
  const items = rows.slice(start, start + limit)
  const last = items.at(-1)
  const more = last !== undefined && start + limit < rows.length
  return {
    items,
    total: rows.length,
    nextCursor: more ? Buffer.from(JSON.stringify([horizon.toString(), keyOf(last)])).toString('base64url') : null,
  }
}

/** @throws AppError BAD_CURSOR */
function openCursor(text: string): { horizon: bigint; after: string } {
  try {
    const [horizon, after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof horizon === 'string' && /^\d{1,18}$/.test(horizon) && typeof after === 'string') return { horizon: BigInt(horizon), after }
  } catch {
    // told below
  }
  throw httpFail('BAD_CURSOR')
}
