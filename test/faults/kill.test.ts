import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlatform } from '../../src/app/context.ts'
import { createModules, type Modules } from '../../src/app/modules.ts'
import { buildSscc } from '../../src/kernel/gs1/sscc.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { type Labels, labelsOf } from '../support/goods.ts'
import { databaseUrl } from '../support/database-template.ts'
import { freshUscc } from '../support/world.ts'

/**
 * kill -9 in the middle of scans, activations, packings, movement lists and first answers about PINs: nothing that was
 * acknowledged may be lost, and nothing happens twice.
 */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 20)
const LABELS = 20_000
/** Rows of a movement list. */
const LIST = 60
const SERVER = fileURLToPath(new URL('server-process.ts', import.meta.url))

let env: Record<string, string>
let key: string
let lotId: string
let batchId: number
let paths: string[]
let uris: string[]
/** PINs of the labels, by index. */
let pins: string[]
let drop: () => Promise<void>

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'suzhen-kill-'))
  // a proxy of ours tells the addresses: limits are kept by address, and one machine must be many clients
  env = { DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', TRUST_PROXY: '1' }
  const server = process.env['TEST_DATABASE_URL']
  const name = `suzhen_kill_${process.pid}`
  if (server !== undefined) {
    const client = new pg.Client(server)
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    env['DATABASE_URL'] = databaseUrl(server, name)
  }
  drop = async () => {
    rmSync(folder, { recursive: true, force: true })
    if (server === undefined) return
    const client = new pg.Client(server)
    await client.connect()
    await client.query(`drop database ${name} with (force)`)
    await client.end()
  }
  const { platform, modules } = await open()
  const at = platform.clock.now()
  const organisation = (kind: 'importer' | 'printer') =>
    platform.db.transaction((tx) =>
      modules.identity.registerOrganisation(tx, { kind, nameZh: kind, uscc: freshUscc(), province: '33', status: 'verified' }, at),
    )
  const importer = await organisation('importer')
  const printer = await organisation('printer')
  const made = await labelsOf({ platform, modules, clock: systemClock } as never, { importer, printer }, { quantity: LABELS })
  key = (
    await platform.db.transaction((tx) =>
      modules.identity.createApiKey(tx, { organisationId: importer, name: 'kill', roles: ['clerk'] }, at),
    )
  ).secret
  lotId = made.lotId
  batchId = made.batch.id
  uris = modules.codes
    .serialsOf(made.batch, 0, LABELS)
    .map((serial) => `http://127.0.0.1:8080/01/${made.batch.tweakGtin.toString().padStart(14, '0')}/21/${serial}`)
  paths = uris.map((uri) => new URL(uri).pathname)
  pins = await coat(platform, modules, made, printer)
  // the first thousand are there to be scanned from the beginning
  await platform.db.transaction((tx) => modules.events.activate(tx, { lotId, choice: choiceOf(0, 999) }, { actor: made.clerk, at }))
  await platform.db.close()
}, 300_000)
afterAll(() => drop?.())

const choiceOf = (from: number, to: number) => ({
  rolls: [],
  stretches: [{ first: uris[from]!, last: uris[to]! }],
  items: [],
  containers: [],
})

/** Makes the PINs of the labels, and opens the printer's file as its printer does. */
async function coat(platform: Platform, modules: Modules, labels: Labels, printerId: string): Promise<string[]> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const at = platform.clock.now()
  const { runId } = await platform.db.transaction(async (tx) => {
    await modules.codes.addPrinterKey(tx, printerId, recipient, { personId: null, at })
    return modules.labels.requestPins(tx, labels.batch.id, { printerId, digits: 10 }, { actor: labels.clerk, at })
  })
  await platform.jobs.drain()
  const [run] = await platform.db.query<{ file_sha256: Buffer }>(sql`select file_sha256 from pin_run where id = ${runId}`)
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const text = await decrypter.decrypt(await platform.files.read(run!.file_sha256), 'text')
  const bySerial = new Map(text.split('\r\n').map((row) => [row.split(',')[2], row.split(',')[3]!]))
  return modules.codes.serialsOf(labels.batch, 0, LABELS).map((serial) => bySerial.get(serial)!)
}

async function open() {
  const platform = await openPlatform(loadConfig({ ...env, LOG_LEVEL: 'silent' }), { log: pino({ level: 'silent' }) })
  return { platform, modules: createModules(platform) }
}

