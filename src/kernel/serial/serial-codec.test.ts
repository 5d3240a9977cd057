import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeBlockCipher } from '../../platform/crypto/block-cipher.ts'
import { CROCKFORD, normaliseSerial } from './crockford.ts'
import { ff1 } from './ff1.ts'
import { codeId, refOfCodeId, SerialCodec } from './serial-codec.ts'
import { SerialKeyRing } from './serial-keys.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const KEY_128 = '2B7E151628AED2A6ABF7158809CF4F3C'
const KEY_192 = `${KEY_128}EF4359D8D580AA4F`
const KEY_256 = `${KEY_192}7F036D6F04FC6A94`

describe('FF1 gives the samples that NIST published', () => {
  const samples: [string, 'aes-128-ecb' | 'aes-192-ecb' | 'aes-256-ecb', string, string, number, string, string][] = [
    ['1', 'aes-128-ecb', KEY_128, '', 10, '0123456789', '2433477484'],
    ['2', 'aes-128-ecb', KEY_128, '39383736353433323130', 10, '0123456789', '6124200773'],
    ['3', 'aes-128-ecb', KEY_128, '3737373770717273373737', 36, '0123456789abcdefghi', 'a9tv40mll9kdu509eum'],
    ['4', 'aes-192-ecb', KEY_192, '', 10, '0123456789', '2830668132'],
    ['5', 'aes-192-ecb', KEY_192, '39383736353433323130', 10, '0123456789', '2496655549'],
    ['6', 'aes-192-ecb', KEY_192, '3737373770717273373737', 36, '0123456789abcdefghi', 'xbj3kv35jrawxv32ysr'],
    ['7', 'aes-256-ecb', KEY_256, '', 10, '0123456789', '6657667009'],
    ['8', 'aes-256-ecb', KEY_256, '39383736353433323130', 10, '0123456789', '1001623463'],
    ['9', 'aes-256-ecb', KEY_256, '3737373770717273373737', 36, '0123456789abcdefghi', 'xs8a0azh2avyalyzuwd'],
  ]
  test.each(samples)('sample %s', (_n, algorithm, key, tweak, radix, plain, secret) => {
    const cipher = nodeBlockCipher(algorithm, hex(key))
    const digits = [...plain].map((c) => Number.parseInt(c, 36))
    const enciphered = ff1(cipher, hex(tweak), radix, digits, 'encrypt')
    expect(enciphered.map((d) => d.toString(36)).join('')).toBe(secret)
    expect(ff1(cipher, hex(tweak), radix, enciphered, 'decrypt')).toEqual(digits)
  })
})

const codec = new SerialCodec(nodeBlockCipher('aes-256-ecb', hex(KEY_256)), 1)
const sm4 = new SerialCodec(nodeBlockCipher('sm4-ecb', hex(KEY_256)), 2)
const gtins = fc.integer({ min: 0, max: 99_999_999_999_999 })
const batches = fc.integer({ min: 0, max: 2 ** 28 - 1 })
const indexes = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('a serial', () => {
  test('is the generic FF1 of batch, index and 35 zero bits', () => {
    const cipher = nodeBlockCipher('aes-256-ecb', hex(KEY_256))
    fc.assert(
      fc.property(gtins, batches, indexes, (gtin, batch, index) => {
        const tweak = Buffer.alloc(8)
        tweak.writeBigUInt64BE(BigInt(gtin))
        let bits = (BigInt(batch) << 67n) | (BigInt(index) << 35n)
        const digits: number[] = []
        for (let k = 0; k < 19; k++, bits >>= 5n) digits.unshift(Number(bits & 31n))
        const expected = ff1(cipher, tweak, 32, digits, 'encrypt')
          .map((d) => CROCKFORD[d])
          .join('')
        expect(codec.encode(gtin, batch, index)).toBe(`1${expected}`)
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['AES', codec],
    ['SM4', sm4],
  ] as const)('reads back as what was written, %s', (_name, c) => {
    fc.assert(
      fc.property(gtins, batches, indexes, (gtin, batch, index) => {
        const serial = c.encode(gtin, batch, index)
        expect(serial).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/)
        expect(c.decode(gtin, serial)).toEqual({ batch, index })
        expect(refOfCodeId(codeId({ batch, index }))).toEqual({ batch, index })
      }),
      { numRuns: 500 },
    )
  })

  test('is read in lower case and with O, I and L for 0 and 1', () => {
    for (let index = 0; index < 500; index++) {
      const serial = codec.encode(9_520_000_000_015, 7, index)
      expect(codec.decode(9_520_000_000_015, serial.toLowerCase())).toEqual({ batch: 7, index })
      expect(codec.decode(9_520_000_000_015, serial.replaceAll('0', 'o').replaceAll('1', index % 2 === 0 ? 'I' : 'l'))).toEqual({
        batch: 7,
        index,
      })
      expect(normaliseSerial(` ${serial.slice(0, 5)}-${serial.slice(5)} `.toLowerCase())).toBe(serial)
    }
  })

  test('with one character changed is refused, wherever it is changed', () => {
    const serial = codec.encode(9_520_000_000_015, 12_345, 678_901)
    let tried = 0
    for (let place = 0; place < 20; place++) {
      for (const character of CROCKFORD) {
        if (character === serial[place]) continue
        tried++
        expect(codec.decode(9_520_000_000_015, serial.slice(0, place) + character + serial.slice(place + 1))).toBeNull()
      }
    }
    expect(tried).toBe(20 * 31)
  })

  test('of one product is refused for another', () => {
    expect(codec.decode(9_520_000_000_022, codec.encode(9_520_000_000_015, 1, 1))).toBeNull()
  })

  test('cannot be guessed: of 200,000 random strings none is accepted', () => {
    const serials = Array.from(
      { length: 200_000 },
      () => `1${Array.from({ length: 19 }, () => CROCKFORD[Math.floor(Math.random() * 32)]).join('')}`,
    )
    const accepted = codec
      .decodeMany(
        serials.map(() => 9_520_000_000_015),
        serials,
      )
      .filter((ref) => ref !== null)
    expect(accepted).toEqual([])
  })

  test('of any other form is null and never a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(codec.decode(0, text)).toBeNull()
      }),
    )
    for (const odd of [
      '',
      '1'.repeat(19),
      '1'.repeat(21),
      'U'.repeat(20),
      '１'.repeat(20),
      `1${'\u0100'.repeat(19)}`,
      'x'.repeat(1_000_000),
    ]) {
      expect(codec.decode(0, odd)).toBeNull()
    }
  })
})

