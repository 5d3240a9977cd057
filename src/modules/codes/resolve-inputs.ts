import { normaliseSerial } from '../../kernel/serial/crockford.ts'
import { type CodeRef, refOfCodeId, SERIAL_LENGTH } from '../../kernel/serial/serial-codec.ts'
import { parseItemPath } from '../../kernel/gs1/digital-link.ts'
import { parseGtin } from '../../kernel/gs1/gtin.ts'
import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { KeyRing } from './key-ring.ts'

export type InputFault = 'empty' | 'not-a-code' | 'not-ours'

export type ResolvedInput = (CodeRef & { readonly input: string }) | { readonly input: string; readonly reason: InputFault }

interface Claim {
  readonly gtin: string | undefined
  readonly serial: string
}

/** Longer than any code, shorter than anything that is costly to look at. */
const LONGEST_INPUT = 400

/**
 * What a scanner, a spreadsheet or a person gives for one code: the whole address, `(01)…(21)…`, scan data with a
 * symbology identifier and FNC1 as GS or lost, a serial alone, lower case, full width. Every pattern here is linear in
 * the length of its input.
 */
export function claimOf(input: string): Claim | undefined {
  if (input.length > LONGEST_INPUT) return undefined
  const text = input
    .normalize('NFKC')
    .replace(/[\u200B-\u200D\uFEFF]/g, '')
    .trim()
  const address = /^https?:\/\/[^/?#]+(\/[^?#]*)/i.exec(text)?.[1] ?? (/^\/(01|s)\//i.test(text) ? text.split(/[?#]/, 1)[0]! : undefined)
  if (address !== undefined) {
    const blank = /^\/s\/([^/]+)\/?$/i.exec(address)
    if (blank !== null) return { gtin: undefined, serial: normaliseSerial(blank[1]!) }
    const item = parseItemPath(address)
    return item === undefined ? undefined : { gtin: item.gtin, serial: normaliseSerial(item.serial) }
  }
  if (text.includes('(')) return bracketed(text)
  const scan = /^(?:\][A-Za-z]\d)?\u001d?01(\d{14})21([0-9A-Za-z]{20})(?:\u001d.*)?$/.exec(text.replace(/\s/g, ''))
  if (scan !== null) return withGtin(scan[1]!, scan[2]!)
  const pair = /^(\d{8,14})[\s,;|/]+(\S{20,30})$/.exec(text)
  if (pair !== null) return withGtin(pair[1]!, pair[2]!)
  const serial = normaliseSerial(text)
  return serial.length === SERIAL_LENGTH ? { gtin: undefined, serial } : undefined
}

/** The human-readable form `(01)…(21)…`, with other application identifiers before, between and behind. */
function bracketed(text: string): Claim | undefined {
  const parts = text
    .split('(')
    .slice(1)
    .map((part) => part.split(')', 2))
  const valueOf = (ai: string) => parts.find(([name]) => name!.trim() === ai)?.[1]?.trim()
  const [gtin, serial] = [valueOf('01'), valueOf('21')]
  return gtin === undefined || serial === undefined ? undefined : withGtin(gtin, serial)
}

function withGtin(gtin: string, serial: string): Claim | undefined {
  const parsed = parseGtin(gtin)
  return parsed.ok ? { gtin: parsed.gtin14, serial: normaliseSerial(serial) } : undefined
}

/** For whoever may ask about goods of several owners: the caller still has to check what may be seen. */
export const EVERYBODY = Symbol('labels of everybody')

/**
 * Finds the codes behind many inputs. A serial without its GTIN is tried as a blank label and then under each GTIN
 * that the organisation (or everybody) has labels of; what is none of these may be a code of the older system.
 */
export async function resolveInputs(
  db: Sql,
  keys: KeyRing,
  now: Date,
  inputs: readonly string[],
  organisationId: string | typeof EVERYBODY | undefined,
): Promise<ResolvedInput[]> {
  const claims = inputs.map(claimOf)
  await keys.prepare(db, [])
  await keys.knowsLater(
    db,
    claims.flatMap((claim) => (claim === undefined ? [] : [claim.serial])),
    now.getTime(),
  )
  const found = new Array<CodeRef | null>(inputs.length).fill(null)
  const decode = (places: number[], gtinOf: (place: number) => string | undefined) => {
    const refs = keys.ring.decodeMany(
      places.map((i) => Number(gtinOf(i) ?? 0)),
      places.map((i) => claims[i]!.serial),
    )
    places.forEach((i, k) => {
      found[i] ??= refs[k] ?? null
    })
  }
  const open = () => claims.flatMap((claim, i) => (claim !== undefined && found[i] === null ? [i] : []))
  decode(open(), (i) => claims[i]!.gtin)
  decode(open(), () => undefined)

  const bare = open().filter((i) => claims[i]!.gtin === undefined)
  if (bare.length > 0 && organisationId !== undefined) {
    const gtins = await db.query<{ gtin: bigint }>(sql`
      select tweak_gtin as gtin from code_batch where ${organisationId === EVERYBODY ? sql`true` : sql`organisation_id = ${organisationId}`} and tweak_gtin <> 0 group by tweak_gtin order by max(id) desc limit 2000`)
    for (const { gtin } of gtins) {
      const left = bare.filter((i) => found[i] === null)
      if (left.length === 0) break
      // thousands of inputs under thousands of GTINs are seconds of arithmetic: others get their turn in between
      await new Promise(setImmediate)
      decode(left, () => gtin.toString().padStart(14, '0'))
    }
  }

  const rest = inputs.flatMap((input, i) => {
    const text = found[i] === null ? legacyText(input) : undefined
    return text === undefined ? [] : [{ i, text }]
  })
  const legacy = await legacyCodes(
    db,
    rest.map((r) => r.text),
  )
  for (const { i, text } of rest) found[i] = legacy.get(text) ?? null
  return inputs.map((input, i) => {
    const ref = found[i]
    if (ref !== null && ref !== undefined) return { ...ref, input }
    return { input, reason: input.trim() === '' ? 'empty' : claims[i] === undefined ? 'not-a-code' : 'not-ours' }
  })
}

/** What a code of an older system looks like, once it is in lower case. */
export const LEGACY_CODE = /^[0-9a-z._-]{4,64}$/

/** The older system's code in what was scanned: the id of its address, or the text itself; undefined when it is none. */
export function legacyText(input: string): string | undefined {
  const text = input.slice(0, LONGEST_INPUT).normalize('NFKC').trim()
  const code = (/[?&]id=([^&#]*)/.exec(text)?.[1] ?? text).trim().toLowerCase()
  return LEGACY_CODE.test(code) ? code : undefined
}

/**
 * Codes of older systems by their code or the number printed beside it. Where two systems, or two enterprises, name
 * the same text, the code goes before the number and the first that was registered before a later one: nobody takes
 * over another's label by importing it again.
 */
export async function legacyCodes(db: Sql, texts: readonly string[]): Promise<Map<string, CodeRef>> {
  if (texts.length === 0) return new Map()
  const rows = await db.query<{ text: string; code_id: bigint }>(sql`
    select distinct on (text) text, code_id from (
      select code as text, 0 as rank, code_id from legacy_code where code = any(${texts}::text[])
      union all
      select serial_number, 1, code_id from legacy_code where serial_number <> '' and serial_number = any(${texts}::text[])) found
    order by text, rank, code_id`)
  return new Map(rows.map((row) => [row.text, refOfCodeId(row.code_id)]))
}
