import fc from 'fast-check'
import type { EpcisQuery } from '../../src/kernel/epcis/query/ast.ts'
import type { EpcisEvent, Vocabulary } from '../../src/kernel/epcis/event.ts'
import { type MatchContext, matches } from '../../src/kernel/epcis/query/matches.ts'
import { instantMs } from '../../src/kernel/epcis/date-time.ts'
import { GENERATED_NAMESPACES, pools } from './epcis-events.ts'

/**
 * Random queries over the pools of `epcis-events.ts`, as the parameters of a URL: every parameter of the standard's table has an entry, so
 * that an oracle which runs them against another implementation leaves none out.
 */

const of = <T>(values: readonly T[]) => fc.constantFrom(...values)
/** One to three alternatives. */
const list = (values: readonly (string | number)[]) =>
  fc.uniqueArray(of(values), { minLength: 1, maxLength: 3 }).map((some) => some.join('|'))

const OPERATORS = ['EQ', 'GT', 'GE', 'LT', 'LE'] as const
const FIELDS = ['example:myField', 'example:grade', 'example:count', 'other:when', 'other:note'] as const
const SCOPES = [
  '',
  'ILMD_',
  'ERROR_DECLARATION_',
  'SENSORELEMENT_',
  'SENSORMETADATA_',
  'SENSORREPORT_',
  'readPoint_',
  'bizLocation_',
] as const

const steps = ['accepting', 'arriving', 'assembling', 'collecting', 'commissioning', 'https://ns.example.com/epcis/step']
const dispositions = ['active', 'available', 'completeness_inferred', 'completeness_verified', 'conformant', 'urn:example:disp']
const instants = of([...pools.times, '2026-01-15T00:00:00Z'])

/** Values by parameter. Families are written with the names that their members have. */
export const PARAMETERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  eventType: list(['ObjectEvent', 'AggregationEvent', 'TransactionEvent', 'TransformationEvent', 'AssociationEvent']),
  GE_eventTime: instants,
  LT_eventTime: instants,
  GE_recordTime: instants,
  LT_recordTime: instants,
  GE_errorDeclarationTime: instants,
  LT_errorDeclarationTime: instants,
  GE_time: instants,
  LT_time: instants,
  GE_startTime: instants,
  LT_startTime: instants,
  GE_endTime: instants,
  LT_endTime: instants,
  EQ_action: list(['ADD', 'OBSERVE', 'DELETE']),
  EQ_bizStep: list(steps),
  EQ_disposition: list(dispositions),
  EQ_persistentDisposition_set: list(dispositions),
  EQ_persistentDisposition_unset: list(dispositions),
  EQ_readPoint: list(pools.places),
  WD_readPoint: list([...pools.places, 'urn:example:site']),
  EQ_bizLocation: list(pools.places),
  WD_bizLocation: list([...pools.places, 'urn:example:site']),
  EQ_transformationID: list(['urn:epc:id:gdti:0614141.12345.400', 'https://id.gs1.org/253/0614141123452400']),
  EQ_eventID: list(pools.eventIds),
  EQ_correctiveEventID: list(pools.eventIds),
  EQ_errorReason: list(['did_not_occur', 'incorrect_data', 'urn:example:reason']),
  EXISTS_errorDeclaration: of(['true', 'false']),
  EXISTS_sensorElementList: of(['true', 'false']),
  ...Object.fromEntries(['bol', 'cert', 'desadv'].map((type) => [`EQ_bizTransaction_${type}`, list(pools.transactions)])),
  ...Object.fromEntries(['location', 'owning_party'].map((type) => [`EQ_source_${type}`, list(pools.parties)])),
  ...Object.fromEntries(['location', 'owning_party'].map((type) => [`EQ_destination_${type}`, list(pools.parties)])),
  ...Object.fromEntries(
    ['MATCH_epc', 'MATCH_inputEPC', 'MATCH_outputEPC', 'MATCH_anyEPC'].map((name) => [
      name,
      list([...pools.epcs, 'urn:epc:idpat:sgtin:4012345.011111.*', 'urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:idpat:sscc:4012345.*']),
    ]),
  ),
  MATCH_parentID: list([...pools.parents, 'urn:epc:idpat:sscc:4012345.*']),
  ...Object.fromEntries(
    ['MATCH_epcClass', 'MATCH_inputEPCClass', 'MATCH_outputEPCClass', 'MATCH_anyEPCClass'].map((name) => [
      name,
      list([...pools.classes, 'urn:epc:idpat:sgtin:4012345.*.*']),
    ]),
  ),
  ...Object.fromEntries(
    OPERATORS.flatMap((op) =>
      ['', '_KGM', '_GRM'].map((uom) => [`${op}_quantity${uom}`, op === 'EQ' ? list(pools.numbers) : of(pools.numbers).map(String)]),
    ),
  ),
  EQ_type: list(['Temperature', 'Mass', 'gs1:MT-Humidity', 'example:own']),
  EQ_deviceID: list(pools.devices),
  EQ_dataProcessingMethod: list(['https://id.gs1.org/253/4012345000054987', 'urn:example:method']),
  EQ_microorganism: list(['https://www.ncbi.nlm.nih.gov/taxonomy/1126011', 'urn:example:none']),
  EQ_chemicalSubstance: list(['https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N', 'urn:example:none']),
  EQ_bizRules: list(['https://other.example/253/4012345000054987']),
  EQ_stringValue: list(['on', 'off']),
  EQ_booleanValue: of(['true', 'false']),
  EQ_hexBinaryValue: list(['F0F0', '00']),
  EQ_uriValue: list(['https://example.com/x', 'urn:example:y']),
  ...Object.fromEntries(
    OPERATORS.flatMap((op) =>
      ['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'].flatMap((field) =>
        ['CEL', 'KEL', 'KGM'].map((uom) => [`${op}_${field}_${uom}`, of(pools.numbers).map(String)]),
      ),
    ),
  ),
  ...Object.fromEntries(OPERATORS.map((op) => [`${op}_percRank`, of(['10', '50', '90'])])),
  ...Object.fromEntries(
    SCOPES.flatMap((scope) =>
      ['', 'INNER_'].flatMap((inner) =>
        FIELDS.flatMap((field) => [
          [`EXISTS_${inner}${scope}${field}`, of(['true', 'false'])],
          [`EQ_${inner}${scope}${field}`, list(pools.texts)],
          ...['GT', 'GE', 'LT', 'LE'].map((op) => [`${op}_${inner}${scope}${field}`, fc.oneof(of(pools.numbers).map(String), instants)]),
        ]),
      ),
    ),
  ),
  HASATTR_readPoint: list(['urn:epcglobal:cbv:mda:site', 'urn:epcglobal:cbv:mda:sst']),
  HASATTR_bizLocation: list(['urn:epcglobal:cbv:mda:site']),
  HASATTR_epcClass: list(['urn:epcglobal:cbv:mda:netWeight']),
  'EQATTR_readPoint_urn:epcglobal:cbv:mda:sst': list(['201', '202']),
  'EQATTR_epcClass_urn:epcglobal:cbv:mda:netWeight': list(['3.5', '4']),
}

