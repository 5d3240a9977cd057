import { describe, expect, test } from 'vitest'
import { EPCIS_SHAPES, type EventKind, type GoodsEvent } from './goods-event.ts'
import { type ContainerState, type GoodsState, nextContainer, nextState, type Surroundings } from './transitions.ts'

const BOX = '095212340000000017'
const OWN = 'owner'
const DEALER = 'dealer'
const AT = '2026-06-15T02:00:00.000Z'

const state = (change: Partial<GoodsState>): GoodsState => ({
  status: 'active',
  hold: null,
  organisationId: OWN,
  lotId: 'lot',
  productId: 'product',
  dealerId: null,
  inTransit: false,
  container: null,
  replacedBy: null,
  activatedAt: AT,
  statusAt: AT,
  ...change,
})

const STATES: Record<string, GoodsState | undefined> = {
  inert: undefined,
  'inert frozen': state({ status: 'inert', hold: 'frozen', lotId: null, productId: null, activatedAt: null }),
  active: state({}),
  frozen: state({ hold: 'frozen' }),
  recalled: state({ hold: 'recalled' }),
  packed: state({ container: BOX }),
  moving: state({ dealerId: DEALER, inTransit: true }),
  'at dealer': state({ dealerId: DEALER }),
  retired: state({ status: 'retired' }),
  void: state({ status: 'void' }),
  replaced: state({ status: 'replaced' }),
  destroyed: state({ status: 'destroyed' }),
}

// '·' is allowed; anything else is the refusal
const TABLE = `
                 inert       inert frozen active    frozen      recalled    packed     moving         at dealer      retired     void        replaced    destroyed
commissioning    ·           on-hold      not-inert not-inert   not-inert   not-inert  not-inert      not-inert      not-inert   not-inert   not-inert   not-inert
decommissioning  not-active  not-active   ·         on-hold     on-hold     packed     elsewhere      elsewhere      not-active  not-active  not-active  not-active
voiding          ·           ·            ·         ·           ·           packed     ·              ·              ended       ended       ended       ended
replacing        not-active  not-active   ·         ·           ·           ·          ·              ·              not-active  not-active  not-active  not-active
destroying       not-active  not-active   ·         ·           ·           ·          ·              ·              ·           not-active  not-active  not-active
packing          not-active  not-active   ·         on-hold     on-hold     packed     in-transit     elsewhere      not-active  not-active  not-active  not-active
unpacking        not-packed  not-packed   not-packed not-packed not-packed  ·          not-packed     not-packed     not-packed  not-packed  not-packed  not-packed
shipping         not-active  not-active   ·         on-hold     on-hold     packed     in-transit     ·              not-active  not-active  not-active  not-active
receiving        not-active  not-in-transit not-in-transit not-in-transit not-in-transit packed · not-in-transit not-in-transit not-in-transit not-in-transit not-in-transit
returning        not-active  not-active   not-shipped not-shipped not-shipped packed   ·              ·              not-shipped not-active  not-active  not-active
retiring         not-active  not-active   ·         ·           ·           ·          ·              ·              not-active  not-active  not-active  not-active
unretiring       not-retired not-retired  not-retired not-retired not-retired not-retired not-retired not-retired    ·           not-retired not-retired not-retired
freezing         ·           on-hold      ·         on-hold     on-hold     ·          ·              ·              ·           ·           ·           ·
unfreezing       not-on-hold ·            not-on-hold ·         not-on-hold not-on-hold not-on-hold   not-on-hold    not-on-hold not-on-hold not-on-hold not-on-hold
recalling        ·           ·            ·         ·           on-hold     ·          ·              ·              ·           ·           ·           ·
`
const ROWS = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))

const event = (kind: EventKind): GoodsEvent => ({
  kind,
  at: new Date('2026-06-16T02:00:00Z'),
  ranges: [],
  containers: [],
  parent: BOX,
  dealerId: DEALER,
  replacement: 7n,
  lot: { id: 'lot', productId: 'product', organisationId: OWN },
})
const container = (change: Partial<ContainerState>): ContainerState => ({
  organisationId: OWN,
  parent: null,
  dealerId: null,
  inTransit: false,
  packedAt: AT,
  ...change,
})
const here: Surroundings = { owner: OWN, parent: container({}) }

