import { describe, expect, it } from 'vitest'
import type { EpcisEvent } from '../event.ts'
import { masterDataOf, matches } from './matches.ts'
import { parseJsonQuery, parseUrlQuery, QueryProblem } from './parse.ts'

const NS = 'https://ns.example.com/epcis/'
const namespaces = new Map([['example', NS]])

const EVENT: EpcisEvent = {
  type: 'ObjectEvent',
  eventID: 'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8',
  eventTime: '2026-01-31T20:00:00+08:00',
  recordTime: '2026-01-31T12:00:05Z',
  eventTimeZoneOffset: '+08:00',
  errorDeclaration: {
    declarationTime: '2026-02-01T00:00:00Z',
    reason: 'incorrect_data',
    correctiveEventIDs: ['urn:uuid:00000000-0000-4000-8000-000000000001'],
    [`{${NS}}by`]: 'me',
  },
  epcList: ['urn:epc:id:sgtin:4012345.011111.98', 'https://brand.example/01/04012345222227/10/L1/21/A%2F7'],
  quantityList: [
    { epcClass: 'urn:epc:class:lgtin:4012345.011111.L1', quantity: 20, uom: 'KGM' },
    { epcClass: 'urn:epc:idpat:sgtin:4012345.022222.*', quantity: 3 },
  ],
  action: 'ADD',
  bizStep: 'shipping',
  disposition: 'in_transit',
  persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
  readPoint: { id: 'urn:epc:id:sgln:4012345.00001.12', [`{${NS}}dock`]: 'north' },
  bizLocation: { id: 'https://id.gs1.org/414/4012345000016' },
  bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epc:id:gdti:0614141.00001.1618034' }],
  sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00001' }],
  destinationList: [{ type: 'possessing_party', destination: 'https://id.gs1.org/417/4000001000128' }],
  sensorElementList: [
    {
      sensorMetadata: {
        startTime: '2026-01-31T10:00:00Z',
        endTime: '2026-01-31T11:00:00Z',
        deviceID: 'urn:epc:id:giai:4000001.111',
        [`{${NS}}run`]: '7',
      },
      sensorReport: [
        {
          type: 'Temperature',
          value: 26,
          uom: 'CEL',
          sDev: 0.5,
          percRank: 90,
          booleanValue: false,
          hexBinaryValue: 'F0',
          time: '2026-01-31T10:30:00Z',
          [`{${NS}}cv`]: 1.5,
        },
      ],
      [`{${NS}}lab`]: { [`{${NS}}room`]: ['12', '13'] },
    },
  ],
  ilmd: {
    [`{${NS}}lot`]: 'L1',
    [`{${NS}}made`]: { [`{${NS}}at`]: '2026-01-01T00:00:00Z' },
    '{urn:epcglobal:cbv:mda}countryOfOrigin': 'FR',
  },
  [`{${NS}}grade`]: ['A', 'B'],
  [`{${NS}}weight`]: '3.50',
  [`{${NS}}box`]: { [`{${NS}}grade`]: 'C', [`{${NS}}weights`]: [1, { [`{${NS}}weight`]: 9 }] },
}

const masterData = masterDataOf([
  {
    type: 'urn:epcglobal:epcis:vtype:ReadPoint',
    vocabularyElementList: [
      {
        id: 'urn:epc:id:sgln:4012345.00001.0',
        attributes: [{ id: 'urn:epcglobal:cbv:mda:site', attribute: '4012345000016' }],
        children: ['https://id.gs1.org/414/4012345000016/254/12'],
      },
      { id: 'urn:example:site', children: ['urn:epc:id:sgln:4012345.00001.0'] },
      { id: 'https://id.gs1.org/414/4012345000016/254/12', attributes: [{ id: 'urn:epcglobal:cbv:mda:sst', attribute: '201' }] },
    ],
  },
])

const finds = (parameters: Record<string, string>): boolean =>
  matches(EVENT, parseUrlQuery(Object.entries(parameters), { namespaces }), { namespaces, masterData })