describe('numbers without room in a serial', () => {
  test.each([
    [1e14, 1, 1],
    [-1, 1, 1],
    [Number.NaN, 1, 1],
    [5, 2 ** 28, 1],
    [5, -1, 1],
    [5, 1, 2 ** 32],
    [5, 1.5, 1],
  ])('gtin %s, batch %s, index %s are refused', (gtin, batch, index) => {
    expect(() => codec.encode(gtin, batch, index)).toThrow(RangeError)
  })
  test('and a GTIN that is not a number does not pass for none', () => {
    const blank = codec.encode(0, 1, 1)
    expect(codec.decode(0, blank)).toEqual({ batch: 1, index: 1 })
    expect(codec.decodeMany([Number.NaN, -0.5, 2 ** 64], [blank, blank, blank])).toEqual([null, null, null])
    expect(codec.decodeMany([], [blank])).toEqual([null])
  })
  test('the largest of each have room', () => {
    const ref = { batch: 2 ** 28 - 1, index: 2 ** 32 - 1 }
    expect(codec.decode(99_999_999_999_999, codec.encode(99_999_999_999_999, ref.batch, ref.index))).toEqual(ref)
  })
})

describe('many serials at once', () => {
  test('are the same as one by one, across indexes that carry into the other half', () => {
    const from = 32_768 * 3 - 50
    const many = codec.encodeMany(9_520_000_000_015, 99, from, 100)
    expect(many).toEqual(Array.from({ length: 100 }, (_, k) => codec.encode(9_520_000_000_015, 99, from + k)))
    expect(
      codec.decodeMany(
        many.map(() => 9_520_000_000_015),
        many,
      ),
    ).toEqual(many.map((_, k) => ({ batch: 99, index: from + k })))
  })

  test('keep their places when some are not ours', () => {
    const good = codec.encode(5, 1, 2)
    expect(codec.decodeMany([5, 5, 6, 5], [good, 'nonsense', good, good])).toEqual([
      { batch: 1, index: 2 },
      null,
      null,
      { batch: 1, index: 2 },
    ])
  })
})

describe('a key ring', () => {
  const ring = new SerialKeyRing([codec, sm4], 2)

  test('writes with the active key and reads with every key', () => {
    const old = codec.encode(5, 1, 2)
    const fresh = ring.encode(5, 1, 3)
    expect(ring.encodeMany(5, 1, 3, 2)).toEqual([fresh, sm4.encode(5, 1, 4)])
    expect(fresh[0]).toBe('2')
    expect(ring.decode(5, old)).toEqual({ batch: 1, index: 2 })
    expect(ring.decodeMany([5, 5, 5], [fresh, old, '9'.repeat(20)])).toEqual([{ batch: 1, index: 3 }, { batch: 1, index: 2 }, null])
  })

  test('has one key of a version, and an active one', () => {
    expect(() => new SerialKeyRing([codec, codec], 1)).toThrow(RangeError)
    expect(() => new SerialKeyRing([codec], 2)).toThrow(RangeError)
  })

  test('does not read a serial whose version character was changed', () => {
    const serial = codec.encode(5, 1, 2)
    expect(ring.decode(5, `2${serial.slice(1)}`)).toBeNull()
  })
})
