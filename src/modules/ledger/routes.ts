import { sql } from '../../platform/db/sql.ts'
import { defineListing, listQuery, pageOf, respondWithList } from '../../platform/http/listing.ts'
import { read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { AUDIT_OUTCOMES, AUDIT_PATH, auditEntryView } from './contract.ts'

export const auditList = defineListing({
  name: 'audit',
  from: sql`audit_entry a`,
  key: sql`lpad(a.id::text, 19, '0')`,
  search: [sql`a.object_id`, sql`a.actor_name`, sql`a.action`, sql`a.request_id`],
  defaultSort: '-at',
  columns: {
    id: { sql: sql`a.id`, type: 'number', words: { zh: '序号', en: 'No.' } },
    at: { sql: sql`a.at`, type: 'instant', words: { zh: '时间', en: 'When' } },
    action: { sql: sql`a.action`, type: 'text', words: { zh: '操作', en: 'Action' } },
    outcome: { sql: sql`a.outcome`, type: 'enum', options: AUDIT_OUTCOMES, words: { zh: '结果', en: 'Outcome' } },
    code: { sql: sql`a.code`, type: 'text', words: { zh: '拒绝原因', en: 'Refused because' } },
    actorName: { sql: sql`a.actor_name`, type: 'text', words: { zh: '操作者', en: 'Who' } },
    organisationId: { sql: sql`a.organisation_id`, type: 'text', words: { zh: '操作者企业', en: 'Organisation' } },
    personId: { sql: sql`a.person_id`, type: 'text', words: { zh: '人员编号', en: 'Person' } },
    apiKeyId: { sql: sql`a.api_key_id`, type: 'text', words: { zh: '接口密钥编号', en: 'API key' } },
    objectKind: { sql: sql`a.object_kind`, type: 'text', words: { zh: '对象类型', en: 'Object kind' } },
    objectId: { sql: sql`a.object_id`, type: 'text', words: { zh: '对象编号', en: 'Object' } },
    ownerId: { sql: sql`a.owner_id`, type: 'text', words: { zh: '对象所属企业', en: 'Owner' } },
    detail: { sql: sql`a.detail`, type: 'text', words: { zh: '内容', en: 'Detail' } },
    requestId: { sql: sql`a.request_id`, type: 'text', words: { zh: '请求编号', en: 'Request' } },
  },
})

export function ledgerRoutes({ db }: Pick<Platform, 'db'>): Route[] {
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
        const where = actor.sees === 'all' ? sql`true` : sql`(a.organisation_id = ${own} or a.owner_id = ${own})`
        return respondWithList(db, auditList, query, { where, facts, reply })
      },
    }),
  ]
}
