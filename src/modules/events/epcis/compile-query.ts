import { createHash } from 'node:crypto'
import type { ClassField, EpcField } from '../../../kernel/epcis/event.ts'
import type { AttributeField, Comparison, Condition, EpcisQuery, EpcMatch } from '../../../kernel/epcis/query/ast.ts'
import { convertUnit, UNIT_TOLERANCE, unitsLike } from '../../../kernel/epcis/units.ts'
import { modelTerm } from '../../../kernel/epcis/vocabulary.ts'
import { codeId } from '../../../kernel/serial/serial-codec.ts'
import type { Sql } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import type { Codes } from '../../codes/index.ts'
import { claimOf, type EpcRole, ssccOf } from './epc-index.ts'
import { extensionFact } from './facts.ts'
import { ownId, placeName } from './own-event.ts'
import { epcisFail } from './problems.ts'
import type { CompiledQuery, Order } from './run-query.ts'
import { seenBy } from '../../../platform/http/wall.ts'

export interface CompileDeps {
  readonly codes: Codes
  readonly publicUrl: string
}

/** Values in all conditions of one query. */
const MOST_VALUES = 1000
/** Levels of places within places that a query walks down. */
const PLACE_LEVELS = 16

/**
 * A query as SQL over `event e`. The tree is closed, and this is the one switch over it: each branch says in SQL what
 * the standard says of its parameters.
 * @throws AppError QUERY_TOO_COMPLEX
 */
export async function compileQuery(db: Sql, deps: CompileDeps, query: EpcisQuery, actor: Actor): Promise<CompiledQuery> {
  const values = query.conditions.reduce((n, c) => n + valuesIn(c), 0)
  if (values > MOST_VALUES) throw epcisFail('QUERY_TOO_COMPLEX', { limit: MOST_VALUES })
  const conditions: SqlText[] = []
  for (const condition of query.conditions) conditions.push(await compileCondition(db, deps, condition, actor))
  return {
    where:
      conditions.length === 0
        ? sql`true`
        : sql.join(
            conditions.map((c) => sql`(${c})`),
            sql` and `,
          ),
    order: orderOf(query),
    eventCountLimit: query.eventCountLimit,
    maxEventCount: query.maxEventCount,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([query.conditions, query.orderBy, query.orderDirection, query.eventCountLimit, query.maxEventCount]))
      .digest('base64url'),
  }
}

function valuesIn(condition: Condition): number {
  if ('values' in condition) return condition.values.length
  if ('matches' in condition) return condition.matches.length
  if ('operand' in condition) return condition.operand.values.length
  return 'attributes' in condition ? condition.attributes.length : 1
}

function orderOf(query: EpcisQuery): Order {
  switch (query.orderBy) {
    case undefined:
      return { by: 'sequence', direction: 'ASC' }
    case 'eventTime':
    case 'recordTime':
      return { by: query.orderBy, direction: query.orderDirection }
    default:
      return { by: { fact: extensionFact('event', false, query.orderBy) }, direction: query.orderDirection }
  }
}

const instant = (ms: number): string => new Date(ms).toISOString()

