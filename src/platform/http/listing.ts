import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { z } from 'zod'
import type { FastifyReply } from 'fastify'
import type { Locale, Words } from '../../kernel/errors.ts'
import type { Database, Sql } from '../db/database.ts'
import { type Instant, isCivilDate, localDateTime } from '../../kernel/time.ts'
import { sql, type SqlText } from '../db/sql.ts'
import { contentDisposition } from '../files/content-disposition.ts'
import { type SheetColumn, writeCsv, writeXlsx } from '../documents/write-sheet.ts'
import type { RequestFacts } from './actor.ts'
import { httpFail } from './errors.ts'

/**
 * Every table of the console is one of these: filter, sort, keyset pages, total, and the export of exactly the
 * filter that is shown. A module gives columns and a FROM clause; nothing a client sends becomes SQL text.
 */
export type ColumnType = 'text' | 'enum' | 'number' | 'date' | 'instant' | 'boolean'

export interface Column {
  readonly sql: SqlText
  readonly type: ColumnType
  readonly words: Words
  /** Words of an enum's values, for the export and the console. */
  readonly options?: Readonly<Record<string, Words>>
  /** Left out of exports, or not sortable because no index helps. */
  readonly exported?: boolean
}

export interface Listing {
  readonly name: string
  readonly from: SqlText
  /** Unique, never null, with a total order; it breaks ties between equal sort values. */
  readonly key: SqlText
  readonly columns: Readonly<Record<string, Column>>
  readonly search: readonly SqlText[]
  /** Column name, with a minus for descending. */
  readonly defaultSort: string
}

export interface ListQuery {
  readonly q?: string | undefined
  readonly sort?: string | undefined
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
  readonly format?: 'json' | 'csv' | 'xlsx' | undefined
  readonly columns?: string | undefined
  readonly filters: readonly { readonly column: string; readonly op: string; readonly value: string }[]
}

export interface Page {
  readonly items: Record<string, unknown>[]
  readonly total: number
  /** False when there are more rows than are counted for a page. */
  readonly totalIsExact: boolean
  readonly nextCursor: string | null
  readonly prevCursor: string | null
}

const COUNT_LIMIT = 100_000
const EXPORT_LIMIT_XLSX = 50_000
const EXPORT_CHUNK = 2_000

export function defineListing(listing: Listing): Listing {
  if (!(listing.defaultSort.replace(/^-/, '') in listing.columns)) throw new Error(`listing ${listing.name}: default sort is not a column`)
  return listing
}

/**
 * `?q=…&f.<column>=<op>:<value>&sort=-<column>&cursor=…&limit=…&format=json|csv|xlsx&columns=a,b`
 * Operators: text `has`, `is`; enum `in` (comma separated); number, date, instant `ge`, `le`, `is`; boolean `is`;
 * `empty` on all but booleans.
 */
export const listQuery = z
  .record(z.string(), z.union([z.string().max(2000), z.array(z.string().max(2000)).max(20)]))
  .transform((raw, ctx): ListQuery => {
    const single = (name: string): string | undefined => {
      const value = raw[name]
      const text = Array.isArray(value) ? value[0] : value
      return text === undefined || text === '' ? undefined : text
    }
    const limit = Number(single('limit') ?? 50)
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
      ctx.addIssue({ code: 'custom', path: ['limit'], message: 'LIMIT|应为 1 至 500 的整数|must be a whole number from 1 to 500' })
    }
    const format = single('format') ?? 'json'
    if (format !== 'json' && format !== 'csv' && format !== 'xlsx') {
      ctx.addIssue({ code: 'custom', path: ['format'], message: 'FORMAT|应为 json、csv 或 xlsx|must be json, csv or xlsx' })
    }
    const filters = Object.entries(raw)
      .filter(([name]) => name.startsWith('f.'))
      .flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((v) => {
          const colon = v.indexOf(':')
          return { column: name.slice(2), op: colon < 0 ? v : v.slice(0, colon), value: colon < 0 ? '' : v.slice(colon + 1) }
        }),
      )
    return {
      q: single('q')?.slice(0, 200),
      sort: single('sort'),
      cursor: single('cursor'),
      limit,
      format: format as 'json' | 'csv' | 'xlsx',
      columns: single('columns'),
      filters,
    }
  })

