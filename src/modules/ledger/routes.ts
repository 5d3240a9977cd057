import type { Locale, Words } from '../../kernel/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import { defineListing, type Listing, listQuery, pageOf, respondWithList } from '../../platform/http/listing.ts'
import { read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { AUDIT_ACTS_PATH, AUDIT_OUTCOMES, AUDIT_PATH, auditActsView, auditEntryView } from './contract.ts'
import { seenBy } from '../../platform/http/wall.ts'

/** What the trail knows of an act: its id, and what it does. A route is one. */
export interface AuditedAct {
  readonly id: string
  readonly method: string
  readonly summary: Words
}

/** Acts are found by the words that the reader sees, as well as by their ids. */
function auditList(acts: readonly AuditedAct[], locale: Locale): Listing {
  const options = Object.fromEntries(acts.map(({ id, summary }) => [id, summary]))
  const names = sql.json(Object.fromEntries(acts.map(({ id, summary }) => [id, summary[locale]])))
  const name = sql`coalesce(${names} ->> a.action, a.action)`
  return defineListing({
    name: 'audit',
    from: sql`audit_entry a`,
    key: sql`lpad(a.id::text, 19, '0')`,
    search: [sql`a.object_id`, sql`a.actor_name`, name, sql`a.action`, sql`a.request_id`],
    defaultSort: '-at',
    columns: {
      id: { sql: sql`a.id`, type: 'number', words: { zh: '序号', en: 'No.' } },
      at: { sql: sql`a.at`, type: 'instant', words: { zh: '时间', en: 'When' } },
      action: { sql: sql`a.action`, type: 'enum', options, words: { zh: '操作', en: 'Action' } },
      actionName: { sql: name, type: 'text', words: { zh: '操作名称', en: 'Act' }, exported: false },
      outcome: { sql: sql`a.outcome`, type: 'enum', options: AUDIT_OUTCOMES, words: { zh: '结果', en: 'Outcome' } },
      code: { sql: sql`a.code`, type: 'text', words: { zh: '拒绝原因', en: 'Refused because' } },
      actorName: { sql: sql`a.actor_name`, type: 'text', words: { zh: '操作者', en: 'Who' } },
      organisationId: { sql: sql`a.organisation_id`, type: 'text', words: { zh: '操作者企业', en: 'Organisation' } },
      personId: { sql: sql`a.person_id`, type: 'text', words: { zh: '人员编号', en: 'Person' } },
      apiKeyId: { sql: sql`a.api_key_id`, type: 'text', words: { zh: '接口密钥编号', en: 'API key' } },
      objectKind: { sql: sql`a.object_kind`, type: 'enum', words: { zh: '对象类型', en: 'Object kind' } },
      objectId: { sql: sql`a.object_id`, type: 'text', words: { zh: '对象编号', en: 'Object' } },
      ownerId: { sql: sql`a.owner_id`, type: 'text', words: { zh: '对象所属企业', en: 'Owner' } },
      detail: { sql: sql`a.detail`, type: 'text', words: { zh: '内容', en: 'Detail' } },
      requestId: { sql: sql`a.request_id`, type: 'text', words: { zh: '请求编号', en: 'Request' } },
    },
  })
}

export function ledgerRoutes({ db }: Pick<Platform, 'db'>, everything: () => readonly AuditedAct[]): Route[] {
  const acts = () => everything().filter(({ method }) => method !== 'GET')
  return [
    read({
      id: 'ledger.list-audit',
      url: AUDIT_PATH,
      summary: { zh: '操作记录，可按对象、人员、操作和日期查询', en: 'The audit trail, by object, person, action and date' },
      policy: { access: 'audit.read' },
      query: listQuery,
      answers: { 200: pageOf(auditEntryView) },
      handle: ({ query, actor, facts, reply }) => {
        const own = actor.organisationId
        const where =
          actor.sees === 'all' ? seenBy(actor, sql`a.organisation_id`) : sql`(a.organisation_id = ${own} or a.owner_id = ${own})`
        return respondWithList(db, auditList(acts(), facts.locale), query, { where, facts, reply })
      },
    }),
    read({
      id: 'ledger.list-acts',
      url: AUDIT_ACTS_PATH,
      summary: { zh: '操作记录中的操作及其名称', en: 'Acts of the audit trail and their names' },
      policy: { access: 'audit.read' },
      answers: { 200: auditActsView },
      handle: async ({ facts }) => ({
        acts: acts().map(({ id, summary }) => ({ action: id, name: summary[facts.locale] })),
      }),
    }),
  ]
}
