import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildServer } from '../src/app/serve.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, median, type Postgres, say, scratch, startPostgres, table } from './support.ts'

const SCALES = (process.env['BENCH_EVENTS'] ?? '100000,1000000').split(',').map(Number)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const LIST = 20
/** Labels of the serial range that an event names. */
const RANGE = 1_000_000
const QUERIES = 200

/** Capture over HTTP, durable and to be found when it is answered; then queries among more and more events. */
export async function benchEpcis(): Promise<void> {
  const postgres = startPostgres()
  if (postgres === undefined) return
  const { folder, remove } = scratch()
  try {
    const { platform, modules, batch, uri } = await filledPlatform(
      { DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', DATABASE_URL: postgres.url },
      RANGE,
    )
    const app = await buildServer(platform, modules)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/epcis`
    const { secret } = await platform.db.transaction((tx) =>
      modules.identity.createApiKey(
        tx,
        { organisationId: batch.organisationId, name: 'bench', roles: ['warehouse'] as never },
        platform.clock.now(),
      ),
    )
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/ld+json' }

    let serial = 0
    const event = (goods: object) => ({
      type: 'ObjectEvent',
      eventID: `urn:uuid:${crypto.randomUUID()}`,
      eventTime: new Date(platform.clock.now().getTime() - 60_000).toISOString(),
      eventTimeZoneOffset: '+08:00',
      action: 'OBSERVE',
      bizStep: 'inspecting',
      readPoint: { id: 'urn:epc:id:sgln:4012345.00001.0' },
      ...goods,
    })
    const list = () => {
      const first = (serial += LIST)
      return event({ epcList: Array.from({ length: LIST }, (_, i) => `urn:epc:id:sgtin:4012345.011111.${first + i}`) })
    }
    const ends = { 'suzhen:first': uri(0), 'suzhen:last': uri(RANGE - 1) }
    const range = () => event({ epcList: [], 'suzhen:epcRange': ends })
    const rows: string[][] = []
    const documents = [1, 100, 500].flatMap((size) => [
      { size, make: list, name: `${size} × ${LIST} EPCs`, codes: false },
      { size, make: range, name: `${size} × a range of ${fixed(RANGE)} labels`, codes: true },
    ])
    for (const { size, make, name, codes } of documents) {
      let events = 0
      const times: number[] = []
      const until = performance.now() + SECONDS * 1000
      const worker = async () => {
        while (performance.now() < until) {
          const body = JSON.stringify({
            '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { suzhen: 'urn:suzhen:epcis:' }],
            type: 'EPCISDocument',
            schemaVersion: '2.0',
            creationDate: new Date().toISOString(),
            epcisBody: { eventList: Array.from({ length: size }, make) },
          })
          const started = performance.now()
          const answer = await fetch(`${url}/capture`, { method: 'POST', headers, body })
          if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`)
          times.push(performance.now() - started)
          events += size
        }
      }
      const started = performance.now()
      await Promise.all([1, 2, 3, 4].map(worker))
      const perSecond = events / ((performance.now() - started) / 1000)
      const limit = copied(postgres, folder, size, codes)
      rows.push([name, fixed(perSecond), fixed(median(times), 1), fixed(limit), fixed(perSecond / limit, 2)])
    }
    say(`EPCIS capture over HTTP on PostgreSQL, 4 clients, ${SECONDS} s each: events a second, durable and queryable when answered`)
    table(['document', 'events/s', 'median ms', 'same rows by COPY', 'ratio'], rows)

    say('\nEPCIS queries over HTTP on PostgreSQL, one at a time, warm: median ms')
    const figures: { events: number; match: number; window: number; plain: number }[] = []
    for (const scale of SCALES) {
      await load(platform.db, batch.organisationId, scale)
      const ask = async (search: string, wanted: number) => {
        const times: number[] = []
        for (let i = 0; i < QUERIES; i++) {
          const started = performance.now()
          const answer = await fetch(`${url}/events?${search.replace('{n}', String((i * 7919) % scale))}`, { headers })
          const document = (await answer.json()) as { epcisBody: { queryResults: { resultsBody: { eventList: unknown[] } } } }
          times.push(performance.now() - started)
          const found = document.epcisBody.queryResults.resultsBody.eventList.length
          if (found !== wanted) throw new Error(`${search}: ${found} events, not ${wanted}`)
        }
        return median(times.slice(20))
      }
      figures.push({
        events: scale,
        match: await ask('MATCH_epc=urn:epc:id:sgtin:4098765.011111.{n}', 1),
        window: await ask('GE_eventTime=2025-03-01T00:00:00Z&LT_eventTime=2025-03-01T00:00:30Z&perPage=30', 30),
        plain: looked(postgres, folder, scale),
      })
    }
    table(
      ['events', 'MATCH_epc', '30 s window', 'pgbench look-up', 'MATCH / look-up'],
      figures.map((f) => [fixed(f.events), fixed(f.match, 2), fixed(f.window, 2), fixed(f.plain, 2), fixed(f.match / f.plain, 1)]),
    )
    const [first, last] = [figures[0]!, figures.at(-1)!]
    for (const [name, factor] of [
      ['MATCH_epc', last.match / first.match],
      ['window', last.window / first.window],
    ] as const)
      say(
        `growth from ${fixed(first.events)} to ${fixed(last.events)} events, ${name}: ${fixed(factor, 2)} (aim: within 2: ${factor <= 2 ? 'met' : 'NOT met'})`,
      )
    await app.close()
    await platform.db.close()
  } finally {
    postgres.stop()
    remove()
  }
}

