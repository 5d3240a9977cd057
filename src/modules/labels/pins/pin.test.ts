import { describe, expect, test } from 'vitest'
import { drawPins, pinMac, readPin } from './pin.ts'

describe('PINs', () => {
  test('have their length and each digit as often as any other', () => {
    const pins = drawPins(20_000, 10)
    expect(pins.every((pin) => /^\d{10}$/.test(pin))).toBe(true)
    expect(new Set(pins).size).toBeGreaterThan(19_990)
    const counts = Array<number>(10).fill(0)
    for (const pin of pins) for (const digit of pin) counts[Number(digit)]!++
    // 200,000 digits: 20,000 of each, within six standard deviations of 134
    for (const count of counts) expect(Math.abs(count - 20_000)).toBeLessThan(6 * 134.2)
    expect(drawPins(3, 16).map((pin) => pin.length)).toEqual([16, 16, 16])
    expect(drawPins(0, 10)).toEqual([])
  })

  test('are read as people type and phones correct them', () => {
    for (const typed of ['4821930756', ' 48219 30756 ', '4821-9307-56', '４８２１９３０７５６', '4821 9307 56\u200b', '4821·9307·56'])
      expect([typed, readPin(typed)]).toEqual([typed, '4821930756'])
    for (const typed of ['', '1234567', '12345678901234567', '48219O0756', '48219\u0000756', '<script>', '٤٨٢١٩٣٠٧٥٦'])
      expect([typed, readPin(typed)]).toEqual([typed, undefined])
  })

  test('belong to one label and one pepper', () => {
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    const macs = [pinMac(a, 1n, '4821930756'), pinMac(a, 2n, '4821930756'), pinMac(b, 1n, '4821930756'), pinMac(a, 1n, '4821930757')]
    expect(new Set(macs.map((mac) => mac.toString('hex'))).size).toBe(4)
    expect(pinMac(a, 1n, '4821930756')).toEqual(macs[0])
  })
})
