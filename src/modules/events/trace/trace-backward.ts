import { countryName, entryPortName, tradeModeName, transportModeName } from '../../../kernel/cn/customs.ts'
import type { Words } from '../../../kernel/errors.ts'
import { maybeOne, type Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import type { TraceBack, TraceHand, TraceStay, TraceStep, Whereabouts } from '../contract.ts'
import { historyOf, type TracedEvent } from './history.ts'
import { Names, wordsOf } from './names.ts'
import { codeById, codeOf } from './origin.ts'
import type { TraceDeps } from './ports.ts'
import { happenedBy, Replay, type Standing } from './replay.ts'
import { sourceOf } from './sources.ts'
import { type Wall, wallOf } from './wall.ts'
import { goneFrom, whereaboutsOf } from './whereabouts.ts'

/** One thing that happened to the goods, and what it made of them. */
interface Told {
  readonly event: TracedEvent
  readonly before: Standing
  readonly after: Standing
  /** Container through which it touched the item. */
  readonly through: string | null
}

/**
 * Traces one item back: to its papers, its label and every hand between.
 * @param text the code in any spelling, or the ticket of a consumer's report about it
 * @throws AppError NOT_FOUND, also for goods that are not the asker's to see
 */
export async function traceBackward(
  deps: TraceDeps,
  text: string,
  asOf: string | undefined,
  actor: Actor,
): Promise<TraceBack & { readonly eventIds: readonly string[] }> {
  const { db, codes, ports } = deps
  const reported = await ports.codeOfTicket(db, text.normalize('NFKC').trim(), actor)
  const found = reported === undefined ? await codeOf(db, codes, text) : await codeById(db, codes, reported)
  if (found === undefined) throw httpFail('NOT_FOUND')
  const { code, batch } = found
  const [history, wall] = await Promise.all([historyOf(db, [{ lo: code, hi: code }]), wallOf(db, actor)])
  const told: Told[] = []
  const replay = new Replay(history)
  let label = firstLabelOf(history.events, code)
  const predecessors: bigint[] = []
  for (const event of history.events) {
    if (!happenedBy(event, asOf)) continue
    const before = replay.standingOf(label)
    replay.apply(event)
    if (
      event.kind === 'replacing' &&
      event.ranges.some((r) => r.lo <= label && label <= r.hi) &&
      label !== code &&
      event.replacement !== null
    ) {
      predecessors.push(label)
      label = event.replacement
    }
    const after = replay.standingOf(label)
    const named =
      event.ranges.some((r) => r.lo <= label && label <= r.hi) ||
      event.replacement === label ||
      predecessors.some((p) => event.ranges.some((r) => r.lo <= p && p <= r.hi))
    const through = before.chain.find((sscc) => event.containers.includes(sscc)) ?? null
    if (named || through !== null) told.push({ event, before, after, through: named ? null : through })
  }
  const standing = replay.standingOf(code)
  let goods = standing
  while (goods.state?.replacedBy != null) goods = replay.standingOf(goods.state.replacedBy)

  const ownerId = standing.state?.organisationId ?? batch.organisationId
  const lotId = standing.state?.lotId ?? batch.lotId
  const papers = lotId === null ? undefined : await papersOf(db, lotId)
  const brandOrganisationId = papers?.brand_organisation_id ?? null
  const dealerHad = wall.dealers !== undefined && (wall.holds(goods) || told.some((t) => wall.holds(t.after)))
  if (!wall.owns({ organisationId: ownerId, brandOrganisationId }) && !dealerHad) throw httpFail('NOT_FOUND')

  const names = new Names()
  const [people, labelOrder, scans] = await Promise.all([
    readNames(db, names, told, [standing, goods], ownerId),
    labelFacts(db, batch.orderId, batch, found.index),
    wall.seesScans ? ports.scansOf(db, [{ lo: code, hi: code }], asOf) : null,
  ])
  const shown = wall.dealers === undefined ? told : told.filter((t) => forDealer(t, wall))
  const uriOf = async (id: bigint) => {
    const other = await codeById(db, codes, id)
    return other === undefined ? '' : codes.uriOf(other.batch, other.index)
  }
  const seesPeople = (event: TracedEvent) => wall.seesAll || event.organisationId === actor.organisationId
  const by = (event: TracedEvent) =>
    !seesPeople(event) ? null : event.byApiKey ? 'API' : event.personId === null ? null : (people.get(event.personId) ?? null)
  const activation = told.findLast((t) => t.event.kind === 'commissioning')?.event
  const gone = wall.dealers !== undefined && !wall.holds(goods)
  return {
    asOf: asOf ?? null,
    item: {
      uri: codes.uriOf(batch, found.index),
      batchId: batch.id,
      index: found.index,
      status: standing.state?.status ?? 'inert',
      successor: standing.state?.replacedBy == null ? null : await uriOf(standing.state.replacedBy),
      predecessors: await Promise.all(predecessors.map(uriOf)),
    },
    whereabouts: gone
      ? goneFrom(asOf)
      : followed(
          whereaboutsOf(standing, ownerId, names, asOf),
          goods === standing ? undefined : whereaboutsOf(goods, ownerId, names, undefined),
        ),
    ...paperFacts(papers, wall),
    label: labelOrder,
    activation: activation === undefined ? null : { ...sourceOf(activation, names), by: by(activation) },
    hands: handsOf(shown, names, wall),
    stays: staysOf(shown, names),
    steps: shown.toReversed().map((t): TraceStep => stepOf(t, names, wall, by(t.event))),
    scans,
    eventIds: shown.map((t) => t.event.id),
  }
}

/** A damaged label is no goods any more: where they are, its successor tells. */
function followed(own: Whereabouts, successor: Whereabouts | undefined): Whereabouts {
  if (successor === undefined) return own
  const sentence = {
    zh: `${own.sentence.zh}新标签：${successor.sentence.zh}`,
    en: `${own.sentence.en} By the new label: ${successor.sentence.en}`,
  }
  return { ...successor, situation: own.situation, sentence }
}

/** The first of the labels that these goods ever carried. */
function firstLabelOf(events: readonly TracedEvent[], code: bigint): bigint {
  let label = code
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!
    if (event.replacement === label && event.ranges[0] !== undefined) label = event.ranges[0].lo
  }
  return label
}

