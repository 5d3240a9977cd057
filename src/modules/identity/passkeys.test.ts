import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestClient } from '../../../test/support/client.ts'
import { type IdentityApp, openIdentityApp, PASSWORD } from '../../../test/support/identity-app.ts'

let t: IdentityApp
beforeAll(async () => {
  t = await openIdentityApp()
})
afterAll(() => t.close())

/** An authenticator in software: one P-256 key, user verified, no attestation (WebAuthn Level 3 sections 6.1 and 8.7). */
class Authenticator {
  readonly #id = randomBytes(16)
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #origin: string
  #counter = 0

  constructor(origin = 'http://localhost:8080') {
    this.#origin = origin
  }

  register(options: { challenge: string; rp: { id: string } }): object {
    const { x, y } = this.#pair.publicKey.export({ format: 'jwk' }) as { x: string; y: string }
    const cose = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]) as never,
    )
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.#id.length)
    const data = Buffer.concat([this.#head(options.rp.id, 0x45), Buffer.alloc(16), length, this.#id, cose])
    const attestation = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(data)],
      ]) as never,
    )
    return this.#answer({
      clientDataJSON: this.#client('webauthn.create', options.challenge),
      attestationObject: Buffer.from(attestation).toString('base64url'),
    })
  }

  sign(options: { challenge: string; rpId: string }): object {
    const data = this.#head(options.rpId, 0x05)
    const client = this.#client('webauthn.get', options.challenge)
    const hash = createHash('sha256').update(Buffer.from(client, 'base64url')).digest()
    const signature = createSign('sha256')
      .update(Buffer.concat([data, hash]))
      .sign(this.#pair.privateKey)
    return this.#answer({
      clientDataJSON: client,
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    })
  }

  #head(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(++this.#counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter])
  }

  #client(type: string, challenge: string): string {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false })).toString('base64url')
  }

  #answer(response: object): object {
    const id = this.#id.toString('base64url')
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} }
  }
}

it('a passkey is set up once, signs in by itself as two factors, proves anew, and can be removed', async () => {
  const regulator = await t.organisation('regulator')
  await t.person(regulator, 'officer', ['officer'])
  const client = new TestClient(t.app)
  await client.signIn('officer', PASSWORD)
  expect((await client.session()).json.mustEnrol).toBe(true)
  const key = new Authenticator()
  const { challenge, options } = (await client.post('/api/session/passkeys/options')).json
  expect(options.authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' })
  const added = await client.post('/api/session/passkeys', { challenge, response: key.register(options), name: '执法终端' })
  expect(added.json.recoveryCodes).toHaveLength(10)
  expect((await client.session()).json).toMatchObject({ mustEnrol: false, secondFactor: 'passkey' })

  const next = new TestClient(t.app)
  const ask = (await next.post('/api/session/passkey-options')).json
  const response = key.sign(ask.options)
  expect((await next.post('/api/session/passkey', { challenge: ask.challenge, response })).json).toEqual({ state: 'signed-in' })
  expect((await next.session()).json).toMatchObject({ person: { account: 'officer' }, mustEnrol: false })
  expect((await next.post('/api/session/passkey', { challenge: ask.challenge, response })).json.code).toBe('CHALLENGE_EXPIRED')

  t.clock.advance(11 * 60_000)
  expect((await next.post('/api/session/passkeys/options')).json.code).toBe('STEP_UP_REQUIRED')
  expect((await next.post('/api/session/step-up', { password: PASSWORD })).json.code).toBe('PASSKEY_FAILED')
  const again = (await next.post('/api/session/passkey-options')).json
  expect(
    (await next.post('/api/session/step-up', { passkey: { challenge: again.challenge, response: key.sign(again.options) } })).status,
  ).toBe(204)
  const { passkeys } = (await next.get('/api/session/factors')).json
  expect(passkeys).toMatchObject([{ name: '执法终端' }])
  expect((await next.delete(`/api/session/passkeys/${passkeys[0].id}`)).json.code).toBe('LAST_SECOND_FACTOR')
})

it('an answer for another site, by another key, or to another challenge is refused', async () => {
  const importer = await t.organisation('importer')
  await t.person(importer, 'phished', ['clerk'])
  const client = new TestClient(t.app)
  await client.signIn('phished', PASSWORD)
  const key = new Authenticator()
  const { challenge, options } = (await client.post('/api/session/passkeys/options')).json
  expect(
    (await client.post('/api/session/passkeys', { challenge, response: new Authenticator('https://phish.example').register(options) })).json
      .code,
  ).toBe('PASSKEY_FAILED')
  const second = (await client.post('/api/session/passkeys/options')).json
  expect((await client.post('/api/session/passkeys', { challenge: second.challenge, response: key.register(second.options) })).status).toBe(
    200,
  )

  const attempt = async (sign: (o: { challenge: string; rpId: string }) => object) => {
    const guest = new TestClient(t.app)
    const ask = (await guest.post('/api/session/passkey-options')).json
    return (await guest.post('/api/session/passkey', { challenge: ask.challenge, response: sign(ask.options) })).json.code
  }
  expect(await attempt((o) => new Authenticator().sign(o))).toBe('PASSKEY_FAILED')
  expect(await attempt((o) => key.sign({ ...o, rpId: 'phish.example' }))).toBe('PASSKEY_FAILED')
  expect(await attempt((o) => key.sign({ ...o, challenge: 'AAAA' }))).toBe('PASSKEY_FAILED')
  expect(await attempt((o) => key.sign(o))).toBeUndefined()
})
