import { z } from 'zod'
import type { Locale, Words } from '../../kernel/errors.ts'
import { checkUscc } from '../../kernel/cn/uscc.ts'
import { provinceCode } from '../../kernel/region.ts'

/** What the console and scripts share with the identity module: closed sets with their words, and the forms. */

export const ORGANISATION_KINDS = {
  importer: { zh: '进口商', en: 'Importer' },
  brand: { zh: '品牌方', en: 'Brand owner' },
  dealer: { zh: '经销商', en: 'Dealer' },
  printer: { zh: '印厂', en: 'Printer' },
  regulator: { zh: '监管部门', en: 'Regulator' },
  operator: { zh: '平台运营方', en: 'Platform operator' },
} as const satisfies Record<string, Words>
export type OrganisationKind = keyof typeof ORGANISATION_KINDS

/** Kinds that may register themselves; the operator adds regulators. */
export const REGISTRABLE_KINDS = ['importer', 'brand', 'dealer', 'printer'] as const satisfies readonly OrganisationKind[]

export const ORGANISATION_STATUSES = {
  applied: { zh: '待审核', en: 'Waiting for verification' },
  verified: { zh: '已审核', en: 'Verified' },
  refused: { zh: '未通过', en: 'Refused' },
  suspended: { zh: '已暂停', en: 'Suspended' },
} as const satisfies Record<string, Words>
export type OrganisationStatus = keyof typeof ORGANISATION_STATUSES

export const PERSON_STATUSES = {
  invited: { zh: '已邀请', en: 'Invited' },
  active: { zh: '正常', en: 'Active' },
  disabled: { zh: '已停用', en: 'Disabled' },
} as const satisfies Record<string, Words>
export type PersonStatus = keyof typeof PERSON_STATUSES

export const ROLES = {
  clerk: { zh: '业务员', en: 'Clerk' },
  manager: { zh: '企业管理员', en: 'Manager' },
  warehouse: { zh: '仓库人员', en: 'Warehouse worker' },
  'brand-manager': { zh: '品牌经理', en: 'Brand manager' },
  'dealer-clerk': { zh: '经销商业务员', en: 'Dealer clerk' },
  'printer-operator': { zh: '印厂操作员', en: 'Printer operator' },
  officer: { zh: '执法人员', en: 'Officer' },
  'duty-officer': { zh: '值班人员', en: 'Duty officer' },
  operator: { zh: '平台运营员', en: 'Platform operator' },
  auditor: { zh: '审计员', en: 'Auditor' },
} as const satisfies Record<string, Words>
export type Role = keyof typeof ROLES

export const ROLES_OF_KIND: Readonly<Record<OrganisationKind, readonly Role[]>> = {
  importer: ['clerk', 'manager', 'warehouse'],
  brand: ['brand-manager'],
  dealer: ['dealer-clerk'],
  printer: ['printer-operator'],
  regulator: ['officer', 'duty-officer'],
  operator: ['operator', 'auditor'],
}

/** Role of the person who registers an organisation. */
export const FIRST_ROLE: Readonly<Record<OrganisationKind, Role>> = {
  importer: 'manager',
  brand: 'brand-manager',
  dealer: 'dealer-clerk',
  printer: 'printer-operator',
  regulator: 'duty-officer',
  operator: 'operator',
}