describe('a query', () => {
  it.each<[string, string, string]>([
    ['eventType', 'AggregationEvent|ObjectEvent', 'TransactionEvent'],
    ['GE_eventTime', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.001Z'],
    ['LT_eventTime', '2026-01-31T12:00:00.001Z', '2026-01-31T12:00:00Z'],
    ['GE_recordTime', '2026-01-31T12:00:05Z', '2026-01-31T12:00:06Z'],
    ['LT_errorDeclarationTime', '2026-02-02T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['GE_errorDeclaration_Time', '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'],
    ['GE_time', '2026-01-31T10:30:00Z', '2026-01-31T10:31:00Z'],
    ['LT_startTime', '2026-01-31T10:00:01Z', '2026-01-31T10:00:00Z'],
    ['GE_endTime', '2026-01-31T11:00:00Z', '2026-01-31T11:00:01Z'],
    ['EQ_action', 'ADD|DELETE', 'OBSERVE'],
    ['EQ_bizStep', 'receiving|shipping', 'receiving'],
    ['EQ_bizStep', 'urn:epcglobal:cbv:bizstep:shipping', 'https://ref.gs1.org/cbv/BizStep-receiving'],
    ['EQ_disposition', 'cbv:Disp-in_transit', 'in_progress'],
    ['EQ_persistentDisposition_set', 'completeness_verified', 'completeness_inferred'],
    ['EQ_persistentDisposition_unset', 'completeness_inferred', 'completeness_verified'],
    ['EQ_readPoint', 'https://id.gs1.org/414/4012345000016/254/12', 'https://id.gs1.org/414/4012345000016'],
    ['WD_readPoint', 'urn:example:site', 'urn:example:other'],
    ['WD_readPoint', 'https://id.gs1.org/414/4012345000016', 'urn:epc:id:sgln:4012345.00002.0'],
    ['EQ_bizLocation', 'urn:epc:id:sgln:4012345.00001.0', 'urn:epc:id:sgln:4012345.00001.12'],
    ['EQ_bizTransaction_po', 'https://id.gs1.org/253/06141410000121618034', 'urn:epc:id:gdti:0614141.00001.1'],
    ['EQ_source_owning_party', 'https://id.gs1.org/417/4012345000016', 'urn:epc:id:pgln:4000001.00012'],
    ['EQ_destination_possessing_party', 'urn:epc:id:pgln:4000001.00012', 'urn:epc:id:pgln:4012345.00001'],
    ['MATCH_epc', 'https://other.example/01/04012345111118/21/98', 'https://id.gs1.org/01/04012345111118/21/99'],
    ['MATCH_anyEPC', 'urn:epc:id:sgtin:4012345.022222.A%2F7', 'urn:epc:id:sgtin:4012345.022222.A7'],
    ['MATCH_epc', 'urn:epc:idpat:sgtin:4012345.011111.*', 'urn:epc:idpat:sgtin:4012345.033333.*'],
    ['MATCH_epc', 'urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:idpat:sgtin:4000001.*.*'],
    ['MATCH_epcClass', 'https://id.gs1.org/01/04012345111118/10/L1', 'https://id.gs1.org/01/04012345111118'],
    ['MATCH_anyEPCClass', 'https://id.gs1.org/01/04012345222227', 'https://id.gs1.org/01/04012345222227/10/L1'],
    ['MATCH_epcClass', 'urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:idpat:sgtin:4000001.*.*'],
    ['EQ_quantity', '3|20', '4'],
    ['GT_quantity', '19.5', '20'],
    ['GE_quantity_KGM', '20', '21'],
    ['LT_quantity_KGM', '20.5', '4'],
    ['EQ_eventID', 'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8', 'urn:uuid:0'],
    ['EQ_errorReason', 'incorrect_data', 'did_not_occur'],
    ['EQ_correctiveEventID', 'urn:uuid:00000000-0000-4000-8000-000000000001', 'urn:uuid:0'],
    ['EQ_type', 'gs1:Temperature', 'Mass'],
    ['EQ_deviceID', 'https://id.gs1.org/8004/4000001111', 'https://id.gs1.org/8004/4000001112'],
    ['EQ_hexBinaryValue', 'f0', 'f1'],
    ['EQ_booleanValue', 'false', 'true'],
    ['EQ_value_CEL', '26', '27'],
    ['EQ_value_KEL', '299.15', '26'],
    ['GT_value_FAH', '78', '79'],
    ['LE_sDev_KEL', '0.5', '0.4'],
    ['GE_percRank', '90', '91'],
    ['EQ_example:grade', 'B', 'C'],
    ['EQ_INNER_example:grade', 'C', 'A'],
    ['GE_example:weight', '3.5', '3.6'],
    ['LT_INNER_example:weight', '10', '9'],
    ['EQ_ILMD_example:lot', 'L1', 'L2'],
    ['EQ_ILMD_cbvmda:countryOfOrigin', 'FR', 'DE'],
    ['LT_INNER_ILMD_example:at', '2026-01-01T08:00:01+08:00', '2026-01-01T08:00:00+08:00'],
    ['EQ_ERROR_DECLARATION_example:by', 'me', 'you'],
    ['EQ_readPoint_example:dock', 'north', 'south'],
    ['EQ_INNER_SENSORELEMENT_example:room', '13', '14'],
    ['EQ_SENSORMETADATA_example:run', '7', '8'],
    ['GT_SENSORREPORT_example:cv', '1', '1.5'],
    [`EQ_{${NS}}grade`, 'A', 'C'],
    [`EQ_${NS}grade`, 'A', 'C'],
    ['HASATTR_readPoint', 'urn:epcglobal:cbv:mda:sst', 'urn:epcglobal:cbv:mda:ssa'],
    ['EQATTR_readPoint_urn:epcglobal:cbv:mda:sst', '200|201', '202'],
    ['EQ_ATTR_bizLocation_urn:epcglobal:cbv:mda:site', '4012345000016', '1'],
  ])('%s=%s finds the event, %s does not', (name, yes, no) => {
    expect(finds({ [name]: yes })).toBe(true)
    expect(finds({ [name]: no })).toBe(false)
  })

  it.each<[string, boolean]>([
    ['EXISTS_errorDeclaration', true],
    ['EXISTS_sensorElementList', true],
    ['EXISTS_example:box', true],
    ['EXISTS_example:none', false],
    ['EXISTS_INNER_example:weights', true],
    ['EXISTS_ILMD_example:lot', true],
    ['EXISTS_SENSORELEMENT_example:lab', true],
    ['EXISTS_SENSORREPORT_example:run', false],
    ['EXISTS_INNER_ILMD_example:lot', false],
  ])('%s says %s, and nothing when it is false', (name, there) => {
    expect(finds({ [name]: 'true' })).toBe(there)
    expect(finds({ [name]: 'false' })).toBe(true)
    for (const value of [1, null]) expect(matches(EVENT, parseJsonQuery({ [name]: value }, { namespaces }))).toBe(there)
  })

  it('needs every condition, and one of the values of each', () => {
    expect(finds({ EQ_bizStep: 'shipping', EQ_action: 'ADD' })).toBe(true)
    expect(finds({ EQ_bizStep: 'shipping', EQ_action: 'DELETE' })).toBe(false)
    expect(finds({})).toBe(true)
  })

  it.each<[string, string, string]>([
    ['EQ_colour', 'red', 'unknown-parameter'],
    ['__proto__', 'x', 'unknown-parameter'],
    ['constructor', 'x', 'unknown-parameter'],
    ['EQ_nowhere:field', 'x', 'unknown-prefix'],
    ['EQ_action', 'add', 'not-action'],
    ['GE_eventTime', '2026-01-31', 'not-date-time'],
    ['GE_eventTime', '2026-01-31T12:00:00', 'not-date-time'],
    ['GT_quantity', 'many', 'not-number'],
    ['GT_quantity', '1|2', 'not-number'],
    ['GT_example:weight', 'heavy', 'not-number-or-date-time'],
    ['orderDirection', 'UP', 'not-direction'],
    ['orderBy', 'bizStep', 'not-order'],
    ['eventCountLimit', '5', 'limit-without-order'],
    ['perPage', '0', 'not-count'],
    ['EXISTS_errorDeclaration', 'perhaps', 'not-boolean'],
    ['EQ_bizStep', '', 'no-value'],
    ['eventType', 'Event', 'not-event-type'],
  ])('refuses %s=%s: %s', (name, value, code) => {
    const parse = () => parseUrlQuery([[name, value]], { namespaces })
    expect(parse).toThrow(QueryProblem)
    expect(parse).toThrow(code)
  })

  it('refuses two limits, one parameter twice, endless values and remote contexts', () => {
    expect(() =>
      parseUrlQuery([
        ['maxEventCount', '5'],
        ['eventCountLimit', '5'],
        ['orderBy', 'eventTime'],
      ]),
    ).toThrow('two-limits')
    expect(() =>
      parseUrlQuery([
        ['EQ_bizStep', 'a'],
        ['EQ_bizStep', 'b'],
      ]),
    ).toThrow('repeated-parameter')
    expect(() => parseUrlQuery([['MATCH_epc', Array.from({ length: 11 }, (_, i) => `urn:x:${i}`).join('|')]], { values: 10 })).toThrow(
      'too-many-values',
    )
    expect(() => parseJsonQuery({ '@context': 'https://evil.example/context' })).toThrow('bad-context')
  })

  it('reads shape and order', () => {
    const { conditions, ...shape } = parseJsonQuery({
      '@context': { e: NS },
      orderBy: 'e:grade',
      orderDirection: 'ASC',
      eventCountLimit: 3,
      perPage: 10,
      nextPageToken: 't',
    })
    expect(shape).toEqual({ orderBy: `{${NS}}grade`, orderDirection: 'ASC', eventCountLimit: 3, perPage: 10, nextPageToken: 't' })
    expect(conditions).toEqual([])
    expect(parseUrlQuery([]).orderDirection).toBe('DESC')
  })
})