async function compileCondition(db: Sql, deps: CompileDeps, c: Condition, actor: Actor): Promise<SqlText> {
  switch (c.kind) {
    case 'eventType':
      return sql`e.type = any(${c.values}::text[])`
    case 'time': {
      const column = c.field === 'eventTime' ? sql`e.event_time` : c.field === 'recordTime' ? sql`e.record_time` : sql`e.declared_at`
      return sql`${column} ${operator(c.op)} ${instant(c.at)}::timestamptz`
    }
    case 'sensorTime':
      return fact(`sensor:${c.field}`, sql`f.time ${operator(c.op)} ${instant(c.at)}::timestamptz`)
    case 'action':
      return sql`e.action = any(${c.values}::text[])`
    case 'term':
      switch (c.field) {
        case 'bizStep':
          return sql`e.biz_step = any(${c.values}::text[])`
        case 'disposition':
          return sql`e.disposition = any(${c.values}::text[])`
        default:
          return textFact(c.field, c.values)
      }
    case 'place': {
      const places = c.descendants ? await placesWithin(db, c.values, actor) : c.values
      // the platform's own events keep places by the names that people gave them
      const values = [...places, ...places.map(placeName)]
      return c.field === 'readPoint' ? sql`e.read_point = any(${values}::text[])` : sql`e.biz_location = any(${values}::text[])`
    }
    case 'id':
      if (c.field !== 'eventID') return textFact(c.field, c.values)
      return sql`e.event_uri = any(${c.values}::text[]) or (e.event_uri is null and e.id = any(${c.values.flatMap((v) => ownId(v) ?? [])}::uuid[]))`
    case 'party':
      return textFact(`${c.field}:${c.type}`, c.values)
    case 'epc':
      return matchEpcs(db, deps, c.matches, rolesOfEpcs(c.fields))
    case 'epcClass':
      return matchEpcs(db, deps, c.matches, rolesOfClasses(c.fields))
    case 'quantity':
      return numberFact(c.uom === undefined ? 'quantity' : `quantity:${c.uom}`, c.op, c.values)
    case 'exists':
      return c.field === 'errorDeclaration' ? sql`e.declared_at is not null` : fact('sensorElementList', sql`true`)
    case 'sensorTerm':
      return textFact(`sensor:${c.field}`, c.values)
    case 'sensorBoolean':
      return textFact('sensor:booleanValue', [String(c.value)])
    case 'sensorNumber': {
      const { uom } = c
      if (uom === undefined) return numberFact(`sensor:${c.field}`, c.op, c.values)
      const inOwn = numberFact(`sensor:${c.field}:${uom}`, c.op, c.values)
      const others = unitsLike(uom)
        .filter((other) => other !== uom)
        .flatMap((other) =>
          c.values.map((value) => nearFact(`sensor:${c.field}:${other}`, c.op, convertUnit(value, uom, other, c.field === 'sDev')!)),
        )
      return anyOf([inOwn, ...others])
    }
    case 'extension': {
      const name = extensionFact(c.scope, c.inner, c.name)
      switch (c.operand.type) {
        case 'texts':
          return c.op === 'EQ' ? textFact(name, c.operand.values) : sql`false`
        case 'numbers':
          return numberFact(name, c.op, c.operand.values)
        case 'instants':
          return anyOf(c.operand.values.map((ms) => fact(name, sql`f.time ${operator(c.op)} ${instant(ms)}::timestamptz`)))
      }
    }
    // eslint-disable-next-line no-fallthrough -- the switch above is closed
    case 'extensionExists':
      return fact(extensionFact(c.scope, c.inner, c.name), sql`true`)
    case 'hasAttribute':
      return described(db, c.field, sql`a ->> 'id' = any(${c.attributes}::text[])`, actor)
    case 'attributeEquals':
      return described(db, c.field, sql`a ->> 'id' = ${c.attribute} and a ->> 'attribute' = any(${c.values}::text[])`, actor)
  }
}

function operator(op: Comparison): SqlText {
  switch (op) {
    case 'EQ':
      return sql`=`
    case 'GT':
      return sql`>`
    case 'GE':
      return sql`>=`
    case 'LT':
      return sql`<`
    case 'LE':
      return sql`<=`
  }
}

const anyOf = (conditions: readonly SqlText[]): SqlText => (conditions.length === 0 ? sql`false` : sql.join([...conditions], sql` or `))

const fact = (name: string, condition: SqlText): SqlText =>
  sql`e.id in (select f.event_id from event_fact f where f.name = ${name} and ${condition})`

/** The index holds the beginning of a text; the rest is compared after it. */
const textFact = (name: string, values: readonly string[]): SqlText =>
  fact(name, sql`left(f.text, 200) = any(${values.map((v) => v.slice(0, 200))}::text[]) and f.text = any(${values}::text[])`)

