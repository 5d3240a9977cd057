import { type Cipheriv, createCipheriv } from 'node:crypto'
import type { BlockCipher } from '../../kernel/serial/ff1.ts'

/** AES or SM4 in ECB mode over one persistent cipher object: making one for each call costs four times the work. */
export function nodeBlockCipher(algorithm: 'aes-128-ecb' | 'aes-192-ecb' | 'aes-256-ecb' | 'sm4-ecb', key: Uint8Array): BlockCipher {
  // SM4 has keys of 128 bits only
  const bytes = algorithm === 'sm4-ecb' || algorithm === 'aes-128-ecb' ? key.subarray(0, 16) : key
  const cipher: Cipheriv = createCipheriv(algorithm, bytes, null)
  cipher.setAutoPadding(false)
  return { encryptBlocks: (blocks) => cipher.update(blocks) }
}
