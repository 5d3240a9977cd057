/**
 * The EPCIS 2.0.1 model in the one form that everything inside works with. It is the JSON of the standard with three
 * freedoms of spelling taken away:
 *
 * - a term of the Core Business Vocabulary is its bare word (`shipping`, `in_transit`, `Temperature`), however it came
 *   (`urn:epcglobal:cbv:bizstep:shipping`, `https://ref.gs1.org/cbv/BizStep-shipping`, `cbv:BizStep-shipping`);
 *   a term of the GS1 web vocabulary that is not in the list of the schema is the CURIE `gs1:Word`;
 * - a field of another vocabulary (extension, ILMD) is named `{namespace}local`, so that a prefix means nothing;
 * - an attribute of such a field in XML is `@name` or `@{namespace}name` beside `#text`.
 *
 * Identifiers (EPCs, locations, parties, event ids), times and numbers stay as they were captured: `epc-normal-form.ts`
 * and `date-time.ts` compare them. No object holds a name that came from outside without a check against `__proto__`.
 */

export const EVENT_TYPES = ['ObjectEvent', 'AggregationEvent', 'TransactionEvent', 'TransformationEvent', 'AssociationEvent'] as const
export type EventType = (typeof EVENT_TYPES)[number]

export const ACTIONS = ['OBSERVE', 'ADD', 'DELETE'] as const
export type Action = (typeof ACTIONS)[number]

/** `{namespace}local`, as in `{https://ns.example.com/epcis/}myField`. */
export type ExtensionName = `{${string}}${string}`

/** Anything that a document may put below an extension field. Names inside are `{namespace}local`, `local`, `@attribute` or `#text`. */
export type ExtensionValue = string | number | boolean | null | readonly ExtensionValue[] | ExtensionObject
export interface ExtensionObject {
  readonly [name: string]: ExtensionValue
}

/** A place where the standard lets other vocabularies add fields. */
export interface Extensible {
  readonly [name: ExtensionName]: ExtensionValue | undefined
}

/** An amount of a class: so many pieces without `uom`, otherwise in the unit of UN/ECE Recommendation 20. */
export interface QuantityElement {
  readonly epcClass: string
  readonly quantity?: number
  readonly uom?: string
}

export interface BizTransaction {
  readonly type?: string
  readonly bizTransaction: string
}

export interface Source {
  readonly type: string
  readonly source: string
}

export interface Destination {
  readonly type: string
  readonly destination: string
}

export interface Place extends Extensible {
  readonly id: string
}

export interface PersistentDisposition {
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
}

export interface ErrorDeclaration extends Extensible {
  readonly declarationTime: string
  readonly reason?: string
  readonly correctiveEventIDs?: readonly string[]
}

export interface SensorMetadata extends Extensible {
  readonly time?: string
  readonly startTime?: string
  readonly endTime?: string
  readonly deviceID?: string
  readonly deviceMetadata?: string
  readonly rawData?: string
  readonly dataProcessingMethod?: string
  readonly bizRules?: string
}

export interface SensorReport extends Extensible {
  readonly type?: string
  readonly exception?: string
  readonly deviceID?: string
  readonly deviceMetadata?: string
  readonly rawData?: string
  readonly dataProcessingMethod?: string
  readonly bizRules?: string
  readonly time?: string
  readonly microorganism?: string
  readonly chemicalSubstance?: string
  readonly coordinateReferenceSystem?: string
  readonly value?: number
  readonly component?: string
  readonly stringValue?: string
  readonly booleanValue?: boolean
  readonly hexBinaryValue?: string
  readonly uriValue?: string
  readonly minValue?: number
  readonly maxValue?: number
  readonly meanValue?: number
  readonly sDev?: number
  readonly percRank?: number
  readonly percValue?: number
  readonly uom?: string
}

export interface SensorElement extends Extensible {
  readonly sensorMetadata?: SensorMetadata
  readonly sensorReport: readonly SensorReport[]
}

/**
 * One event of any type. The fields are the union of the five types, as the query language sees them; which of them a type may
 * have is the business of `validate.ts`. An event of an extension type has its type as `{namespace}local`.
 */
export interface EpcisEvent extends Extensible {
  readonly type: EventType | ExtensionName
  readonly eventID?: string
  readonly eventTime: string
  readonly recordTime?: string
  readonly eventTimeZoneOffset: string
  readonly certificationInfo?: string | readonly string[]
  readonly errorDeclaration?: ErrorDeclaration
  readonly action?: Action
  readonly parentID?: string
  readonly epcList?: readonly string[]
  readonly childEPCs?: readonly string[]
  readonly inputEPCList?: readonly string[]
  readonly outputEPCList?: readonly string[]
  readonly quantityList?: readonly QuantityElement[]
  readonly childQuantityList?: readonly QuantityElement[]
  readonly inputQuantityList?: readonly QuantityElement[]
  readonly outputQuantityList?: readonly QuantityElement[]
  readonly transformationID?: string
  readonly bizStep?: string
  readonly disposition?: string
  readonly persistentDisposition?: PersistentDisposition
  readonly readPoint?: Place
  readonly bizLocation?: Place
  readonly bizTransactionList?: readonly BizTransaction[]
  readonly sourceList?: readonly Source[]
  readonly destinationList?: readonly Destination[]
  readonly sensorElementList?: readonly SensorElement[]
  readonly ilmd?: Extensible
}

/** The five fields that hold instance identifiers, and the four that hold classes with amounts. */
export const EPC_FIELDS = ['epcList', 'childEPCs', 'parentID', 'inputEPCList', 'outputEPCList'] as const
export type EpcField = (typeof EPC_FIELDS)[number]
export const CLASS_FIELDS = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'] as const
export type ClassField = (typeof CLASS_FIELDS)[number]

/** One element of master data: a location, a class … with its attributes, and the elements below it. */
export interface VocabularyElement {
  readonly id: string
  readonly attributes?: readonly { readonly id: string; readonly attribute?: ExtensionValue }[]
  readonly children?: readonly string[]
}

export interface Vocabulary {
  readonly type: string
  readonly vocabularyElementList?: readonly VocabularyElement[]
}

/** Prefixes and what they stand for; a `Map`, because the prefixes come from outside. */
export type Namespaces = ReadonlyMap<string, string>

/** A capture or query document; a bare event is a document of one event with `kind` `Event`. */
export interface EpcisDocument {
  readonly kind: 'EPCISDocument' | 'EPCISQueryDocument' | 'Event'
  readonly id?: string
  readonly schemaVersion?: string
  readonly creationDate?: string
  readonly sender?: string
  readonly receiver?: string
  readonly instanceIdentifier?: string
  /** For query documents: the name of the query that made it, and of the subscription. */
  readonly queryName?: string
  readonly subscriptionID?: string
  /** Prefixes that the document declares: for writing it again, and for CURIEs among its values. */
  readonly namespaces: Namespaces
  /** Master data of the header, or of the results of a query. */
  readonly masterData?: readonly Vocabulary[]
  readonly events: readonly EpcisEvent[]
  /** Fields of other vocabularies beside the header and the body, and in the header. */
  readonly extensions?: Extensible
  readonly headerExtensions?: Extensible
}

export const isExtensionName = (name: string): name is ExtensionName => name.startsWith('{') && name.indexOf('}') > 0

/** The namespace and the local part of `{namespace}local`; a plain name has the empty namespace. */
export function splitName(name: string): { readonly namespace: string; readonly local: string } {
  const end = name.startsWith('{') ? name.indexOf('}') : -1
  return end < 0 ? { namespace: '', local: name } : { namespace: name.slice(1, end), local: name.slice(end + 1) }
}
