import { describe, expect, test } from 'vitest'
import type { CivilDate } from '../../kernel/time.ts'
import { judge, type ScanFacts } from './verdict.ts'

const FACTS: ScanFacts = {
  sandbox: false,
  status: 'active',
  hold: null,
  canary: false,
  counted: true,
  scanCount: 1,
  ownBefore: 0,
  provinces: 1,
  at: new Date('2026-06-15T02:00:00Z'),
  previousAt: undefined,
  previousProvince: undefined,
  province: '33',
  today: '2026-06-15' as CivilDate,
  expiresOn: '2028-01-01' as CivilDate,
  crossBorderRetail: false,
}
const hoursAgo = (n: number) => new Date(FACTS.at.getTime() - n * 3_600_000)

describe('the published table of verdicts', () => {
  test.each([
    ['a first scan', {}, 'registered', ['REGISTERED']],
    ['a repeat by somebody else', { scanCount: 2 }, 'registered', ['REGISTERED', 'REPEAT']],
    ['a repeat by the same phone', { scanCount: 2, ownBefore: 1 }, 'registered', ['REGISTERED', 'OWN_REPEAT']],
    ['ten repeats by the same phone', { scanCount: 11, ownBefore: 10, provinces: 5 }, 'registered', ['REGISTERED', 'OWN_REPEAT']],
    ['five people', { scanCount: 5 }, 'recheck', ['MANY_SCANS']],
    ['ten people in three provinces', { scanCount: 10, provinces: 3 }, 'high-risk', ['SPREAD', 'MANY_SCANS']],
    ['another province two hours later', { scanCount: 2, previousAt: hoursAgo(2), previousProvince: '44' }, 'recheck', ['FAR_APART']],
    [
      'another province a day later',
      { scanCount: 2, previousAt: hoursAgo(24), previousProvince: '44' },
      'registered',
      ['REGISTERED', 'REPEAT'],
    ],
    [
      'the same phone in another province',
      { scanCount: 2, ownBefore: 1, previousAt: hoursAgo(1), previousProvince: '44' },
      'registered',
      ['REGISTERED', 'OWN_REPEAT'],
    ],
    [
      'an unknown place',
      { scanCount: 2, previousAt: hoursAgo(1), previousProvince: '44', province: undefined },
      'registered',
      ['REGISTERED', 'REPEAT'],
    ],
    ['the last day', { expiresOn: '2026-06-15' }, 'registered', ['REGISTERED', 'EXPIRES_SOON']],
    ['the day after', { expiresOn: '2026-06-14' }, 'high-risk', ['EXPIRED']],
    ['cross-border retail', { crossBorderRetail: true }, 'registered', ['REGISTERED', 'CROSS_BORDER_RETAIL']],
    ['a label that is not activated', { status: 'inert', scanCount: 0, counted: false }, 'inactive', ['INACTIVE']],
    ['a void one', { status: 'void' }, 'high-risk', ['VOID']],
    ['a destroyed one', { status: 'destroyed' }, 'high-risk', ['DESTROYED']],
    ['a retired one', { status: 'retired' }, 'high-risk', ['RETIRED']],
    ['a replaced one', { status: 'replaced' }, 'recheck', ['REPLACED']],
    ['a frozen one', { hold: 'frozen' }, 'recheck', ['FROZEN']],
    ['a recalled one', { hold: 'recalled' }, 'recalled', ['RECALLED']],
    ['a recalled one that was retired', { hold: 'recalled', status: 'retired' }, 'recalled', ['RECALLED']],
    ['a tracing serial', { canary: true, status: 'inert' }, 'high-risk', ['LEAKED']],
  ] as [string, Partial<ScanFacts>, string, string[]][])('says of %s what it says', (_name, change, verdict, reasons) => {
    expect(judge({ ...FACTS, ...change })).toEqual({ verdict, reasons })
  })

  test('never says verified because of a scan alone', () => {
    for (const status of ['inert', 'active', 'void', 'replaced', 'destroyed', 'retired'] as const) {
      for (const hold of [null, 'frozen', 'recalled'] as const) {
        for (const scanCount of [0, 1, 3, 50]) expect(judge({ ...FACTS, status, hold, scanCount }).verdict).not.toBe('verified')
      }
    }
  })
})
