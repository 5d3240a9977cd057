import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { type Labels, labelsOf } from '../support/goods.ts'
import { freshAddress, openWorld, type World } from '../support/world.ts'

let t: TestApp
let world: World
let operator: TestClient
let coater: TestClient
let identity: string
/** PINs of the labels, by index; 0 to 99 are on sale. */
let pins: string[]
let labels: Labels

const readers = (serials: string[], text: string) => {
  const rows = text.trimEnd().split('\r\n')
  expect(rows[0]).toBe('roll,label,serial,pin')
  const bySerial = new Map(rows.slice(1).map((row) => [row.split(',')[2]!, row.split(',')[3]!]))
  return serials.map((serial) => bySerial.get(serial)!)
}

async function download(pinRunId: string): Promise<string> {
  const file = await coater.send('POST', `/api/pin-runs/${pinRunId}/download`)
  expect([file.status, file.headers['content-type']]).toEqual([200, 'application/age'])
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(new Uint8Array(file.bytes), 'text')
}

async function newLabels(quantity: number): Promise<Labels> {
  const { importer, printer } = world.organisations
  const made = await labelsOf(t, { importer: importer.own, printer: printer.own }, { quantity, rollSize: 50 })
  const recipient = await identityToRecipient(identity)
  const known = await t.modules.codes.printerRecipients(t.platform.db, printer.own)
  if (!known.includes(recipient)) {
    await t.platform.db.transaction((tx) =>
      t.modules.codes.addPrinterKey(tx, printer.own, recipient, { personId: null, at: t.clock.now() }),
    )
  }
  return made
}

async function makePins(of: Labels, digits = 10): Promise<string> {
  const asked = await operator.post(`/api/packs/${of.packId}/pins`, { printerId: world.organisations.printer.own, digits })
  expect([asked.status, asked.json.code]).toEqual([202, undefined])
  await t.platform.jobs.drain()
  return asked.json.pinRunId
}

const activate = (of: Labels, from: number, to: number) =>
  t.platform.db.transaction((tx) =>
    t.modules.events.activate(
      tx,
      { lotId: of.lotId, choice: { rolls: [], stretches: [{ first: of.uri(from), last: of.uri(to) }], items: [], containers: [] } },
      { actor: of.clerk, at: t.clock.now() },
    ),
  )

const somebody = () => new TestClient(t.app, { address: freshAddress() })
const pathOf = (index: number) => new URL(labels.uri(index)).pathname
const tryPin = (client: TestClient, index: number, pin: string) => client.post('/api/pin-checks', { code: pathOf(index), pin })
const onPage = (client: TestClient, code: string, pin: string) =>
  client.send('POST', `/pin?code=${encodeURIComponent(code)}&lang=en`, `pin=${encodeURIComponent(pin)}`, {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'text/html',
  })
const other = (pin: string) => `${pin.slice(0, -1)}${(Number(pin.at(-1)) + 1) % 10}`

beforeAll(async () => {
  t = await openTestApp()
  world = await openWorld(t)
  identity = await generateX25519Identity()
  operator = (await world.newPerson('operator')).client
  coater = (await world.newPerson('printer-operator')).client
  labels = await newLabels(120)
  const text = await download(await makePins(labels))
  const batch = (await t.modules.codes.batchOf(t.platform.db, labels.batch.id))!
  pins = readers(t.modules.codes.serialsOf(batch, 0, 120), text)
  await activate(labels, 0, 99)
})
afterAll(() => t.close())

