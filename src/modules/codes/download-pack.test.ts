import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { TestClient } from '../../../test/support/client.ts'
import { labelsOf } from '../../../test/support/goods.ts'
import { openSupply, type Supply } from '../../../test/support/lots.ts'
import { SerialCodec } from '../../kernel/serial/serial-codec.ts'
import { nodeBlockCipher } from '../../platform/crypto/block-cipher.ts'
import { one, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { canaryPlaces, openPackDownload, packRows } from './download-pack.ts'
import { KeyRing } from './key-ring.ts'
import { fingerprintOf } from './printer-keys.ts'

/** What happens after the answer has no other sign than that it has happened. */
const PATIENTLY = { timeout: 30_000, interval: 20 }

let t: TestApp
let s: Supply
let printer: TestClient
let operator: TestClient
beforeAll(async () => {
  t = await openTestApp()
  s = await openSupply(t)
  printer = await clientOf(s.printer, 'printer-operator')
  const operatorId = await inTx((tx) =>
    t.modules.identity.registerOrganisation(
      tx,
      { kind: 'operator', nameZh: '运营', uscc: '1133020000298877XT', province: '浙江省', status: 'verified' },
      t.clock.now(),
    ),
  )
  operator = await clientOf(operatorId, 'operator')
})
afterAll(() => t.close())

const inTx = <T>(work: (tx: Tx) => Promise<T>) => t.platform.db.transaction(work)
async function clientOf(organisationId: string, role: string): Promise<TestClient> {
  const { secret } = await inTx((tx) =>
    t.modules.identity.createApiKey(tx, { organisationId, name: role, roles: [role] } as never, t.clock.now()),
  )
  return new TestClient(t.app, { apiKey: secret })
}

const released = (quantity = 120, rollSize = 50) => labelsOf(t, s, { quantity, rollSize, until: 'released' })

async function unseal(identity: string, bytes: Uint8Array): Promise<string> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return Buffer.from(await decrypter.decrypt(bytes)).toString('utf8')
}

interface Taken {
  readonly id: string
  readonly text: string
  readonly rows: { no: number; roll: number; serial: string; uri: string }[]
  readonly never: { no: number; serial: string }[]
}

async function take(packId: string): Promise<Taken> {
  const answer = await t.app.inject({
    method: 'POST',
    url: `/api/packs/${packId}/download`,
    headers: { authorization: `Bearer ${printer.apiKey}` },
  })
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, ''])
  const id = String(answer.headers['x-download-id'])
  const text = await unseal(s.identity, answer.rawPayload)
  const [head, ...lines] = text.trim().split('\r\n')
  expect(head).toBe('no,roll,serial,uri')
  const rows = lines.map((line) => {
    const [no, roll, serial, uri] = line.split(',')
    return { no: Number(no), roll: Number(roll), serial: serial!, uri: uri! }
  })
  expect(rows).toHaveLength(Number(answer.headers['x-pack-rows']))
  const ticket = await t.app.inject({
    url: `/api/packs/${packId}/downloads/${id}/ticket`,
    headers: { authorization: `Bearer ${printer.apiKey}` },
  })
  return { id, text, rows, never: JSON.parse(await unseal(s.identity, ticket.rawPayload)).neverApply }
}

