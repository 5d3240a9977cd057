import { IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'

const base = IDENTITY_PATHS.session

/** One's own credentials. */
export const ACCOUNT = {
  factors: `${base}/factors`,
  password: `${base}/password`,
  totp: `${base}/totp`,
  totpConfirm: `${base}/totp/confirm`,
  recoveryCodes: `${base}/recovery-codes`,
  passkeyOptions: `${base}/passkeys/options`,
  passkeys: `${base}/passkeys`,
  sessions: IDENTITY_PATHS.sessions,
} as const
