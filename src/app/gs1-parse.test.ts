import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { gs1Parse, parseOptions } from './gs1-parse.ts'

async function parse(chunks: readonly (string | Uint8Array)[], flags: Record<string, boolean> = {}) {
  const output = new PassThrough()
  const summary = await gs1Parse(Readable.from(chunks.map((c) => Buffer.from(c as string))), output, parseOptions(flags))
  output.end()
  const text = Buffer.concat(await output.toArray()).toString()
  const answers = text.split('\n').filter((line) => line !== '')
  return {
    ...summary,
    answers: answers.map((line) => JSON.parse(line) as { ok: boolean; canonical: string | null; error: { code: string } | null }),
  }
}

describe('gs1 parse', () => {
  test('answers every line in order, however the input is cut', async () => {
    const text = '(01)09506000134352(21)A\r\n\nhttps://a/01/09506000134353\n]d20109506000134352\n^0109506000134352\x1d10字'
    const bytes = Buffer.from(text)
    for (const size of [1, 3, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
      const { answers, lines, bad } = await parse(chunks)
      expect([lines, bad]).toEqual([5, 3])
      expect(answers.map((a) => a.error?.code ?? a.canonical)).toEqual([
        'https://id.gs1.org/01/09506000134352/21/A',
        'empty',
        'check-digit',
        'https://id.gs1.org/01/09506000134352',
        'not-cset82',
      ])
    }
  })
  test('gives each line its elements, canonical form and error, and nothing else', async () => {
    const { answers } = await parse(['(01)09506000134352(10)L\n(10)L\n(01)1\n'])
    expect(answers).toEqual([
      {
        ok: true,
        elements: [
          { ai: '01', value: '09506000134352' },
          { ai: '10', value: 'L' },
        ],
        canonical: 'https://id.gs1.org/01/09506000134352/10/L',
        error: null,
      },
      { ok: true, elements: [{ ai: '10', value: 'L' }], canonical: null, error: null },
      {
        ok: false,
        elements: [],
        canonical: null,
        error: { code: 'value-too-short', ai: '01', at: 0, length: 1, en: 'the data of (01) are too short', zh: '(01) 的数据太短' },
      },
    ])
  })
  test('heeds its flags', async () => {
    const lines = ['(10)L\nhttps://a/01/9506000134352\nhttps://a/gtin/09506000134352\nhttps://a/01/09506000134352/\n(89)X\n']
    expect((await parse(lines)).answers.map((a) => a.ok)).toEqual([true, false, false, true, false])
    const all = { 'short-gtins': true, alphas: true, 'unknown-ais': true }
    expect((await parse(lines, all)).answers.map((a) => a.ok)).toEqual([true, true, true, true, true])
    expect((await parse(lines, { companions: true })).answers.map((a) => a.ok)).toEqual([false, false, false, true, false])
    expect((await parse(lines, { strict: true })).answers.map((a) => a.ok)).toEqual([false, false, false, false, false])
  })
  test('refuses a line without end once and goes on after it', async () => {
    const { answers, lines } = await parse([...Array.from({ length: 40 }, () => 'x'.repeat(10_000)), '\n(10)L\n'])
    expect(lines).toBe(2)
    expect(answers.map((a) => a.error?.code)).toEqual(['too-long', undefined])
    const whole = await parse([`${'x'.repeat(400_000)}\n(10)L\n`])
    expect(whole.answers).toEqual(answers)
  })
  test('has the same fields in every error', async () => {
    const { answers } = await parse(['(01)1\n\n(1A)5\nhttps://a/b\n]X0\n'])
    for (const { error } of answers) expect(Object.keys(error!)).toEqual(['code', 'ai', 'at', 'length', 'en', 'zh'])
  })
  test('refuses what is no text and reads past a byte order mark', async () => {
    const { answers } = await parse([
      Buffer.from([0xef, 0xbb, 0xbf]),
      `(01)09506000134352\n`,
      Buffer.from([0xff, 0xfe]),
      '\n(10)A\0B\n',
      Buffer.from([0x28, 0x31, 0x30, 0x29, 0x41, 0xc3]),
    ])
    expect(answers.map((a) => a.error?.code ?? a.canonical)).toEqual([
      'https://id.gs1.org/01/09506000134352',
      'no-fnc1',
      'not-cset82',
      'not-cset82',
    ])
  })
})