describe('a pack', () => {
  it('holds every label once, in its order and roll, for its printer alone to open', async () => {
    const labels = await released()
    const { rows, never, text, id } = await take(labels.packId)
    const canaries = new Set(never.map((n) => n.serial))
    const applied = rows.filter((row) => !canaries.has(row.serial))
    expect(applied.map((row) => row.uri)).toEqual(Array.from({ length: 120 }, (_, i) => labels.uri(i)))
    expect(applied.map((row) => row.roll)).toEqual(Array.from({ length: 120 }, (_, i) => Math.floor(i / 50) + 1))
    expect(rows.map((row) => row.no)).toEqual(rows.map((_, i) => i + 1))
    for (const { no, serial } of never) expect(rows[no - 1]!.serial).toBe(serial)

    const [download] = (await operator.get(`/api/packs/${labels.packId}/downloads`)).json.items
    expect(download).toMatchObject({
      id,
      number: 1,
      rows: rows.length,
      cutAt: null,
      actor: 'printer-operator',
      address: '127.0.0.1',
      canariesSeen: 0,
      sha256: createHash('sha256').update(text).digest('hex'),
    })
    expect(download.completedAt).not.toBeNull()
    expect(download.bytes).toBeGreaterThan(text.length)
    await expect(
      unseal(
        await generateX25519Identity(),
        (
          await t.app.inject({
            method: 'POST',
            url: `/api/packs/${labels.packId}/download`,
            headers: { authorization: `Bearer ${printer.apiKey}` },
          })
        ).rawPayload,
      ),
    ).rejects.toThrow()
  })

  it('carries other canaries in each download, which look like labels and tell the download that leaked', async () => {
    const labels = await released()
    const [first, second] = [await take(labels.packId), await take(labels.packId)]
    expect(new Set([...first.never, ...second.never].map((n) => n.serial)).size).toBe(6)
    expect(first.text).not.toBe(second.text)

    const canary = second.rows[second.never[0]!.no - 1]!
    expect(canary.uri).toMatch(/^http:\/\/localhost:8080\/01\/\d{14}\/21\/[0-9A-HJKMNP-TV-Z]{20}$/)
    expect((await t.app.inject({ url: new URL(canary.uri).pathname })).json().verdict).not.toBe('consistent')
    expect(
      (await operator.get(`/api/packs/${labels.packId}/downloads`)).json.items.map((d: { canariesSeen: number }) => d.canariesSeen),
    ).toEqual([0, 1])
    const alarm = await one<{ payload: unknown }>(
      t.platform.db,
      sql`select payload from outbox where topic = 'canary.seen' order by id desc limit 1`,
    )
    expect(alarm.payload).toMatchObject({ where: 'scan', downloadId: second.id, packId: labels.packId, downloadNumber: 2 })

    const importer = await clientOf(s.importer, 'clerk')
    const choice = { rolls: [], stretches: [], items: [first.rows[first.never[1]!.no - 1]!.uri], containers: [] }
    const activated = await importer.post('/api/activations', { lotId: labels.lotId, choice })
    expect([activated.status, activated.json.code]).toEqual([409, 'CODES_CANARY'])
    // raised once the refused activation is rolled back
    await vi.waitFor(
      async () =>
        expect(
          (await operator.get(`/api/packs/${labels.packId}/downloads`)).json.items.map((d: { canariesSeen: number }) => d.canariesSeen),
        ).toEqual([1, 1]),
      PATIENTLY,
    )
    expect((await operator.get('/api/codes/health')).json.canariesSeen).toBe(2)
  })

  it('leaves three times, and again only when the operator allows it with a reason', async () => {
    const labels = await released(10, 10)
    for (let i = 0; i < 3; i++) await take(labels.packId)
    const fourth = await printer.post(`/api/packs/${labels.packId}/download`)
    expect([fourth.status, fourth.json.code]).toEqual([409, 'DOWNLOADS_USED_UP'])
    expect((await printer.post(`/api/packs/${labels.packId}/allow-download`, { reason: 'x' })).status).toBe(403)
    expect((await operator.post(`/api/packs/${labels.packId}/allow-download`, { reason: '下载中断' })).status).toBe(200)
    await take(labels.packId)
    await t.platform.db.execute(sql`update pack set max_downloads = 32 where id = ${labels.packId}`)
    expect((await operator.post(`/api/packs/${labels.packId}/allow-download`, { reason: 'x' })).json.code).toBe('DOWNLOADS_AT_MOST')
  })

  it('is gone when the printer has confirmed that its files are destroyed', async () => {
    const labels = await released(10, 10)
    expect((await printer.post(`/api/packs/${labels.packId}/destroy`)).status).toBe(200)
    expect((await printer.post(`/api/packs/${labels.packId}/download`)).json.code).toBe('PACK_DESTROYED')
  })

  it('is not sealed to nobody when the last key was retired', async () => {
    const other = await openSupply(t)
    const labels = await labelsOf(t, other, { quantity: 10, until: 'released' })
    await t.platform.db.execute(
      sql`update printer_key set retired_at = ${t.clock.now().toISOString()} where organisation_id = ${other.printer}`,
    )
    const client = await clientOf(other.printer, 'printer-operator')
    expect((await client.post(`/api/packs/${labels.packId}/download`)).json.code).toBe('PRINTER_WITHOUT_KEY')
    expect((await client.get(`/api/packs/${labels.packId}/downloads`)).json.items).toEqual([])
  })

  it('is absent for another printer, and an importer may look but not take', async () => {
    const labels = await released(10, 10)
    const other = await openSupply(t)
    const stranger = await clientOf(other.printer, 'printer-operator')
    expect((await stranger.post(`/api/packs/${labels.packId}/download`)).status).toBe(404)
    expect((await (await clientOf(s.importer, 'clerk')).post(`/api/packs/${labels.packId}/download`)).status).toBe(403)
  })

  it('that breaks off is booked as cut, with what had left, and not as complete', async () => {
    const labels = await released(60_000, 1000)
    const keyRing = new KeyRing(t.platform.keys, 'aes-256-ecb')
    const deps = {
      db: t.platform.db,
      clock: t.clock,
      log: t.platform.log,
      keys: t.platform.keys,
      keyRing,
      publicUrl: 'http://localhost:8080',
    }
    const { stream, downloadId } = await openPackDownload(deps, labels.packId, {
      actor: s.printerOperator,
      address: '192.0.2.7',
      at: t.clock.now(),
      where: sql`true`,
    })
    await once(stream, 'readable')
    stream.read(1000)
    stream.destroy()
    const row = await vi.waitFor(async () => {
      const found = await one<{ cut: boolean; complete: boolean; rows: number; address: string }>(
        t.platform.db,
        sql`select cut_at is not null as cut, completed_at is not null as complete, rows::int as rows, address from pack_download where id = ${downloadId}`,
      )
      expect(found.cut).toBe(true)
      return found
    }, PATIENTLY)
    expect(row).toMatchObject({ complete: false, address: '192.0.2.7' })
    expect(row.rows).toBeLessThan(60_003)
    const listed = (await operator.get('/api/pack-downloads?f.state=in:cut')).json.items
    expect(listed.map((d: { id: string }) => d.id)).toContain(downloadId)
  })
})

