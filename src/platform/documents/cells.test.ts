import { describe, expect, it } from 'vitest'
import { cleanText, isScientificNotation, parseQuantity } from './cells.ts'

describe('parseQuantity', () => {
  it.each([
    ['1,200件', 1200, true],
    ['１２００', 1200, true],
    [1200, 1200, false],
    ['1200', 1200, false],
    ['1200 pcs', 1200, true],
    ['1200.00', 1200, true],
    [' 12\u3000', 12, true],
    ['１，２００ 件', 1200, true],
  ])('reads %j as %d', (cell, value, changed) => {
    expect(parseQuantity(cell)).toEqual({ ok: true, value, changed })
  })

  it.each([
    ['12.5', 'not-whole'],
    [0.5, 'not-whole'],
    ['-3', 'negative'],
    [-3, 'negative'],
    ['0', 'zero'],
    [0, 'zero'],
    ['', 'empty'],
    [null, 'empty'],
    [undefined, 'empty'],
    ['\u200b', 'empty'],
    ['十二', 'not-a-number'],
    ['12,00', 'not-a-number'],
    ['1e3', 'not-a-number'],
    ['0x10', 'not-a-number'],
    [new Date('2025-01-01'), 'not-a-number'],
    [9522857320458, 'too-large'],
    ['9'.repeat(400), 'too-large'],
  ] as const)('refuses %j: %s', (cell, reason) => {
    expect(parseQuantity(cell)).toEqual({ ok: false, reason })
  })
})

describe('cleanText', () => {
  it('takes away what cannot be seen and folds blanks of every width', () => {
    expect(cleanText('\uFEFF 艾芙萝\u3000\u00a0清透\u200b防晒霜\r\n30\u0007mL\t')).toBe('艾芙萝 清透防晒霜 30mL')
  })

  it('takes back the apostrophe put before a formula, and no other', () => {
    expect(cleanText("'=1+1")).toBe('=1+1')
    expect(cleanText("'s")).toBe("'s")
  })
})

describe('isScientificNotation', () => {
  it.each(['9.52118E+12', '9.52118e12', '９.５２Ｅ＋１２', ' 1E+13 '])('knows %j', (text) => expect(isScientificNotation(text)).toBe(true))
  it.each(['9522857320458', 'G240604', '1E', 'E12', '12E5', ''])('is not misled by %j', (text) =>
    expect(isScientificNotation(text)).toBe(false),
  )
})