describe('a right PIN', () => {
  test('has ten digits', () => {
    expect(pins.every((pin) => /^\d{10}$/.test(pin))).toBe(true)
  })

  test('is proved first once, told again to the same client for ten minutes, and dated for everybody after', async () => {
    const buyer = somebody()
    const scan = await buyer.send('GET', pathOf(0), undefined, { accept: 'text/html' })
    expect(scan.text).toContain('name="pin"')
    const first = await onPage(buyer, pathOf(0), ` ${pins[0]!.slice(0, 5)} ${pins[0]!.slice(5)}`)
    expect([first.status, /class="word">Verified/.test(first.text)]).toEqual([200, true])
    expect(first.text).toContain('this is the first time it was checked')
    expect(first.text).not.toContain('name="pin"')

    t.clock.advance(9 * 60_000)
    expect((await onPage(buyer, pathOf(0), pins[0]!)).text).toContain('this is the first time it was checked')
    t.clock.advance(2 * 60_000)
    const later = await onPage(buyer, pathOf(0), pins[0]!)
    expect(later.text).toContain('you checked it before with this phone')
    expect(later.text).toContain('class="word">Verified')

    const stranger = await tryPin(somebody(), 0, pins[0]!)
    expect(stranger.json).toMatchObject({
      result: 'repeat',
      verification: {
        verdict: 'recheck',
        reasons: [{ code: 'PIN_REPEAT' }, ...stranger.json.verification.reasons.slice(1)],
        pin: { digits: 10, times: 3 },
      },
    })
    const anyScan = await somebody().send('GET', pathOf(0), undefined, { accept: 'application/json' })
    expect(anyScan.json.pin).toMatchObject({ digits: 10, times: 3, firstAt: stranger.json.verification.pin.firstAt })
    const page = await somebody().send('GET', `${pathOf(0)}?lang=en`, undefined, { accept: 'text/html' })
    expect(page.text).toMatch(/first checked on .*2026.*, and 3 times in all/)
  })

  test('is proved first by one of fifty who send it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => tryPin(somebody(), 1, pins[1]!)))
    const results = answers.map((a) => a.json.result)
    expect(results.filter((r) => r === 'first')).toHaveLength(1)
    expect(results.filter((r) => r === 'repeat')).toHaveLength(49)
    const [row] = await t.platform.db.query<{ times: number }>(
      sql`select times from pin_reveal where code = ${(BigInt(labels.batch.id) << 32n) | 1n}`,
    )
    expect(row!.times).toBe(50)
  })

  test('raises no label that has ended, and is told beside what is wrong', async () => {
    await t.platform.db.execute(
      sql`update lot set expires_on = ${new Date(t.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10)} where id = ${labels.lotId}`,
    )
    t.clock.advance(120_000)
    const answer = await tryPin(somebody(), 2, pins[2]!)
    await t.platform.db.execute(sql`update lot set expires_on = date '2029-01-01' where id = ${labels.lotId}`)
    t.clock.advance(120_000)
    expect(answer.json).toMatchObject({ result: 'first', verification: { verdict: 'high-risk' } })
    expect(answer.json.verification.reasons.map((r: { code: string }) => r.code)).toEqual(['EXPIRED', 'PIN_FIRST'])
  })

  test('of a label that is not on sale counts for nothing and is told to its owner', async () => {
    const answer = await tryPin(somebody(), 110, pins[110]!)
    expect(answer.json).toMatchObject({ result: 'not-activated', verification: { verdict: 'inactive' } })
    expect(await t.platform.db.query(sql`select 1 from pin_reveal where code = ${(BigInt(labels.batch.id) << 32n) | 110n}`)).toEqual([])
    const clerk = (await world.newPerson('clerk')).client
    const alarms = await clerk.get('/api/pin-alarms?f.kind=in:not-activated')
    expect([alarms.status, alarms.json.items[0]?.kind]).toEqual([200, 'not-activated'])
    const stranger = (await world.newPerson('clerk', 'foreign')).client
    expect((await stranger.get('/api/pin-alarms')).json.items).toEqual([])
  })
})

