/**
 * Checks `GS1-Signature` of a message: `sha256=` and the HMAC-SHA256 of the body's bytes with the token of the
 * subscription. Give the body as it came, before anything parses it; the comparison takes the same time wherever they differ.
 */
export async function verifySignature(message: {
  readonly body: string | Uint8Array
  /** Value of the header; a missing one is wrong. */
  readonly signature: string | null | undefined
  readonly token: string
}): Promise<boolean> {
  const sent = /^sha256=([0-9a-f]{64})$/i.exec(message.signature?.trim() ?? '')?.[1]
  if (sent === undefined) return false
  const bytes = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', bytes.encode(message.token), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  const body = typeof message.body === 'string' ? bytes.encode(message.body) : new Uint8Array(message.body)
  return crypto.subtle.verify(
    'HMAC',
    key,
    Uint8Array.from(sent.match(/../g)!, (pair) => Number.parseInt(pair, 16)),
    body,
  )
}
