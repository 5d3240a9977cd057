import type { CivilDate } from '../../kernel/time.ts'

/**
 * What a page may say. A code alone never proves an item genuine, because a code can be copied; so the best that a
 * scan can earn is `registered`, and only the PIN or the label's texture raise it to `verified`.
 */
export type Verdict = 'registered' | 'verified' | 'recheck' | 'high-risk' | 'recalled' | 'inactive' | 'test' | 'not-ours'

export type Reason =
  | 'REGISTERED'
  | 'REPEAT'
  | 'OWN_REPEAT'
  | 'MANY_SCANS'
  | 'FAR_APART'
  | 'SPREAD'
  | 'EXPIRED'
  | 'EXPIRES_SOON'
  | 'RETIRED'
  | 'VOID'
  | 'DESTROYED'
  | 'REPLACED'
  | 'FROZEN'
  | 'RECALLED'
  | 'INACTIVE'
  | 'LEAKED'
  | 'TEST_LABEL'
  | 'NOT_OURS'
  | 'CROSS_BORDER_RETAIL'
  | 'PIN_FIRST'
  | 'PIN_OWN_REPEAT'
  | 'PIN_REPEAT'

/** What a right PIN says: proved for the first time, again by the same client, or again by somebody. */
export type PinProof = 'first' | 'own-repeat' | 'repeat'

export interface ScanFacts {
  /** A label of a sandbox: on whatever it sticks, it says nothing. */
  readonly sandbox: boolean
  readonly status: 'inert' | 'active' | 'void' | 'replaced' | 'destroyed' | 'retired'
  readonly hold: 'frozen' | 'recalled' | null
  readonly canary: boolean
  readonly counted: boolean
  /** Counted scans of this code, this one included. */
  readonly scanCount: number
  /** Earlier counted scans by this same device. */
  readonly ownBefore: number
  readonly provinces: number
  readonly at: Date
  readonly previousAt: Date | undefined
  readonly previousProvince: string | undefined
  readonly province: string | undefined
  /** Today in China. */
  readonly today: CivilDate
  readonly expiresOn: CivilDate | undefined
  readonly crossBorderRetail: boolean
  /** undefined for a plain scan. */
  readonly pin?: PinProof | undefined
}

export interface Judgement {
  readonly verdict: Verdict
  /** The first one is the sentence of the band; the others stand below it. */
  readonly reasons: readonly Reason[]
}

/** Published thresholds (docs/verdicts.md). Gifts and second-hand sales make a few repeats normal. */
export const THRESHOLDS = {
  manyScans: 5,
  spreadScans: 10,
  spreadProvinces: 3,
  farApartHours: 3,
  expiresSoonDays: 90,
} as const

/** The table of verdicts: what the code and its state say, and then what a right PIN changes in it. */
export function judge(facts: ScanFacts): Judgement {
  const judgement = judgeCode(facts)
  return facts.pin === undefined ? judgement : withPin(judgement, facts.pin)
}

/** What other people's scans make doubtful, the unbroken coating answers. */
const ANSWERED_BY_PIN: readonly Reason[] = ['REGISTERED', 'MANY_SCANS', 'FAR_APART']

/** A PIN raises no label that is recalled, frozen, expired, ended or widely copied; a used one makes a good scan doubtful. */
function withPin({ verdict, reasons }: Judgement, pin: PinProof): Judgement {
  const reason: Reason = pin === 'first' ? 'PIN_FIRST' : pin === 'own-repeat' ? 'PIN_OWN_REPEAT' : 'PIN_REPEAT'
  const open = ANSWERED_BY_PIN.includes(reasons[0]!)
  if (!open) return { verdict, reasons: [...reasons, reason] }
  const others = reasons.filter((r) => r !== 'REGISTERED')
  return pin === 'repeat' ? { verdict: 'recheck', reasons: [reason, ...others] } : { verdict: 'verified', reasons: [reason, ...others] }
}

/** Top down: the first rule that holds decides the band, later ones add reasons. */
function judgeCode(facts: ScanFacts): Judgement {
  if (facts.sandbox) return { verdict: 'test', reasons: ['TEST_LABEL'] }
  if (facts.canary) return { verdict: 'high-risk', reasons: ['LEAKED'] }
  if (facts.hold === 'recalled') return { verdict: 'recalled', reasons: ['RECALLED', ...background(facts)] }
  switch (facts.status) {
    case 'inert':
      return { verdict: 'inactive', reasons: ['INACTIVE'] }
    case 'void':
      return { verdict: 'high-risk', reasons: ['VOID'] }
    case 'destroyed':
      return { verdict: 'high-risk', reasons: ['DESTROYED'] }
    case 'retired':
      return { verdict: 'high-risk', reasons: ['RETIRED', ...background(facts)] }
    case 'replaced':
      return { verdict: 'recheck', reasons: ['REPLACED'] }
    case 'active':
      break
  }
  if (facts.hold === 'frozen') return { verdict: 'recheck', reasons: ['FROZEN', ...background(facts)] }
  const expired = facts.expiresOn !== undefined && facts.expiresOn < facts.today
  if (expired) return { verdict: 'high-risk', reasons: ['EXPIRED', ...spread(facts), ...background(facts)] }
  const suspicions = spread(facts)
  if (suspicions.includes('SPREAD')) return { verdict: 'high-risk', reasons: [...suspicions, ...background(facts)] }
  if (suspicions.length > 0) return { verdict: 'recheck', reasons: [...suspicions, ...background(facts)] }
  return { verdict: 'registered', reasons: ['REGISTERED', ...repeats(facts), ...background(facts)] }
}

/** One person's own repeats say nothing about copies, so they are taken out first. */
function spread(facts: ScanFacts): Reason[] {
  const reasons: Reason[] = []
  const scans = facts.scanCount - facts.ownBefore
  if (scans >= THRESHOLDS.spreadScans && facts.provinces >= THRESHOLDS.spreadProvinces) reasons.push('SPREAD')
  const { previousAt, previousProvince, province, at } = facts
  if (
    facts.ownBefore === 0 &&
    previousAt !== undefined &&
    previousProvince !== undefined &&
    province !== undefined &&
    previousProvince !== province &&
    at.getTime() - previousAt.getTime() < THRESHOLDS.farApartHours * 3_600_000
  ) {
    reasons.push('FAR_APART')
  }
  if (scans >= THRESHOLDS.manyScans) reasons.push('MANY_SCANS')
  return reasons
}

function repeats(facts: ScanFacts): Reason[] {
  if (facts.ownBefore > 0) return ['OWN_REPEAT']
  return facts.scanCount > 1 ? ['REPEAT'] : []
}

function background(facts: ScanFacts): Reason[] {
  const reasons: Reason[] = []
  if (
    facts.expiresOn !== undefined &&
    facts.expiresOn >= facts.today &&
    daysBetween(facts.today, facts.expiresOn) <= THRESHOLDS.expiresSoonDays
  ) {
    reasons.push('EXPIRES_SOON')
  }
  if (facts.crossBorderRetail) reasons.push('CROSS_BORDER_RETAIL')
  return reasons
}

function daysBetween(from: CivilDate, to: CivilDate): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}
