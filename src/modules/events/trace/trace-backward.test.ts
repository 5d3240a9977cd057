import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { actorOf, type Labels, labelsOf } from '../../../../test/support/goods.ts'
import { freshUscc } from '../../../../test/support/world.ts'
import { buildSscc } from '../../../kernel/gs1/sscc.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { sql } from '../../../platform/db/sql.ts'
import { capture } from '../capture.ts'
import type { GoodsEvent } from '../goods-event.ts'
import { validateDocument } from '../../../kernel/epcis/validate.ts'

/**
 * One story: ten items are activated, packed in two cartons on a pallet, shipped to a dealer in Sichuan and received;
 * one carton is opened there, an item gets a new label and goes back, and is sent to a dealer in Guangdong. One event
 * is recorded two days after it happened.
 */
let t: TestApp
let labels: Labels
let importer: string
const officer = actorOf('00000000-0000-7000-8000-000000000009', 'regulator', 'officer')
const organisations: Record<string, string> = {}
const dealers: string[] = []
const day = (n: number, hour = 2) => new Date(Date.UTC(2026, 5, n, hour))
const [CARTON_1, CARTON_2, PALLET] = [1, 2, 3].map((n) => buildSscc(0, '9521234', 900_000_000 + n)) as [string, string, string]

const dealer = (key: 'sichuan' | 'guangdong') => actorOf(organisations[key]!, 'dealer', 'dealer-clerk')
const back = (code: string, actor: Actor = officer, asOf?: Date) => t.modules.events.tracing.backward(code, asOf?.toISOString(), actor)

beforeAll(async () => {
  t = await openTestApp({ now: '2026-06-30T02:00:00Z' })
  const register = async (key: string, kind: 'importer' | 'printer' | 'dealer' | 'brand', province: string) => {
    organisations[key] = await t.platform.db.transaction((tx) =>
      t.modules.identity.registerOrganisation(
        tx,
        { kind, nameZh: `${key}公司`, nameEn: key, uscc: freshUscc(), province, status: 'verified' },
        day(1),
      ),
    )
    return organisations[key]!
  }
  importer = await register('importer', 'importer', '33')
  const printer = await register('printer', 'printer', '33')
  await register('sichuan', 'dealer', '51')
  await register('guangdong', 'dealer', '44')
  labels = await labelsOf(t, { importer, printer }, { quantity: 12, rollSize: 12 })
  await t.platform.db.transaction(async (tx) => {
    for (const [key, province, city] of [
      ['sichuan', '51', '成都'],
      ['guangdong', '44', '广州'],
    ] as const)
      dealers.push(
        await t.modules.events.saveDealer(
          tx,
          { name: `${key}店`, provinces: [province], city, contact: '', dealerOrganisationId: organisations[key]!, active: true },
          { actor: labels.clerk, at: day(1) },
        ),
      )
  })
  const base = BigInt(labels.batch.id) << 32n
  const items = (from: number, to = from) => [{ lo: base + BigInt(from), hi: base + BigInt(to) }]
  const act = (event: Omit<GoodsEvent, 'ranges' | 'containers'> & Partial<GoodsEvent>, recorded: Date = event.at) =>
    t.platform.db.transaction((tx) =>
      capture(
        tx,
        { ranges: [], containers: [], ...event },
        { actor: labels.clerk, organisationId: importer, at: recorded, nameOf: String },
      ),
    )
  const lot = { id: labels.lotId, productId: labels.productId, organisationId: importer }
  await act({ kind: 'commissioning', at: day(2), ranges: items(0, 9), lot })
  await act({ kind: 'packing', at: day(3), ranges: items(0, 4), parent: CARTON_1, place: '宁波' })
  await act({ kind: 'packing', at: day(3, 3), ranges: items(5, 9), parent: CARTON_2, place: '宁波' })
  await act({ kind: 'packing', at: day(4), containers: [CARTON_1, CARTON_2], parent: PALLET })
  await act({ kind: 'shipping', at: day(5), containers: [PALLET], dealerId: dealers[0]!, transactions: [{ type: 'desadv', id: 'F-1' }] })
  await act({ kind: 'receiving', at: day(7), containers: [PALLET], place: '成都' }, day(9))
  await act({ kind: 'unpacking', at: day(10), containers: [CARTON_1], parent: PALLET })
  await act({ kind: 'unpacking', at: day(11), ranges: items(0), parent: CARTON_1 })
  await act({ kind: 'replacing', at: day(12), ranges: items(0), replacement: base + 11n, reason: '标签破损' })
  await act({ kind: 'returning', at: day(13), ranges: items(11) })
  await act({ kind: 'shipping', at: day(14), ranges: items(11), dealerId: dealers[1]! })
})
afterAll(() => t.close())

