import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { untilReadable } from '../support/database.ts'
import { freshUscc } from '../support/world.ts'

interface Received {
  readonly signature: string | undefined
  readonly body: string
  readonly ids: readonly string[]
}

describe('a subscription', () => {
  let t: TestApp
  let receiver: Server
  let dest = ''
  let status = 200
  const received: Received[] = []
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const body = Buffer.concat(parts).toString()
        const events = JSON.parse(body).epcisBody.queryResults.resultsBody.eventList as { eventID: string }[]
        const tooLarge = status === 413 && events.length > 2
        if (status === 200 || (status === 413 && !tooLarge)) {
          received.push({ signature: request.headers['gs1-signature'] as string | undefined, body, ids: events.map((e) => e.eventID) })
        }
        response.writeHead(tooLarge ? 413 : status === 413 ? 200 : status).end()
      })
    })
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
    dest = `http://${host}/callback`
    t = await openTestApp({ env: { OUTGOING_HOSTS: host } })
  })
  afterAll(async () => {
    await t.close()
    await new Promise((done) => receiver.close(done))
  })

  const subscriber = async (query: object, more: object) => {
    const at = t.clock.now()
    const secret = await t.platform.db.transaction(async (tx) => {
      const importer = {
        kind: 'importer',
        nameZh: `例${freshUscc()}`,
        uscc: freshUscc(),
        province: '33',
        city: '宁波',
        status: 'verified',
      } as const
      const organisationId = await t.modules.identity.registerOrganisation(tx, importer, at)
      return (await t.modules.identity.createApiKey(tx, { organisationId, name: 'wms', roles: ['warehouse'] as never }, at)).secret
    })
    const client = new TestClient(t.app, { apiKey: secret })
    const json = { 'content-type': 'application/json' }
    expect((await client.send('POST', '/epcis/queries', JSON.stringify({ name: 'q', query }), json)).status).toBe(201)
    const made = await client.send('POST', '/epcis/queries/q/subscriptions', JSON.stringify({ dest, ...more }), json)
    received.length = 0
    status = 200
    const add = async (n: number, bizStep = 'shipping') => {
      const event = {
        '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
        type: 'ObjectEvent',
        eventID: `urn:uuid:0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
        eventTime: '2026-06-14T10:00:00+08:00',
        eventTimeZoneOffset: '+08:00',
        action: 'OBSERVE',
        bizStep,
        epcList: [`urn:epc:id:sgtin:4012345.011111.${n}`],
      }
      expect((await client.send('POST', '/epcis/events', JSON.stringify(event), { 'content-type': 'application/ld+json' })).status).toBe(
        201,
      )
      return event.eventID
    }
    const tick = async () => {
      await untilReadable(t.platform.db)
      await t.platform.jobs.runSchedules()
    }
    return { client, made, add, tick }
  }

  it('as a stream sends what matches, signed, once', async () => {
    const signatureToken = '13df38d8275b13f05704629e5f1cf3d45d6132d5'
    const { made, add, tick, client } = await subscriber({ EQ_bizStep: ['shipping'] }, { stream: true, signatureToken })
    expect([made.status, made.json.dest, made.text.includes(signatureToken)]).toEqual([201, dest, false])
    const wanted = [await add(1), await add(2)]
    await add(3, 'receiving')
    await tick()
    await tick()
    expect(received.map((r) => r.ids)).toEqual([wanted])
    expect(received[0]!.signature).toBe(`sha256=${createHmac('sha256', signatureToken).update(received[0]!.body).digest('hex')}`)
    const [shown] = (await client.get('/epcis/queries/q/subscriptions')).json
    expect(shown).toMatchObject({ subscriptionID: made.json.subscriptionID, stream: true, lastNotifiedAt: t.clock.now().toISOString() })
    expect((await client.send('DELETE', `/epcis/queries/q/subscriptions/${made.json.subscriptionID}`)).status).toBe(204)
    await add(4)
    await tick()
    expect(received).toHaveLength(1)
  })

  it('loses nothing and repeats nothing while its receiver fails, and waits longer each time', async () => {
    const { add, tick, client } = await subscriber({}, { stream: true })
    status = 500
    const first = await add(11)
    await tick()
    await tick()
    expect((await client.get('/epcis/queries/q/subscriptions')).json[0]).toMatchObject({ failures: 1, lastFailure: 'HTTP 500' })
    t.clock.advance(11_000)
    await tick()
    expect((await client.get('/epcis/queries/q/subscriptions')).json[0].failures).toBe(2)
    status = 200
    const second = await add(12)
    t.clock.advance(11_000)
    await tick()
    expect(received).toEqual([])
    t.clock.advance(11_000)
    await tick()
    await tick()
    expect(received.map((r) => r.ids)).toEqual([[first, second]])
  })

  it('sends less at a time to whom it is too much', async () => {
    const { add, tick } = await subscriber({}, { stream: true })
    status = 413
    const wanted: string[] = []
    for (let n = 21; n < 28; n++) wanted.push(await add(n))
    await tick()
    expect(received.flatMap((r) => r.ids)).toEqual(wanted)
    expect(received.every((r) => r.ids.length <= 2)).toBe(true)
  })

  it('on a schedule sends at its time, and an empty report only when it is asked for', async () => {
    const { add, tick } = await subscriber({}, { schedule: { minute: '0/30' }, reportIfEmpty: true })
    const id = await add(31)
    await tick()
    expect(received).toEqual([])
    t.clock.advance(31 * 60_000)
    await tick()
    await tick()
    expect(received.map((r) => r.ids)).toEqual([[id]])
    t.clock.advance(31 * 60_000)
    await tick()
    expect(received.map((r) => r.ids)).toEqual([[id], []])
  })

  it('begins with the events recorded from a time on, if it is asked to', async () => {
    const since = t.clock.now().toISOString()
    const { client, add, tick } = await subscriber({}, { stream: true })
    const id = await add(41)
    await tick()
    t.clock.advance(1000)
    const more = await client.send(
      'POST',
      '/epcis/queries/q/subscriptions',
      JSON.stringify({ dest, stream: true, initialRecordTime: since }),
      { 'content-type': 'application/json' },
    )
    expect(more.status).toBe(201)
    await tick()
    expect(received.map((r) => r.ids)).toEqual([[id], [id]])
  })

  it.each([
    ['neither stream nor schedule', {}],
    ['both', { stream: true, schedule: { minute: '5' } }],
    ['a schedule that is none', { schedule: { hour: '25' } }],
    ['an address inside', { dest: 'http://169.254.169.254/', stream: true }],
    ['an address that is none', { dest: 'callback', stream: true }],
  ])('with %s is refused', async (_, more) => {
    const { made } = await subscriber({}, more)
    expect([made.status, made.json.type]).toEqual([400, 'epcisException:SubscriptionControlsException'])
  })
})
