import { api } from '../shared/api/client.ts'
import { ApiError } from '../shared/api/problem.ts'

/**
 * Asks the browser's authenticator and sends what it says (WebAuthn Level 3, section 7.2).
 * @throws ApiError of the server, or the given one when the person cancelled or took too long
 */
export async function answerPasskey(path: string, challenge: string, stopped: () => ApiError): Promise<unknown> {
  const [{ startAuthentication }, { options }] = await Promise.all([
    import('@simplewebauthn/browser'),
    api.post<{ options: Parameters<typeof import('@simplewebauthn/browser').startAuthentication>[0]['optionsJSON'] }>(`${path}/options`, { challenge }),
  ])
  let response: unknown
  try {
    response = await startAuthentication({ optionsJSON: options })
  } catch {
    throw stopped()
  }
  return api.post(path, { challenge, response })
}
