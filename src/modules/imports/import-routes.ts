import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Words } from '../../kernel/errors.ts'
import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { ERROR_TITLE, type Leaflet, type SheetColumn, writeCsv, writeXlsx } from '../../platform/documents/write-sheet.ts'
import { contentDisposition } from '../../platform/files/content-disposition.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  downloadQuery,
  IMPORT_STATES,
  importParams,
  importRowView,
  type ImportView,
  importView,
  mappingBody,
  rowsQuery,
} from './contract.ts'
import { fail } from './errors.ts'
import { findImports, findRows, type Import, lockImport, type StoredRow } from './import-repository.ts'
import type { ListFields } from './list-fields.ts'
import type { ListKind } from './list-kind.ts'
import { ownedBy, seenBy } from './policy.ts'
import { commitImport, discardImport, IMPORT_KINDS, IMPORT_MAX_BYTES, remapImport, startImport } from './start-import.ts'

const words = (zh: string, en: string): Words => ({ zh, en })
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const CSV = 'text/csv; charset=utf-8'

const importList = defineListing({
  name: 'imports',
  from: sql`import i`,
  key: sql`i.id`,
  defaultSort: '-createdAt',
  search: [sql`i.file_name`, sql`i.created_by`],
  columns: {
    id: { sql: sql`i.id`, type: 'text', words: words('编号', 'Id'), exported: false },
    fileName: { sql: sql`i.file_name`, type: 'text', words: words('文件', 'File') },
    state: { sql: sql`i.state`, type: 'enum', words: words('状态', 'State'), options: IMPORT_STATES },
    rows: { sql: sql`(i.counts ->> 'rows')::int`, type: 'number', words: words('行数', 'Rows') },
    wrong: { sql: sql`(i.counts ->> 'wrong')::int`, type: 'number', words: words('错误行', 'Wrong rows') },
    committed: { sql: sql`(i.counts ->> 'committed')::int`, type: 'number', words: words('已写入', 'Committed') },
    createdBy: { sql: sql`i.created_by`, type: 'text', words: words('操作人', 'By') },
    createdAt: { sql: sql`i.created_at`, type: 'instant', words: words('上传时间', 'Uploaded') },
    finishedAt: { sql: sql`i.finished_at`, type: 'instant', words: words('完成时间', 'Finished') },
  },
})