describe('a wrong PIN', () => {
  test('and a label that is not ours get one answer, on the page and by API', async () => {
    const forged = pathOf(3).replace(/.$/, (c) => (c === '7' ? '8' : '7'))
    const none = pathOf(3)
      .replace('/01/', '/01/')
      .replace(/\/21\/.*/, '/21/1ABCDEFGHJKMNPQRSTVW')
    const answers = await Promise.all(
      [pathOf(3), forged, none, '/s/1ABCDEFGHJKMNPQRSTVW', 'nonsense'].map(async (code) => {
        const api = await somebody().post('/api/pin-checks', { code, pin: other(pins[3]!) })
        const page = await onPage(somebody(), code.startsWith('/') ? code : '/', other(pins[3]!))
        // the page names the code that was asked about, and nothing else of it
        return [
          api.status,
          api.text,
          page.status,
          page.text.replaceAll(encodeURIComponent(code), 'CODE').replaceAll(code.startsWith('/') ? code : '\0', 'CODE'),
        ]
      }),
    )
    expect(answers[0]![0]).toBe(200)
    expect(JSON.parse(answers[0]![1] as string)).toEqual({
      result: 'no-match',
      sentence: '验证码与此标签不符。',
      next: '请逐位核对后重新输入。',
      verification: null,
    })
    for (const answer of answers.slice(1, 4)) expect(answer).toEqual(answers[0])
    expect(answers[4]!.slice(0, 2)).toEqual(answers[0]!.slice(0, 2))
  })

  test('locks out who guesses, alike for a label of ours and for none, and nobody else', async () => {
    const robot = somebody()
    const none = '/s/1ABCDEFGHJKMNPQRSTVW'
    const ofOurs: string[] = []
    const ofNone: string[] = []
    for (let i = 0; i < 7; i++) {
      const pin = String(10_000_000 + i)
      ofOurs.push(`${(await tryPin(robot, 4, pin)).status}`)
      ofNone.push(`${(await robot.post('/api/pin-checks', { code: none, pin })).status}`)
    }
    expect(ofOurs).toEqual(['200', '200', '200', '200', '200', '429', '429'])
    expect(ofNone).toEqual(ofOurs)
    const locked = await tryPin(robot, 4, pins[4]!)
    expect([locked.status, locked.json.code, Number(locked.headers['retry-after']) > 800]).toEqual([429, 'PIN_WAIT', true])
    expect((await tryPin(somebody(), 4, pins[4]!)).json.result).toBe('first')
    t.clock.advance(901_000)
    expect((await tryPin(robot, 4, pins[4]!)).json.result).toBe('repeat')
  })

  test('sent fifty at a time is limited like one after the other', async () => {
    const robot = somebody()
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => tryPin(robot, 5, String(20_000_000 + i))))
    expect(answers.filter((a) => a.status === 200)).toHaveLength(5)
    expect(answers.filter((a) => a.status === 429)).toHaveLength(45)
  })

  test('of a robot with many addresses slows each of them and leaves the label to its owner', async () => {
    for (let i = 0; i < 40; i++) expect((await tryPin(somebody(), 6, String(30_000_000 + i))).json.result).toBe('no-match')
    const oneOfThem = somebody()
    expect((await tryPin(oneOfThem, 6, '39999999')).json.result).toBe('no-match')
    expect((await tryPin(oneOfThem, 6, '39999998')).status).toBe(429)
    expect((await tryPin(somebody(), 6, pins[6]!)).json.result).toBe('first')
    const alarm = await operator.get('/api/pin-alarms?f.kind=in:one-label')
    expect(alarm.json.items[0]).toMatchObject({ kind: 'one-label', code: String((BigInt(labels.batch.id) << 32n) | 6n) })
  })

  test('at one label after the other raises one alarm for the pattern and one for its neighbours', async () => {
    const robot = somebody()
    for (let i = 20; i < 28; i++) await tryPin(robot, i, '40000000')
    const kinds = (await operator.get('/api/pin-alarms')).json.items as { kind: string; labels: number; times: number }[]
    expect(kinds.find((a) => a.kind === 'many-labels')).toMatchObject({ labels: 8, times: 5 })
    expect(kinds.find((a) => a.kind === 'neighbours')).toMatchObject({ labels: 8, times: 6 })
  })

  test('that is no PIN is told with what one looks like, and tries nothing', async () => {
    const client = somebody()
    for (const pin of ['', '123', 'abcdefghij', '1'.repeat(17)]) {
      const api = await tryPin(client, 7, pin)
      expect([pin, api.status, api.json.code]).toEqual([pin, 422, 'PIN_FORMAT'])
    }
    const page = await onPage(client, pathOf(7), '12345<script>')
    expect([page.status, page.text.includes('<script>alert'), page.text.includes('8 to 16 digits')]).toEqual([422, false, true])
    expect((await tryPin(client, 7, pins[7]!)).json.result).toBe('first')
  })
})

