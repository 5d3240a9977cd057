import { createHash } from 'node:crypto'
import { fork } from 'node:child_process'
import { packRows } from '../src/modules/codes/index.ts'
import { KeyRing } from '../src/modules/codes/key-ring.ts'
import { openPackDownload } from '../src/modules/codes/download-pack.ts'
import { sql } from '../src/platform/db/sql.ts'
import { actorOf } from '../test/support/goods.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, median, say, scratch, table } from './support.ts'

const LABELS = 1_000_000
const ROUNDS = 3

interface Measured {
  readonly seconds: number
  readonly bytes: number
  /** Bytes of resident memory over what the process held before. */
  readonly grown: number
  readonly resident: number
}

/** One million rows as a printer downloads them, beside the same rows neither encrypted nor booked. */
export async function benchPack(): Promise<void> {
  say(
    `\nPack of ${fixed(LABELS)} codes (median of ${ROUNDS}): CSV streamed to a reader that only counts; the process holds the embedded database too`,
  )
  const results = await inOwnProcess()
  const row = (name: string, side: Measured[]) => {
    const of = (pick: (m: Measured) => number) => median(side.map(pick))
    return [
      name,
      fixed(
        of((m) => m.seconds),
        2,
      ),
      fixed(LABELS / of((m) => m.seconds)),
      fixed(of((m) => m.bytes) / 1e6, 1),
      fixed(Math.max(...side.map((m) => m.grown)) / 1e6),
      fixed(Math.max(...side.map((m) => m.resident)) / 1e6),
    ]
  }
  table(
    ['', 'seconds', 'rows a second', 'MB', 'peak memory over start, MB', 'peak of the process, MB'],
    [row('rows only', results.plain), row('rows and SHA-256', results.hashed), row('download (age, booked)', results.sealed)],
  )
  say(
    `download / rows only: ${fixed(median(results.sealed.map((m) => m.seconds)) / median(results.plain.map((m) => m.seconds)), 2)} times the seconds`,
  )
}

type Results = Record<'plain' | 'hashed' | 'sealed', Measured[]>

/** The memory of other parts must not be counted here. */
function inOwnProcess(): Promise<Results> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(import.meta.url).pathname, ['measure'], { execArgv: ['--import', 'tsx'] })
    child.once('message', (message) => resolve(message as Results))
    child.once('error', reject)
    child.once('exit', (code) => code !== 0 && reject(new Error(`pack ended with ${code}`)))
  })
}

async function measureAll(): Promise<Results> {
  const { folder, remove } = scratch()
  try {
    const { platform, modules, packId, batch } = await filledPlatform({ DATA_DIR: folder, PUBLIC_URL: 'https://example.test' }, LABELS)
    const keyRing = new KeyRing(platform.keys, platform.config.serialCipher)
    await keyRing.load(platform.db)
    const printer = actorOf('00000000-0000-7000-8000-000000000000', 'operator', 'operator')
    const plan = {
      codec: { encodeMany: (_gtin: bigint, _batch: number, from: number, n: number) => modules.codes.serialsOf(batch, from, n) },
      batch: batch.id,
      gtin: batch.tweakGtin,
      quantity: LABELS,
      rollSize: batch.rollSize,
      publicUrl: platform.config.publicUrl,
      canaries: [],
    }
    const rows = async function* (hash?: ReturnType<typeof createHash>) {
      for (const chunk of packRows(plan)) {
        const bytes = Buffer.from(chunk.text)
        hash?.update(bytes)
        yield bytes
        // a stream lets others run between chunks, and so must its peer
        await new Promise(setImmediate)
      }
    }
    const sealed = async () =>
      (
        await openPackDownload({ ...platform, keyRing, publicUrl: plan.publicUrl }, packId, {
          actor: printer,
          address: '',
          at: platform.clock.now(),
          where: sql`true`,
        })
      ).stream
    const results: Results = { plain: [], hashed: [], sealed: [] }
    for (let round = 0; round < ROUNDS; round++) {
      results.plain.push(await drain(() => Promise.resolve(rows())))
      results.hashed.push(await drain(() => Promise.resolve(rows(createHash('sha256')))))
      results.sealed.push(await drain(sealed))
    }
    await platform.db.close()
    return results
  } finally {
    remove()
  }
}

async function drain(open: () => Promise<AsyncIterable<Uint8Array>>): Promise<Measured> {
  const before = process.memoryUsage.rss()
  let resident = before
  const watch = setInterval(() => (resident = Math.max(resident, process.memoryUsage.rss())), 20)
  const from = performance.now()
  let bytes = 0
  for await (const chunk of await open()) bytes += chunk.length
  const seconds = (performance.now() - from) / 1000
  clearInterval(watch)
  return { seconds, bytes, grown: resident - before, resident }
}

if (process.argv[2] === 'measure') {
  const results = await measureAll()
  process.send!(results, () => process.exit(0))
}