/** One parameter of any name, with a value. */
export const oneParameter: fc.Arbitrary<readonly [string, string]> = of(Object.keys(PARAMETERS)).chain((name) =>
  PARAMETERS[name]!.map((value) => [name, value] as const),
)

/** One to three parameters of different names. */
export const urlQuery: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.uniqueArray(oneParameter, {
  minLength: 1,
  maxLength: 3,
  selector: ([name]) => name,
})

/** Master data that the places and classes of the pools belong to. */
export const GENERATED_MASTER_DATA: readonly Vocabulary[] = [
  {
    type: 'urn:epcglobal:epcis:vtype:ReadPoint',
    vocabularyElementList: [
      { id: 'urn:example:site', children: ['urn:epc:id:sgln:4012345.00001.0'] },
      {
        id: 'https://id.gs1.org/414/4012345000016',
        attributes: [{ id: 'urn:epcglobal:cbv:mda:site', attribute: '4012345000016' }],
        children: ['urn:epc:id:sgln:4012345.00001.12'],
      },
      { id: 'urn:epc:id:sgln:4012345.00001.12', attributes: [{ id: 'urn:epcglobal:cbv:mda:sst', attribute: 201 }] },
    ],
  },
  {
    type: 'urn:epcglobal:epcis:vtype:EPCClass',
    vocabularyElementList: [
      { id: 'urn:epc:idpat:sgtin:4012345.011111.*', attributes: [{ id: 'urn:epcglobal:cbv:mda:netWeight', attribute: '3.5' }] },
    ],
  },
]

/** The plainest answer to a query: filter, sort, cut. Events without the field of the order come last, in the order given. */
export function answer(
  events: readonly EpcisEvent[],
  query: EpcisQuery,
  context: MatchContext = { namespaces: GENERATED_NAMESPACES },
): readonly EpcisEvent[] {
  const found = events.filter((event) => matches(event, query, context))
  const { orderBy, orderDirection, eventCountLimit } = query
  if (orderBy === undefined) return found
  const keyOf = (event: EpcisEvent): number | string | undefined => {
    if (orderBy === 'eventTime') return instantMs(event.eventTime)
    if (orderBy === 'recordTime') return event.recordTime === undefined ? undefined : instantMs(event.recordTime)
    const value = [event[orderBy]].flat()[0]
    return typeof value === 'number' || typeof value === 'string' ? value : undefined
  }
  const sign = orderDirection === 'ASC' ? 1 : -1
  const sorted = found
    .map((event, i) => ({ event, i, key: keyOf(event) }))
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined) return a.key === b.key ? a.i - b.i : a.key === undefined ? 1 : -1
      return a.key < b.key ? -sign : a.key > b.key ? sign : a.i - b.i
    })
    .map(({ event }) => event)
  return eventCountLimit === undefined ? sorted : sorted.slice(0, eventCountLimit)
}
