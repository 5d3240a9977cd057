import { expect, test } from 'vitest'
import { type BlockAlgorithm, nodeBlockCipher } from './block-cipher.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const PLAIN = '00112233445566778899aabbccddeeff'
const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

// FIPS 197 appendix C; GB/T 32907-2016 appendix A
test.each<[BlockAlgorithm, string, string, string]>([
  ['aes-128-ecb', KEY.slice(0, 32), PLAIN, '69c4e0d86a7b0430d8cdb78070b4c55a'],
  ['aes-192-ecb', KEY.slice(0, 48), PLAIN, 'dda97ca4864cdfe06eaf70a0ec0d7191'],
  ['aes-256-ecb', KEY, PLAIN, '8ea2b7ca516745bfeafc49904b496089'],
  ['sm4-ecb', '0123456789abcdeffedcba9876543210', '0123456789abcdeffedcba9876543210', '681edf34d206965e86b3e94f536e4246'],
])('%s enciphers the block of its standard, alone and among others', (algorithm, key, plain, secret) => {
  const cipher = nodeBlockCipher(algorithm, hex(key))
  expect(Buffer.from(cipher.encryptBlocks(hex(plain))).toString('hex')).toBe(secret)
  expect(Buffer.from(cipher.encryptBlocks(hex(plain.repeat(3)))).toString('hex')).toBe(secret.repeat(3))
})

test('a part of a block is refused and leaves the cipher as it was', () => {
  const cipher = nodeBlockCipher('aes-256-ecb', hex(KEY))
  expect(() => cipher.encryptBlocks(new Uint8Array(17))).toThrow(RangeError)
  expect(Buffer.from(cipher.encryptBlocks(hex(PLAIN))).toString('hex')).toBe('8ea2b7ca516745bfeafc49904b496089')
})

test('a key that is too short is refused', () => {
  expect(() => nodeBlockCipher('aes-256-ecb', new Uint8Array(16))).toThrow(/key length/i)
})
