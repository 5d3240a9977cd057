import type { TraceSource } from '../contract.ts'
import { EPCIS_SHAPES } from '../goods-event.ts'
import type { TracedEvent } from './history.ts'
import type { Names } from './names.ts'

/** An event as the ground of a statement: who says it, when it happened, when the platform learnt of it. */
export function sourceOf(event: TracedEvent, names: Names): TraceSource {
  return {
    eventId: event.id,
    kind: event.kind,
    words: EPCIS_SHAPES[event.kind].words,
    organisation: names.organisation(event.organisationId).name,
    at: event.at,
    recordedAt: event.recordedAt,
  }
}
