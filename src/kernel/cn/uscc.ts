import type { Words } from '../errors.ts'

/**
 * 统一社会信用代码, the unified social credit code of GB 32100-2015: 18 characters of 31 symbols (no I O S V Z).
 * Registration authority 1, kind of organisation 1, region 6 (GB/T 2260), organisation code 9 (GB 11714), check 1.
 */
const SYMBOLS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const
const INNER_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const

export type UsccFaultCode = 'USCC_EMPTY' | 'USCC_OLD_NUMBER' | 'USCC_LENGTH' | 'USCC_CHARACTER' | 'USCC_FORM' | 'USCC_CHECK'

export interface UsccFault extends Words {
  readonly code: UsccFaultCode
}

export type CheckedUscc =
  | {
      readonly ok: true
      readonly value: string
      /** Two digits of the province in which it is registered. */
      readonly province: string
      /** False when the organisation code inside has another check character: seen in the wild, so only a warning. */
      readonly innerCheck: boolean
    }
  | { readonly ok: false; readonly fault: UsccFault }

const FAULTS: Readonly<Record<UsccFaultCode, Words>> = {
  USCC_EMPTY: { zh: '请填写统一社会信用代码', en: 'the unified social credit code is required' },
  USCC_OLD_NUMBER: {
    zh: '这是 15 位旧注册号，请填写 18 位统一社会信用代码',
    en: 'this is an old 15-digit number; the 18-character code is needed',
  },
  USCC_LENGTH: { zh: '统一社会信用代码应为 18 位', en: 'the code has 18 characters' },
  USCC_CHARACTER: { zh: '统一社会信用代码不含字母 I、O、S、V、Z', en: 'the code has no letters I, O, S, V or Z' },
  USCC_FORM: { zh: '统一社会信用代码第 3 至 8 位应为行政区划数字', en: 'characters 3 to 8 of the code are digits of a region' },
  USCC_CHECK: { zh: '统一社会信用代码校验位不符，请核对', en: 'the check character of the code does not match: compare it again' },
}

/** Check character of the first 17; undefined when one of them is not a symbol of the code. */
export function usccCheckCharacter(first17: string): string | undefined {
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const value = SYMBOLS.indexOf(first17[i] ?? '?')
    if (value < 0) return undefined
    sum += value * WEIGHTS[i]!
  }
  return SYMBOLS[(31 - (sum % 31)) % 31]
}

/** Checks a code in whatever spelling it was pasted: full width, blanks, lower case. */
export function checkUscc(input: string): CheckedUscc {
  const value = input
    .normalize('NFKC')
    .replace(/[\s\u200B-\u200D\uFEFF]/g, '')
    .toUpperCase()
  const refuse = (code: UsccFaultCode): CheckedUscc => ({ ok: false, fault: { code, ...FAULTS[code] } })
  if (value === '') return refuse('USCC_EMPTY')
  if (/^\d{15}$/.test(value)) return refuse('USCC_OLD_NUMBER')
  if (value.length !== 18) return refuse('USCC_LENGTH')
  if (/[^0-9A-Z]/.test(value) || /[IOSVZ]/.test(value)) return refuse('USCC_CHARACTER')
  if (!/^\d{6}$/.test(value.slice(2, 8))) return refuse('USCC_FORM')
  if (usccCheckCharacter(value.slice(0, 17)) !== value[17]) return refuse('USCC_CHECK')
  return { ok: true, value, province: value.slice(2, 4), innerCheck: innerCheckCharacter(value.slice(8, 16)) === value[16] }
}

/** Organisation code of GB 11714: weights over eight characters, modulo 11, X for ten. */
function innerCheckCharacter(eight: string): string {
  let sum = 0
  for (let i = 0; i < 8; i++) sum += Number.parseInt(eight[i]!, 36) * INNER_WEIGHTS[i]!
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}