/** Schema of a page in the API document. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    total: z.number().int(),
    totalIsExact: z.boolean(),
    nextCursor: z.string().nullable(),
    prevCursor: z.string().nullable(),
  })
}

/** The same for a listing, from its columns. Any of them may be null: outer joins make them so. */
export function pageOfListing(listing: Listing) {
  return pageOf(z.object(Object.fromEntries(Object.entries(listing.columns).map(([name, column]) => [name, valueOf(column).nullable()]))))
}

function valueOf(column: Column): z.ZodType {
  switch (column.type) {
    case 'number':
      return z.number()
    case 'boolean':
      return z.boolean()
    case 'enum':
      return column.options === undefined ? z.string() : z.enum(Object.keys(column.options))
    case 'date':
      return z.string().describe('YYYY-MM-DD')
    case 'instant':
      return z.string().describe('ISO 8601 instant')
    case 'text':
      return z.string()
  }
}

/**
 * Answers a list route: a page as JSON, or the whole filter as a file.
 * @throws AppError BAD_FILTER, BAD_CURSOR
 */
export async function respondWithList(
  db: Database,
  listing: Listing,
  query: ListQuery,
  options: { readonly where?: SqlText; readonly facts: RequestFacts; readonly reply: FastifyReply },
): Promise<Page | FastifyReply> {
  if (query.format === 'csv' || query.format === 'xlsx') return download(db, listing, query, query.format, options)
  return pageOfList(db, listing, query, options.where)
}

export async function pageOfList(db: Sql, listing: Listing, query: ListQuery, where?: SqlText): Promise<Page> {
  const { condition, sort } = plan(listing, query, where)
  const limit = query.limit ?? 50
  const cursor = query.cursor === undefined ? undefined : openCursor(query.cursor, sort)
  const backwards = cursor?.backwards ?? false
  const rows = await fetchPage(db, listing, condition, sort, cursor, limit + 1)
  const more = rows.length > limit
  if (more) rows.pop()
  if (backwards) rows.reverse()
  const [count] = await db.query<{ n: number }>(sql`
    select count(*)::int as n from (select 1 from ${listing.from} where ${condition} limit ${COUNT_LIMIT + 1}) counted`)
  const n = count?.n ?? 0
  const hasNext = backwards ? true : more
  const hasPrev = backwards ? more : cursor !== undefined
  return {
    items: rows.map((row) => shown(listing, row)),
    total: Math.min(n, COUNT_LIMIT),
    totalIsExact: n <= COUNT_LIMIT,
    nextCursor: hasNext && rows.length > 0 ? makeCursor(rows.at(-1)!, sort.id, false) : null,
    prevCursor: hasPrev && rows.length > 0 ? makeCursor(rows[0]!, sort.id, true) : null,
  }
}

type Row = Record<string, unknown> & { __key: string; __sort: string }

interface Sort {
  readonly id: string
  readonly column: Column
  readonly descending: boolean
}

interface Cursor {
  readonly sort: string
  readonly key: string
  readonly backwards: boolean
}