describe('PINs of a batch', () => {
  test('are made anew until a label is on sale; the old ones end', async () => {
    const fresh = await newLabels(10)
    const before = await makePins(fresh, 12)
    const batch = (await t.modules.codes.batchOf(t.platform.db, fresh.batch.id))!
    const serials = t.modules.codes.serialsOf(batch, 0, 10)
    const old = readers(serials, await download(before))
    expect(old[0]).toMatch(/^\d{12}$/)
    const after = readers(serials, await download(await makePins(fresh, 8)))
    expect((await coater.send('POST', `/api/pin-runs/${before}/download`)).json.code).toBe('PINS_DESTROYED')
    await activate(fresh, 0, 9)
    const code = new URL(fresh.uri(0)).pathname
    expect((await somebody().post('/api/pin-checks', { code, pin: old[0]! })).json.result).toBe('no-match')
    expect((await somebody().post('/api/pin-checks', { code, pin: after[0]! })).json.result).toBe('first')
    const again = await operator.post(`/api/packs/${fresh.packId}/pins`, { printerId: world.organisations.printer.own, digits: 8 })
    expect([again.status, again.json.code]).toEqual([409, 'PINS_IN_USE'])
  })

  test('leave in a file for the coating printer alone, three times, and are erased when he says so', async () => {
    const fresh = await newLabels(5)
    const run = await makePins(fresh)
    const stranger = (await world.newPerson('printer-operator', 'foreign')).client
    expect((await stranger.send('POST', `/api/pin-runs/${run}/download`)).status).toBe(404)
    const clerk = (await world.newPerson('clerk')).client
    expect((await clerk.send('POST', `/api/pin-runs/${run}/download`)).status).toBe(403)
    expect((await clerk.get(`/api/pin-runs/${run}`)).json).toMatchObject({ labels: 5, digits: 10, state: 'ready', samePrinter: true })
    for (let i = 0; i < 3; i++) await download(run)
    expect((await coater.send('POST', `/api/pin-runs/${run}/download`)).json.code).toBe('PIN_DOWNLOADS_USED_UP')
    expect((await operator.post(`/api/pin-runs/${run}/allow-download`, { reason: '网络中断' })).json.maxDownloads).toBe(4)
    await download(run)
    expect((await coater.post(`/api/pin-runs/${run}/destroy`)).json.state).toBe('destroyed')
    const [kept] = await t.platform.db.query<{ file_sha256: Buffer }>(sql`select file_sha256 from pin_run where id = ${run}`)
    await t.platform.jobs.runSchedules()
    await expect(t.platform.files.read(kept!.file_sha256)).rejects.toThrow()
    expect((await coater.send('POST', `/api/pin-runs/${run}/download`)).json.code).toBe('PINS_DESTROYED')
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
  })

  test('are nowhere in the database in clear', async () => {
    const tables = await t.platform.db.query<{ name: string }>(
      sql`select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`,
    )
    for (const { name } of tables) {
      const [hit] = await t.platform.db.query({
        text: `select 1 from "${name}" t where t::text like any($1::text[]) limit 1`,
        values: [[`%${pins[0]}%`, `%${pins[4]}%`]],
      } as never)
      expect([name, hit]).toEqual([name, undefined])
    }
  })

  test('whose hash is lost are found by fsck', async () => {
    await t.platform.db.execute(
      sql`update pin_chunk set macs = substring(macs from 17) where run_id = (select id from pin_run where batch_id = ${labels.batch.id} and state <> 'void')`,
    )
    expect((await t.modules.fsck(t.platform.db)).map((f) => f.kind)).toEqual(['pins'])
  })
})