describe('the places of canaries', () => {
  it('are different rows of the pack, the same whenever they are computed, and known to nobody without the key', () => {
    const places = canaryPlaces(t.platform.keys, 'download', 1000)
    expect(places).toEqual(canaryPlaces(t.platform.keys, 'download', 1000))
    expect(new Set(places).size).toBe(3)
    expect(places.every((place) => place >= 0 && place < 1000)).toBe(true)
    expect(places).not.toEqual(canaryPlaces(t.platform.keys, 'another', 1000))
    expect(canaryPlaces(t.platform.keys, 'download', 2)).toEqual([0, 1])
  })

  it('may be the very last row, and lie at the seam of two chunks', () => {
    const codec = new SerialCodec(nodeBlockCipher('aes-256-ecb', Buffer.alloc(32, 1)), 1)
    const plan = {
      codec,
      batch: 5,
      gtin: 0n,
      quantity: 9000,
      rollSize: 1000,
      publicUrl: 'http://x',
      canaries: [
        { afterRow: 4095, index: 9000 },
        { afterRow: 8999, index: 9001 },
      ],
    }
    const lines = [...packRows(plan)]
      .map((chunk) => chunk.text)
      .join('')
      .trim()
      .split('\r\n')
      .slice(1)
    expect(lines).toHaveLength(9002)
    const refOf = (line: string) => codec.decode(0, line.split(',')[2]!)
    expect(refOf(lines[4096]!)).toEqual({ batch: 5, index: 9000 })
    expect(refOf(lines[9001]!)).toEqual({ batch: 5, index: 9001 })
  })
})

describe('a printer’s key', () => {
  const add = (recipient: string) => printer.post('/api/printer-keys', { recipient, note: '' })

  it('is told by a fingerprint that the list repeats', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity())
    const added = await add(recipient)
    expect(added.json.fingerprint).toBe(fingerprintOf(recipient))
    expect(added.json.fingerprint).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/)
    const listed = (await printer.get('/api/printer-keys')).json.items.find((k: { recipient: string }) => k.recipient === recipient)
    expect(listed.fingerprint).toBe(added.json.fingerprint)
    expect((await add(recipient)).json.code).toBe('KEY_REGISTERED')
  })

  it.each([
    ['a private key', 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX', 'PRIVATE_KEY_SENT'],
    ['a mistyped one', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q', 'NOT_A_RECIPIENT'],
    ['a passphrase', 'hunter2', 'NOT_A_RECIPIENT'],
    ['nothing', '', 'NOT_A_RECIPIENT'],
  ])('is refused when it is %s', async (_, text, code) => {
    const answer = await add(text)
    expect([answer.status, answer.json.code]).toEqual([422, code])
    expect(await t.platform.db.query(sql`select 1 from printer_key where recipient = ${text}`)).toEqual([])
  })

  it('opens packs beside the others, until it is retired', async () => {
    const identity = await generateX25519Identity()
    const { json } = await add(await identityToRecipient(identity))
    const labels = await released(10, 10)
    const get = async () =>
      (
        await t.app.inject({
          method: 'POST',
          url: `/api/packs/${labels.packId}/download`,
          headers: { authorization: `Bearer ${printer.apiKey}` },
        })
      ).rawPayload
    expect(await unseal(identity, await get())).toContain('no,roll,serial,uri')
    expect((await printer.post(`/api/printer-keys/${json.id}/retire`)).status).toBe(200)
    await expect(unseal(identity, await get())).rejects.toThrow()
  })
})