const numberFact = (name: string, op: Comparison, values: readonly number[]): SqlText =>
  op === 'EQ'
    ? fact(name, sql`f.number = any(${values}::double precision[])`)
    : anyOf(values.map((value) => fact(name, sql`f.number ${operator(op)} ${value}::double precision`)))

/** A converted amount is unsure in its last digits: what is that near counts as equal. */
function nearFact(name: string, op: Comparison, value: number): SqlText {
  const slack = Math.abs(value) * UNIT_TOLERANCE
  switch (op) {
    case 'EQ':
      return fact(name, sql`f.number between ${value - slack}::double precision and ${value + slack}::double precision`)
    case 'GE':
    case 'LT':
      return fact(name, sql`f.number ${operator(op)} ${value - slack}::double precision`)
    case 'LE':
    case 'GT':
      return fact(name, sql`f.number ${operator(op)} ${value + slack}::double precision`)
  }
}

const ROLE_OF: Readonly<Record<EpcField | ClassField, EpcRole>> = {
  epcList: 'epc',
  childEPCs: 'child',
  parentID: 'parent',
  inputEPCList: 'input',
  outputEPCList: 'output',
  quantityList: 'class',
  childQuantityList: 'class',
  inputQuantityList: 'input-class',
  outputQuantityList: 'output-class',
}

// a label that was replaced is one of the goods of the event that replaced it
const rolesOfEpcs = (fields: readonly EpcField[]): string[] => [
  ...new Set(fields.flatMap((f) => (f === 'epcList' ? ['epc', 'replaced'] : [ROLE_OF[f]]))),
]
const rolesOfClasses = (fields: readonly ClassField[]): string[] => [...new Set(fields.map((f) => ROLE_OF[f]))]

/** Events that name an identifier, in whichever of the three forms it is kept. */
async function matchEpcs(db: Sql, deps: CompileDeps, matches: readonly EpcMatch[], roles: readonly string[]): Promise<SqlText> {
  const exact = matches.flatMap((m) => (m.kind === 'exact' ? [m.normal] : []))
  const codes = await ownCodes(db, deps, exact)
  const ssccs = exact.flatMap((normal) => ssccOf(normal) ?? [])
  const conditions: SqlText[] = []
  const others = exact.filter((normal) => ssccOf(normal) === undefined)
  if (others.length > 0)
    conditions.push(
      sql`e.id in (select x.event_id from event_epc x where x.epc = any(${others}::text[]) and x.role = any(${roles}::text[]))`,
    )
  if (ssccs.length > 0)
    conditions.push(
      sql`e.id in (select x.event_id from event_container x where x.sscc = any(${ssccs}::text[]) and x.role = any(${roles}::text[]))`,
    )
  for (const code of codes)
    conditions.push(sql`e.id in (select x.event_id from event_code x where x.codes @> ${code}::bigint and x.role = any(${roles}::text[]))`)
  for (const match of matches) if (match.kind === 'pattern') conditions.push(matchPattern(match, roles))
  return anyOf(conditions)
}

async function ownCodes(db: Sql, deps: CompileDeps, normals: readonly string[]): Promise<bigint[]> {
  const claims = normals.flatMap((normal) => claimOf(normal, normal, deps.publicUrl) ?? [])
  if (claims.length === 0) return []
  const refs = deps.codes.decodeMany(
    claims.map((c) => c.gtin),
    claims.map((c) => c.serial),
  )
  const batches = await deps.codes.batchesOf(db, [...new Set(refs.flatMap((ref) => (ref === null ? [] : [ref.batch])))])
  return refs.flatMap((ref) => (ref === null || BigInt(ref.index) >= (batches.get(ref.batch)?.quantity ?? 0n) ? [] : [codeId(ref)]))
}

const CONTAINER_STEM = 'https://id.gs1.org/00/'
const ITEM_STEM = 'https://id.gs1.org/01/'