function start(): Promise<{ child: ChildProcess; url: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', SERVER], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /listening (\S+)/.exec(text)?.[1]
      if (url !== undefined) resolve({ child, url })
    })
    child.once('exit', (code, signal) => reject(new Error(`the server ended by itself: ${code ?? signal}`)))
  })
}

/** A movement list that is read and waits to be written: active labels from one on, into a few cartons. */
async function prepareList(url: string, headers: () => Record<string, string>, from: number): Promise<{ id: string; from: number }> {
  const json = (body: unknown) => ({
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const active = await fetch(`${url}/api/activations`, json({ lotId, choice: choiceOf(from, from + LIST - 1) }))
  if (active.status !== 201) throw new Error(await active.text())
  const rows = Array.from({ length: LIST }, (_, i) => `pack,${uris[from + i]},${buildSscc(1, '9521234', BigInt(7 * from + (i % 7)))}`)
  const form = new FormData()
  form.append('file', new Blob([['act,label,container', ...rows].join('\n')], { type: 'text/csv' }), `list-${from}.csv`)
  const sent: any = await (await fetch(`${url}/api/movement-files`, { method: 'POST', headers: headers(), body: form })).json()
  for (;;) {
    const found: any = await (await fetch(`${url}/api/movement-files/${sent.id}`, { headers: headers() })).json()
    if (found.state === 'ready') return { id: sent.id, from }
    if (found.state !== 'reading') throw new Error(JSON.stringify(found))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

interface Acknowledged {
  readonly key: string
  readonly url: string
  readonly body: unknown
  readonly answer: any
}

test(`${ROUNDS} times kill -9 at a random moment loses nothing that was acknowledged`, { timeout: 60_000 * (ROUNDS + 2) }, async () => {
  const scanned = new Map<number, number>()
  const acts: Acknowledged[] = []
  let open_ = 1000
  let packed = 0
  let total = 0
  /** Labels whose first PIN was acknowledged. */
  const revealed = new Set<number>()
  let scratched = 0
  /** Movement lists that were asked to be written, by the labels that they pack. */
  const lists: { readonly id: string; readonly from: number }[] = []
  let listed = LABELS - 1
  for (let round = 0; round < ROUNDS; round++) {
    const { child, url } = await start()
    let live = true
    const die = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const post = async (path: string, body: unknown) => {
      const idempotencyKey = randomUUID()
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body),
      })
      const answer: any = await response.json()
      if (response.status >= 300) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
      acts.push({ key: idempotencyKey, url: path, body, answer })
    }
    const untilDead = async (work: () => Promise<void>) => {
      while (live) {
        try {
          await work()
        } catch (error) {
          // what was on its way when the server died was not acknowledged; a refusal would be a fault of ours
          if (live && !(error instanceof TypeError)) throw error
        }
      }
    }
    const headers = () => ({ authorization: `Bearer ${key}`, 'idempotency-key': randomUUID() })
    const list = await prepareList(url, headers, (listed -= LIST) + 1)
    let visitor = round * 1_000_000
    const scanning = Array.from({ length: 24 }, () =>
      untilDead(async () => {
        const i = Math.floor(Math.random() * 1000)
        const response = await fetch(url + paths[i]!, { headers: { 'user-agent': `phone ${visitor++}`, accept: 'application/json' } })
        const answer: any = await response.json()
        if (response.status === 200 && answer.verdict !== 'inactive') scanned.set(i, (scanned.get(i) ?? 0) + 1)
      }),
    )
    const activating = untilDead(async () => {
      const from = open_
      open_ += 20
      if (open_ > LABELS) throw new TypeError('no labels left')
      await post('/api/activations', { lotId, choice: choiceOf(from, from + 19) })
    })
    const packing = untilDead(async () => {
      const from = packed
      packed += 5
      if (packed > 1000) throw new TypeError('all packed')
      await post('/api/goods/pack', { choice: choiceOf(from, from + 4) })
    })
    const scratching = Array.from({ length: 4 }, () =>
      untilDead(async () => {
        const i = scratched++
        if (i >= 1000) throw new TypeError('all scratched')
        const response = await fetch(`${url}/api/pin-checks`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.${i >> 8}.${i & 255}` },
          body: JSON.stringify({ code: paths[i], pin: pins[i] }),
        })
        const answer: any = await response.json()
        expect([response.status, answer.result]).toEqual([200, 'first'])
        revealed.add(i)
      }),
    )
    // the list is written while the server dies
    const listing = untilDead(async () => {
      const asked = await fetch(`${url}/api/movement-files/${list.id}/commit`, {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/json' },
        body: '{}',
      })
      if (asked.status === 202) lists.push(list)
      await die
    })
    await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 900))
    live = false
    child.kill('SIGKILL')
    await die
    await Promise.all([...scanning, ...scratching, activating, packing, listing])

    const { platform, modules } = await open()
    try {
      expect(await modules.fsck(platform.db)).toEqual([])
      const counts = await platform.db.query<{ code: bigint; n: number }>(sql`select code, scan_count as n from item_scan`)
      const stored = new Map(counts.map((c) => [Number(c.code & 0xffffffffn), c.n]))
      for (const [i, n] of scanned) expect([i, (stored.get(i) ?? 0) >= n]).toEqual([i, true])
      const [rows] = await platform.db.query<{ counted: number; sum: number }>(sql`
        select (select count(*)::int from scan where counted) as counted, (select coalesce(sum(scan_count), 0)::int from item_scan) as sum`)
      expect(rows!.counted).toBe(rows!.sum)
      const events = await platform.db.query<{ id: string }>(
        sql`select id from event where id = any(${acts.map((a) => a.answer.eventId as string)}::uuid[])`,
      )
      expect(events.length).toBe(acts.length)
      const [activated] = await platform.db.query<{ n: number }>(sql`select activated::int as n from lot_balance where lot_id = ${lotId}`)
      const [active] = await platform.db.query<{ n: number }>(
        sql`select coalesce(sum(hi - lo + 1), 0)::int as n from code_range where status = 'active' and lo >> 32 = ${batchId}`,
      )
      expect(activated!.n).toBe(active!.n)
      const reveals = await platform.db.query<{ code: bigint; times: number }>(sql`select code, times from pin_reveal`)
      const known = new Map(reveals.map((r) => [Number(r.code & 0xffffffffn), r.times]))
      // proved once, by the one who was told so
      for (const i of revealed) expect([i, known.get(i)]).toEqual([i, 1])
    } finally {
      await platform.db.close()
    }
    total = [...scanned.values()].reduce((sum, n) => sum + n, 0)
  }

  // an acknowledged act that is sent again, as a client would that saw no answer, acts once and answers the same
  const { child, url } = await start()
  child.removeAllListeners('exit')
  for (const act of acts.slice(-20)) {
    const again = await fetch(url + act.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': act.key },
      body: JSON.stringify(act.body),
    })
    expect([again.headers.get('idempotency-replayed'), await again.json()]).toEqual(['true', act.answer])
  }
  // lists that were asked to be written are written, whole and once, whenever the server died meanwhile
  const authorization = `Bearer ${key}`
  for (const { id } of lists) {
    for (let state = ''; state !== 'done';) {
      const list: any = await (await fetch(`${url}/api/movement-files/${id}`, { headers: { authorization } })).json()
      state = list.state
      expect(['committing', 'done']).toContain(state)
      if (state === 'done') expect([id, list.counts.committed, list.counts.wrong]).toEqual([id, LIST, 0])
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  // somebody else is told that these PINs were proved before
  for (const i of [...revealed].slice(-5)) {
    const again: any = await (
      await fetch(`${url}/api/pin-checks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${i & 255}` },
        body: JSON.stringify({ code: paths[i], pin: pins[i] }),
      })
    ).json()
    expect([i, again.result]).toEqual([i, 'repeat'])
  }
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  const { platform, modules } = await open()
  try {
    expect(await modules.fsck(platform.db)).toEqual([])
    const twice = await platform.db.query(sql`
      select 1 from event e join event_code c on c.event_id = e.id where e.kind = 'packing' group by lower(c.codes) having count(*) > 1`)
    expect(twice).toEqual([])
  } finally {
    await platform.db.close()
  }
  process.stdout.write(`and ${revealed.size} first answers about PINs, ${lists.length} movement lists of ${LIST} rows\n`)
  process.stdout.write(`kill -9 × ${ROUNDS}: ${total} acknowledged scans, ${acts.length} acknowledged acts, none lost\n`)
  expect(total).toBeGreaterThan(ROUNDS * 20)
  expect(acts.length).toBeGreaterThan(ROUNDS)
  expect(revealed.size).toBeGreaterThan(ROUNDS)
  expect(lists.length).toBeGreaterThan(0)
})