async function fetchPage(
  db: Sql,
  listing: Listing,
  condition: SqlText,
  sort: Sort,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Row[]> {
  const value = sortable(sort.column)
  const key = sql`(${listing.key})::text`
  const forwards = cursor === undefined || !cursor.backwards
  const ascending = sort.descending !== forwards
  const direction = ascending ? sql`asc` : sql`desc`
  const after =
    cursor === undefined
      ? sql`true`
      : ascending
        ? sql`(${value}, ${key}) > (${typed(sort.column, cursor.sort)}, ${cursor.key}::text)`
        : sql`(${value}, ${key}) < (${typed(sort.column, cursor.sort)}, ${cursor.key}::text)`
  const names = Object.keys(listing.columns)
  const selected = sql.join(names.map((name, i) => sql`${listing.columns[name]!.sql} as ${sql.ident(`c${i}`)}`))
  const rows = await db.query<Row>(sql`
    select ${selected}, ${key} as __key, (${value})::text as __sort
    from ${listing.from} where ${condition} and ${after}
    order by ${value} ${direction}, ${key} ${direction} limit ${limit}`)
  return rows
}

/** Nulls sort as the smallest value, so that a keyset comparison never meets one. */
function sortable(column: Column): SqlText {
  switch (column.type) {
    case 'number':
      return sql`coalesce((${column.sql})::numeric, -1e30)`
    case 'date':
      return sql`coalesce((${column.sql})::date, date '0001-01-01')`
    case 'instant':
      return sql`coalesce((${column.sql})::timestamptz, timestamptz '0001-01-01 00:00:00+00')`
    case 'boolean':
      return sql`coalesce((${column.sql})::boolean, false)`
    default:
      return sql`coalesce((${column.sql})::text, '') collate "C"`
  }
}

function typed(column: Column, text: string): SqlText {
  switch (column.type) {
    case 'number':
      return sql`${text}::text::numeric`
    case 'date':
      return sql`${text}::text::date`
    case 'instant':
      return sql`${text}::text::timestamptz`
    case 'boolean':
      return sql`${text}::text::boolean`
    default:
      return sql`${text}::text`
  }
}

function plan(listing: Listing, query: ListQuery, where: SqlText | undefined): { condition: SqlText; sort: Sort } {
  const wanted = query.sort ?? listing.defaultSort
  const descending = wanted.startsWith('-')
  const name = descending ? wanted.slice(1) : wanted
  const column = Object.hasOwn(listing.columns, name) ? listing.columns[name] : undefined
  if (column === undefined) throw httpFail('BAD_FILTER', { filter: `sort=${wanted}` })
  const conditions = [where ?? sql`true`, ...query.filters.map((f) => filterOf(listing, f))]
  if (query.q !== undefined && listing.search.length > 0) {
    const pattern = `%${likeEscaped(query.q.trim())}%`
    conditions.push(
      sql`(${sql.join(
        listing.search.map((s) => sql`(${s})::text ilike ${pattern}`),
        sql` or `,
      )})`,
    )
  }
  return {
    condition: sql.join(
      conditions.map((c) => sql`(${c})`),
      sql` and `,
    ),
    sort: { id: wanted, column, descending },
  }
}

function filterOf(listing: Listing, f: { column: string; op: string; value: string }): SqlText {
  const column = Object.hasOwn(listing.columns, f.column) ? listing.columns[f.column] : undefined
  const bad = () => httpFail('BAD_FILTER', { filter: `${f.column}=${f.op}:${f.value}`.slice(0, 200) })
  if (column === undefined) throw bad()
  const value = column.sql
  if (f.op === 'empty')
    return column.type === 'text' || column.type === 'enum' ? sql`coalesce((${value})::text, '') = ''` : sql`(${value}) is null`
  switch (column.type) {
    case 'text':
      if (f.op === 'has') return sql`(${value})::text ilike ${`%${likeEscaped(f.value)}%`}`
      if (f.op === 'is') return sql`(${value})::text = ${f.value}`
      break
    case 'enum':
      if (f.op === 'in' || f.op === 'is') return sql`(${value})::text = any(${f.value.split(',')}::text[])`
      break
    case 'boolean':
      if (f.op === 'is' && (f.value === 'true' || f.value === 'false')) return sql`(${value}) is not distinct from ${f.value === 'true'}`
      break
    case 'number':
      if (!/^-?\d{1,18}(\.\d{1,6})?$/.test(f.value)) throw bad()
      if (f.op === 'ge') return sql`(${value}) >= ${f.value}::text::numeric`
      if (f.op === 'le') return sql`(${value}) <= ${f.value}::text::numeric`
      if (f.op === 'is') return sql`(${value}) = ${f.value}::text::numeric`
      break
    case 'date':
    case 'instant': {
      const wellFormed = /^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(f.value)
      if (!wellFormed || !isCivilDate(f.value.slice(0, 10)) || Number.isNaN(Date.parse(f.value))) throw bad()
      const day = f.value.length === 10
      if (column.type === 'date') {
        if (f.op === 'ge') return sql`(${value}) >= ${f.value.slice(0, 10)}::text::date`
        if (f.op === 'le') return sql`(${value}) <= ${f.value.slice(0, 10)}::text::date`
        if (f.op === 'is') return sql`(${value}) = ${f.value.slice(0, 10)}::text::date`
        break
      }
      // a day without a time is that day in China, whole
      const start = day ? `${f.value}T00:00:00+08:00` : f.value
      if (f.op === 'ge') return sql`(${value}) >= ${start}::text::timestamptz`
      if (f.op === 'le')
        return day ? sql`(${value}) < ${start}::text::timestamptz + interval '1 day'` : sql`(${value}) <= ${start}::text::timestamptz`
      if (f.op === 'is' && day)
        return sql`((${value}) >= ${start}::text::timestamptz and (${value}) < ${start}::text::timestamptz + interval '1 day')`
      break
    }
  }
  throw bad()
}

function likeEscaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function shown(listing: Listing, row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.keys(listing.columns).map((name, i) => [name, row[`c${i}`] ?? null]))
}

