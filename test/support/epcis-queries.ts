import fc from 'fast-check'
import { GENERATED_NAMES, pools } from './epcis-events.ts'

/**
 * Random queries as the JSON bodies of named queries, over the pools that random events are made of: every parameter
 * and family of the query language, so that the oracle tries each.
 */

const of = <T>(values: readonly T[]) => fc.constantFrom(...values)
const list = <T>(values: readonly T[]) => fc.uniqueArray(of(values), { minLength: 1, maxLength: 3 })
const flag = fc.constant(true)
const name = of(
  GENERATED_NAMES.map((n) =>
    n.replace(/^\{https:\/\/ns\.example\.com\/epcis\/\}/, 'example:').replace(/^\{https:\/\/other\.example\.org\/voc#\}/, 'other:'),
  ),
)

const EPCS = [
  ...pools.epcs,
  ...pools.parents,
  'urn:epc:idpat:sgtin:4012345.011111.*',
  'urn:epc:idpat:sgtin:4012345.*.*',
  'urn:epc:idpat:sscc:4012345.*',
]
const CLASSES = [...pools.classes, 'urn:epc:idpat:sgtin:4012345.011111.*']
const UNITS = ['KGM', 'GRM', 'CEL', 'KEL', 'FAH', 'MTR']
const OPS = ['EQ', 'GT', 'GE', 'LT', 'LE'] as const
const STEPS = ['accepting', 'arriving', 'assembling', 'https://ns.example.com/epcis/step']
const DISPOSITIONS = ['active', 'available', 'completeness_inferred', 'urn:example:disp']

type Parameter = fc.Arbitrary<readonly [string, unknown]>
const fixed = (parameter: string, value: fc.Arbitrary<unknown>): Parameter => value.map((v) => [parameter, v] as const)

const FIXED: readonly Parameter[] = [
  fixed('eventType', list(['ObjectEvent', 'AggregationEvent', 'TransactionEvent', 'TransformationEvent', 'AssociationEvent'])),
  ...['eventTime', 'errorDeclarationTime', 'startTime', 'endTime', 'time'].flatMap((f) => [
    fixed(`GE_${f}`, of(pools.times)),
    fixed(`LT_${f}`, of(pools.times)),
  ]),
  fixed('EQ_action', list(['ADD', 'OBSERVE', 'DELETE'])),
  fixed('EQ_bizStep', list(STEPS)),
  fixed('EQ_disposition', list(DISPOSITIONS)),
  fixed('EQ_persistentDisposition_set', list(DISPOSITIONS)),
  fixed('EQ_persistentDisposition_unset', list(DISPOSITIONS)),
  ...['EQ_readPoint', 'WD_readPoint', 'EQ_bizLocation', 'WD_bizLocation'].map((p) => fixed(p, list(pools.places))),
  ...['inv', 'bol', 'desadv'].map((t) => fixed(`EQ_bizTransaction_${t}`, list(pools.transactions))),
  ...['owning_party', 'possessing_party'].flatMap((t) => [
    fixed(`EQ_source_${t}`, list(pools.parties)),
    fixed(`EQ_destination_${t}`, list(pools.parties)),
  ]),
  fixed('EQ_transformationID', list(['urn:epc:id:gdti:0614141.12345.400', 'https://id.gs1.org/253/0614141123452400'])),
  ...['MATCH_epc', 'MATCH_parentID', 'MATCH_inputEPC', 'MATCH_outputEPC', 'MATCH_anyEPC'].map((p) => fixed(p, list(EPCS))),
  ...['MATCH_epcClass', 'MATCH_inputEPCClass', 'MATCH_outputEPCClass', 'MATCH_anyEPCClass'].map((p) => fixed(p, list(CLASSES))),
  ...OPS.map((op) => fixed(`${op}_quantity`, of(pools.numbers))),
  ...OPS.map((op) => fixed(`${op}_quantity_KGM`, of(pools.numbers))),
  fixed('EQ_eventID', list(pools.eventIds)),
  fixed('EXISTS_errorDeclaration', flag),
  fixed('EQ_errorReason', list(['did_not_occur', 'incorrect_data', 'urn:example:reason'])),
  fixed('EQ_correctiveEventID', list(pools.eventIds)),
  fixed('EXISTS_sensorElementList', flag),
  fixed('EQ_type', list(['Temperature', 'Mass'])),
  fixed('EQ_deviceID', list(pools.devices)),
  fixed('EQ_dataProcessingMethod', list(['https://id.gs1.org/253/4012345000054987', 'urn:example:method'])),
  fixed('EQ_microorganism', list(['https://www.ncbi.nlm.nih.gov/taxonomy/1126011'])),
  fixed('EQ_chemicalSubstance', list(['https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N'])),
  fixed('EQ_bizRules', list(['https://id.gs1.org/253/4012345000054987'])),
  fixed('EQ_stringValue', list(['on', 'off'])),
  fixed('EQ_hexBinaryValue', list(['f0f0', 'F0F0', '00'])),
  fixed('EQ_uriValue', list(['https://example.com/x', 'urn:example:y'])),
  fixed('EQ_booleanValue', fc.boolean()),
  ...OPS.map((op) => fixed(`${op}_percRank`, of([10, 50, 90]))),
  fixed('HASATTR_bizStep', list(['urn:example:a', 'urn:example:b'])),
  fixed('HASATTR_readPoint', list(['urn:example:a', 'urn:example:b'])),
]

const FAMILIES: readonly Parameter[] = [
  ...['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'].map((field) =>
    fc.tuple(of(OPS), of(UNITS), of(pools.numbers)).map(([op, unit, v]) => [`${op}_${field}_${unit}`, v] as const),
  ),
  ...[
    '',
    'INNER_',
    'ILMD_',
    'INNER_ILMD_',
    'ERROR_DECLARATION_',
    'INNER_ERROR_DECLARATION_',
    'SENSORELEMENT_',
    'INNER_SENSORELEMENT_',
    'SENSORMETADATA_',
    'SENSORREPORT_',
    'readPoint_',
    'bizLocation_',
  ].flatMap((scope) => [
    fc.tuple(name, list(pools.texts)).map(([n, v]) => [`EQ_${scope}${n}`, v] as const),
    fc.tuple(of(OPS), name, of([...pools.numbers, ...pools.times])).map(([op, n, v]) => [`${op}_${scope}${n}`, v] as const),
    name.map((n) => [`EXISTS_${scope}${n}`, true] as const),
  ]),
]

/** Names of the parameters that are tried by themselves; families are tried by random members. */
export const epcisQueryBody: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.oneof({ weight: FIXED.length, arbitrary: fc.oneof(...FIXED) }, { weight: FAMILIES.length, arbitrary: fc.oneof(...FAMILIES) }), {
    minLength: 1,
    maxLength: 2,
  })
  .map((entries) => Object.fromEntries(entries))

/** One query for each parameter, and one for each family. */
export const eachParameter: readonly Parameter[] = [...FIXED, ...FAMILIES]
