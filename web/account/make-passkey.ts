import { api } from '../shared/api/client.ts'
import { ApiError } from '../shared/api/problem.ts'
import { language } from '../shared/i18n/language.ts'
import { ACCOUNT } from './endpoints.ts'
import { accountWords } from './words.ts'

type BrowserOptions = Parameters<typeof import('@simplewebauthn/browser').startRegistration>[0]['optionsJSON']

/** WebAuthn exists only in secure contexts: https, or localhost. */
export const mayHavePasskeys = (): boolean => 'PublicKeyCredential' in globalThis

/**
 * Has the browser make a passkey and the server keep it.
 * @returns recovery codes, empty when there were some already
 * @throws ApiError of the server, or PASSKEY_STOPPED when the person cancelled or took too long
 */
export async function makePasskey(name: string): Promise<{ readonly recoveryCodes: readonly string[] }> {
  const [{ startRegistration }, { challenge, options }] = await Promise.all([
    import('@simplewebauthn/browser'),
    api.post<{ challenge: string; options: BrowserOptions }>(ACCOUNT.passkeyOptions, {}),
  ])
  let response: unknown
  try {
    response = await startRegistration({ optionsJSON: options })
  } catch {
    const t = accountWords[language()]
    throw new ApiError({ status: 400, code: 'PASSKEY_STOPPED', title: t.passkeyStopped, detail: t.passkeyStoppedDetail })
  }
  return api.post(ACCOUNT.passkeys, { challenge, response, name })
}
