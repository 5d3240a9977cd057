import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { TestClient } from '../../../test/support/client.ts'
import { labelsOf } from '../../../test/support/goods.ts'
import { openWorld, type World } from '../../../test/support/world.ts'

let t: TestApp
let world: World
let path = ''
beforeAll(async () => {
  t = await openTestApp()
  world = await openWorld(t)
  const labels = await labelsOf(
    t,
    { importer: world.organisations.importer.own, printer: world.organisations.printer.own },
    { quantity: 3, rollSize: 3 },
  )
  path = new URL(labels.uri(0)).pathname
})
afterAll(() => t.close())

const photo = () =>
  sharp({ create: { width: 640, height: 480, channels: 3, background: '#c33' } })
    .withExif({ IFD0: { Copyright: 'SOMEBODY' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '30/1 15/1 0/1' } })
    .jpeg()
    .toBuffer()

let address = 1
const consumer = () => new TestClient(t.app, { address: `203.0.113.${address++}` })
const send = (
  fields: Record<string, string>,
  files: readonly (readonly [name: string, type: string, bytes: Buffer])[],
  headers: Record<string, string> = {},
) => {
  const boundary = 'boundary-of-the-report'
  const part = (head: string, body: Buffer | string) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]
  const body = Buffer.concat([
    ...Object.entries({ code: path, ...fields }).flatMap(([name, value]) => part(`name="${name}"`, value)),
    ...files.flatMap(([name, type, bytes]) => part(`name="photos"; filename="${name}"\r\nContent-Type: ${type}`, bytes)),
    Buffer.from(`--${boundary}--\r\n`),
  ])
  return consumer().send('POST', '/api/reports', body, { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers })
}

describe('a report', () => {
  it('keeps its photos without what a camera writes into them', async () => {
    const bytes = await photo()
    expect(bytes.includes('SOMEBODY')).toBe(true)
    const answer = await send({ kind: 'counterfeit', text: '味道不对' }, [['a.jpg', 'image/jpeg', bytes]])
    expect(answer.status).toBe(201)
    const { client } = await world.newPerson('clerk')
    const { id } = (await client.get('/api/reports')).json.items.find((r: { ticket: string }) => r.ticket === answer.json.ticket)
    const kept = await t.app.inject({ url: `/api/reports/${id}/photos/0`, headers: { cookie: `session=${client.cookie('session')}` } })
    expect(kept.statusCode).toBe(200)
    const { exif, width } = await sharp(kept.rawPayload).metadata()
    expect([exif, width, kept.rawPayload.includes('SOMEBODY')]).toEqual([undefined, 640, false])
  })

  it.each<[string, string, Buffer]>([
    ['a page that calls itself a photo', 'a.jpg', Buffer.from('<script>alert(1)</script>')],
    ['a drawing with a script', 'a.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a photo that is cut off', 'a.jpg', Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')],
  ])('refuses %s with a reason', async (_, name, bytes) => {
    const answer = await send({ kind: 'damaged', text: 'x' }, [[name, 'image/jpeg', bytes]])
    expect([answer.status >= 400 && answer.status < 500, typeof answer.json.code]).toEqual([true, 'string'])
  })

  it('takes three photos and no fourth', async () => {
    const bytes = await photo()
    const files = [1, 2, 3, 4].map((n) => [`${n}.jpg`, 'image/jpeg', bytes] as const)
    expect((await send({ kind: 'damaged' }, files.slice(0, 3))).status).toBe(201)
    expect((await send({ kind: 'damaged' }, files)).status).toBe(413)
  })

  it('sent twice with one key is one report, and another sender’s key is another’s', async () => {
    const once = { 'idempotency-key': 'same-key-1' }
    const sender = consumer()
    const body = { code: path, kind: 'question', text: '哪天入境？' }
    const [a, b] = [await sender.post('/api/reports', body, once), await sender.post('/api/reports', body, once)]
    expect([a.status, b.json.ticket]).toEqual([201, a.json.ticket])
    expect((await consumer().post('/api/reports', body, once)).json.ticket).not.toBe(a.json.ticket)
    const other = await sender.post('/api/reports', { ...body, text: '另一件事' }, once)
    expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  })

  it('that is corrected in the browser after it was sent is another one, and sent twice is one', async () => {
    const once = 'a'.repeat(22)
    const numberOf = async (text: string) => {
      const boundary = 'boundary-of-the-form'
      const fields = { code: path, kind: 'question', text, once }
      const body = Object.entries(fields).map(([k, v]) => `--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`)
      const answer = await consumer().send('POST', '/report', `${body.join('')}--${boundary}--\r\n`, {
        accept: 'text/html',
        'content-type': `multipart/form-data; boundary=${boundary}`,
      })
      expect(answer.status).toBe(303)
      return String(answer.headers['location']).split('?')[0]
    }
    const first = await numberOf('何时入境？')
    expect(await numberOf('何时入境？')).toBe(first)
    expect(await numberOf('何时入境？从哪里？')).not.toBe(first)
  })

  it('keeps no contact and no health data without consent', async () => {
    const sender = consumer()
    expect((await sender.post('/api/reports', { code: path, kind: 'question', text: 'x', contact: '13800000000' })).json.code).toBe(
      'CONTACT_CONSENT',
    )
    expect((await sender.post('/api/reports', { code: path, kind: 'reaction', text: 'x' })).json.code).toBe('HEALTH_CONSENT')
  })
})

describe('codes that do not exist', () => {
  it('are slowed down for whoever tries many, who can still check real ones', async () => {
    const robot = consumer()
    const tried: number[] = []
    for (let i = 0; i < 70; i++) tried.push((await robot.get(`/s/1ABCDEFGHJKMNPQRST${String(i).padStart(2, '0')}`)).status)
    expect([tried.filter((s) => s === 404).length, tried.at(-1)]).toEqual([60, 429])
    expect((await robot.get(path)).status).toBe(200)
    expect((await consumer().get('/s/1ABCDEFGHJKMNPQRST99')).status).toBe(404)
  })
})
