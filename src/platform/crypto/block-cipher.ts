import { createCipheriv } from 'node:crypto'
import type { BlockCipher } from '../../kernel/serial/ff1.ts'

export type BlockAlgorithm = 'aes-128-ecb' | 'aes-192-ecb' | 'aes-256-ecb' | 'sm4-ecb'

const KEY_BYTES: Readonly<Record<BlockAlgorithm, number>> = { 'aes-128-ecb': 16, 'aes-192-ecb': 24, 'aes-256-ecb': 32, 'sm4-ecb': 16 }

/**
 * AES or SM4 in ECB mode over one persistent cipher object: making one for each call costs four times the work.
 * @param key of a longer key, as derivation gives it, the first bytes are taken
 */
export function nodeBlockCipher(algorithm: BlockAlgorithm, key: Uint8Array): BlockCipher {
  const cipher = createCipheriv(algorithm, key.subarray(0, KEY_BYTES[algorithm]), null)
  cipher.setAutoPadding(false)
  return {
    encryptBlocks(blocks) {
      // a part of a block would stay in the cipher and shift every later answer
      if (blocks.length % 16 !== 0) throw new RangeError('whole blocks of 16 bytes only')
      return cipher.update(blocks)
    },
  }
}
