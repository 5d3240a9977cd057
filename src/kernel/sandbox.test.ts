import { describe, expect, it } from 'vitest'
import { hasCheckDigit } from './gs1/check-digit.ts'
import { buildSscc } from './gs1/sscc.ts'
import {
  companyPrefixOfSandbox,
  exampleGtinOf,
  isSandbox,
  MOST_SANDBOXES,
  mayUseSscc,
  SANDBOX_FLOOR,
  sameWorld,
  sandboxOf,
  sandboxOfSscc,
  sandboxOrganisationId,
} from './sandbox.ts'

const REAL = '0197a000-0000-7000-8000-000000000001'
const RANDOM = '0123456789abcdef'

describe('a sandbox', () => {
  it.each([1, 17, 65_536, MOST_SANDBOXES])('number %d is read from the ids of its organisations and its SSCCs', (n) => {
    const id = sandboxOrganisationId(n, RANDOM)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect([sandboxOf(id), isSandbox(id), id > SANDBOX_FLOOR]).toEqual([n, true, true])
    const sscc = buildSscc(3, companyPrefixOfSandbox(n), 999_999)
    expect([sandboxOfSscc(sscc), mayUseSscc(id, sscc), mayUseSscc(REAL, sscc)]).toEqual([n, true, false])
    expect([exampleGtinOf(n).length, hasCheckDigit(exampleGtinOf(n))]).toEqual([14, true])
  })

  it('is no part of the earnest world, nor of another sandbox', () => {
    const one = sandboxOrganisationId(1, RANDOM)
    const two = sandboxOrganisationId(2, RANDOM)
    expect([sandboxOf(REAL), isSandbox(REAL), REAL < SANDBOX_FLOOR]).toEqual([undefined, false, true])
    expect([sameWorld(REAL, REAL), sameWorld(one, one), sameWorld(one, REAL), sameWorld(one, two)]).toEqual([true, true, false, false])
    expect(mayUseSscc(one, buildSscc(0, '9521234', 1))).toBe(false)
    expect(mayUseSscc(one, buildSscc(0, companyPrefixOfSandbox(2), 1))).toBe(false)
    expect(mayUseSscc(REAL, buildSscc(0, '9521234', 1))).toBe(true)
  })

  it.each([0, -1, 1.5, MOST_SANDBOXES + 1])('has no number %d', (n) => {
    expect(() => sandboxOrganisationId(n, RANDOM)).toThrow(RangeError)
  })
})
