/**
 * The one codec between JavaScript values and PostgreSQL's text format, used for both engines:
 *
 * - int8 ↔ bigint (always), numeric → string (exact), int2/int4/float → number
 * - timestamptz → ISO string in UTC with milliseconds, date → 'YYYY-MM-DD'
 * - json and jsonb → parsed, bytea → Buffer, and arrays of all of these
 *
 * Everything else (uuid, enums, ranges, inet, interval …) stays the text that the server wrote. The server keeps
 * microseconds: a time that was not written from the clock of the application is cut to milliseconds here.
 */
import { stringifyJson } from './sql.ts'

type Decoder = (text: string) => unknown

const same: Decoder = (text) => text

const integer: Decoder = (text) => Number(text)

const bytes: Decoder = (text) => Buffer.from(text.slice(2), 'hex')

const SERVER_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d(?::\d\d)*)$/

/** `2026-01-02 03:04:05.6+00` → `2026-01-02T03:04:05.600Z`; `infinity` and years beyond 9999 stay as they are. */
function instant(text: string): string {
  const match = SERVER_TIME.exec(text)
  if (!match) return text
  const [, day, time, fraction = '', zone] = match
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  if (zone === '+00') return `${day}T${time}.${milliseconds}Z`
  const offset = zone!.length === 3 ? `${zone}:00` : zone!
  return new Date(`${day}T${time}.${milliseconds}${offset}`).toISOString()
}

const SCALARS: ReadonlyArray<readonly [oid: number, arrayOid: number, decode: Decoder]> = [
  [16, 1000, (text) => text === 't'],
  [17, 1001, bytes],
  [18, 1002, same],
  [19, 1003, same],
  [20, 1016, (text) => BigInt(text)],
  [21, 1005, integer],
  [23, 1007, integer],
  [25, 1009, same],
  [26, 1028, integer],
  [114, 199, (text) => JSON.parse(text) as unknown],
  [700, 1021, integer],
  [701, 1022, integer],
  [869, 1041, same],
  [1042, 1014, same],
  [1043, 1015, same],
  [1082, 1182, same],
  [1114, 1115, same],
  [1184, 1185, instant],
  [1700, 1231, same],
  [2950, 2951, same],
  [3802, 3807, (text) => JSON.parse(text) as unknown],
  [3926, 3927, same],
]

const decoders = new Map<number, Decoder>(
  SCALARS.flatMap(([oid, arrayOid, decode]) => [
    [oid, decode],
    [arrayOid, (text: string) => parseArray(text, decode)],
  ]),
)

/** What `pg` asks for when it reads a column; every result is in text format. */
export const valueTypes = {
  getTypeParser: (oid: number): Decoder => decoders.get(oid) ?? same,
}

/** Reads an array literal such as `{1,NULL,"a \"b\"",{2}}` (PostgreSQL manual, 8.15.6). */
export function parseArray(text: string, decode: Decoder): unknown[] {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0

  const list = (): unknown[] => {
    const items: unknown[] = []
    at++
    if (text[at] === '}') {
      at++
      return items
    }
    for (;;) {
      items.push(item())
      if (text[at++] !== ',') return items
    }
  }

  const item = (): unknown => {
    if (text[at] === '{') return list()
    if (text[at] === '"') {
      let value = ''
      for (at++; text[at] !== '"'; at++) {
        if (text[at] === '\\') at++
        value += text[at]
      }
      at++
      return decode(value)
    }
    const start = at
    while (text[at] !== ',' && text[at] !== '}') at++
    const value = text.slice(start, at)
    return value === 'NULL' ? null : decode(value)
  }

  return list()
}

/** A parameter in the form the wire takes: text, or bytes for bytea, or null. Plain objects become JSON. */
export function encodeValue(value: unknown): string | Buffer | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'undefined':
      return null
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      if (value instanceof Date) return value.toISOString()
      if (Array.isArray(value)) return arrayLiteral(value)
      return stringifyJson(value)
    default:
      throw new TypeError(`a ${typeof value} cannot be a parameter of a statement`)
  }
}

function arrayLiteral(items: readonly unknown[]): string {
  let text = '{'
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ','
    const item = items[i]
    if (item === null || item === undefined) text += 'NULL'
    else if (typeof item === 'number' || typeof item === 'bigint' || typeof item === 'boolean') text += String(item)
    else if (Array.isArray(item)) text += arrayLiteral(item)
    else if (item instanceof Uint8Array) {
      text += `"\\\\x${Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('hex')}"`
    } else text += `"${(encodeValue(item) as string).replace(/["\\]/g, '\\$&')}"`
  }
  return `${text}}`
}
