import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import { openSupply } from '../../../test/support/lots.ts'
import { claimOf, legacyText } from './resolve-inputs.ts'

let t: TestApp
let product: Labels
let blank: Labels
beforeAll(async () => {
  t = await openTestApp()
  const supply = await openSupply(t)
  product = await labelsOf(t, supply, { quantity: 50 })
  blank = await labelsOf(t, supply, { quantity: 50, labelKind: 'blank' })
})
afterAll(() => t.close())

const resolve = (inputs: string[], organisationId?: string) => t.modules.codes.resolveInputs(t.platform.db, inputs, organisationId)

describe('a code is understood', () => {
  it.each<[string, (gtin: string, serial: string, uri: string) => string]>([
    ['as the address in its QR code', (_g, _s, uri) => uri],
    ['with a query, a fragment and a trailing slash', (_g, _s, uri) => `${uri}/?utm=x#y`],
    ['as an address on another host', (g, s) => `HTTPS://id.example.org/01/${g}/21/${s}`],
    ['as a path', (g, s) => `/01/${g}/21/${s}`],
    ['with a lot in its address', (g, s) => `https://x.example/01/${g}/10/AB12/21/${s}`],
    ['as element string', (g, s) => `(01)${g}(21)${s}`],
    ['as element string with other identifiers and blanks', (g, s) => ` (01) ${g} (10)AB12(17)270101 (21) ${s}`],
    ['as element string behind a word', (g, s) => `扫描: (01)${g}(21)${s}`],
    ['in full width', (g, s) => `（０１）${g}（２１）${s}`],
    ['as scan data with a symbology identifier', (g, s) => `]d201${g}21${s}`],
    ['as scan data with FNC1 before and more behind', (g, s) => `\u001d01${g}21${s}\u001d10AB12`],
    ['as a pair from a spreadsheet', (g, s) => `${g},${s}`],
    ['in lower case', (_g, _s, uri) => uri.replace(/[^/]+$/, (x) => x.toLowerCase())],
    ['with O for 0 and l for 1', (g, s) => `(01)${g}(21)${s.replaceAll('0', 'O').replaceAll('1', 'l')}`],
    ['with a zero-width blank from a chat', (_g, _s, uri) => `\u200b${uri}\ufeff`],
    ['as a bare serial of the own enterprise', (_g, s) => s],
    ['in groups, as a person writes it down', (_g, s) => s.replace(/(.{4})/g, '$1-')],
  ])('%s', async (_, write) => {
    const { batch, clerk } = product
    const gtin = batch.tweakGtin.toString().padStart(14, '0')
    const input = write(gtin, t.modules.codes.serialOf(batch, 7), product.uri(7))
    expect(await resolve([input], clerk.organisationId)).toEqual([{ input, batch: batch.id, index: 7 }])
  })

  it('of a blank label, by its address and by its serial, by anybody', async () => {
    const serial = t.modules.codes.serialOf(blank.batch, 9)
    const inputs = [blank.uri(9), serial, `/s/${serial.toLowerCase()}`]
    expect(await resolve(inputs)).toEqual(inputs.map((input) => ({ input, batch: blank.batch.id, index: 9 })))
  })

  it('and a bare serial under a GTIN is nobody’s without the enterprise', async () => {
    const serial = t.modules.codes.serialOf(product.batch, 7)
    expect(await resolve([serial])).toEqual([{ input: serial, reason: 'not-ours' }])
  })
})

describe('hostile input', () => {
  it('has an answer for each piece and breaks nothing', async () => {
    const serial = t.modules.codes.serialOf(product.batch, 1)
    const hostile: [string, string][] = [
      ['', 'empty'],
      ['  \u3000 ', 'empty'],
      ['\u0000', 'not-a-code'],
      [`abc\u0000def`, 'not-a-code'],
      ['\ud800\ud800', 'not-a-code'],
      ["'; drop table code_batch; --", 'not-a-code'],
      ['__proto__', 'not-a-code'],
      ['https://x.example/01/%zz/21/%00', 'not-a-code'],
      ['https://x.example/s/%E0%A4%A', 'not-ours'],
      [`${serial.slice(0, 19)}${serial[19] === '0' ? '2' : '0'}`, 'not-ours'],
      [`(01)09521234543214(21)${serial}`, 'not-a-code'],
      [`(01)${'9'.repeat(400)}`, 'not-a-code'],
      ['\ufdfa'.repeat(300), 'not-a-code'],
      ['x'.repeat(100_000), 'not-a-code'],
      ['http://x.example/fwm.do?id=%00', 'not-a-code'],
      [`U${'0'.repeat(19)}`, 'not-ours'],
    ]
    const found = await resolve(
      hostile.map(([input]) => input),
      product.clerk.organisationId,
    )
    expect(found).toEqual(hostile.map(([input, reason]) => ({ input, reason })))
  })

  // a request may bring 5,000; what grew with the square of the length would not end before the test's time-out
  it('of the longest kind is read in time', () => {
    const nasty = [
      '(01)12345678'.repeat(33),
      `(01)${'('.repeat(390)}`,
      ')'.repeat(400),
      '1'.repeat(400),
      `12345678${','.repeat(390)}`,
      '?id='.repeat(100),
      'http://'.repeat(57),
      `/01/${'%41/'.repeat(98)}`,
      ' '.repeat(400),
      `]d201${'1'.repeat(390)}`,
    ]
    for (let i = 0; i < 5000; i++) for (const input of nasty) claimOf(input)
    expect(nasty.map((input) => claimOf(input)).filter((claim) => typeof claim === 'object' && 'serial' in claim)).toEqual([])
  })

  it('does not stop a thousand random serials from being refused', async () => {
    const random = Array.from({ length: 1000 }, (_, i) =>
      `1${((i * 2654435761) >>> 0).toString(32).padStart(7, '0')}${((i * 40503) >>> 0).toString(32).padStart(12, '0')}`.toUpperCase(),
    )
    const found = await resolve(random, product.clerk.organisationId)
    expect(found.filter((f) => !('reason' in f))).toEqual([])
  })
})

describe('a code of the older system', () => {
  it('is the id in its address, or the text itself, and nothing that is no code', () => {
    expect(legacyText('http://kjb2c.example/fwm.do?id=6F1C2D3E-AAAA-BBBB-CCCC-0123456789AB&x=1')).toBe(
      '6f1c2d3e-aaaa-bbbb-cccc-0123456789ab',
    )
    expect(legacyText(' ３３０２０１２３４５６７８ ')).toBe('3302012345678')
    for (const text of ['', 'abc', 'a b c d', 'x'.repeat(65), 'né-é-', '\u0000\u0000\u0000\u0000', 'http://x.example/fwm.do?id='])
      expect(legacyText(text)).toBeUndefined()
  })
})
