import type { Words } from '../../../kernel/errors.ts'
import type { TraceSource } from '../contract.ts'
import { EPCIS_SHAPES } from '../goods-event.ts'
import type { TracedEvent } from './history.ts'
import type { Names } from './names.ts'

/** An event as the ground of a statement: who says it, when it happened, when the platform learnt of it. */
export function sourceOf(event: TracedEvent, names: Names): TraceSource {
  return {
    eventId: event.id,
    kind: event.kind,
    words: Object.hasOwn(EPCIS_SHAPES, event.kind) ? EPCIS_SHAPES[event.kind].words : { zh: event.kind, en: event.kind },
    organisation: consumer(event) ? CONSUMER : names.organisation(event.organisationId).name,
    at: event.at,
    recordedAt: event.recordedAt,
  }
}

const CONSUMER: Words = { zh: '消费者（通过扫码页）', en: 'a consumer, on the scan page' }

/** An empty bottle is retired on a consumer's word, whoever owns the label. */
const consumer = (event: TracedEvent): boolean =>
  (event.kind === 'retiring' || event.kind === 'unretiring') && event.personId === null && !event.byApiKey
