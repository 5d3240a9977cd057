import fc from 'fast-check'
import type { EpcisEvent, EventType, ExtensionName, ExtensionValue } from '../../src/kernel/epcis/event.ts'
import { VOCABULARIES, type VocabularyKind } from '../../src/kernel/epcis/vocabulary.ts'

/**
 * Random valid events of every type in the form of the model, with small pools of values so that queries find something:
 * used by the round-trip properties here and by the oracle of the SQL compiler.
 */

const NAMESPACES = ['https://ns.example.com/epcis/', 'https://other.example.org/voc#'] as const
/** Prefixes for the namespaces of the generated extension fields. */
export const GENERATED_NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['example', NAMESPACES[0]],
  ['other', NAMESPACES[1]],
])

const LOCALS = ['myField', 'grade', 'count', 'when', 'note'] as const
export const GENERATED_NAMES: readonly ExtensionName[] = NAMESPACES.flatMap((ns) => LOCALS.map((l) => `{${ns}}${l}` as ExtensionName))

export const pools = {
  epcs: [
    ...[1, 2, 3, 4].map((n) => `urn:epc:id:sgtin:4012345.011111.${n}`),
    ...[1, 2, 5].map((n) => `https://id.gs1.org/01/04012345111118/21/${n}`),
    'https://brand.example/01/04012345222227/21/A%2F7',
    'urn:epc:id:sscc:4012345.1111111111',
    'https://id.gs1.org/00/340123451111111115',
    'https://goods.example/obj/17',
  ],
  parents: ['urn:epc:id:sscc:4012345.1111111111', 'urn:epc:id:sscc:4012345.2222222222', 'https://id.gs1.org/8003/04012345000221334455'],
  classes: [
    'urn:epc:class:lgtin:4012345.011111.L1',
    'https://id.gs1.org/01/04012345111118/10/L1',
    'https://shop.example/01/04012345111118/10/L2',
    'urn:epc:idpat:sgtin:4012345.011111.*',
    'https://goods.example/class/sand',
  ],
  places: [
    'urn:epc:id:sgln:4012345.00001.0',
    'https://id.gs1.org/414/4012345000016',
    'urn:epc:id:sgln:4012345.00001.12',
    'urn:epc:id:sgln:4012345.00002.0',
    'geo:29.87,121.55',
  ],
  parties: ['urn:epc:id:pgln:4012345.00001', 'https://id.gs1.org/417/4012345000016', 'urn:epc:id:pgln:4000001.00012'],
  transactions: ['urn:epc:id:gdti:0614141.00001.1618034', 'http://transaction.example/po/1', 'http://transaction.example/po/2'],
  eventIds: [1, 2, 3, 4, 5, 6].map((n) => `urn:uuid:374d95fc-9457-4a51-bd6a-0bba1338450${n}`),
  times: ['2026-01-01T00:00:00Z', '2026-01-01T08:00:00.000+08:00', '2026-02-01T12:30:00.5+01:00', '2026-03-01T23:59:59.999-05:00'],
  offsets: ['+08:00', '+00:00', '-05:00'],
  units: ['KGM', 'GRM', 'CEL', 'KEL', 'FAH', 'MTR'],
  numbers: [0, 1, 20, 293.15, 26.5, -3, 0.05],
  texts: ['red', 'blue', '20', '007', '真', 'a <b> & "c"', ' two  words '],
  devices: ['urn:epc:id:giai:4000001.111', 'https://id.gs1.org/8004/4000001111', 'urn:epc:id:giai:4000001.222'],
} as const

const of = <T>(values: readonly T[]) => fc.constantFrom(...values)
const term = (kind: VocabularyKind, ...own: string[]) => of([...[...VOCABULARIES[kind].words].slice(0, 5), ...own])
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}

const scalar: fc.Arbitrary<ExtensionValue> = fc.oneof(of(pools.texts), of(pools.numbers), fc.boolean(), of(pools.times))

/** Lists have two entries or more and objects are not empty: XML cannot tell others from scalars (docs/decisions/0011). */
const { value: extensionValue } = fc.letrec<{ value: ExtensionValue; object: ExtensionValue }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(of([...GENERATED_NAMES, 'plain', 'inner']), tie('value')), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    })
    .map((entries) => Object.fromEntries(entries) as ExtensionValue),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(fc.oneof(scalar, tie('object')), { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: tie('object') },
  ),
}))

const extensions = fc
  .uniqueArray(fc.tuple(of(GENERATED_NAMES), extensionValue), { maxLength: 2, selector: ([name]) => name })
  .map((entries) => Object.fromEntries(entries) as Record<ExtensionName, ExtensionValue>)

const extended = <T extends object>(value: fc.Arbitrary<T>) =>
  fc.tuple(value, extensions).map(([v, e]) => ({ ...withoutUndefined(v), ...e }))

const quantities = fc.array(
  fc
    .record({ epcClass: of(pools.classes), quantity: some(of(pools.numbers)), uom: some(of(['KGM', 'GRM', 'MTR'])) })
    .map((q) => withoutUndefined(q.quantity === undefined ? { epcClass: q.epcClass } : q)),
  { minLength: 1, maxLength: 3 },
)

const epcList = fc.uniqueArray(of(pools.epcs), { maxLength: 4 })
const epcsNotEmpty = fc.uniqueArray(of(pools.epcs), { minLength: 1, maxLength: 4 })