function makeCursor(row: Row, sort: string, backwards: boolean): string {
  return Buffer.from(JSON.stringify([sort, row.__sort, row.__key, backwards ? 1 : 0])).toString('base64url')
}

function openCursor(text: string, sort: Sort): Cursor {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (
      Array.isArray(parts) &&
      parts.length === 4 &&
      parts[0] === sort.id &&
      isText(parts[1]) &&
      isText(parts[2]) &&
      isValueOf(sort.column, parts[1])
    ) {
      return { sort: parts[1], key: parts[2], backwards: parts[3] === 1 }
    }
  } catch {
    // told below, as any other token that is not ours
  }
  throw httpFail('BAD_CURSOR')
}

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0') && value.isWellFormed()

/** A day, or what stands for a missing one in `sortable`. */
const isDay = (text: string): boolean => text === '0001-01-01' || isCivilDate(text)

/** Whether a token's sort value can be read as the column's type: a token may come from anybody. */
function isValueOf(column: Column, text: string): boolean {
  switch (column.type) {
    case 'number':
      return /^-?\d{1,31}(\.\d{1,10})?$/.test(text)
    case 'date':
      return isDay(text)
    case 'instant':
      return (
        /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d){0,2}$/.test(text) &&
        isDay(text.slice(0, 10))
      )
    case 'boolean':
      return text === 'true' || text === 'false'
    case 'enum':
    case 'text':
      return true
  }
}

/** Rows of the whole filter, in pages, so that a long table is never in memory. */
async function* rowsOf(
  db: Sql,
  listing: Listing,
  query: ListQuery,
  where: SqlText | undefined,
  limit: number,
): AsyncGenerator<Record<string, unknown>> {
  const { condition, sort } = plan(listing, query, where)
  let cursor: Cursor | undefined
  let left = limit
  while (left > 0) {
    const rows = await fetchPage(db, listing, condition, sort, cursor, Math.min(EXPORT_CHUNK, left))
    for (const row of rows) yield shown(listing, row)
    left -= rows.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < EXPORT_CHUNK) return
    cursor = { sort: last.__sort, key: last.__key, backwards: false }
  }
}

async function download(
  db: Database,
  listing: Listing,
  query: ListQuery,
  format: 'csv' | 'xlsx',
  { where, facts, reply }: { readonly where?: SqlText; readonly facts: RequestFacts; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const chosen = query.columns?.split(',').filter((name) => Object.hasOwn(listing.columns, name))
  const names = (chosen !== undefined && chosen.length > 0 ? chosen : Object.keys(listing.columns)).filter(
    (name) => listing.columns[name]!.exported !== false,
  )
  const columns: SheetColumn[] = names.map((name) => ({
    title: titleOf(listing.columns[name]!, facts.locale),
    type: listing.columns[name]!.type === 'number' ? 'number' : 'text',
  }))
  const limit = format === 'xlsx' ? EXPORT_LIMIT_XLSX : Number.MAX_SAFE_INTEGER
  const source = rowsOf(db, listing, query, where, limit)
  const cells = (async function* () {
    for await (const row of source) yield names.map((name) => cellOf(listing.columns[name]!, row[name], facts.locale))
  })()
  const name = `${listing.name}-${facts.at.toISOString().slice(0, 10)}.${format}`
  reply.header('content-disposition', contentDisposition(name)).header('cache-control', 'no-store')
  if (format === 'xlsx') {
    return reply.type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet').send(await writeXlsx(columns, cells))
  }
  const out = new PassThrough()
  void (async () => {
    try {
      for await (const chunk of writeCsv(columns, cells)) if (!out.write(chunk)) await once(out, 'drain')
      out.end()
    } catch (error) {
      out.destroy(error as Error)
    }
  })()
  return reply.type('text/csv; charset=utf-8').send(out)
}

/** A moment in a file stands in the time of China, without a zone that a spreadsheet would not understand: the title says it. */
function titleOf({ type, words }: Column, locale: Locale): string {
  if (type !== 'instant') return words[locale]
  return locale === 'zh' ? `${words.zh}（北京时间）` : `${words.en} (Beijing time)`
}

function cellOf(column: Column, value: unknown, locale: Locale): string | number | null {
  if (value === null || value === undefined) return null
  if (column.options !== undefined) return column.options[String(value)]?.[locale] ?? String(value)
  if (column.type === 'number') return Number(value)
  if (column.type === 'boolean') return value === true ? (locale === 'zh' ? '是' : 'yes') : locale === 'zh' ? '否' : 'no'
  if (column.type === 'instant') return localDateTime(value as Instant)
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
