import { type ErrorParams, type ErrorTable, type FieldFault, fill, refuser } from '../../kernel/errors.ts'

export const IDENTITY_ERRORS = {
  SANDBOX_IMPORTERS_ONLY: { status: 403, zh: '沙盒供进口商对接系统使用。', en: 'Sandboxes are for importers who connect their systems.' },
  SANDBOX_TOO_OFTEN: {
    status: 429,
    zh: '24 小时内最多重置沙盒 {limit} 次。',
    en: 'A sandbox can be made anew at most {limit} times in 24 hours.',
  },
  NO_SANDBOX: { status: 409, zh: '贵企业还没有沙盒，请先创建。', en: 'Your organisation has no sandbox yet: make one first.' },
  SIGN_IN_FAILED: { status: 401, zh: '账号或密码不正确。', en: 'The account or the password is not right.' },
  SECOND_FACTOR_FAILED: {
    status: 401,
    zh: '验证码不正确或已用过。请等待下一个验证码。',
    en: 'The code is not right or was used already: wait for the next one.',
  },
  CHALLENGE_EXPIRED: { status: 401, zh: '验证已超时，请重新登录。', en: 'This took too long: sign in again.' },
  PASSKEY_FAILED: { status: 401, zh: '通行密钥未通过验证。', en: 'The passkey could not be verified.' },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    zh: '尝试次数过多，请在 {seconds} 秒后再试。',
    en: 'Too many attempts: try again in {seconds} seconds.',
  },
  PERSON_DISABLED: {
    status: 403,
    zh: '该账号已停用，请联系企业管理员。',
    en: 'This account is disabled: ask the manager of your organisation.',
  },
  SECOND_FACTOR_REQUIRED: {
    status: 403,
    zh: '您的岗位须使用动态验证码或通行密钥，请先完成绑定。',
    en: 'Your post needs an authenticator app or a passkey: set one up first.',
  },
  NO_OWN_PROOF: {
    status: 409,
    zh: '您还没有设置密码或二次验证，无法再次验证身份。请用新的登录链接重新登录。',
    en: 'You have neither a password nor a second factor to prove yourself by: sign in again by a new link.',
  },
  STEP_UP_REQUIRED: { status: 403, zh: '此操作需要再次验证身份。', en: 'Confirm who you are before doing this.' },
  ORGANISATION_NOT_VERIFIED: {
    status: 403,
    zh: '您的企业尚未通过审核或已暂停，目前只能查看和修改企业资料。',
    en: 'Your organisation is not verified, or is suspended: only its profile can be seen now.',
  },
  LINK_INVALID: { status: 410, zh: '链接已使用或已过期，请索取新的链接。', en: 'This link was used or has expired: ask for a new one.' },
  ALREADY_SET_UP: { status: 409, zh: '平台已有运营方，无需再次设置。', en: 'The platform has its operator already.' },
  API_KEY_INVALID: { status: 401, zh: '接口密钥无效、已过期或已撤销。', en: 'The API key is not valid, has expired or was revoked.' },
  API_KEY_ADDRESS: { status: 403, zh: '该接口密钥不允许从地址 {address} 使用。', en: 'This API key may not be used from {address}.' },
  API_KEY_SCOPE: { status: 403, zh: '您不能授予此项权限（{permission}）。', en: 'You cannot give the permission {permission}.' },
  BAD_ADDRESS: { status: 422, zh: '「{address}」不是网络地址或地址段。', en: '"{address}" is not a network address or range.' },
  BAD_EXPIRY: { status: 422, zh: '有效期应晚于现在。', en: 'The expiry must be in the future.' },
  WEAK_PASSWORD: { status: 422, zh: '密码不够安全，请按提示修改。', en: 'The password is too weak: see why.' },
  ACCOUNT_TAKEN: { status: 409, zh: '该账号已被使用，请换一个。', en: 'This account is taken: choose another.' },
  ORGANISATION_EXISTS: {
    status: 409,
    zh: '该企业已在平台上。请联系其管理员邀请您。',
    en: 'This organisation is on the platform already: ask its manager for an invitation.',
  },
  ROLE_NOT_ALLOWED: {
    status: 422,
    zh: '岗位「{role}」不适用于该企业。',
    en: 'The role {role} does not exist in this kind of organisation.',
  },
  LAST_MANAGER: { status: 409, zh: '这是最后一名管理员，须先指定另一名。', en: 'This is the last manager: appoint another first.' },
  OWN_ACCOUNT: { status: 409, zh: '不能停用自己的账号。', en: 'You cannot disable your own account.' },
  WRONG_STATE: { status: 409, zh: '当前状态（{status}）不能进行此操作。', en: 'This cannot be done in the state {status}.' },
  VERIFIED_FIELD: {
    status: 409,
    zh: '名称与统一社会信用代码经过审核，变更请联系平台运营方。',
    en: 'Names and code were verified: ask the operator to change them.',
  },
  TOTP_NOT_BEGUN: { status: 409, zh: '请先获取新的密钥。', en: 'Ask for a new secret first.' },
  TOTP_EXISTS: { status: 409, zh: '已绑定动态验证码，请先解除。', en: 'An authenticator app is set up already: remove it first.' },
  LAST_SECOND_FACTOR: { status: 409, zh: '您的岗位至少要保留一种二次验证方式。', en: 'Your post must keep at least one second factor.' },
} as const satisfies ErrorTable

export const fail = refuser(IDENTITY_ERRORS)

/** The same words at the field that they are about. */
export function faultAt(pointer: string, code: keyof typeof IDENTITY_ERRORS, params: ErrorParams = {}): FieldFault {
  const { zh, en } = IDENTITY_ERRORS[code]
  return { pointer, code, zh: fill(zh, params), en: fill(en, params) }
}