/** Events a second when the same rows come by COPY, a document a transaction, from files that lie ready. */
function copied(postgres: Postgres, folder: string, size: number, codes: boolean): number {
  const psql = (args: string[], input?: string) =>
    execFileSync(`${postgres.bin}/psql`, ['-q', '-v', 'ON_ERROR_STOP=1', '-d', postgres.url, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...(input !== undefined && { input }),
    })
  psql([
    '-c',
    'drop table if exists copy_event, copy_epc, copy_code; create table copy_event (like event including all); create table copy_epc (like event_epc including all); create table copy_code (like event_code including all); alter table copy_event alter sequence drop identity',
  ])
  const documents = size === 1 ? 400 : 20
  let script = ''
  for (let d = 0; d < documents; d++) {
    const ids = Array.from({ length: size }, () => crypto.randomUUID())
    script +=
      'begin;\ncopy copy_event (id, sequence, type, organisation_id, event_time, event_zone, record_time, body, document) from stdin;\n'
    for (const [i, id] of ids.entries())
      script += `${id}\t${d * size + i}\tObjectEvent\t${id}\t2026-01-01\t+08:00\t2026-01-01\t{}\t{"event":{"type":"ObjectEvent","epcList":["${'x'.repeat(40 * LIST)}"]}}\n`
    script += codes ? '\\.\ncopy copy_code (event_id, role, codes) from stdin;\n' : '\\.\ncopy copy_epc (event_id, role, epc) from stdin;\n'
    for (const id of ids)
      if (codes) script += `${id}\tepc\t[${2 ** 32},${2 ** 32 + RANGE})\n`
      else for (let n = 0; n < LIST; n++) script += `${id}\tepc\thttps://id.gs1.org/01/04012345111118/21/${d * size * LIST + n}\n`
    script += '\\.\ncommit;\n'
  }
  const file = join(folder, 'copy.sql')
  writeFileSync(file, script)
  const started = performance.now()
  psql(['-f', file])
  return (documents * size) / ((performance.now() - started) / 1000)
}

/** Events `serial` 0 to `scale` − 1 of one class, a second apart, written by the server itself. */
async function load(db: { exec(script: string): Promise<void> }, organisationId: string, scale: number): Promise<void> {
  const started = performance.now()
  const from = loaded
  loaded = scale
  await db.exec(`
    insert into event (id, type, action, biz_step, organisation_id, event_time, event_zone, record_time, event_uri, body, document)
      select uuid, 'ObjectEvent', 'OBSERVE', 'inspecting', '${organisationId}', at, '+08:00', at, 'urn:bench:' || n, '{}',
        jsonb_build_object('context', '{}'::jsonb, 'event', jsonb_build_object('type', 'ObjectEvent', 'eventID', 'urn:bench:' || n, 'eventTime', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'eventTimeZoneOffset', '+08:00', 'action', 'OBSERVE', 'epcList', jsonb_build_array('urn:epc:id:sgtin:4098765.011111.' || n)))
      from (select n, ('01960000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as uuid, timestamptz '2025-02-28 23:00:00+00' + n * interval '1 second' as at from generate_series(${from}::bigint, ${scale - 1}) n) s;
    insert into event_epc (event_id, role, epc)
      select ('01960000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'epc', 'https://id.gs1.org/01/04098765111112/21/' || n from generate_series(${from}::bigint, ${scale - 1}) n;
    analyze event; analyze event_epc;`)
  say(`${fixed(scale)} events loaded in ${fixed((performance.now() - started) / 1000)} s`)
}
let loaded = 0

/** Milliseconds of pgbench for the rows behind one MATCH. */
function looked(postgres: Postgres, folder: string, scale: number): number {
  const file = join(folder, 'look-up.sql')
  writeFileSync(
    file,
    `\\set n random(0, ${scale - 1})\nselect e.document from event_epc x join event e on e.id = x.event_id where x.epc = 'https://id.gs1.org/01/04098765111112/21/' || :n;\n`,
  )
  const output = execFileSync(`${postgres.bin}/pgbench`, ['-n', '-T', '3', '-c', '1', '-f', file, postgres.url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return Number(/latency average = ([\d.]+) ms/.exec(output)?.[1])
}
