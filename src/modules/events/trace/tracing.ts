import type { Readable } from 'node:stream'
import type { Actor } from '../../../platform/http/actor.ts'
import type { TraceBack, TraceCandidate, TraceForward } from '../contract.ts'
import { dossierOfGoods, dossierOfItem } from './dossier.ts'
import { writePdf } from '../../../platform/documents/write-pdf.ts'
import { findOrigins } from './origin.ts'
import type { TraceDeps } from './ports.ts'
import { traceBackward } from './trace-backward.ts'
import { ForwardTracer, type ForwardQuestion } from './trace-forward.ts'
import { wallOf } from './wall.ts'

/** Tracing as routes and the command line use it. */
export interface Tracing {
  /** What somebody may mean by a code, a number or a name. */
  find(text: string, actor: Actor): Promise<TraceCandidate[]>
  /** @throws AppError NOT_FOUND */
  backward(code: string, asOf: string | undefined, actor: Actor): Promise<TraceBack>
  /** @throws AppError NOT_FOUND, TRACE_TOO_LARGE, TRACE_TOO_MANY_LOTS, NOT_AN_SSCC, RANGE_CROSSES_BATCHES */
  forward(question: ForwardQuestion, actor: Actor): Promise<TraceForward>
  level: ForwardTracer['level']
  /** Ids of the events that an item's trace rests on, oldest first; for the EPCIS document of it. */
  eventsOf(code: string, asOf: string | undefined, actor: Actor): Promise<readonly string[]>
  /** The same for a trace forward; not for dealers. */
  eventsOfGoods: ForwardTracer['events']
  dossierOfItem(code: string, asOf: string | undefined, actor: Actor, at: Date): Promise<Dossier>
  dossierOfGoods(question: ForwardQuestion, actor: Actor, at: Date): Promise<Dossier>
}

export interface Dossier {
  readonly name: string
  readonly pdf: Readable
}

export function createTracing(deps: TraceDeps): Tracing {
  const forward = new ForwardTracer(deps)
  const backward = async (code: string, asOf: string | undefined, actor: Actor): Promise<TraceBack> => {
    const { eventIds: _, ...answer } = await traceBackward(deps, code, asOf, actor)
    return answer
  }
  return {
    find: async (text, actor) => findOrigins(deps, await wallOf(deps.db, actor), actor, text),
    backward,
    forward: (question, actor) => forward.trace(question, actor),
    level: (question, level, page, actor) => forward.level(question, level, page, actor),
    eventsOf: async (code, asOf, actor) => (await traceBackward(deps, code, asOf, actor)).eventIds,
    eventsOfGoods: (question, actor) => forward.events(question, actor),
    dossierOfItem: async (code, asOf, actor, at) => {
      const trace = await backward(code, asOf, actor)
      return { name: `trace-${trace.item.batchId}-${trace.item.index + 1}.pdf`, pdf: writePdf(dossierOfItem(trace, actor, at)) }
    },
    dossierOfGoods: async (question, actor, at) => {
      const trace = await forward.trace(question, actor)
      return { name: `trace-${question.kind}.pdf`, pdf: writePdf(dossierOfGoods(trace, actor, at)) }
    },
  }
}
