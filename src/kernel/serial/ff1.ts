/** A block cipher over whole blocks of 16 bytes (ECB): the only thing that format-preserving encryption needs. */
export interface BlockCipher {
  /** Enciphers `blocks.length / 16` independent blocks. The result may be reused by the next call. */
  encryptBlocks(blocks: Uint8Array): Uint8Array
}

/**
 * FF1 of NIST SP 800-38G (revision 1, section 5.2), for any radix and length. Slow and plain: the reference against
 * which the fast codec is tested.
 * @param digits numerals below `radix`, most significant first
 */
export function ff1(
  cipher: BlockCipher,
  tweak: Uint8Array,
  radix: number,
  digits: readonly number[],
  direction: 'encrypt' | 'decrypt',
): number[] {
  const n = digits.length
  const u = Math.floor(n / 2)
  const v = n - u
  const b = Math.ceil(Math.ceil(v * Math.log2(radix)) / 8)
  const d = 4 * Math.ceil(b / 4) + 4
  const p = new Uint8Array(16)
  const pView = new DataView(p.buffer)
  p.set([1, 2, 1, radix >>> 16, (radix >>> 8) & 255, radix & 255, 10, u & 255])
  pView.setUint32(8, n)
  pView.setUint32(12, tweak.length)

  let a = digits.slice(0, u)
  let c = digits.slice(u)
  for (let step = 0; step < 10; step++) {
    const i = direction === 'encrypt' ? step : 9 - step
    const source = direction === 'encrypt' ? c : a
    const y = roundValue(cipher, p, tweak, i, numberOf(source, radix), b, d)
    const m = i % 2 === 0 ? u : v
    const modulus = BigInt(radix) ** BigInt(m)
    if (direction === 'encrypt') {
      const sum = (numberOf(a, radix) + y) % modulus
      a = c
      c = digitsOf(sum, radix, m)
    } else {
      const difference = (((numberOf(c, radix) - y) % modulus) + modulus) % modulus
      c = a
      a = digitsOf(difference, radix, m)
    }
  }
  return [...a, ...c]
}

function roundValue(cipher: BlockCipher, p: Uint8Array, tweak: Uint8Array, i: number, value: bigint, b: number, d: number): bigint {
  const pad = (((-tweak.length - b - 1) % 16) + 16) % 16
  const q = new Uint8Array(tweak.length + pad + 1 + b)
  q.set(tweak)
  q[tweak.length + pad] = i
  for (let k = 0, rest = value; k < b; k++, rest >>= 8n) q[q.length - 1 - k] = Number(rest & 255n)

  // PRF: CBC-MAC over P || Q
  let r = cipher.encryptBlocks(p).slice()
  for (let o = 0; o < q.length; o += 16) {
    const block = new Uint8Array(16)
    for (let k = 0; k < 16; k++) block[k] = r[k]! ^ q[o + k]!
    r = cipher.encryptBlocks(block).slice()
  }
  const s = [...r]
  for (let j = 1; s.length < d; j++) {
    const block = r.slice()
    const view = new DataView(block.buffer)
    view.setUint32(12, (view.getUint32(12) ^ j) >>> 0)
    s.push(...cipher.encryptBlocks(block))
  }
  return s.slice(0, d).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

function numberOf(digits: readonly number[], radix: number): bigint {
  return digits.reduce((sum, digit) => sum * BigInt(radix) + BigInt(digit), 0n)
}

function digitsOf(value: bigint, radix: number, length: number): number[] {
  const digits = Array.from({ length }, () => 0)
  for (let k = length - 1, rest = value; k >= 0; k--, rest /= BigInt(radix)) digits[k] = Number(rest % BigInt(radix))
  return digits
}