/** A list by file in two steps: `POST` the file, look at the preview, `POST …/commit`. */
export function importRoutes(platform: Platform, kind: ListKind): Route[] {
  const { name, path, object } = kind
  const own = { access: kind.permissions.write, object: { kind: object, param: 'importId' } } as const
  const seen = { access: kind.permissions.read, object: { kind: object, param: 'importId' } } as const
  const one = `${path}/:importId`
  const ofKind = sql`i.kind = ${name}`

  const locked = async (tx: Tx, actor: Actor, id: string): Promise<Import> => {
    const found = await lockImport(tx, id, sql`${ofKind} and ${ownedBy(actor, 'i')}`)
    if (found === undefined) throw httpFail('NOT_FOUND')
    return found
  }
  const visible = async (actor: Actor, id: string): Promise<Import> => {
    const [found] = await findImports(platform.db, sql`id = ${id} and ${ofKind} and ${seenBy(actor, 'i')}`)
    if (found === undefined) throw httpFail('NOT_FOUND')
    return found
  }

  return [
    read({
      id: `${name}.list`,
      url: path,
      summary: words(`${kind.words.zh}：导入记录`, `List imports (${kind.words.en})`),
      policy: { access: kind.permissions.read },
      query: listQuery,
      answers: { 200: pageOfListing(importList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, importList, query, { where: sql`${ofKind} and ${seenBy(actor, 'i')}`, facts, reply }),
    }),
    read({
      id: `${name}.template`,
      url: `${path}/template`,
      summary: words(`${kind.words.zh}：下载导入模板`, `Download the template (${kind.words.en})`),
      policy: { access: kind.permissions.read },
      query: downloadQuery,
      answers: { 200: { mediaType: `${XLSX}, text/csv`, description: 'an empty list with every column name that is understood' } },
      handle: async ({ query, facts, reply }) => {
        const columns = kind.fields.names.map((field): SheetColumn => ({ title: kind.fields.entries[field]![facts.locale], type: 'text' }))
        return sendSheet(
          reply,
          query.format,
          facts.locale === 'zh' ? `${kind.words.zh}模板` : `${kind.words.en}-template`,
          columns,
          async function* () {
            for (const example of kind.examples) yield kind.fields.names.map((field) => example[field] ?? null)
          },
          [leafletOf(kind.fields, facts.locale)],
        )
      },
    }),
    act({
      id: `${name}.start`,
      method: 'POST',
      url: path,
      summary: words(`${kind.words.zh}：上传文件并生成预览`, `Upload a file and make its preview (${kind.words.en})`),
      policy: { access: kind.permissions.write },
      idempotency: 'required',
      status: 202,
      body: z.object({}),
      upload: {
        maxBytes: IMPORT_MAX_BYTES,
        kinds: IMPORT_KINDS,
        holds: `The columns of GET ${path}/template, under those or similar names, in any order`,
      },
      answers: { 202: importView.extend({ existing: z.boolean().describe('the same file was imported before: this is that import') }) },
      handle: async ({ tx, actor, facts, audit, upload }) => {
        if (upload === undefined) throw fail('FILE_MISSING')
        const started = await startImport(platform, kind, tx, upload, { actor, at: facts.at })
        audit({
          objectKind: object,
          objectId: started.import.id,
          detail: { fileName: started.import.fileName, existing: started.existing },
        })
        return { ...viewOf(started.import, null), existing: started.existing }
      },
    }),
    read({
      id: `${name}.get`,
      url: one,
      summary: words(`${kind.words.zh}：导入状态与预览统计`, `State and counts of an import (${kind.words.en})`),
      policy: seen,
      params: importParams,
      answers: { 200: importView },
      handle: async ({ params, actor }) => {
        const found = await visible(actor, params.importId)
        const job = found.jobId === null ? undefined : await platform.jobs.find(platform.db, found.jobId)
        const { done, total, phase } = job?.progress ?? {}
        // a job that broke off without an answer of its own is told here, so that nobody watches a bar for ever
        const broken = job?.state === 'failed' && (found.state === 'reading' || found.state === 'committing')
        const shown: Import = broken ? { ...found, state: 'failed', failure: found.failure ?? job.failure } : found
        return viewOf(shown, done === undefined || total === undefined ? null : { done, total, ...(phase !== undefined && { phase }) })
      },
    }),
    read({
      id: `${name}.rows`,
      url: `${one}/rows`,
      summary: words(`${kind.words.zh}：预览行`, `Rows of the preview (${kind.words.en})`),
      policy: seen,
      params: importParams,
      query: rowsQuery,
      answers: { 200: z.object({ items: z.array(importRowView), next: z.number().int().nullable() }) },
      handle: async ({ params, query, actor }) => {
        const found = await visible(actor, params.importId)
        const wanted = sql`${query.verdict === undefined ? sql`true` : sql`verdict = ${query.verdict}`} and ${query.warned === undefined ? sql`true` : sql`warned = ${query.warned === 'true'}`}`
        const rows = await findRows(platform.db, found.id, query.after, query.limit + 1, wanted)
        const items = rows.slice(0, query.limit)
        return { items, next: rows.length > query.limit ? items.at(-1)!.rowNumber : null }
      },
    }),
    act({
      id: `${name}.remap`,
      method: 'PUT',
      url: `${one}/mapping`,
      summary: words(`${kind.words.zh}：更正表头、工作表或列对应关系`, `Correct header row, sheet or columns (${kind.words.en})`),
      policy: own,
      idempotency: 'none',
      params: importParams,
      body: mappingBody,
      example: { body: { headerRow: 2 } },
      answers: { 200: importView },
      handle: async ({ tx, params, body, actor, audit }) => {
        const found = await remapImport(platform, kind, tx, await locked(tx, actor, params.importId), body, { actor })
        audit({ objectKind: object, objectId: found.id, detail: { ...body } })
        return viewOf(found, null)
      },
    }),
    act({
      id: `${name}.commit`,
      method: 'POST',
      url: `${one}/commit`,
      summary: words(`${kind.words.zh}：写入正确的行`, `Commit the good rows (${kind.words.en})`),
      policy: own,
      idempotency: 'required',
      status: 202,
      params: importParams,
      body: z.object({}),
      example: { body: {} },
      answers: { 202: importView },
      handle: async ({ tx, params, actor, audit }) => {
        const found = await commitImport(platform, kind, tx, await locked(tx, actor, params.importId), { actor })
        audit({ objectKind: object, objectId: found.id, detail: { fileName: found.fileName, counts: found.counts } })
        return viewOf(found, null)
      },
    }),
    act({
      id: `${name}.discard`,
      method: 'POST',
      url: `${one}/discard`,
      summary: words(`${kind.words.zh}：放弃导入`, `Discard an import (${kind.words.en})`),
      policy: own,
      idempotency: 'required',
      params: importParams,
      body: z.object({}),
      example: { body: {} },
      answers: { 200: importView },
      handle: async ({ tx, params, actor, facts, audit }) => {
        const found = await discardImport(tx, await locked(tx, actor, params.importId), facts.at)
        audit({ objectKind: object, objectId: found.id, detail: { fileName: found.fileName } })
        return viewOf(found, null)
      },
    }),
    read({
      id: `${name}.wrong`,
      url: `${one}/wrong`,
      summary: words(`${kind.words.zh}：下载错误行（附错误原因列）`, `Download the wrong rows with a column of reasons (${kind.words.en})`),
      policy: seen,
      params: importParams,
      query: downloadQuery,
      answers: {
        200: {
          mediaType: `${XLSX}, text/csv`,
          description: 'the columns of the file and one of reasons; mended, it can be imported again',
        },
      },
      handle: async ({ params, query, actor, facts, reply }) => {
        const found = await visible(actor, params.importId)
        const titles = found.layout.titles ?? []
        const columns: SheetColumn[] = [
          ...titles.map((title): SheetColumn => ({ title, type: 'text' })),
          { title: ERROR_TITLE, type: 'text', width: 60 },
        ]
        const name = `${found.fileName.replace(/\.[^.]*$/, '')}-${facts.locale === 'zh' ? '错误行' : 'wrong-rows'}`
        return sendSheet(reply, query.format, name, columns, async function* () {
          let after = 0
          for (;;) {
            const rows = await findRows(platform.db, found.id, after, 1000, sql`verdict = 'wrong'`)
            for (const row of rows) yield [...titles.map((_, i) => row.cells[i] ?? ''), reasonsOf(row, facts.locale)]
            const last = rows.at(-1)
            if (last === undefined) return
            after = last.rowNumber
          }
        })
      },
    }),
  ]
}

function reasonsOf(row: StoredRow, locale: 'zh' | 'en'): string {
  return row.reasons
    .filter((r) => r.severity === 'fault')
    .map((r) => r[locale])
    .join(locale === 'zh' ? '；' : '; ')
}

/** What the columns are called elsewhere, and which words they may hold: all of it is understood. */
function leafletOf(fields: ListFields, locale: 'zh' | 'en'): Leaflet {
  const titles = { zh: ['列', '必填', '可填', '也可写作'], en: ['Column', 'Required', 'Word', 'Also understood'] }[locale]
  const also = (entry: Words & { readonly aliases: readonly string[] }): string =>
    [entry[locale === 'zh' ? 'en' : 'zh'], ...entry.aliases].join(locale === 'zh' ? '、' : ', ')
  return {
    name: locale === 'zh' ? '可填的词' : 'Allowed words',
    columns: titles.map((title): SheetColumn => ({ title, type: 'text' })),
    rows: Object.values(fields.entries).flatMap((entry) => [
      [entry[locale], entry.required === true ? { zh: '是', en: 'yes' }[locale] : null, null, also(entry)],
      ...(entry.values ?? []).map((value) => [entry[locale], null, value[locale], also(value)]),
    ]),
  }
}

async function sendSheet(
  reply: FastifyReply,
  format: 'xlsx' | 'csv',
  name: string,
  columns: readonly SheetColumn[],
  rows: () => AsyncGenerator<(string | number | null)[]>,
  leaflets: readonly Leaflet[] = [],
): Promise<unknown> {
  void reply.header('content-disposition', contentDisposition(`${name}.${format}`)).header('cache-control', 'no-store')
  if (format === 'xlsx') return reply.type(XLSX).send(await writeXlsx([...columns], rows(), leaflets))
  const chunks: (string | Uint8Array)[] = []
  for await (const chunk of writeCsv([...columns], rows())) chunks.push(chunk)
  return reply.type(CSV).send(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))))
}

function viewOf(found: Import, progress: ImportView['progress']): ImportView {
  const { id, organisationId, fileName, state, sameAs, jobId, layout, mapping, counts, failure, createdBy, createdAt, finishedAt } = found
  return {
    id,
    organisationId,
    fileName,
    state,
    sameAs,
    jobId,
    progress,
    layout,
    mapping,
    counts,
    failure,
    createdBy,
    createdAt,
    finishedAt,
  }
}
