import { z } from 'zod'
import { contentDisposition } from '../../../platform/files/content-disposition.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { read, type Route } from '../../../platform/http/route.ts'
import {
  TRACE_LEVELS,
  TraceBack,
  TraceBackQuery,
  TraceCandidate,
  TraceDossierQuery,
  TraceForward,
  TraceForwardQuery,
  TraceLevelPage,
  TraceLevelQuery,
} from '../contract.ts'
import type { Tracing } from './tracing.ts'

/** Tracing is a heavy read: a person does not need more, and a script should not. */
const PER_MINUTE = 120

export function traceRoutes(tracing: Tracing): Route[] {
  return [
    read({
      id: 'trace.find',
      url: '/api/trace/find',
      summary: { zh: '查找追溯起点', en: 'What a code, number or name may mean: where a trace can begin' },
      policy: { access: 'goods.read' },
      limitPerMinute: PER_MINUTE,
      query: z.object({ q: z.string().trim().min(1).max(900) }),
      answers: { 200: z.object({ items: z.array(TraceCandidate) }) },
      handle: async ({ query, actor }) => ({
        items: await tracing.find(query.q, actor),
      }),
    }),
    read({
      id: 'trace.backward',
      url: '/api/trace/backward',
      summary: {
        zh: '逆向溯源：一件商品的报关、检验、标签与每一次流转，现应在何处、依据为何',
        en: 'Trace one item back: papers, label, every hand between; where it should be and who says so',
      },
      policy: { access: 'goods.read' },
      limitPerMinute: PER_MINUTE,
      query: TraceBackQuery,
      answers: { 200: TraceBack },
      handle: async ({ query, actor }) => tracing.backward(query.code, query.asOf, actor),
    }),
    read({
      id: 'trace.forward',
      url: '/api/trace/forward',
      summary: {
        zh: '正向追溯：进口批次、批号、箱码、供应商、企业或码段的全部去向',
        en: 'Trace goods forward to every holder, province and scan, as of any moment',
      },
      policy: { access: 'goods.read' },
      limitPerMinute: PER_MINUTE,
      query: TraceForwardQuery,
      answers: { 200: TraceForward },
      handle: async ({ query, actor }) => tracing.forward({ kind: query.kind, id: query.id, asOf: query.asOf }, actor),
    }),
    read({
      id: 'trace.forward-level',
      url: '/api/trace/forward/:level',
      summary: { zh: '正向追溯的一层（分页）', en: 'One level of a trace forward, page by page' },
      policy: { access: 'goods.read' },
      limitPerMinute: PER_MINUTE * 5,
      params: z.object({ level: z.string().max(40) }),
      query: TraceLevelQuery,
      answers: { 200: TraceLevelPage },
      handle: async ({ params, query, actor }) => {
        const level = TRACE_LEVELS.find((name) => name === params.level)
        if (level === undefined) throw httpFail('NOT_FOUND')
        const { kind, id, asOf, cursor, limit } = query
        return tracing.level({ kind, id, asOf }, level, { cursor, limit }, actor)
      },
    }),
    read({
      id: 'trace.dossier',
      url: '/api/trace/dossier',
      summary: { zh: '追溯报告（PDF）', en: 'Dossier of a trace as PDF: of an item (`code`) or of a trace forward (`kind`, `id`)' },
      policy: { access: 'goods.read' },
      limitPerMinute: 20,
      query: TraceDossierQuery,
      answers: { 200: { mediaType: 'application/pdf', description: 'the dossier' } },
      handle: async ({ query, actor, facts, reply }) => {
        const { code, kind, id, asOf } = query
        const made =
          code !== undefined && code !== ''
            ? await tracing.dossierOfItem(code, asOf, actor, facts.at)
            : kind !== undefined && id !== undefined && id !== ''
              ? await tracing.dossierOfGoods({ kind, id, asOf }, actor, facts.at)
              : undefined
        if (made === undefined) throw httpFail('NOT_FOUND')
        reply.header('content-disposition', contentDisposition(made.name)).header('cache-control', 'no-store')
        return reply.type('application/pdf').send(made.pdf)
      },
    }),
    read({
      id: 'trace.document',
      url: '/api/trace/document',
      summary: {
        zh: '追溯所依据的事件（EPCIS 2.0 文档）',
        en: 'The events that a trace rests on, as an EPCIS 2.0 document: of an item (`code`) or of a trace forward (`kind`, `id`)',
      },
      policy: { access: 'goods.read' },
      limitPerMinute: 20,
      query: TraceDossierQuery,
      answers: { 200: { mediaType: 'application/ld+json', description: 'EPCIS 2.0 document' } },
      handle: async ({ query, actor, facts, reply }) => {
        const { code, kind, id, asOf } = query
        const document =
          code !== undefined && code !== ''
            ? await tracing.documentOfItem(code, asOf, actor, facts.at)
            : kind !== undefined && id !== undefined && id !== ''
              ? await tracing.documentOfGoods({ kind, id, asOf }, actor, facts.at)
              : undefined
        if (document === undefined) throw httpFail('NOT_FOUND')
        reply.header('content-disposition', contentDisposition('trace.jsonld')).header('cache-control', 'no-store')
        return reply.type('application/ld+json; charset=utf-8').send(JSON.stringify(document))
      },
    }),
  ]
}