const sensorElement = extended(
  fc.record({
    sensorMetadata: some(
      extended(
        fc.record({
          time: some(of(pools.times)),
          startTime: some(of(pools.times)),
          endTime: some(of(pools.times)),
          deviceID: some(of(pools.devices)),
          dataProcessingMethod: some(of(['https://id.gs1.org/253/4012345000054987', 'urn:example:method'])),
          bizRules: some(of(['https://id.gs1.org/253/4012345000054987'])),
        }),
      ),
    ),
    sensorReport: fc.array(
      extended(
        fc.record({
          type: of(['Temperature', 'Mass', 'gs1:MT-Humidity', 'example:own']),
          exception: some(term('sensorAlertType')),
          deviceID: some(of(pools.devices)),
          time: some(of(pools.times)),
          microorganism: some(of(['https://www.ncbi.nlm.nih.gov/taxonomy/1126011'])),
          chemicalSubstance: some(of(['https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N'])),
          value: some(of(pools.numbers)),
          component: some(term('component')),
          stringValue: some(of(['on', 'off'])),
          booleanValue: some(fc.boolean()),
          hexBinaryValue: some(of(['f0f0', '00'])),
          uriValue: some(of(['https://example.com/x', 'urn:example:y'])),
          minValue: some(of(pools.numbers)),
          maxValue: some(of(pools.numbers)),
          meanValue: some(of(pools.numbers)),
          sDev: some(of(pools.numbers)),
          percRank: some(of([10, 50, 90])),
          percValue: some(of(pools.numbers)),
          uom: some(of(pools.units)),
        }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
)

const common = fc.record({
  eventID: some(of(pools.eventIds)),
  eventTime: of(pools.times),
  recordTime: some(of(pools.times)),
  eventTimeZoneOffset: of(pools.offsets),
  certificationInfo: some(
    fc.oneof(of(['https://certify.example/1']), fc.constant(['https://certify.example/1', 'https://certify.example/2'])),
  ),
  errorDeclaration: some(
    extended(
      fc.record({
        declarationTime: of(pools.times),
        reason: some(term('errorReason', 'urn:example:reason')),
        correctiveEventIDs: some(fc.uniqueArray(of(pools.eventIds), { minLength: 1, maxLength: 2 })),
      }),
    ),
  ),
  bizStep: some(term('bizStep', 'https://ns.example.com/epcis/step')),
  disposition: some(term('disposition', 'urn:example:disp')),
  persistentDisposition: some(
    fc
      .record({
        set: fc.uniqueArray(term('disposition'), { minLength: 1, maxLength: 2 }),
        unset: some(fc.uniqueArray(term('disposition'), { minLength: 1, maxLength: 2 })),
      })
      .map(withoutUndefined),
  ),
  readPoint: some(extended(fc.record({ id: of(pools.places) }))),
  bizLocation: some(extended(fc.record({ id: of(pools.places) }))),
  sourceList: some(fc.array(fc.record({ type: term('sourceDestinationType'), source: of(pools.parties) }), { minLength: 1, maxLength: 2 })),
  destinationList: some(
    fc.array(fc.record({ type: term('sourceDestinationType'), destination: of(pools.parties) }), { minLength: 1, maxLength: 2 }),
  ),
  sensorElementList: some(fc.array(sensorElement, { minLength: 1, maxLength: 2 })),
})

const transaction = fc.record({ type: some(term('bizTransactionType')), bizTransaction: of(pools.transactions) }).map(withoutUndefined)
const transactions = fc.array(transaction, { minLength: 1, maxLength: 2 })
const action = of(['ADD', 'OBSERVE', 'DELETE'] as const)

const ilmd = fc
  .uniqueArray(fc.tuple(of([...GENERATED_NAMES, '{urn:epcglobal:cbv:mda}lotNumber' as ExtensionName]), extensionValue), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((entries) => Object.fromEntries(entries) as Record<ExtensionName, ExtensionValue>)

const OWN: Readonly<Record<EventType, fc.Arbitrary<object>>> = {
  ObjectEvent: fc
    .record({ epcList, quantityList: some(quantities), action, bizTransactionList: some(transactions), ilmd: some(ilmd) })
    .map((e) => ({ ...e, ilmd: e.action === 'ADD' ? e.ilmd : undefined })),
  AggregationEvent: fc.record({
    parentID: of(pools.parents),
    childEPCs: epcsNotEmpty,
    childQuantityList: some(quantities),
    action,
    bizTransactionList: some(transactions),
  }),
  AssociationEvent: fc.record({
    parentID: of(pools.parents),
    childEPCs: epcsNotEmpty,
    childQuantityList: some(quantities),
    action,
    bizTransactionList: some(transactions),
  }),
  TransactionEvent: fc.record({
    bizTransactionList: transactions,
    parentID: some(of(pools.parents)),
    epcList,
    quantityList: some(quantities),
    action,
  }),
  TransformationEvent: fc.record({
    inputEPCList: epcsNotEmpty,
    inputQuantityList: some(quantities),
    outputEPCList: some(epcList),
    outputQuantityList: quantities,
    transformationID: some(of(['urn:epc:id:gdti:0614141.12345.400', 'https://id.gs1.org/253/0614141123452400'])),
    bizTransactionList: some(transactions),
    ilmd: some(ilmd),
  }),
}

/** A valid event of one type, or of any. */
export const epcisEvent = (...types: EventType[]): fc.Arbitrary<EpcisEvent> =>
  of(types.length === 0 ? (Object.keys(OWN) as EventType[]) : types).chain((type) =>
    fc
      .tuple(common, OWN[type], extensions)
      .map(([c, own, e]) => ({ type, ...withoutUndefined(c), ...withoutUndefined(own), ...e }) as unknown as EpcisEvent),
  )