export const PERMISSIONS = {
  'organisations.read': { zh: '查看企业', en: 'Read organisations' },
  'organisations.verify': { zh: '审核企业', en: 'Verify organisations' },
  'people.manage': { zh: '管理人员与企业资料', en: 'Manage people and the organisation’s profile' },
  'api-keys.manage': { zh: '管理接口密钥', en: 'Manage API keys' },
  'sessions.own': { zh: '管理自己的登录', en: 'Manage one’s own sign-in' },
  'products.read': { zh: '查看产品', en: 'Read products' },
  'products.write': { zh: '维护产品', en: 'Write products' },
  'links.read': { zh: '查看解析链接', en: 'Read resolver links' },
  'links.write': { zh: '维护解析链接', en: 'Write resolver links' },
  'consignments.read': { zh: '查看进口批次', en: 'Read consignments' },
  'consignments.write': { zh: '维护进口批次', en: 'Write consignments' },
  'orders.read': { zh: '查看用码订单', en: 'Read code orders' },
  'orders.write': { zh: '提交用码订单', en: 'Submit code orders' },
  'orders.approve': { zh: '审批用码订单', en: 'Approve code orders' },
  'quota.read': { zh: '查看额度与补贴', en: 'Read quota and subsidy' },
  'quota.write': { zh: '维护额度与补贴', en: 'Write quota and subsidy' },
  'printers.manage': { zh: '管理印厂', en: 'Manage printers' },
  'packs.release': { zh: '发放码包', en: 'Release code packs' },
  'packs.read': { zh: '查看码包', en: 'Read code packs' },
  'packs.download': { zh: '下载码包', en: 'Download code packs' },
  'prints.report': { zh: '上报印制结果', en: 'Report prints' },
  'codes.void': { zh: '作废与替换标签', en: 'Void and replace labels' },
  'activations.read': { zh: '查看激活', en: 'Read activations' },
  'activations.write': { zh: '激活标签', en: 'Activate labels' },
  'goods.read': { zh: '查看货物流转', en: 'Read goods movements' },
  'goods.write': { zh: '登记货物流转', en: 'Record goods movements' },
  'dealers.read': { zh: '查看经销商与区域', en: 'Read dealers and territories' },
  'dealers.write': { zh: '维护经销商与区域', en: 'Write dealers and territories' },
  'holds.write': { zh: '冻结与召回', en: 'Freeze and recall' },
  'scans.read': { zh: '查看查询记录', en: 'Read scans' },
  'reports.read': { zh: '查看反馈', en: 'Read reports' },
  'reports.answer': { zh: '答复反馈', en: 'Answer reports' },
  'reports.contact': { zh: '查看反馈人联系方式', en: 'Read the contact of a report' },
  'legacy.import': { zh: '导入旧系统标签', en: 'Import codes of the older system' },
  'audit.read': { zh: '查看操作记录', en: 'Read the audit trail' },
  'jobs.read': { zh: '查看任务进度', en: 'Read jobs' },
  'files.write': { zh: '上传文件', en: 'Upload files' },
  'files.read': { zh: '下载文件', en: 'Download files' },
} as const satisfies Record<string, Words>
export type PermissionName = keyof typeof PERMISSIONS

export const roleNames = Object.keys(ROLES) as Role[]
export const permissionNames = Object.keys(PERMISSIONS) as PermissionName[]

const text = (max: number) => z.string().trim().normalize('NFC').max(max)
const filled = (max: number) => text(max).min(1)

/** Accounts are compared in one form: NFKC, trimmed, lower case. Mail addresses and phone numbers are fine. */
export const accountField = z
  .string()
  .max(200)
  .transform((value) => value.normalize('NFKC').trim().toLowerCase())
  .pipe(
    z.string().regex(/^[a-z0-9][a-z0-9._@+-]{2,63}$/, {
      error: 'ACCOUNT_FORM|账号为 3 至 64 位，由小写字母、数字和 . _ @ + - 组成|an account has 3 to 64 letters, digits and . _ @ + -',
    }),
  )

/** 统一社会信用代码 in any spelling that people paste; its check character is verified (GB 32100-2015). */
export const usccField = z
  .string()
  .max(100)
  .transform((value, ctx) => {
    const checked = checkUscc(value)
    if (checked.ok) return checked.value
    ctx.addIssue({ code: 'custom', message: `${checked.fault.code}|${checked.fault.zh}|${checked.fault.en}` })
    return z.NEVER
  })

/** A province by any of its names; kept as its two digits of GB/T 2260, as scans and territories have it. */
const provinceField = filled(30).transform((value, ctx) => {
  const code = provinceCode(value)
  if (code !== undefined) return code
  ctx.addIssue({
    code: 'custom',
    message: 'PROVINCE_UNKNOWN|不是省级行政区名称，例如 浙江省|is not the name of a province, such as Zhejiang',
  })
  return z.NEVER
})

const phoneField = text(30).regex(/^[0-9+() -]*$/, { error: 'PHONE_FORM|电话只含数字与 + - ( )|a phone number has digits and + - ( )' })