/** A dealer reads of goods from their arrival until they left it, and what concerns them at any time. */
function forDealer(t: Told, wall: Wall): boolean {
  if (wall.holds(t.before) || wall.holds(t.after)) return true
  return ['commissioning', 'freezing', 'unfreezing', 'recalling', 'destroying', 'retiring', 'unretiring'].includes(t.event.kind)
}

async function readNames(
  db: Sql,
  names: Names,
  told: readonly Told[],
  standings: readonly Standing[],
  ownerId: string,
): Promise<ReadonlyMap<string, string>> {
  const organisations = [ownerId, ...told.map((t) => t.event.organisationId), ...told.flatMap((t) => t.after.state?.organisationId ?? [])]
  organisations.push(...standings.flatMap((s) => s.last?.organisationId ?? []))
  await names.readOrganisations(db, organisations)
  const dealers = [...standings, ...told.map((t) => t.after)].flatMap((s) => s.dealerId ?? [])
  await names.readDealers(db, [...dealers, ...told.flatMap((t) => t.event.dealerId ?? [])])
  const ids = [...new Set(told.flatMap((t) => t.event.personId ?? []))]
  const rows =
    ids.length === 0 ? [] : await db.query<{ id: string; name: string }>(sql`select id, name from person where id = any(${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row.name]))
}

function stepOf({ event, through }: Told, names: Names, wall: Wall, by: string | null): TraceStep {
  const dealer = event.dealerId === null ? undefined : names.dealer(event.dealerId)
  const hidden = wall.dealers !== undefined && event.dealerId !== null && !wall.dealers.has(event.dealerId)
  return {
    ...sourceOf(event, names),
    place: event.place ?? '',
    to: dealer === undefined ? null : hidden ? { zh: '其他去向', en: 'elsewhere' } : dealer.name,
    container: through ?? event.parent,
    by,
    reason: event.reason,
    documents: hidden ? [] : event.transactions.map((t) => ({ type: t.type, id: t.id })),
  }
}

/** Every hand that the goods went through, oldest first. */
function handsOf(told: readonly Told[], names: Names, wall: Wall): TraceHand[] {
  const hands: { -readonly [K in keyof TraceHand]: TraceHand[K] }[] = []
  let key = ''
  for (const { event, after } of told) {
    const { state, dealerId, inTransit } = after
    const status = state?.status ?? 'inert'
    const ended = status === 'void' || status === 'destroyed' || status === 'replaced' || status === 'inert' || status === 'retired'
    const others = wall.dealers !== undefined && dealerId !== null && !wall.dealers.has(dealerId)
    const next = ended ? 'ended' : others ? 'others' : `${dealerId ?? state!.organisationId} ${inTransit}`
    if (next === key) continue
    key = next
    const last = hands.at(-1)
    if (last !== undefined) last.to ??= event.at
    if (ended || others) continue
    const dealer = dealerId === null ? undefined : names.dealer(dealerId)
    const holder = dealer ?? names.organisation(state!.organisationId)
    hands.push({
      kind: dealer === undefined ? 'owner' : 'dealer',
      holder: holder.name,
      place: event.kind === 'shipping' ? holder.city : (event.place ?? holder.city),
      inTransit,
      from: event.at,
      to: null,
      source: sourceOf(event, names),
    })
  }
  return hands
}

/** Containers that the item lay in, with the intervals. */
function staysOf(told: readonly Told[], names: Names): TraceStay[] {
  const stays: { -readonly [K in keyof TraceStay]: TraceStay[K] }[] = []
  const open = new Map<string, (typeof stays)[number]>()
  for (const { event, after } of told) {
    for (const [sscc, stay] of open) {
      if (after.chain.includes(sscc)) continue
      stay.to = event.at
      stay.unpacked = sourceOf(event, names)
      open.delete(sscc)
    }
    for (const [i, sscc] of after.chain.entries()) {
      if (open.has(sscc)) continue
      const stay = { sscc, depth: i + 1, from: event.at, to: null, packed: sourceOf(event, names), unpacked: null }
      open.set(sscc, stay)
      stays.push(stay)
    }
  }
  return stays
}

interface Papers {
  lot_id: string
  lot_number: string
  produced_on: string | null
  expires_on: string | null
  quantity: number
  product_id: string
  gtin: string
  name_zh: string
  name_en: string
  brand: string
  spec: string
  origin: string
  manufacturer: string
  filing_number: string
  responsible_person: string
  brand_organisation_id: string | null
  consignment_id: string
  reference: string
  declaration_number: string
  trade_mode: string
  transport_mode: string
  supplier: string
  departure_country: string
  departure_port: string
  entry_port: string
  entered_on: string
  released_on: string | null
  inspection_certificate: string
  inspection_passed_on: string | null
  importer_zh: string
  importer_en: string
  documents: { kind: string; name: string }[] | null
}

function papersOf(db: Sql, lotId: string): Promise<Papers | undefined> {
  return maybeOne<Papers>(
    db,
    sql`
    select l.id as lot_id, l.lot_number, l.produced_on, l.expires_on, l.quantity, p.id as product_id, p.gtin, p.name_zh, p.name_en, p.brand, p.spec, p.origin, p.manufacturer,
      p.filing_number, p.responsible_person, p.brand_organisation_id, c.id as consignment_id, c.reference, c.declaration_number, c.trade_mode,
      coalesce(c.first_line_transport_mode, c.declaration_transport_mode) as transport_mode, c.supplier, c.departure_country, c.departure_port, c.entry_port, c.entered_on,
      c.released_on, c.inspection_certificate, c.inspection_passed_on, o.name_zh as importer_zh, o.name_en as importer_en,
      (select json_agg(json_build_object('kind', d.kind, 'name', d.name) order by d.created_at, d.id) from document d where d.consignment_id = c.id) as documents
    from lot l join product p on p.id = l.product_id join consignment c on c.id = l.consignment_id join organisation o on o.id = l.organisation_id where l.id = ${lotId}`,
  )
}

const both = (of: (locale: 'zh' | 'en') => string): Words => ({ zh: of('zh'), en: of('en') })

function paperFacts(p: Papers | undefined, wall: Wall): Pick<TraceBack, 'product' | 'lot' | 'consignment'> {
  if (p === undefined) return { product: null, lot: null, consignment: null }
  const dealer = wall.dealers !== undefined
  return {
    product: {
      id: p.product_id,
      gtin: p.gtin,
      name: wordsOf(p.name_zh, p.name_en),
      brand: p.brand,
      spec: p.spec,
      origin: p.origin === '' ? wordsOf('', '') : both((locale) => countryName(p.origin, locale)),
      manufacturer: p.manufacturer,
      filingNumber: p.filing_number,
      responsiblePerson: p.responsible_person,
    },
    lot: { id: p.lot_id, number: p.lot_number, producedOn: p.produced_on, expiresOn: p.expires_on, declared: dealer ? null : p.quantity },
    consignment: {
      id: p.consignment_id,
      reference: p.reference,
      declarationNumber: p.declaration_number,
      tradeMode: both((locale) => tradeModeName(p.trade_mode, locale)),
      transportMode: both((locale) => transportModeName(p.transport_mode, locale)),
      supplier: wall.seesSuppliers ? p.supplier : null,
      departure: both((locale) =>
        [p.departure_country === '' ? '' : countryName(p.departure_country, locale), p.departure_port].filter((x) => x !== '').join(' '),
      ),
      entryPort: both((locale) => entryPortName(p.entry_port, locale)),
      enteredOn: p.entered_on,
      releasedOn: p.released_on,
      inspectionCertificate: p.inspection_certificate,
      inspectionPassedOn: p.inspection_passed_on,
      importer: wordsOf(p.importer_zh, p.importer_en),
      documents: dealer ? [] : (p.documents ?? []),
    },
  }
}

async function labelFacts(
  db: Sql,
  orderId: string,
  batch: { readonly id: number; readonly rollSize: number },
  index: number,
): Promise<TraceBack['label']> {
  const row = await maybeOne<{
    number: string
    submitted_at: string
    label_kind: string
    printer_zh: string | null
    printer_en: string | null
    issued_at: string
    released_at: string | null
    printed_at: string | null
    received_at: string | null
  }>(
    db,
    sql`
    select o.number, o.submitted_at, o.label_kind, printer.name_zh as printer_zh, printer.name_en as printer_en, b.issued_at,
      (select k.released_at from pack k where k.batch_id = b.id) as released_at,
      (select max(t.at) from order_transition t where t.order_id = o.id and t.to_state = 'printed') as printed_at,
      (select max(t.at) from order_transition t where t.order_id = o.id and t.to_state = 'received') as received_at
    from code_batch b join code_order o on o.id = b.order_id left join organisation printer on printer.id = o.printer_id where b.id = ${batch.id} and o.id = ${orderId}`,
  )
  if (row === undefined) return null
  return {
    orderNumber: row.number,
    orderedAt: row.submitted_at,
    labelKind: row.label_kind,
    printer: row.printer_zh === null ? null : wordsOf(row.printer_zh, row.printer_en ?? ''),
    issuedAt: row.issued_at,
    releasedAt: row.released_at,
    printedAt: row.printed_at,
    receivedAt: row.received_at,
    roll: Math.floor(index / batch.rollSize) + 1,
  }
}
