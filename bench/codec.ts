import { createCipheriv, randomBytes } from 'node:crypto'
import { SerialCodec } from '../src/kernel/serial/serial-codec.ts'
import { type BlockAlgorithm, nodeBlockCipher } from '../src/platform/crypto/block-cipher.ts'
import { fixed, median, say, table } from './support.ts'

const ROUNDS = 5
const MILLISECONDS = 250
const GTIN = 9_520_000_000_015

/** Serials a second on one core, beside the block cipher that they are made of: ten blocks for each serial. */
export function benchCodec(): Promise<void> {
  say(`\nSerial codec: serials a second on one core (median of ${ROUNDS}); "blocks" is the bare cipher in calls of 64 KiB, divided by ten`)
  const rows: string[][] = []
  for (const [name, algorithm] of [
    ['AES-256', 'aes-256-ecb'],
    ['SM4', 'sm4-ecb'],
  ] as const satisfies readonly (readonly [string, BlockAlgorithm])[]) {
    const key = randomBytes(32)
    const codec = new SerialCodec(nodeBlockCipher(algorithm, key), 1)
    const serials = codec.encodeMany(GTIN, 7, 0, 4096)
    const bare = createCipheriv(algorithm, key.subarray(0, algorithm === 'sm4-ecb' ? 16 : 32), null).setAutoPadding(false)
    const blocks = randomBytes(64 * 1024)

    const decode = (n: number) => {
      const some = serials.slice(0, n)
      const gtins = some.map(() => GTIN)
      return { n, run: () => void codec.decodeMany(gtins, some) }
    }
    const sides = [
      { n: blocks.length / 16 / 10, run: () => void bare.update(blocks) },
      { n: 4096, run: () => void codec.encodeMany(GTIN, 7, 0, 4096) },
      ...[1, 16, 64, 256].map(decode),
    ]
    const rates: number[][] = sides.map(() => [])
    for (let round = 0; round < ROUNDS; round++) sides.forEach((side, i) => rates[i]!.push(side.n * callsPerSecond(side.run)))
    const [limit, ...mine] = rates.map(median) as [number, ...number[]]
    rows.push([name, fixed(limit), ...mine.map((rate) => `${fixed(rate)} (${fixed(rate / limit, 3)})`)])
  }
  table(['cipher', 'blocks', 'encode 4096', 'decode 1', 'decode 16', 'decode 64', 'decode 256'], rows)
  say('in brackets: share of the bare cipher')
  return Promise.resolve()
}

function callsPerSecond(run: () => void): number {
  const from = performance.now()
  let calls = 0
  let now = from
  while (now - from < MILLISECONDS) {
    run()
    calls++
    now = performance.now()
  }
  return (calls * 1000) / (now - from)
}