describe('a trace back', () => {
  test('says where the item should be and who says so, in both languages', async () => {
    const { whereabouts } = await back(labels.uri(11))
    expect(whereabouts).toMatchObject({ situation: 'in-transit', holder: { kind: 'dealer', city: '广州' }, containers: [] })
    expect(whereabouts.sentence.zh).toBe(
      '该商品应在运往经销商guangdong店（广州）的途中。依据：importer公司记录的“出库发货”，发生于2026年6月14日 10:00，平台收到于2026年6月14日 10:00。',
    )
    expect(whereabouts.sentence.en).toContain('on its way to the dealer guangdong (广州). Says who: importer, by the event "shipped"')
  })

  test('tells papers, printer and activation', async () => {
    const trace = await back(labels.uri(7))
    expect(trace.consignment).toMatchObject({
      importer: { en: 'importer' },
      tradeMode: { en: 'general trade' },
      entryPort: { zh: '北仑海关' },
      enteredOn: '2026-06-10',
    })
    expect(trace.consignment!.inspectionCertificate).not.toBe('')
    expect(trace.product!.origin.zh).toBe('法国')
    expect(trace.label).toMatchObject({ printer: { en: 'printer' }, roll: 1 })
    expect(trace.activation).toMatchObject({ at: day(2).toISOString(), organisation: { en: 'importer' } })
  })

  test('tells every hand, and through damaged label, carton and pallet the intervals', async () => {
    const trace = await back(labels.uri(11))
    expect(trace.item.predecessors).toEqual([labels.uri(0)])
    expect(trace.hands.map((h) => [h.kind, h.holder.en, h.inTransit, h.from, h.to])).toEqual([
      ['owner', 'importer', false, day(2).toISOString(), day(5).toISOString()],
      ['dealer', 'sichuan', true, day(5).toISOString(), day(7).toISOString()],
      ['dealer', 'sichuan', false, day(7).toISOString(), day(13).toISOString()],
      ['owner', 'importer', false, day(13).toISOString(), day(14).toISOString()],
      ['dealer', 'guangdong', true, day(14).toISOString(), null],
    ])
    expect(trace.stays.map((s) => [s.sscc, s.depth, s.from, s.to])).toEqual([
      [CARTON_1, 1, day(3).toISOString(), day(11).toISOString()],
      [PALLET, 2, day(4).toISOString(), day(10).toISOString()],
    ])
    expect(trace.steps.map((s) => s.kind)).toEqual([
      'shipping',
      'returning',
      'replacing',
      'unpacking',
      'unpacking',
      'receiving',
      'shipping',
      'packing',
      'packing',
      'commissioning',
    ])
  })

  test('tells record time beside event time when something was recorded late', async () => {
    const received = (await back(labels.uri(7))).steps.find((s) => s.kind === 'receiving')!
    expect([received.at, received.recordedAt]).toEqual([day(7).toISOString(), day(9).toISOString()])
  })

  test('speaks of any moment', async () => {
    const at = async (when: Date) => (await back(labels.uri(7), officer, when)).whereabouts
    expect((await at(day(1))).situation).toBe('inert')
    expect(await at(day(3, 5))).toMatchObject({ situation: 'held', containers: [CARTON_2], holder: { kind: 'owner' } })
    expect(await at(day(6))).toMatchObject({ situation: 'in-transit', containers: [CARTON_2, PALLET] })
    expect(await at(day(8))).toMatchObject({ situation: 'held', holder: { kind: 'dealer', city: '成都' } })
    expect((await at(day(8))).sentence.zh).toMatch(/^截至2026年6月8日 10:00，该商品应在经销商sichuan店（成都）/)
  })

  test('follows a damaged label to the new one', async () => {
    const trace = await back(labels.uri(0))
    expect([trace.item.status, trace.item.successor]).toEqual(['replaced', labels.uri(11)])
    expect(trace.whereabouts.sentence.zh).toContain('新标签：该商品应在运往经销商guangdong店')
    expect(trace.whereabouts.holder?.city).toBe('广州')
  })

  test('understands every spelling, and the ticket of a report for those who may read it', async () => {
    const serial = labels.uri(7).split('/').at(-1)!
    const gtin = labels.batch.tweakGtin.toString().padStart(14, '0')
    for (const text of [serial, serial.toLowerCase(), `(01)${gtin}(21)${serial}`, `01${gtin}21${serial}`, labels.uri(7)])
      expect((await back(text)).item.index).toBe(7)
    const { ticket } = await t.modules.feedback.submit({
      code: new URL(labels.uri(7)).pathname,
      kind: 'question',
      text: '?',
      boughtAt: '',
      contact: '',
      contactConsent: false,
      healthConsent: false,
      once: 'trace',
      photoIds: [],
      province: '51',
      at: t.clock.now(),
    })
    expect((await back(ticket)).item.index).toBe(7)
    await expect(back(ticket, dealer('sichuan'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('answers for nobody else’s goods, and for unknown codes alike', async () => {
    const stranger = actorOf('00000000-0000-7000-8000-000000000007', 'importer', 'clerk')
    for (const [code, actor] of [
      [labels.uri(7), stranger],
      [labels.uri(7), actorOf('00000000-0000-7000-8000-000000000007', 'brand', 'brand-manager')],
      [labels.uri(7), dealer('guangdong')],
      ['1ABCDEFGHJKMNPQRSTVW', officer],
    ] as const)
      await expect(back(code, actor)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await back(labels.uri(7), labels.clerk)).item.index).toBe(7)
  })

  test('tells a dealer its own time with the goods and no other dealer', async () => {
    const trace = await back(labels.uri(11), dealer('sichuan'))
    expect(trace.whereabouts.situation).toBe('elsewhere')
    expect(JSON.stringify(trace)).not.toContain('guangdong')
    expect([trace.consignment?.supplier, trace.lot?.declared, trace.scans]).toEqual([null, null, null])
    expect(trace.hands.map((h) => h.holder.en)).toEqual(['importer', 'sichuan', 'sichuan', 'importer'])
    const other = await back(labels.uri(11), dealer('guangdong'))
    expect(JSON.stringify(other)).not.toContain('sichuan')
  })

  test('answers the brand for its products, without whom the importer buys from', async () => {
    const brand = await t.platform.db.transaction(async (tx) => {
      const id = await t.modules.identity.registerOrganisation(
        tx,
        { kind: 'brand', nameZh: '品牌', uscc: freshUscc(), province: '33', status: 'verified' },
        day(1),
      )
      await tx.execute(sql`update product set brand_organisation_id = ${id} where id = ${labels.productId}`)
      return id
    })
    const manager = actorOf(brand, 'brand', 'brand-manager')
    const trace = await back(labels.uri(7), manager)
    expect([trace.whereabouts.holder?.city, trace.consignment?.supplier]).toEqual(['成都', null])
    expect(trace.steps.map((s) => s.by)).toEqual(trace.steps.map(() => null))
    const { tracing } = t.modules.events
    expect((await tracing.forward({ kind: 'organisation', id: brand, asOf: undefined }, manager)).totals.goods).toBe(10)
    const other = await labelsOf(t, { importer, printer: organisations['printer']! }, { quantity: 5 })
    await expect(back(other.uri(0), manager)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(tracing.forward({ kind: 'lot', id: other.lotId, asOf: undefined }, manager)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('becomes a dossier, and an EPCIS document of the events that it rests on', { timeout: 60_000 }, async () => {
    const { tracing } = t.modules.events
    const dossier = await tracing.dossierOfItem(labels.uri(11), undefined, officer, t.clock.now())
    expect((await buffer(dossier.pdf)).subarray(0, 5).toString()).toBe('%PDF-')
    const goods = await tracing.dossierOfGoods({ kind: 'lot', id: labels.lotId, asOf: undefined }, officer, t.clock.now())
    expect((await buffer(goods.pdf)).subarray(0, 5).toString()).toBe('%PDF-')
    const document = (await tracing.documentOfItem(labels.uri(11), undefined, officer, t.clock.now())) as {
      epcisBody: { eventList: object[] }
    }
    expect([document.epcisBody.eventList.length, validateDocument(document).faults]).toEqual([10, []])
    const whole = (await tracing.documentOfGoods(
      { kind: 'lot', id: labels.lotId, asOf: undefined },
      officer,
      t.clock.now(),
    )) as typeof document
    expect(validateDocument(whole).faults).toEqual([])
    expect(whole.epcisBody.eventList.length).toBeGreaterThan(10)
  })
})

describe('a trace forward', () => {
  test('from a pallet follows what was on it, also the item that left it and got a new label', async () => {
    const found = await t.modules.events.tracing.forward({ kind: 'container', id: PALLET, asOf: undefined }, officer)
    expect(found.totals).toMatchObject({ labels: 11, goods: 10, dealers: 9, inTransit: 1, replaced: 1 })
    expect(found.provinces.items.map((p) => [p.province, p.goods, p.inTransit])).toEqual([
      ['51', 9, 0],
      ['44', 0, 1],
    ])
  })

  test('as of a moment counts what had come back', async () => {
    const found = await t.modules.events.tracing.forward({ kind: 'lot', id: labels.lotId, asOf: day(13, 5).toISOString() }, labels.clerk)
    expect(found.totals).toMatchObject({ goods: 10, owner: 1, returned: 1, dealers: 9, inert: 1, replaced: 1 })
  })

  test('shows a dealer only what it has', async () => {
    const found = await t.modules.events.tracing.forward({ kind: 'lot', id: labels.lotId, asOf: undefined }, dealer('guangdong'))
    expect(found.totals).toMatchObject({ labels: 1, inTransit: 1 })
    expect(JSON.stringify(found)).not.toContain('sichuan')
    await expect(
      t.modules.events.tracing.forward({ kind: 'supplier', id: 'x', asOf: undefined }, dealer('guangdong')),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('names the events that it rests on, to all but dealers', async () => {
    const { tracing } = t.modules.events
    const question = { kind: 'lot', id: labels.lotId, asOf: undefined } as const
    const eventsOf = async (asOf: string | undefined, actor: Actor) =>
      ((await tracing.documentOfGoods({ ...question, asOf }, actor, t.clock.now())) as { epcisBody: { eventList: object[] } }).epcisBody
        .eventList
    expect(await eventsOf(undefined, officer)).toHaveLength(11)
    expect(await eventsOf(day(4, 5).toISOString(), labels.clerk)).toHaveLength(4)
    await expect(eventsOf(undefined, dealer('sichuan'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('from consignment and enterprise adds up their lots', async () => {
    const consignmentId = (await back(labels.uri(7))).consignment!.id
    for (const [kind, id] of [
      ['consignment', consignmentId],
      ['organisation', importer],
    ] as const)
      expect((await t.modules.events.tracing.forward({ kind, id, asOf: undefined }, officer)).totals.goods).toBe(10)
  })
})