/** A pattern over captured identifiers, over containers, and over the labels of whole batches by their GTIN. */
function matchPattern(match: { readonly prefix: string; readonly regex: string }, roles: readonly string[]): SqlText {
  const { prefix, regex } = match
  const conditions = [
    sql`e.id in (select x.event_id from event_epc x where x.epc >= ${prefix} and x.epc < ${`${prefix}\u{10ffff}`} and x.epc ~ ${regex} and x.role = any(${roles}::text[]))`,
  ]
  if (overlap(prefix, CONTAINER_STEM))
    conditions.push(
      sql`e.id in (select x.event_id from event_container x where ${CONTAINER_STEM} || x.sscc ~ ${regex} and x.role = any(${roles}::text[]))`,
    )
  if (overlap(prefix, ITEM_STEM)) {
    // all serials of a GTIN are alike to a pattern with a star: a serial of the right form stands for them
    conditions.push(sql`e.id in (
      select x.event_id from event_code x join code_batch b on b.id = (lower(x.codes) >> 32)::int
      where b.tweak_gtin > 0 and ${ITEM_STEM} || lpad(b.tweak_gtin::text, 14, '0') || '/21/00000000000000000000' ~ ${regex} and x.role = any(${roles}::text[]))`)
  }
  return anyOf(conditions)
}

const overlap = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a)

/** The places and all below them, by the children that the master data names. */
async function placesWithin(db: Sql, places: readonly string[], actor: Actor): Promise<string[]> {
  const all = new Set(places)
  const own = seenBy(actor, sql`organisation_id`)
  for (let level = [...places], depth = 0; level.length > 0 && depth < PLACE_LEVELS; depth++) {
    const rows = await db.query<{ child: string }>(sql`
      select distinct c as child from epcis_master_data, jsonb_array_elements_text(element -> 'children') as t(c) where ${own} and id = any(${level}::text[])`)
    level = rows.map((r) => r.child).filter((child) => !all.has(child))
    for (const child of level) all.add(child)
  }
  return [...all]
}

/** Elements of master data that one condition may choose. */
const MOST_DESCRIBED = 10_000

/** Events of which the value of a field is described by master data with such an attribute. */
async function described(db: Sql, field: AttributeField, attribute: SqlText, actor: Actor): Promise<SqlText> {
  const own = seenBy(actor, sql`m.organisation_id`)
  const rows = await db.query<{ id: string }>(sql`
    select distinct m.id from epcis_master_data m, jsonb_array_elements(m.element -> 'attributes') as t(a) where ${own} and ${attribute} limit ${MOST_DESCRIBED + 1}`)
  // rather no answer than one that leaves something out
  if (rows.length > MOST_DESCRIBED) throw epcisFail('QUERY_TOO_COMPLEX', { limit: MOST_DESCRIBED })
  const ids = rows.map((r) => r.id)
  switch (field) {
    case 'bizStep':
      return sql`e.biz_step = any(${ids.map((id) => modelTerm('bizStep', id))}::text[])`
    case 'disposition':
      return sql`e.disposition = any(${ids.map((id) => modelTerm('disposition', id))}::text[])`
    case 'readPoint':
      return sql`e.read_point = any(${ids}::text[])`
    case 'bizLocation':
      return sql`e.biz_location = any(${ids}::text[])`
    case 'epcClass':
      return sql`e.id in (select x.event_id from event_epc x where x.epc = any(${ids}::text[]) and x.role in ('class', 'input-class', 'output-class'))`
    case 'bizTransaction':
    case 'source':
    case 'destination':
      return sql`e.id in (select f.event_id from event_fact f where f.name like ${`${field}:%`} and f.text = any(${ids}::text[]))`
    default:
      return sql`e.id in (select f.event_id from event_fact f where f.name = ${extensionFact('event', false, field)} and f.text = any(${ids}::text[]))`
  }
}
