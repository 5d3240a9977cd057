import { execFile, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EpcisEvent, Suzhen, SuzhenProblem, SuzhenUnreachable, verifySignature } from '../../clients/typescript/index.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld, type World } from '../support/world.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) process.stdout.write('NOT COVERED: the example with curl (no curl on this machine)\n')

describe('other systems', () => {
  let t: TestApp
  let world: World
  let url = ''
  beforeAll(async () => {
    t = await openTestApp({ now: new Date().toISOString() })
    world = await openWorld(t)
    await t.app.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(t.app.server.address() as AddressInfo).port}`
    // nothing drives the jobs of a test but the test; one round after another, and none is left when the database closes
    const timer = setInterval(() => {
      rounds = rounds.then(() => t.platform.jobs.drain())
    }, 100)
    stop = async () => {
      clearInterval(timer)
      await rounds
    }
  })
  let rounds: Promise<unknown> = Promise.resolve()
  let stop = async (): Promise<void> => undefined
  afterAll(async () => {
    await stop()
    await t.close()
  })

  const enterprise = async () => {
    const { secret, organisationId } = await world.newEnterprise()
    return { secret, organisationId, suzhen: new Suzhen({ url, key: secret, language: 'en' }) }
  }
  const event = (n: number, more: object = {}): EpcisEvent => ({
    type: 'ObjectEvent',
    eventTime: '2026-06-14T10:00:00+08:00',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    bizStep: 'shipping',
    epcList: [`urn:epc:id:sgtin:4012345.011111.${n}`],
    ...more,
  })
  const sandboxKey = async (): Promise<string> => {
    const { secret } = await world.newEnterprise()
    const made = await new TestClient(t.app, { apiKey: secret }).post('/api/sandbox', {})
    expect(made.status).toBe(201)
    return made.json.key.secret as string
  }

  describe('with the TypeScript client', () => {
    it('capture, wait, and read page after page', async () => {
      const { suzhen } = await enterprise()
      const result = await suzhen.epcis.capture(Array.from({ length: 70 }, (_, i) => event(i)))
      expect(result).toMatchObject({ complete: true, events: 70, errors: [] })
      const found: EpcisEvent[] = []
      for await (const one of suzhen.epcis.events({ EQ_bizStep: ['shipping', 'receiving'], orderBy: 'eventTime' })) found.push(one)
      expect([found.length, new Set(found.map((f) => f.recordTime)).size]).toEqual([70, 1])
      const partly = await suzhen.epcis.capture([event(100), event(101, { eventTime: '2100-01-01T00:00:00Z' })], { behaviour: 'proceed' })
      expect(partly).toMatchObject({ complete: false, events: 1, errors: [{ event: 1 }] })
    })

    it('act once although the answer was lost, and wait as they are asked to', async () => {
      const { secret } = await enterprise()
      const seen: (string | null)[] = []
      const waits: number[] = []
      let calls = 0
      const flaky: typeof fetch = async (input, init) => {
        calls++
        seen.push(new Headers(init!.headers).get('idempotency-key'))
        if (calls === 3)
          return new Response('{"status":503}', {
            status: 503,
            headers: { 'retry-after': '7', 'content-type': 'application/problem+json' },
          })
        const answer = await fetch(input, init)
        // it arrived, and nobody hears of it
        if (calls < 3) throw new TypeError('fetch failed')
        return answer
      }
      const suzhen = new Suzhen({ url, key: secret, fetch: flaky, wait: async (ms) => void waits.push(ms) })
      await suzhen.epcis.addEvent(event(1))
      expect([calls, new Set(seen).size, waits.length, waits[2]]).toEqual([4, 1, 3, 7000])
      const events: EpcisEvent[] = []
      for await (const one of new Suzhen({ url, key: secret }).epcis.events()) events.push(one)
      expect(events).toHaveLength(1)
      const dead = new Suzhen({ url: 'http://127.0.0.1:9', retries: 1, wait: async () => undefined })
      await expect(dead.products.get('x')).rejects.toBeInstanceOf(SuzhenUnreachable)
    })

    it('are told refusals by their codes', async () => {
      const { suzhen } = await enterprise()
      const refused = await suzhen.epcis.addEvent(event(1, { action: 'EAT' as 'ADD' })).catch((error: unknown) => error as SuzhenProblem)
      expect(refused).toBeInstanceOf(SuzhenProblem)
      expect(refused).toMatchObject({
        status: 400,
        code: 'DOCUMENT_INVALID',
        type: 'epcisException:ValidationException',
        errors: [{ pointer: '/action' }],
      })
      await expect(new Suzhen({ url, key: 'sz_wrong' }).sandbox()).rejects.toMatchObject({ status: 401 })
    })

    it('name queries, subscribe, and check what a subscription sends', async () => {
      const { suzhen } = await enterprise()
      await suzhen.epcis.saveQuery('shipments', { EQ_bizStep: ['shipping'] })
      await suzhen.epcis.capture([event(1), event(2, { bizStep: 'receiving' })])
      const found: EpcisEvent[] = []
      for await (const one of suzhen.epcis.eventsOfQuery('shipments')) found.push(one)
      expect(found).toHaveLength(1)
      const made = await suzhen.epcis.subscribe('shipments', {
        dest: 'https://erp.example.com/hook',
        stream: true,
        signatureToken: 'sixteen characters',
      })
      expect((await suzhen.epcis.subscriptions('shipments')).map((s) => s.subscriptionID)).toEqual([made.subscriptionID])
      await suzhen.epcis.unsubscribe('shipments', made.subscriptionID)
      await suzhen.epcis.dropQuery('shipments')
      expect(await suzhen.epcis.queries()).toEqual([])
      const body = '{"type":"EPCISQueryDocument"}'
      const signature = `sha256=${createHmac('sha256', 'sixteen characters').update(body).digest('hex')}`
      expect(await verifySignature({ body, signature, token: 'sixteen characters' })).toBe(true)
      expect(await verifySignature({ body: `${body} `, signature, token: 'sixteen characters' })).toBe(false)
      expect(await verifySignature({ body, signature: null, token: 'sixteen characters' })).toBe(false)
    })
  })

  it('begin with the example in TypeScript, which runs as it stands', async () => {
    const { stdout } = await run('npx', ['tsx', 'clients/examples/typescript.ts'], {
      cwd: ROOT,
      env: { ...process.env, SUZHEN_URL: url, SUZHEN_KEY: await sandboxKey() },
    })
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^packed into https:\/\/id\.gs1\.org\/00\/\d{18}$/),
      expect.stringMatching(/^refused: \S/),
    ])
    expect(stdout).toContain('AggregationEvent packing')
    expect(stdout).toContain('list: 1 good, 1 wrong\nlist: 1 written\n404 NOT_FOUND')
  })

  it.skipIf(!hasCurl)('begin with the example in curl, which runs as it stands', async () => {
    const { stdout } = await run('bash', ['clients/examples/curl.sh'], {
      cwd: ROOT,
      env: { ...process.env, SUZHEN_URL: url, SUZHEN_KEY: await sandboxKey() },
    })
    expect(stdout).toContain('events of inspecting: 1\n')
    expect(stdout).toMatch(/"status":400.*"code":"DOCUMENT_INVALID"/s)
  })

  describe('by a folder', () => {
    const folderWith = (files: Record<string, string | Buffer>): string => {
      const folder = mkdtempSync(join(tmpdir(), 'drop-'))
      let age = 100
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(folder, name), content)
        const at = Date.now() / 1000 - age--
        utimesSync(join(folder, name), at, at)
      }
      return folder
    }
    const drop = async (folder: string, key: string, ...more: string[]) => {
      const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'key')
      writeFileSync(file, `${key}\n`)
      const { code, stdout } = await run(
        'npx',
        ['tsx', 'src/main.ts', 'drop', folder, '--url', url, '--key-file', file, '--once', ...more],
        { cwd: ROOT },
      ).then(
        ({ stdout: out }) => ({ code: 0, stdout: out }),
        (error: { code: number; stdout: string }) => error,
      )
      return {
        code,
        told: stdout
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line)),
      }
    }
    const inSupply = async () => {
      const importer = world.organisations.importer.own
      const labels = await labelsOf(t, { importer, printer: world.organisations.printer.own }, { quantity: 100, rollSize: 100 })
      const { secret } = await t.platform.db.transaction((tx) =>
        t.modules.identity.createApiKey(tx, { organisationId: importer, name: 'erp', roles: ['warehouse'] as never }, t.clock.now()),
      )
      return { labels, secret }
    }

    it('send what lies there, in its order, and put it away with what was wrong', { timeout: 120_000 }, async () => {
      const { labels, secret } = await inSupply()
      const folder = folderWith({
        '1-activate.csv': `act,label,last label\nactivate,${labels.uri(0)},${labels.uri(49)}\n`,
        // GB18030, as an older ERP writes it
        '2-pack.csv': Buffer.concat([
          Buffer.from([0xb6, 0xaf, 0xd7, 0xf7]),
          Buffer.from(`,sscc,label\n`),
          Buffer.from([0xd7, 0xb0, 0xcf, 0xe4]),
          Buffer.from(`,340123450000000017,${labels.uri(0)}\n`),
        ]),
        '3-mixed.csv': `act,label,reason\ndestroy,${labels.uri(1)},broken\ndestroy,${labels.uri(99)},broken\n`,
        '4-letter.csv': 'Dear all, no list today.\n',
        '~$5-open.xlsx': 'locked by a spreadsheet',
        '6-half.csv.part': 'act,la',
        'notes.txt': 'nothing for us',
      })
      writeFileSync(join(folder, '7-fresh.csv'), 'act,label\n')
      const { code, told } = await drop(folder, secret)
      expect(told).toMatchObject([
        { file: '1-activate.csv', ok: true, rows: 1, written: 1, wrong: 0 },
        { file: '2-pack.csv', ok: true, rows: 1, written: 1, wrong: 0 },
        { file: '3-mixed.csv', ok: false, rows: 2, written: 1, wrong: 1 },
        { file: '4-letter.csv', ok: false, error: expect.stringContaining('IMPORT_NO_HEADER') },
      ])
      expect(code).toBe(1)
      expect(readdirSync(folder).toSorted()).toEqual(['6-half.csv.part', '7-fresh.csv', 'failed', 'notes.txt', 'sent', '~$5-open.xlsx'])
      expect(readdirSync(join(folder, 'sent')).map((name) => name.replace(/\.[0-9a-f]{8}/, ''))).toEqual(['1-activate.csv', '2-pack.csv'])
      const failed = readdirSync(join(folder, 'failed'))
      expect(failed.map((name) => name.replace(/\.[0-9a-f]{8}/, ''))).toEqual([
        '3-mixed.csv',
        '3-mixed.errors.csv',
        '4-letter.csv',
        '4-letter.error.txt',
      ])
      expect(readFileSync(join(folder, 'failed', failed[1]!), 'utf8')).toContain(labels.uri(99))
    })

    it('write nothing twice when what was sent is sent again, as after a crash', { timeout: 120_000 }, async () => {
      const { labels, secret } = await inSupply()
      const list = `act,label,last label\nactivate,${labels.uri(0)},${labels.uri(49)}\n`
      expect((await drop(folderWith({ 'a.csv': list }), secret)).told).toMatchObject([{ ok: true, written: 1, before: 0 }])
      expect((await drop(folderWith({ 'a.csv': list }), secret)).told).toMatchObject([{ ok: true, written: 0, before: 1 }])
      const n = await t.platform.db.query(sql`select count(*)::int as n from event_code where lower(codes) >> 32 = ${labels.batch.id}`)
      expect(n).toEqual([{ n: 1 }])
    })

    it('keep what cannot be sent now', { timeout: 60_000 }, async () => {
      const folder = folderWith({ 'a.csv': 'act,label\nreceive,x\n' })
      const { code, told } = await drop(folder, 'sz_wrong')
      expect([code, told[0].ok, readdirSync(folder).toSorted()]).toEqual([1, false, ['a.csv', 'failed', 'sent']])
      expect(
        (await run('npx', ['tsx', 'src/main.ts', 'drop'], { cwd: ROOT }).catch((error: { code: number }) => error)) as { code: number },
      ).toMatchObject({ code: 2 })
    })
  })
})
