import { api } from '../shared/api/client.ts'
import { ApiError } from '../shared/api/problem.ts'
import { language } from '../shared/i18n/language.ts'
import { SIGN_IN } from './endpoints.ts'
import { loginWords } from './words.ts'

type BrowserOptions = Parameters<typeof import('@simplewebauthn/browser').startAuthentication>[0]['optionsJSON']

/** What the server verifies: its own challenge and what the authenticator answered (WebAuthn Level 3, section 7.2). */
export interface PasskeyProof {
  readonly challenge: string
  readonly response: unknown
}

/** @throws ApiError of the server, or PASSKEY_STOPPED when the person cancelled or took too long */
export async function askPasskey(): Promise<PasskeyProof> {
  const [{ startAuthentication }, { challenge, options }] = await Promise.all([
    import('@simplewebauthn/browser'),
    api.post<{ challenge: string; options: BrowserOptions }>(SIGN_IN.passkeyOptions, {}),
  ])
  try {
    return { challenge, response: await startAuthentication({ optionsJSON: options }) }
  } catch {
    const t = loginWords[language()]
    throw new ApiError({ status: 400, code: 'PASSKEY_STOPPED', title: t.passkeyStopped, detail: t.passkeyStoppedDetail })
  }
}