export const organisationForm = z.strictObject({
  nameZh: filled(100),
  nameEn: text(200).default(''),
  uscc: usccField,
  province: provinceField,
  city: text(30).default(''),
  address: text(200).default(''),
  contactName: text(50).default(''),
  contactPhone: phoneField.default(''),
})
export type OrganisationForm = z.output<typeof organisationForm>

/** Only what it changes; names and code stand still once they were verified. */
export const organisationEdit = z.strictObject({
  nameZh: filled(100).optional(),
  nameEn: text(200).optional(),
  uscc: usccField.optional(),
  province: provinceField.optional(),
  city: text(30).optional(),
  address: text(200).optional(),
  contactName: text(50).optional(),
  contactPhone: phoneField.optional(),
})
export type OrganisationEdit = z.output<typeof organisationEdit>

const newPassword = z.string().min(1).max(1024)

export const firstPersonForm = z.strictObject({ account: accountField, name: filled(50), password: newPassword })

export const registrationForm = z.strictObject({
  organisation: organisationForm.extend({ kind: z.enum(REGISTRABLE_KINDS) }),
  person: firstPersonForm,
})
export type RegistrationForm = z.output<typeof registrationForm>

export const newOrganisationForm = organisationForm.extend({ kind: z.enum(['importer', 'brand', 'dealer', 'printer', 'regulator']) })

export const setupForm = z.strictObject({ token: z.string().min(1).max(200), organisation: organisationForm, person: firstPersonForm })

export const decisionForm = z.strictObject({ reason: filled(500) })
export const optionalDecisionForm = z.strictObject({ reason: text(500).default('') })

export const invitePersonForm = z.strictObject({
  account: accountField,
  name: filled(50),
  roles: z.array(z.enum(roleNames)).min(1).max(5),
  /** Operators only: an organisation other than their own. */
  organisationId: z.uuid().optional(),
})
export const editPersonForm = z.strictObject({ name: filled(50).optional(), roles: z.array(z.enum(roleNames)).min(1).max(5).optional() })

export const signInForm = z.strictObject({ account: z.string().min(1).max(200), password: z.string().min(1).max(1024) })
export const secondFactorForm = z.strictObject({
  challenge: z.string().min(1).max(200),
  code: z.string().trim().max(20).optional(),
  recoveryCode: z.string().trim().max(40).optional(),
})
export const linkForm = z.strictObject({ token: z.string().min(1).max(200) })
export const acceptInvitationForm = z.strictObject({ token: z.string().min(1).max(200), password: newPassword })
export const passwordChangeForm = z.strictObject({ current: z.string().max(1024).optional(), next: newPassword })
export const sandboxForm = z.strictObject({ inside: z.boolean() })
export const localeForm = z.strictObject({ locale: z.enum(['zh', 'en']) })
export const totpCodeForm = z.strictObject({ code: z.string().trim().min(6).max(20) })

/** What a browser's authenticator answers (WebAuthn Level 3, section 5.1); checked in full by the server's library. */
const passkeyResponse = z.looseObject({
  id: z.string().min(1).max(2000),
  rawId: z.string().max(2000),
  type: z.literal('public-key'),
  response: z.looseObject({}),
})
export const passkeyProofForm = z.strictObject({ challenge: z.string().min(1).max(200), response: passkeyResponse })
export const newPasskeyForm = z.strictObject({
  challenge: z.string().min(1).max(200),
  response: passkeyResponse,
  name: text(50).default(''),
})
export const stepUpForm = z.strictObject({
  password: z.string().max(1024).optional(),
  code: z.string().trim().max(20).optional(),
  passkey: passkeyProofForm.optional(),
})

export const newApiKeyForm = z.strictObject({
  name: filled(80),
  scopes: z.array(z.enum(permissionNames)).min(1).max(permissionNames.length),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
  /** Addresses or CIDR ranges from which the key works; empty means everywhere. */
  allowedAddresses: z.array(z.string().trim().max(50)).max(50).default([]),
})

