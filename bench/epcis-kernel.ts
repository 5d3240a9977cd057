import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { eventHash, preHash } from '../src/kernel/epcis/event-hash.ts'
import type { EpcisDocument, EpcisEvent } from '../src/kernel/epcis/event.ts'
import { judgeJson, readJson } from '../src/kernel/epcis/read-json.ts'
import { validateDocument } from '../src/kernel/epcis/validate.ts'
import { documentToJson } from '../src/kernel/epcis/write-json.ts'
import { readXml } from '../src/kernel/epcis/xml/read.ts'
import { documentToXml } from '../src/kernel/epcis/xml/write.ts'
import { fixed, median, say, table } from './support.ts'

const ROUNDS = 7
const MILLISECONDS = 300
const EVENTS = 100
const NS = 'https://ns.example.com/epcis/'

/** Events as they occur: five in turn, of 1, 4 and 20 identifiers, an aggregation, sensor data, ILMD and extension fields. */
function event(i: number): EpcisEvent {
  const at = { eventTime: `2026-01-31T12:${String(i % 60).padStart(2, '0')}:00.000+08:00`, eventTimeZoneOffset: '+08:00' } as const
  const epcs = (n: number) => Array.from({ length: n }, (_, k) => `urn:epc:id:sgtin:4012345.011111.${i * 100 + k}`)
  const where = {
    readPoint: { id: 'urn:epc:id:sgln:4012345.00001.12' },
    bizLocation: { id: 'https://id.gs1.org/414/4012345000016' },
  } as const
  switch (i % 5) {
    case 0:
      return { type: 'ObjectEvent', ...at, epcList: epcs(1), action: 'OBSERVE', bizStep: 'shipping', disposition: 'in_transit', ...where }
    case 1:
      return {
        type: 'ObjectEvent',
        ...at,
        epcList: epcs(20),
        action: 'ADD',
        bizStep: 'commissioning',
        ...where,
        ilmd: { [`{${NS}}batch`]: 'L1', '{urn:epcglobal:cbv:mda}countryOfOrigin': 'FR' },
      }
    case 2:
      return {
        type: 'AggregationEvent',
        ...at,
        parentID: `urn:epc:id:sscc:4012345.1${String(i).padStart(9, '0')}`,
        childEPCs: epcs(4),
        action: 'ADD',
        bizStep: 'packing',
        ...where,
        [`{${NS}}line`]: '7',
      }
    case 3:
      return {
        type: 'ObjectEvent',
        ...at,
        epcList: epcs(1),
        action: 'OBSERVE',
        ...where,
        sensorElementList: [
          {
            sensorMetadata: { deviceID: 'urn:epc:id:giai:4000001.111', time: at.eventTime },
            sensorReport: [
              { type: 'Temperature', value: 20 + i / 10, uom: 'CEL' },
              { type: 'RelativeHumidity', value: 40.5, uom: 'A93' },
            ],
          },
        ],
      }
    default:
      return {
        type: 'TransactionEvent',
        ...at,
        bizTransactionList: [{ type: 'po', bizTransaction: `urn:epcglobal:cbv:bt:4012345000009:${i}` }],
        epcList: epcs(4),
        action: 'ADD',
        quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.011111.L1', quantity: 20.5, uom: 'KGM' }],
      }
  }
}

/** Events a second on one core through each part of the EPCIS kernel, each beside its limit: the same bytes through what does the least of it. */
export function benchEpcisKernel(): Promise<void> {
  const document: EpcisDocument = {
    kind: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-01-31T12:00:00Z',
    namespaces: new Map([['example', NS]]),
    events: Array.from({ length: EVENTS }, (_, i) => event(i)),
  }
  const json = JSON.stringify(documentToJson(document))
  const raw = JSON.parse(json) as unknown
  const xml = documentToXml(document)
  const strings = document.events.map((e) => preHash(e))
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const official = schema()

  say(
    `\nEPCIS kernel: events a second on one core, documents of ${EVENTS} events (median of ${ROUNDS}); the limit does the least of the same work`,
  )
  const sides: [string, string, () => void, (() => void) | undefined][] = [
    [
      'event hash',
      'SHA-256 of the same bytes',
      () => document.events.forEach((e) => eventHash(e, { digest: sha })),
      () => strings.forEach(sha),
    ],
    [
      'event hash, own SHA-256',
      'SHA-256 of the same bytes',
      () => document.events.forEach((e) => eventHash(e)),
      () => strings.forEach(sha),
    ],
    [
      'rules',
      'the official schema in ajv',
      () => void validateDocument(raw),
      official === undefined ? undefined : () => void official(raw),
    ],
    ['rules and model', 'structuredClone', () => void judgeJson(raw), () => void structuredClone(raw)],
    ['JSON text to model', 'JSON.parse', () => void readJson(json), () => void JSON.parse(json)],
    ['model to JSON text', 'JSON.stringify', () => void JSON.stringify(documentToJson(document)), () => void JSON.stringify(raw)],
    ['XML text to model', 'JSON.parse of its JSON', () => void readXml(xml), () => void JSON.parse(json)],
    ['model to XML text', 'JSON.stringify of its JSON', () => void documentToXml(document), () => void JSON.stringify(raw)],
  ]
  const rows = sides.map(([name, limitName, run, limit]) => {
    const mine: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(EVENTS * callsPerSecond(run))
      if (limit !== undefined) theirs.push(EVENTS * callsPerSecond(limit))
    }
    const a = median(mine)
    const b = theirs.length === 0 ? undefined : median(theirs)
    return [name, fixed(a), limitName, b === undefined ? 'not measured' : fixed(b), b === undefined ? '' : fixed(a / b, 2)]
  })
  table(['part', 'events/s', 'limit or peer', 'events/s', 'ratio'], rows)
  if (official === undefined) say('!! the official schema is not beside the project (../shared/data): its peer is not measured')
  return Promise.resolve()
}

function schema(): ValidateFunction | undefined {
  let text: string
  try {
    text = readFileSync(new URL('../../shared/data/epcis-2.0.1/epcis-json-schema.json', import.meta.url), 'utf8')
  } catch {
    return undefined
  }
  const ajv = new Ajv({ strict: false, allErrors: true })
  ;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
  return ajv.compile(JSON.parse(text) as AnySchema)
}

function callsPerSecond(run: () => void): number {
  const from = performance.now()
  let calls = 0
  let now = from
  while (now - from < MILLISECONDS) {
    run()
    calls++
    now = performance.now()
  }
  return (calls * 1000) / (now - from)
}
