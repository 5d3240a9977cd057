import { normaliseSerial } from '../../kernel/serial/crockford.ts'
import type { CodeRef } from '../../kernel/serial/serial-codec.ts'
import { parseItemPath } from '../../kernel/gs1/digital-link.ts'
import { parseGtin } from '../../kernel/gs1/gtin.ts'
import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'

export type InputFault = 'empty' | 'not-a-code' | 'not-ours'

export type ResolvedInput = (CodeRef & { readonly input: string }) | { readonly input: string; readonly reason: InputFault }

interface Claim {
  readonly gtin: string | undefined
  readonly serial: string
}

/**
 * What a scanner, a spreadsheet or a person gives for one code: the whole address, `(01)…(21)…`, scan data with a
 * symbology identifier and FNC1 as GS or lost, a serial alone, lower case, full width.
 */
export function claimOf(input: string): Claim | undefined {
  const text = input.normalize('NFKC').replace(/[\u200B-\u200D\uFEFF]/g, '').trim()
  const address = /^https?:\/\/[^/]+(\/[^?#]*)/i.exec(text)?.[1] ?? (/^\/(01|s)\//i.test(text) ? text.split(/[?#]/, 1)[0]! : undefined)
  if (address !== undefined) {
    const blank = /^\/s\/([^/]+)\/?$/i.exec(address)
    if (blank !== null) return { gtin: undefined, serial: normaliseSerial(blank[1]!) }
    const item = parseItemPath(address)
    return item === undefined ? undefined : { gtin: item.gtin, serial: normaliseSerial(item.serial) }
  }
  const bracketed = /\(01\)\s*(\d{8,14})\D*?.*?\(21\)\s*([^()]+)/.exec(text)
  if (bracketed !== null) return withGtin(bracketed[1]!, bracketed[2]!)
  const scan = /^(?:\][A-Za-z]\d)?\u001d?01(\d{14})21([0-9A-Za-z]{20})(?:\u001d.*)?$/.exec(text.replace(/\s/g, ''))
  if (scan !== null) return withGtin(scan[1]!, scan[2]!)
  const pair = /^(\d{8,14})[\s,;|/]+(\S{20,30})$/.exec(text)
  if (pair !== null) return withGtin(pair[1]!, pair[2]!)
  const serial = normaliseSerial(text)
  return serial.length === 20 ? { gtin: undefined, serial } : undefined
}

function withGtin(gtin: string, serial: string): Claim | undefined {
  const parsed = parseGtin(gtin)
  return parsed.ok ? { gtin: parsed.gtin14, serial: normaliseSerial(serial) } : undefined
}

/**
 * Finds the codes behind many inputs. A serial without its GTIN is tried as a blank label and then under each GTIN
 * that the organisation has labels of; what is none of these may be a code of the older system.
 */
export async function resolveInputs(
  db: Sql,
  decodeMany: (gtins: (string | undefined)[], serials: string[]) => (CodeRef | null)[],
  inputs: readonly string[],
  organisationId: string | undefined,
): Promise<ResolvedInput[]> {
  const claims = inputs.map(claimOf)
  const found = new Array<CodeRef | null>(inputs.length).fill(null)
  const decode = (places: number[], gtinOf: (place: number) => string | undefined) => {
    const refs = decodeMany(places.map(gtinOf), places.map((i) => claims[i]!.serial))
    places.forEach((i, k) => {
      found[i] ??= refs[k] ?? null
    })
  }
  const open = () => claims.flatMap((claim, i) => (claim !== undefined && found[i] === null ? [i] : []))
  decode(open(), (i) => claims[i]!.gtin)
  decode(open(), () => undefined)

  const bare = open().filter((i) => claims[i]!.gtin === undefined)
  if (bare.length > 0 && organisationId !== undefined) {
    const gtins = await db.query<{ gtin: bigint }>(sql`select distinct tweak_gtin as gtin from code_batch where organisation_id = ${organisationId} and tweak_gtin <> 0 limit 2000`)
    for (const { gtin } of gtins) {
      const left = bare.filter((i) => found[i] === null)
      if (left.length === 0) break
      decode(left, () => gtin.toString().padStart(14, '0'))
    }
  }

  const rest = inputs.flatMap((input, i) => (found[i] === null ? [{ i, text: legacyText(input) }] : [])).filter((r) => r.text !== '')
  if (rest.length > 0) {
    const rows = await db.query<{ code: string; serial_number: string; code_id: bigint }>(sql`
      select code, serial_number, code_id from legacy_code where code = any(${rest.map((r) => r.text)}::text[]) or (serial_number <> '' and serial_number = any(${rest.map((r) => r.text)}::text[]))`)
    const byText = new Map(rows.flatMap((row) => [row.code, row.serial_number].filter((t) => t !== '').map((t) => [t, row.code_id] as const)))
    for (const { i, text } of rest) {
      const id = byText.get(text)
      if (id !== undefined) found[i] = { batch: Number(id >> 32n), index: Number(id & 0xffffffffn) }
    }
  }
  return inputs.map((input, i) => {
    const ref = found[i]
    if (ref !== null && ref !== undefined) return { ...ref, input }
    return { input, reason: input.trim() === '' ? 'empty' : claims[i] === undefined ? 'not-a-code' : 'not-ours' }
  })
}

/** The older system's code in what was scanned: the id of its address, or the text itself. */
export function legacyText(input: string): string {
  const text = input.normalize('NFKC').trim().slice(0, 400)
  const id = /[?&]id=([^&#]+)/.exec(text)?.[1] ?? text
  return id.trim().toLowerCase().slice(0, 64)
}
