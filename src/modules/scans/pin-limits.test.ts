import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neighbours } from './check-pin.ts'
import { PIN_LIMITS, pinWait, type PinTries } from './pin-limits.ts'

const now = new Date('2026-06-15T02:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const none: PinTries = {
  ownOnLabel: 0,
  lastOwnOnLabel: undefined,
  networkOnLabel: 0,
  lastOfNetworkOnLabel: undefined,
  othersOnLabel: 0,
  deviceWindowFrom: undefined,
  networkWindowFrom: undefined,
}

describe('the wait after wrong PINs', () => {
  test('grows from the fifth wrong one on, and ends', () => {
    const after = (own: number, seconds: number) => pinWait({ ...none, ownOnLabel: own, lastOwnOnLabel: ago(seconds) }, now)
    expect([1, 2, 3, 4].map((own) => after(own, 0))).toEqual([0, 0, 0, 0])
    expect([5, 6, 7, 12].map((own) => after(own, 0))).toEqual([900, 3600, 86_400, 86_400])
    expect([after(5, 899), after(5, 900), after(6, 3600)]).toEqual([1, 0, 0])
  })

  test('binds a network that comes with a new device each time', () => {
    const robot = { ...none, networkOnLabel: 15, lastOfNetworkOnLabel: ago(10) }
    expect(pinWait(robot, now)).toBe(890)
    expect(pinWait({ ...robot, networkOnLabel: 14 }, now)).toBe(0)
  })

  test('never falls on a client that has tried nothing, whatever all others did', () => {
    const others = fc.record({ othersOnLabel: fc.integer({ min: 0, max: 1e6 }) })
    fc.assert(
      fc.property(others, ({ othersOnLabel }) => {
        expect(pinWait({ ...none, othersOnLabel }, now)).toBe(0)
      }),
    )
  })

  test('gives each further client one try an hour for a label that many guess at', () => {
    const attacked = { ...none, othersOnLabel: PIN_LIMITS.underAttack }
    expect(pinWait({ ...attacked, ownOnLabel: 1, lastOwnOnLabel: ago(60) }, now)).toBe(3540)
    expect(pinWait({ ...attacked, ownOnLabel: 1, lastOwnOnLabel: ago(3600) }, now)).toBe(0)
  })

  test('follows the oldest of the tries that fill the hour', () => {
    expect(pinWait({ ...none, deviceWindowFrom: ago(1800) }, now)).toBe(1800)
    expect(pinWait({ ...none, networkWindowFrom: ago(3599) }, now)).toBe(1)
  })
})

test('labels that lie beside each other are counted within one batch', () => {
  const batch = 7n << 32n
  expect(neighbours([])).toBe(0)
  expect(neighbours([batch + 4n, batch + 9n, batch + 5n, batch + 3n, batch + 3n])).toBe(3)
  expect(neighbours([(6n << 32n) + 0xffffffffn, batch])).toBe(1)
})
