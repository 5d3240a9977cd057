import { IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'

const base = IDENTITY_PATHS.session

/** What signing in and proving oneself anew talk to. */
export const SIGN_IN = {
  session: base,
  secondFactor: `${base}/second-factor`,
  passkeyOptions: `${base}/passkey-options`,
  passkey: `${base}/passkey`,
  link: `${base}/link`,
  stepUp: `${base}/step-up`,
  locale: `${base}/locale`,
} as const
