import type { Readable } from 'node:stream'
import type { Actor } from '../../../platform/http/actor.ts'
import type { TraceBack, TraceCandidate, TraceForward } from '../contract.ts'
import { dossierOfGoods, dossierOfItem } from './dossier.ts'
import { writePdf } from '../../../platform/documents/write-pdf.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { captureDocumentOf } from '../epcis/exchange-format.ts'
import { eventsByIds } from '../epcis/run-query.ts'
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
  /**
   * The events that a trace rests on as one EPCIS document. An event may name other goods too, so it is for the owner
   * of the goods and for supervisors only.
   * @throws AppError NOT_FOUND, QUERY_TOO_LARGE
   */
  documentOfItem(code: string, asOf: string | undefined, actor: Actor, at: Date): Promise<object>
  documentOfGoods(question: ForwardQuestion, actor: Actor, at: Date): Promise<object>
  dossierOfItem(code: string, asOf: string | undefined, actor: Actor, at: Date): Promise<Dossier>
  dossierOfGoods(question: ForwardQuestion, actor: Actor, at: Date): Promise<Dossier>
}

/** Labels that one document spells out. */
const DOCUMENT_LABELS = 100_000

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
  const documentOf = async (ids: readonly string[], at: Date) =>
    captureDocumentOf(await eventsByIds(deps.db, deps, ids, DOCUMENT_LABELS), at)
  const onlyOwners = (actor: Actor): void => {
    if (actor.sees === 'own' && actor.organisationKind !== 'importer') throw httpFail('NOT_FOUND')
  }
  return {
    find: async (text, actor) => findOrigins(deps, await wallOf(deps.db, actor), actor, text),
    backward,
    forward: (question, actor) => forward.trace(question, actor),
    level: (question, level, page, actor) => forward.level(question, level, page, actor),
    documentOfItem: async (code, asOf, actor, at) => {
      onlyOwners(actor)
      return documentOf((await traceBackward(deps, code, asOf, actor)).eventIds, at)
    },
    documentOfGoods: async (question, actor, at) => {
      onlyOwners(actor)
      return documentOf(await forward.events(question, actor), at)
    },
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
