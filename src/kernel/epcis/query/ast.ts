/**
 * A query as data: what the URL parameters of `GET /events` and the JSON body of a named query both become. The tree is closed:
 * a compiler that handles each `kind` handles every parameter of the standard (EPCIS 2.0 clause 8.2.7.1). All conditions must
 * hold; the values inside one are alternatives.
 */
import type { Action, ClassField, EpcField, ExtensionName } from '../event.ts'

export type Comparison = 'EQ' | 'GT' | 'GE' | 'LT' | 'LE'

/** What an identifier is compared with. Compare `normalForm` of the stored identifier (`epc-normal-form.ts`). */
export type EpcMatch =
  /** The normal forms are the same. */
  | { readonly kind: 'exact'; readonly normal: string }
  /**
   * A pattern such as `urn:epc:idpat:sgtin:4012345.*.*`: the whole normal form matches `regex` (anchored; literals, `[0-9]{n}`, `.*` and
   * `(?:…)?` alone, which JavaScript and PostgreSQL read alike); every match starts with `prefix`, for an index.
   */
  | { readonly kind: 'pattern'; readonly prefix: string; readonly regex: string }

/** Where an extension field is looked for. */
export type ExtensionScope =
  | 'event'
  | 'ilmd'
  | 'errorDeclaration'
  | 'readPoint'
  | 'bizLocation'
  | 'sensorElement'
  | 'sensorMetadata'
  | 'sensorReport'

/**
 * What the value of an extension field is compared with. Stored values have the type that they were captured with, and XML without
 * `xsi:type` has only text: `texts` compares the text of a value, `numbers` a value that is or reads as a number, `instants` one
 * that reads as a date-time with an offset.
 */
export type ExtensionOperand =
  | { readonly type: 'texts'; readonly values: readonly string[] }
  | { readonly type: 'numbers'; readonly values: readonly number[] }
  /** Milliseconds of the epoch. */
  | { readonly type: 'instants'; readonly values: readonly number[] }

export type SensorTermField =
  | 'type'
  | 'deviceID'
  | 'dataProcessingMethod'
  | 'microorganism'
  | 'chemicalSubstance'
  | 'bizRules'
  | 'stringValue'
  | 'hexBinaryValue'
  | 'uriValue'

export type SensorNumberField = 'value' | 'minValue' | 'maxValue' | 'meanValue' | 'sDev' | 'percValue' | 'percRank'

export type Condition =
  /** `eventType`: bare names, or `{namespace}local` of an extension type. */
  | { readonly kind: 'eventType'; readonly values: readonly string[] }
  /** `GE_/LT_` of the times of the event itself; `at` in milliseconds of the epoch. */
  | {
      readonly kind: 'time'
      readonly field: 'eventTime' | 'recordTime' | 'errorDeclarationTime'
      readonly op: 'GE' | 'LT'
      readonly at: number
    }
  /** `GE_/LT_` of times of sensor data: some sensorMetadata or (for `time`) sensorReport of the event has such a time. */
  | { readonly kind: 'sensorTime'; readonly field: 'time' | 'startTime' | 'endTime'; readonly op: 'GE' | 'LT'; readonly at: number }
  | { readonly kind: 'action'; readonly values: readonly Action[] }
  /** Terms in the spelling of the model: bare word, or URI. `set` and `unset` are those of persistentDisposition. */
  | {
      readonly kind: 'term'
      readonly field: 'bizStep' | 'disposition' | 'set' | 'unset' | 'errorReason'
      readonly values: readonly string[]
    }
  /** `EQ_` and, with `descendants`, `WD_`: below one of the places in the tree of the master data. Normal forms. */
  | {
      readonly kind: 'place'
      readonly field: 'readPoint' | 'bizLocation'
      readonly descendants: boolean
      readonly values: readonly string[]
    }
  /** Equal as strings, but for `transformationID`, which is a normal form. */
  | { readonly kind: 'id'; readonly field: 'eventID' | 'correctiveEventID' | 'transformationID'; readonly values: readonly string[] }
  /** `EQ_bizTransaction_type`, `EQ_source_type`, `EQ_destination_type`: an entry of this type and one of these values (normal forms). */
  | {
      readonly kind: 'party'
      readonly field: 'bizTransaction' | 'source' | 'destination'
      readonly type: string
      readonly values: readonly string[]
    }
  | { readonly kind: 'epc'; readonly fields: readonly EpcField[]; readonly matches: readonly EpcMatch[] }
  | { readonly kind: 'epcClass'; readonly fields: readonly ClassField[]; readonly matches: readonly EpcMatch[] }
  /** Some quantity element of any of the four lists; `uom` undefined asks for elements of any unit. */
  | { readonly kind: 'quantity'; readonly op: Comparison; readonly values: readonly number[]; readonly uom?: string }
  | { readonly kind: 'exists'; readonly field: 'errorDeclaration' | 'sensorElementList' }
  | { readonly kind: 'sensorTerm'; readonly field: SensorTermField; readonly values: readonly string[] }
  | { readonly kind: 'sensorBoolean'; readonly value: boolean }
  /** Amounts of a sensor report in `uom` or in a unit that converts to it (`units.ts`); `percRank` has no unit. */
  | {
      readonly kind: 'sensorNumber'
      readonly field: SensorNumberField
      readonly op: Comparison
      readonly values: readonly number[]
      readonly uom?: string
    }
  /** An extension field at the top of its scope, or with `inner` anywhere below the top. */
  | {
      readonly kind: 'extension'
      readonly scope: ExtensionScope
      readonly inner: boolean
      readonly name: ExtensionName
      readonly op: Comparison
      readonly operand: ExtensionOperand
    }
  | { readonly kind: 'extensionExists'; readonly scope: ExtensionScope; readonly inner: boolean; readonly name: ExtensionName }
  /** `HASATTR_field`: the master data of the field's value has one of these attributes. */
  | { readonly kind: 'hasAttribute'; readonly field: AttributeField; readonly attributes: readonly string[] }
  /** `EQATTR_field_attribute`: and the attribute is one of these values. */
  | {
      readonly kind: 'attributeEquals'
      readonly field: AttributeField
      readonly attribute: string
      readonly values: readonly string[]
    }

/** Fields whose values are elements of a vocabulary, so that master data may describe them; or a top-level extension field. */
export const ATTRIBUTE_FIELDS = [
  'bizStep',
  'disposition',
  'readPoint',
  'bizLocation',
  'epcClass',
  'bizTransaction',
  'source',
  'destination',
] as const
export type AttributeField = (typeof ATTRIBUTE_FIELDS)[number] | ExtensionName

export interface EpcisQuery {
  readonly conditions: readonly Condition[]
  readonly orderBy?: 'eventTime' | 'recordTime' | ExtensionName
  readonly orderDirection: 'ASC' | 'DESC'
  /** Only the first so many, in the order; needs `orderBy`. */
  readonly eventCountLimit?: number
  /** More than so many results refuse the query (QueryTooLargeException). */
  readonly maxEventCount?: number
  readonly perPage?: number
  readonly nextPageToken?: string
}
