import { hash, verify } from '@node-rs/argon2'
import type { FieldFault } from '../../kernel/errors.ts'
import { fail } from './errors.ts'

/** argon2id with 19 MiB, 2 passes, 1 lane: the OWASP password storage recommendation. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
export const MIN_PASSWORD_LENGTH = 12

/** The commonest of those that are long enough; sequences and repetitions are told by rule. */
const COMMON = new Set(
  `password1234 password12345 password123456 passwordpassword password1password administrator administrator1 adminadmin123 admin1234567
  admin12345678 adminadminadmin letmeinletmein letmein12345 welcome12345 welcome123456 welcome2welcome changeme1234 changemechangeme
  iloveyou1234 iloveyou12345 iloveyouforever qwerty123456 qwerty1234567 qwertyuiop12 qwertyuiop123 qwertyuiop1234 1qaz2wsx3edc
  1qaz2wsx3edc4rfv qazwsxedcrfv qazwsxedcrfvtgb 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i q1w2e3r4t5y6 zaq12wsxcde3 asdfghjkl123 asdfghjkl1234
  zxcvbnm12345 zxcvbnmasdfg abc123456789 abcd12345678 a1b2c3d4e5f6 abcdefg12345 123456789abc 1234567890qwe 123qweasdzxc qwe123qwe123
  123456qwerty 123456abcdef woaini123456 woaini1314520 woaini5201314 5201314woaini 520131452013 111222333444 112233445566 123123123123
  123456123456 147258369147 159357159357 159753159753 741852963741 789456123000 987654321000 000000000000 football1234 baseball1234
  superman1234 princess1234 sunshine1234 monkey123456 dragon123456 master123456 shadow123456 michael12345 trustno1trustno1 p@ssw0rd1234
  p@ssword1234 passw0rd1234 pa$$word1234 correcthorsebatterystaple thisisapassword mypassword12 mypassword123 secretsecret supersecret1
  testtesttest test12345678 guestguest12 rootrootroot root12345678 suzhensuzhen suzhen123456`.split(/\s+/),
)

/**
 * Why a password is too weak; empty when it will do (NIST SP 800-63B section 5.1.1.2: length and known-bad lists,
 * no rules of composition).
 */
export function passwordFaults(password: string, account: string): Omit<FieldFault, 'pointer'>[] {
  const faults: Omit<FieldFault, 'pointer'>[] = []
  const plain = password.normalize('NFKC').toLowerCase()
  if ([...plain].length < MIN_PASSWORD_LENGTH) {
    faults.push({
      code: 'TOO_SHORT',
      zh: `至少 ${MIN_PASSWORD_LENGTH} 个字符，可用一句话`,
      en: `at least ${MIN_PASSWORD_LENGTH} characters; a sentence is fine`,
    })
  }
  if (COMMON.has(plain) || isMonotonous(plain)) {
    faults.push({ code: 'TOO_COMMON', zh: '这是常见密码，最先被猜到', en: 'this is a common password and is guessed first' })
  }
  const name = account.split('@')[0]!
  if (name.length >= 3 && (plain.includes(account) || (plain.includes(name) && plain.replaceAll(name, '').length < 6))) {
    faults.push({ code: 'LIKE_ACCOUNT', zh: '密码不应与账号相近', en: 'must not be like the account' })
  }
  return faults
}

/** @throws AppError WEAK_PASSWORD with a reason each */
export function requireStrongPassword(password: string, account: string, pointer: string): void {
  const faults = passwordFaults(password, account)
  if (faults.length > 0)
    throw fail(
      'WEAK_PASSWORD',
      {},
      faults.map((fault) => ({ pointer, ...fault })),
    )
}

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST)
}

let decoy: Promise<string> | undefined

/** Takes the same time whether or not there is a password to compare with. */
export async function passwordMatches(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hash('a password that nobody has', COST)
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'))
  return matches && typeof stored === 'string'
}

/** At most four different characters, or each one the neighbour of the one before: aaaaaaaaaaaa, 123456789012. */
function isMonotonous(text: string): boolean {
  const characters = [...text]
  if (new Set(characters).size <= 4) return true
  const steps = characters.slice(1).map((c, i) => c.codePointAt(0)! - characters[i]!.codePointAt(0)!)
  return steps.every((step) => Math.abs(step) <= 1 || Math.abs(step) === 9)
}
