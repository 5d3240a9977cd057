import { provinces } from '../../kernel/region.ts'
import { sql } from '../../platform/db/sql.ts'
import { defineListing } from '../../platform/http/listing.ts'
import { ORGANISATION_KINDS, ORGANISATION_STATUSES, PERSON_STATUSES } from './contract.ts'

/** The tables of the console over organisations, people, sessions and keys. */

export const organisationList = defineListing({
  name: 'organisations',
  from: sql`organisation o`,
  key: sql`o.id`,
  search: [sql`o.name_zh`, sql`o.name_en`, sql`o.uscc`],
  defaultSort: '-appliedAt',
  columns: {
    id: { sql: sql`o.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    kind: { sql: sql`o.kind`, type: 'enum', options: ORGANISATION_KINDS, words: { zh: '类型', en: 'Kind' } },
    nameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '中文名称', en: 'Chinese name' } },
    nameEn: { sql: sql`o.name_en`, type: 'text', words: { zh: '英文名称', en: 'English name' } },
    uscc: { sql: sql`o.uscc`, type: 'text', words: { zh: '统一社会信用代码', en: 'Unified social credit code' } },
    province: {
      sql: sql`o.province`,
      type: 'enum',
      options: Object.fromEntries(provinces.map((p) => [p.code, { zh: p.nameZh, en: p.nameEn }])),
      words: { zh: '省份', en: 'Province' },
    },
    city: { sql: sql`o.city`, type: 'text', words: { zh: '城市', en: 'City' } },
    address: { sql: sql`o.address`, type: 'text', words: { zh: '地址', en: 'Address' } },
    contactName: { sql: sql`o.contact_name`, type: 'text', words: { zh: '联系人', en: 'Contact' } },
    contactPhone: { sql: sql`o.contact_phone`, type: 'text', words: { zh: '联系电话', en: 'Phone' } },
    status: { sql: sql`o.status`, type: 'enum', options: ORGANISATION_STATUSES, words: { zh: '状态', en: 'Status' } },
    appliedAt: { sql: sql`o.applied_at`, type: 'instant', words: { zh: '申请时间', en: 'Applied' } },
    decidedAt: { sql: sql`o.decided_at`, type: 'instant', words: { zh: '审核时间', en: 'Decided' } },
    decisionReason: { sql: sql`o.decision_reason`, type: 'text', words: { zh: '审核意见', en: 'Reason' } },
  },
})

export const personList = defineListing({
  name: 'people',
  from: sql`person p join organisation o on o.id = p.organisation_id`,
  key: sql`p.id`,
  search: [sql`p.name`, sql`p.account`, sql`o.name_zh`, sql`o.name_en`],
  defaultSort: '-createdAt',
  columns: {
    id: { sql: sql`p.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    organisationId: { sql: sql`p.organisation_id`, type: 'text', words: { zh: '企业编号', en: 'Organisation id' }, exported: false },
    organisation: { sql: sql`o.name_zh`, type: 'text', words: { zh: '企业', en: 'Organisation (Chinese)' } },
    organisationEn: { sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`, type: 'text', words: { zh: '企业英文名', en: 'Organisation' } },
    organisationKind: { sql: sql`o.kind`, type: 'enum', options: ORGANISATION_KINDS, words: { zh: '企业类型', en: 'Kind' } },
    account: { sql: sql`p.account`, type: 'text', words: { zh: '账号', en: 'Account' } },
    name: { sql: sql`p.name`, type: 'text', words: { zh: '姓名', en: 'Name' } },
    roles: { sql: sql`array_to_string(p.roles, ' ')`, type: 'text', words: { zh: '岗位', en: 'Roles' } },
    status: { sql: sql`p.status`, type: 'enum', options: PERSON_STATUSES, words: { zh: '状态', en: 'Status' } },
    secondFactor: {
      sql: sql`case when p.totp_secret is not null then 'totp' when exists (select 1 from passkey k where k.person_id = p.id) then 'passkey' else 'none' end`,
      type: 'enum',
      options: {
        none: { zh: '未绑定', en: 'None' },
        totp: { zh: '动态验证码', en: 'Authenticator app' },
        passkey: { zh: '通行密钥', en: 'Passkey' },
      },
      words: { zh: '二次验证', en: 'Second factor' },
    },
    lastSeenAt: {
      sql: sql`(select max(s.last_seen_at) from session s where s.person_id = p.id)`,
      type: 'instant',
      words: { zh: '最近在线', en: 'Last seen' },
    },
    createdAt: { sql: sql`p.created_at`, type: 'instant', words: { zh: '创建时间', en: 'Created' } },
  },
})

export const sessionList = defineListing({
  name: 'sessions',
  from: sql`session s`,
  key: sql`s.id`,
  search: [],
  defaultSort: '-lastSeenAt',
  columns: {
    id: { sql: sql`s.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    proof: {
      sql: sql`s.proof`,
      type: 'enum',
      options: {
        password: { zh: '密码', en: 'Password' },
        totp: { zh: '密码和动态验证码', en: 'Password and authenticator app' },
        passkey: { zh: '通行密钥', en: 'Passkey' },
        recovery: { zh: '密码和恢复码', en: 'Password and recovery code' },
        link: { zh: '登录链接', en: 'Sign-in link' },
      },
      words: { zh: '登录方式', en: 'Signed in by' },
    },
    address: { sql: sql`s.address`, type: 'text', words: { zh: '网络地址', en: 'Address' } },
    userAgent: { sql: sql`s.user_agent`, type: 'text', words: { zh: '浏览器', en: 'Browser' } },
    createdAt: { sql: sql`s.created_at`, type: 'instant', words: { zh: '登录时间', en: 'Signed in' } },
    lastSeenAt: { sql: sql`s.last_seen_at`, type: 'instant', words: { zh: '最近使用', en: 'Last used' } },
    expiresAt: { sql: sql`s.expires_at`, type: 'instant', words: { zh: '到期时间', en: 'Ends' } },
  },
})

export const callList = defineListing({
  name: 'api-key-calls',
  from: sql`api_key_call c join api_key a on a.id = c.api_key_id`,
  key: sql`c.id`,
  search: [sql`c.path`, sql`c.code`, sql`c.request_id::text`],
  defaultSort: '-at',
  columns: {
    id: { sql: sql`c.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    at: { sql: sql`c.at`, type: 'instant', words: { zh: '时间', en: 'Time' } },
    method: { sql: sql`c.method`, type: 'text', words: { zh: '方法', en: 'Method' } },
    path: { sql: sql`c.path`, type: 'text', words: { zh: '路径', en: 'Path' } },
    route: { sql: sql`c.route`, type: 'text', words: { zh: '接口', en: 'Operation' } },
    status: { sql: sql`c.status::int`, type: 'number', words: { zh: '状态码', en: 'Status' } },
    failed: { sql: sql`c.status >= 400`, type: 'boolean', words: { zh: '出错', en: 'Failed' } },
    code: { sql: sql`c.code`, type: 'text', words: { zh: '错误代码', en: 'Problem' } },
    detailZh: { sql: sql`coalesce(c.problem ->> 'zh', '')`, type: 'text', words: { zh: '说明', en: 'Detail (Chinese)' } },
    detailEn: { sql: sql`coalesce(c.problem ->> 'en', '')`, type: 'text', words: { zh: '说明（英文）', en: 'Detail' } },
    durationMs: { sql: sql`c.duration_ms`, type: 'number', words: { zh: '耗时（毫秒）', en: 'Milliseconds' } },
    requestBytes: { sql: sql`c.request_bytes::float8`, type: 'number', words: { zh: '请求字节', en: 'Bytes sent' } },
    responseBytes: { sql: sql`c.response_bytes::float8`, type: 'number', words: { zh: '应答字节', en: 'Bytes answered' } },
    requestId: { sql: sql`c.request_id`, type: 'text', words: { zh: '请求编号', en: 'Request' } },
  },
})

export const apiKeyList = defineListing({
  name: 'api-keys',
  from: sql`api_key a left join person p on p.id = a.created_by`,
  key: sql`a.id`,
  search: [sql`a.name`, sql`a.prefix`],
  defaultSort: '-createdAt',
  columns: {
    id: { sql: sql`a.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    name: { sql: sql`a.name`, type: 'text', words: { zh: '名称', en: 'Name' } },
    prefix: { sql: sql`a.prefix`, type: 'text', words: { zh: '开头', en: 'Begins with' } },
    scopes: { sql: sql`array_to_string(a.scopes, ' ')`, type: 'text', words: { zh: '权限', en: 'Scopes' } },
    allowedAddresses: {
      sql: sql`array_to_string(a.allowed_addresses, ' ')`,
      type: 'text',
      words: { zh: '允许的地址', en: 'Allowed addresses' },
    },
    createdBy: { sql: sql`p.name`, type: 'text', words: { zh: '创建人', en: 'Made by' } },
    createdAt: { sql: sql`a.created_at`, type: 'instant', words: { zh: '创建时间', en: 'Created' } },
    lastUsedAt: { sql: sql`a.last_used_at`, type: 'instant', words: { zh: '最近使用', en: 'Last used' } },
    expiresAt: { sql: sql`a.expires_at`, type: 'instant', words: { zh: '到期时间', en: 'Expires' } },
    revokedAt: { sql: sql`a.revoked_at`, type: 'instant', words: { zh: '撤销时间', en: 'Revoked' } },
  },
})