describe('the table of transitions', () => {
  test('has a row for every kind of event', () => {
    expect(ROWS.map((row) => row[0])).toEqual(Object.keys(EPCIS_SHAPES))
  })

  test.each(ROWS)('answers to %s in every state', (kind, ...answers) => {
    const got = Object.values(STATES).map((s) => {
      const next = nextState(event(kind as EventKind), s, here)
      return next.ok ? '·' : next.refusal
    })
    expect(Object.fromEntries(Object.keys(STATES).map((name, i) => [name, got[i]]))).toEqual(
      Object.fromEntries(Object.keys(STATES).map((name, i) => [name, answers[i]])),
    )
  })

  test('leaves an undone label and a released inert one without a trace, as if nothing had been', () => {
    expect(nextState(event('decommissioning'), STATES['active'], here)).toEqual({ ok: true, state: undefined })
    expect(nextState(event('unfreezing'), STATES['inert frozen'], here)).toEqual({ ok: true, state: undefined })
  })

  test('keeps a hold through everything but its release', () => {
    const held = [
      state({ hold: 'frozen' }),
      state({ hold: 'recalled', container: BOX }),
      state({ hold: 'recalled', dealerId: DEALER, inTransit: true }),
      state({ hold: 'recalled', status: 'retired' }),
    ]
    const kinds = (Object.keys(EPCIS_SHAPES) as EventKind[]).filter((kind) => kind !== 'unfreezing' && kind !== 'recalling')
    const freed = kinds.flatMap((kind) =>
      held.flatMap((before) => {
        const next = nextState(event(kind), before, here)
        return next.ok && next.state?.hold !== before.hold ? [[kind, before]] : []
      }),
    )
    expect(freed).toEqual([])
  })

  test('puts goods from a container where the container is', () => {
    const around = { owner: OWN, parent: container({ dealerId: DEALER, inTransit: true }) }
    expect(nextState(event('unpacking'), STATES['packed'], around)).toMatchObject({
      ok: true,
      state: { container: null, dealerId: DEALER, inTransit: true },
    })
    expect(nextState(event('packing'), STATES['at dealer'], { owner: OWN, parent: container({ dealerId: DEALER }) })).toMatchObject({
      ok: true,
      state: { container: BOX, dealerId: null },
    })
    expect(nextState(event('packing'), STATES['at dealer'], around)).toEqual({ ok: false, refusal: 'in-transit' })
    expect(nextState(event('packing'), state({ organisationId: 'another' }), here)).toEqual({ ok: false, refusal: 'elsewhere' })
  })

  test('moves containers by the same rules', () => {
    const answer = (kind: EventKind, change: Partial<ContainerState>) => {
      const next = nextContainer(event(kind), container(change), here.parent)
      return next.ok ? '·' : next.refusal
    }
    const all: [string, Partial<ContainerState>][] = [
      ['free', {}],
      ['inside', { parent: BOX }],
      ['inside another', { parent: '1' }],
      ['moving', { dealerId: DEALER, inTransit: true }],
      ['at dealer', { dealerId: DEALER }],
    ]
    const table = Object.fromEntries(
      (['packing', 'unpacking', 'shipping', 'receiving', 'returning', 'commissioning'] as const).map((kind) => [
        kind,
        all.map(([, s]) => answer(kind, s)),
      ]),
    )
    expect(table).toEqual({
      packing: ['·', 'packed', 'packed', 'in-transit', 'elsewhere'],
      unpacking: ['not-packed', '·', 'not-packed', 'not-packed', 'not-packed'],
      shipping: ['·', 'packed', 'packed', 'in-transit', '·'],
      receiving: ['not-in-transit', 'packed', 'packed', '·', 'not-in-transit'],
      returning: ['not-shipped', 'packed', 'packed', '·', '·'],
      commissioning: all.map(() => 'unknown-container'),
    })
  })
})