/** Answers */
export const idAnswer = z.object({ id: z.uuid() })
export const organisationView = z.object({
  id: z.uuid(),
  kind: z.enum(Object.keys(ORGANISATION_KINDS) as [OrganisationKind]),
  nameZh: z.string(),
  nameEn: z.string(),
  uscc: z.string(),
  province: z.string(),
  city: z.string(),
  address: z.string(),
  contactName: z.string(),
  contactPhone: z.string(),
  status: z.enum(Object.keys(ORGANISATION_STATUSES) as [OrganisationStatus]),
  appliedAt: z.string(),
  decidedAt: z.string().nullable(),
  decisionReason: z.string(),
})
export const choiceView = z.object({
  items: z.array(z.object({ id: z.uuid(), nameZh: z.string(), nameEn: z.string(), province: z.string(), city: z.string() })),
})
export const personView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  account: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  status: z.enum(Object.keys(PERSON_STATUSES) as [PersonStatus]),
  secondFactor: z.enum(['none', 'totp', 'passkey']),
  createdAt: z.string(),
})
export const linkView = z.object({ link: z.string(), expiresAt: z.string() })
export const invitedView = linkView.extend({ id: z.uuid() })
export const invitationView = z.object({ account: z.string(), name: z.string(), organisation: z.string() })

export const sessionView = z.object({
  id: z.uuid(),
  person: z.object({ id: z.uuid(), name: z.string(), account: z.string() }),
  organisation: z.object({
    id: z.uuid(),
    kind: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    /** Name in the reader's language. */
    name: z.string(),
    status: z.string(),
    /** Why it was refused or suspended. */
    reason: z.string(),
    /** The person acts in the sandbox of their organisation. */
    sandbox: z.boolean(),
  }),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  csrfToken: z.string(),
  locale: z.enum(['zh', 'en']),
  secondFactor: z.enum(['none', 'totp', 'passkey']),
  /** False: came by a link or a passkey and has set none. */
  hasPassword: z.boolean(),
  /** True: nothing works but enrolling a second factor. */
  mustEnrol: z.boolean(),
  /** Grave acts work until then; afterwards they answer STEP_UP_REQUIRED. Null when this organisation needs none. */
  provedUntil: z.string().nullable(),
  expiresAt: z.string(),
})
export type SessionView = z.output<typeof sessionView>

/** Either signed in, or one more proof is wanted: send it with `challenge` within five minutes. */
export const signInAnswer = z.union([
  z.object({ state: z.literal('signed-in') }),
  z.object({ state: z.literal('second-factor'), challenge: z.string(), factors: z.array(z.enum(['totp', 'passkey', 'recovery'])) }),
])
export type SignInAnswer = z.output<typeof signInAnswer>
export const passkeyOptionsView = z.object({ challenge: z.string(), options: z.looseObject({}) })
export const totpEnrolmentView = z.object({ secret: z.string(), uri: z.string(), qrSvg: z.string() })
export const recoveryCodesView = z.object({ recoveryCodes: z.array(z.string()) })
export const factorsView = z.object({
  password: z.boolean(),
  totp: z.boolean(),
  recoveryCodesLeft: z.number().int(),
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), createdAt: z.string(), lastUsedAt: z.string().nullable() })),
})
export const apiKeyView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  allowedAddresses: z.array(z.string()),
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
})
export const callView = z.object({
  id: z.uuid(),
  at: z.string(),
  method: z.string(),
  /** operationId in the API document; empty for an address that there is not. */
  route: z.string(),
  /** Without its query. */
  path: z.string(),
  status: z.number().int(),
  durationMs: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  requestId: z.uuid(),
  /** Stable code of the problem; empty when all went well. */
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
  /** What to do about it; empty when all went well. */
  advice: z.string(),
})
export type CallView = z.output<typeof callView>
export const newApiKeyView = z.object({ id: z.uuid(), secret: z.string() })

export const organisationName = (organisation: { nameZh: string; nameEn: string }, locale: Locale): string =>
  locale === 'en' && organisation.nameEn !== '' ? organisation.nameEn : organisation.nameZh

export const IDENTITY_PATHS = {
  session: '/api/session',
  sessions: '/api/sessions',
  registrations: '/api/registrations',
  organisations: '/api/organisations',
  printers: '/api/printers',
  people: '/api/people',
  apiKeys: '/api/api-keys',
  setup: '/api/setup',
} as const
