import { createHash } from 'node:crypto'
import { AppError } from '../../../kernel/errors.ts'
import { constraintOf } from '../../../platform/db/errors.ts'
import type { Sql, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import type { Platform } from '../../../platform/platform.ts'
import {
  type ComparedRow,
  findRows,
  type Import,
  type JudgedRow,
  type ListKind,
  markCommitted,
  reasonAt,
  refuseRow,
  type RowReason,
  type Sender,
  type StoredRow,
} from '../../imports/index.ts'
import { EVENTS_CONSTRAINTS } from '../errors.ts'
import { MOVEMENT_FILES_PATH, type MovementField } from '../movement-fields.ts'
import { dealerKey, isContainer, judgeMovement, type Movement, MOVEMENT_LIST } from './judge-movement.ts'
import { groupOf, type MovementDeps, perform } from './perform.ts'

/** Rows of one event; a longer group becomes several, but for a shipment, whose number is one. */
const MOST_ROWS = 2000
/** More rows than a file has. */
const WHOLE = 1_000_000
/** A trial of rows keeps their goods locked no longer than this. */
const TRIAL_MILLISECONDS = 300
/** Rows that are written in one transaction, whole events at a time. */
const ROWS_A_STEP = 500

/** Movements of goods by list: what a warehouse or an ERP keeps, one label, stretch or container a row. */
export function movementKind(platform: Platform, deps: MovementDeps): ListKind {
  return {
    name: 'movements',
    path: MOVEMENT_FILES_PATH,
    object: 'movement-file',
    permissions: { read: 'goods.read', write: 'goods.write' },
    words: { zh: '货物流转', en: 'movements' },
    fields: MOVEMENT_LIST,
    leastTitles: 2,
    examples: [
      {
        act: '装箱',
        code: 'https://…/01/09521234000006/21/…',
        container: '395212340000000015',
        at: '2026-03-04 15:30',
        place: '宁波保税仓',
      },
      {
        act: '发货',
        code: '395212340000000015',
        at: '2026-03-05 09:00',
        place: '宁波保税仓',
        dealer: '（经销商名称）',
        number: 'F20260305-01',
      },
    ],
    reader: async (found, _layout, mapping, sender) => {
      const now = platform.clock.now()
      const dealers = await dealersByName(platform.db, found.organisationId)
      const seen = new Map<string, number>()
      // what good rows of earlier trials change: a refusal over these goods may be gone when they are written
      const touched = new Set<string>()
      const actor = actorOf(found.organisationId, sender)
      return {
        judge: (row) => {
          const judged = judgeMovement(row.rowNumber, row.cells, mapping, dealers, now)
          if (isFaulty(judged)) return judged
          const print = fingerprintOf(movementOf(judged.values), found)
          const twin = seen.get(print)
          if (twin === undefined) seen.set(print, row.rowNumber)
          else
            return withReason(judged, mapping, 'code', 'fault', {
              code: 'DUPLICATE_ROW',
              zh: `与第 ${twin} 行重复`,
              en: `repeats row ${twin}`,
            })
          return { ...judged, values: { ...judged.values, group: groupOf(movementOf(judged.values)), print } }
        },
        compare: (rows) => compare(platform, deps, rows, { mapping, actor, touched }),
        notes: () => [],
      }
    },
    write: (tx, found, after, sender) => write(platform, tx, deps, found, after, sender),
  }
}

interface Trial {
  readonly mapping: Readonly<Record<string, number>>
  readonly actor: Actor
  readonly touched: Set<string>
}

/** Rows beside what is stored: written before, refused, or to be written. */
async function compare(platform: Platform, deps: MovementDeps, rows: readonly JudgedRow[], trial: Trial): Promise<ComparedRow[]> {
  const { mapping, actor, touched } = trial
  const written = await writtenBefore(platform.db, actor.organisationId, rows)
  const unknown = await unknownCodes(platform.db, deps, rows, actor)
  const out = new Map<JudgedRow, ComparedRow>()
  const settle = (row: JudgedRow, verdict: ComparedRow['verdict'], told = row): void => {
    out.set(row, { ...told, verdict, warned: told.reasons.some((r) => r.severity === 'warning'), changes: [] })
  }
  const open: JudgedRow[] = []
  for (const row of rows) {
    const print = String(row.values['print'] ?? '')
    const fields = (['code', 'lastCode'] as const).filter((field) => unknown.has(String(row.values[field] ?? '')))
    if (isFaulty(row)) settle(row, 'wrong')
    else if (written.has(print)) settle(row, 'unchanged', withReason(row, mapping, 'code', 'note', WRITTEN_BEFORE))
    else if (fields.length > 0)
      settle(
        row,
        'wrong',
        fields.reduce((told, field) => withReason(told, mapping, field, 'fault', NOT_OURS), row),
      )
    else open.push(row)
  }
  const byGroup = new Map<string, JudgedRow[]>()
  for (const row of open) {
    const group = String(row.values['group'])
    byGroup.set(group, [...(byGroup.get(group) ?? []), row])
  }
  const groups = [...byGroup.values()]
  const quiet = { ...deps, raiseCanary: async () => undefined }
  const at = platform.clock.now()
  const act = (tx: Tx) => (tried: readonly JudgedRow[]) =>
    perform(
      tx,
      quiet,
      tried.map(({ values }) => movementOf(values)),
      { actor, at },
    )
  // as it would be written, and then not: the goods themselves say what is refused
  for (let i = 0; i < groups.length;) {
    const from = i
    const refused = new Map<JudgedRow, AppError>()
    await rolledBack(platform, async (tx) => {
      const until = performance.now() + TRIAL_MILLISECONDS
      do {
        const group = groups[i++]!
        await settlerOf(group[0]!)(tx, group, act(tx), (row, error) => refused.set(row, error))
      } while (i < groups.length && performance.now() < until)
    })
    const tried = groups.slice(from, i).flat()
    for (const row of tried) {
      const error = refused.get(row)
      if (error === undefined) settle(row, 'new')
      else if (error.code !== 'ACT_NOT_PERMITTED' && goodsOf(row).some((name) => touched.has(name)))
        settle(row, 'new', withReason(row, mapping, fieldOf(error), 'warning', DEPENDS))
      else
        settle(
          row,
          'wrong',
          withReason(row, mapping, fieldOf(error), 'fault', { code: error.code, zh: error.words('zh'), en: error.words('en') }),
        )
    }
    for (const row of tried) if (!refused.has(row)) for (const name of goodsOf(row)) touched.add(name)
  }
  return rows.map((row) => out.get(row)!)
}

async function write(
  platform: Platform,
  tx: Tx,
  deps: MovementDeps,
  found: Import,
  after: number,
  sender: Sender,
): Promise<{ after: number; settled: number } | undefined> {
  const good = sql`verdict in ('new', 'changed') and not committed`
  const actor = actorOf(found.organisationId, sender)
  const at = platform.clock.now()
  let last = after
  let settled = 0
  while (settled < ROWS_A_STEP) {
    const [first] = await findRows(tx, found.id, last, 1, good, sql`for update`)
    if (first === undefined) break
    // what is left of a longer group comes in a later step; a shipment is one event, however long
    const size = first.values['act'] === 'shipping' ? WHOLE : MOST_ROWS
    const group = await findRows(
      tx,
      found.id,
      0,
      size,
      sql`${good} and record ? 'group' and record ->> 'group' = ${String(first.values['group'])}`,
      sql`for update`,
    )
    await settlerOf(first)(
      tx,
      group,
      async (rows) => {
        const eventId = await perform(
          tx,
          deps,
          rows.map(({ values }) => movementOf(values)),
          { actor, at },
        )
        await markWritten(tx, found, rows, eventId)
      },
      (row, error) =>
        refuseRow(tx, found, row, MOVEMENT_LIST, fieldOf(error), { code: error.code, zh: error.words('zh'), en: error.words('en') }),
    )
    last = first.rowNumber
    settled += group.length
  }
  return settled === 0 ? undefined : { after: last, settled }
}

/** A shipment has one number and is one event: its good rows go together. */
const settlerOf = ({ values }: Pick<JudgedRow, 'values'>): typeof halving => (values['act'] === 'shipping' ? sifting : halving)

/** Does something for all, or finds out by halves for which it is refused, and does it for the others. */
async function halving<R>(
  tx: Tx,
  rows: readonly R[],
  act: (rows: readonly R[]) => Promise<unknown>,
  refuse: (row: R, error: AppError) => unknown,
): Promise<void> {
  try {
    await tx.savepoint(() => act(rows))
  } catch (error) {
    const known = refusalOf(error)
    if (rows.length === 1 || OF_ALL_ROWS.has(known.code)) {
      for (const row of rows) await refuse(row, known)
      return
    }
    const half = Math.ceil(rows.length / 2)
    await halving(tx, rows.slice(0, half), act, refuse)
    await halving(tx, rows.slice(half), act, refuse)
  }
}

/** As `halving`, for what can be done only once: finds out for whom it is refused, then does it for the others together. */
async function sifting<R>(
  tx: Tx,
  rows: readonly R[],
  act: (rows: readonly R[]) => Promise<unknown>,
  refuse: (row: R, error: AppError) => unknown,
): Promise<void> {
  try {
    await tx.savepoint(() => act(rows))
    return
  } catch (error) {
    const known = refusalOf(error)
    if (rows.length === 1 || OF_ALL_ROWS.has(known.code)) {
      for (const row of rows) await refuse(row, known)
      return
    }
  }
  const refused = new Set<R>()
  const probe = async (some: readonly R[]): Promise<void> => {
    try {
      await tx.savepoint(async () => {
        await act(some)
        throw new Undone()
      })
    } catch (error) {
      if (error instanceof Undone) return
      const known = refusalOf(error)
      if (some.length > 1) {
        const half = Math.ceil(some.length / 2)
        await probe(some.slice(0, half))
        await probe(some.slice(half))
      } else {
        refused.add(some[0]!)
        await refuse(some[0]!, known)
      }
    }
  }
  await probe(rows.slice(0, Math.ceil(rows.length / 2)))
  await probe(rows.slice(Math.ceil(rows.length / 2)))
  const good = rows.filter((row) => !refused.has(row))
  // each is good by itself; should they not be good together, nothing narrower can be said
  if (good.length === 0) return
  try {
    await tx.savepoint(() => act(good))
  } catch (error) {
    const known = refusalOf(error)
    for (const row of good) await refuse(row, known)
  }
}

/** Refusals that do not depend on which rows of a group are tried. */
const OF_ALL_ROWS: ReadonlySet<string> = new Set([
  'ACT_NOT_PERMITTED',
  'ACTIVATION_GATE',
  'DEALER_UNKNOWN',
  'EVENT_IN_FUTURE',
  'SHIPMENT_EXISTS',
])

/** @throws what is no refusal */
function refusalOf(error: unknown): AppError {
  const known = error instanceof AppError ? error : EVENTS_CONSTRAINTS.get(constraintOf(error) ?? '')?.()
  if (known === undefined) throw error
  return known
}

class Undone extends Error {}

async function rolledBack(platform: Platform, work: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await platform.db.transaction(async (tx) => {
      await work(tx)
      throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
}

async function markWritten(tx: Tx, found: Import, rows: readonly StoredRow[], eventId: string): Promise<void> {
  await markCommitted(
    tx,
    found.id,
    rows.map((r) => r.rowNumber),
  )
  const prints = rows.map((r) => String(r.values['print'])).toSorted()
  await tx.execute(sql`
    insert into movement_written (organisation_id, fingerprint, event_id) select ${found.organisationId}, print, ${eventId} from unnest(${prints}::text[]) as t(print)
    on conflict on constraint movement_written_pkey do nothing`)
}

async function writtenBefore(db: Sql, organisationId: string, rows: readonly JudgedRow[]): Promise<Set<string>> {
  const prints = rows.flatMap((r) => (r.values['print'] === undefined ? [] : [String(r.values['print'])]))
  const found = await db.query<{ fingerprint: string }>(
    sql`select fingerprint from movement_written where organisation_id = ${organisationId} and fingerprint = any(${prints}::text[])`,
  )
  return new Set(found.map((r) => r.fingerprint))
}

async function unknownCodes(db: Sql, deps: MovementDeps, rows: readonly JudgedRow[], actor: Actor): Promise<Set<string>> {
  const codes = rows.flatMap(({ values }) =>
    [values['code'], values['lastCode']].flatMap((c) => (c === undefined || isContainer(String(c)) ? [] : [String(c)])),
  )
  const resolved = codes.length === 0 ? [] : await deps.move.codes.resolveInputs(db, codes, actor.organisationId)
  return new Set(resolved.flatMap((r, i) => ('reason' in r ? [codes[i]!] : [])))
}

async function dealersByName(db: Sql, organisationId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>(
    sql`select id, name from dealer where organisation_id = ${organisationId} and active`,
  )
  return new Map(rows.flatMap((r) => [[dealerKey(r.name), r.id] as const, [r.id, r.id] as const]))
}

/**
 * What a row says, so that it is not written twice. A row without a time says nothing of when: then it is the row of
 * this file, and of no other.
 */
function fingerprintOf(movement: Movement, found: Import): string {
  const parts = Object.entries(movement).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const timed = movement.at !== undefined
  return createHash('sha256')
    .update(JSON.stringify([timed ? '' : found.fileHash, parts]))
    .digest('base64url')
    .slice(0, 22)
}

function movementOf(values: Readonly<Record<string, string | number>>): Movement {
  const { act, code, lastCode, container, at, place, dealerId, number, lot, reason } = values as unknown as Movement
  const given = { lastCode, container, at, place, dealerId, number, lot, reason }
  return { act, code, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

const goodsOf = ({ values }: JudgedRow): string[] =>
  [values['code'], values['lastCode'], values['container']].flatMap((v) => (v === undefined ? [] : [String(v)]))

const isFaulty = (row: JudgedRow): boolean => row.reasons.some((r) => r.severity === 'fault')

function withReason(
  row: JudgedRow,
  mapping: Readonly<Record<string, number>>,
  field: MovementField,
  severity: RowReason['severity'],
  words: { readonly code: string; readonly zh: string; readonly en: string },
): JudgedRow {
  const column = mapping[field]
  const raw = column === undefined ? '' : (row.cells[column] ?? '')
  return { ...row, reasons: [...row.reasons, reasonAt(MOVEMENT_LIST, row.rowNumber, field, column, raw, severity, words)] }
}

/** The cell that a refusal is about. */
function fieldOf(error: AppError): MovementField {
  switch (error.code) {
    case 'ACT_NOT_PERMITTED':
      return 'act'
    case 'DEALER_UNKNOWN':
      return 'dealer'
    case 'SHIPMENT_EXISTS':
      return 'number'
    case 'LOT_NOT_TOLD':
      return 'lot'
    case 'EVENT_IN_FUTURE':
    case 'EVENT_TOO_EARLY':
      return 'at'
    default:
      return 'code'
  }
}

const WRITTEN_BEFORE = { code: 'WRITTEN_BEFORE', zh: '此前已写入', en: 'was written before' } as const
const DEPENDS = {
  code: 'DEPENDS_ON_ROWS_BEFORE',
  zh: '取决于前面的行，写入时再核对',
  en: 'depends on rows before it, and is looked at again when it is written',
} as const
const NOT_OURS = {
  code: 'CODES_NOT_FOUND',
  zh: '不是本平台的标签，请核对是否扫错或被截断',
  en: 'is no label of this platform: check whether it was misread or cut off',
} as const

/** Whoever sent the list, as use cases see him. */
function actorOf(organisationId: string, sender: Sender): Actor {
  return {
    organisationId,
    organisationKind: 'importer',
    personId: sender.personId ?? undefined,
    apiKeyId: sender.apiKeyId ?? undefined,
    sessionId: undefined,
    name: sender.name,
    roles: [],
    permissions: new Set(sender.permissions),
    sees: 'own',
  }
}
