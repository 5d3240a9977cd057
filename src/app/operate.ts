import { z } from 'zod'
import { httpFail } from '../platform/http/errors.ts'
import { raw, read, type Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'
import { openapiOf } from './openapi.ts'
import { VERSION } from './version.ts'
import { maySee } from '../platform/http/wall.ts'

const JobView = z.object({
  id: z.uuid(),
  kind: z.string(),
  organisationId: z.uuid().nullable(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.looseObject({ done: z.number().optional(), total: z.number().optional(), phase: z.string().optional() }),
  result: z.unknown(),
  failure: z.object({ code: z.string(), zh: z.string(), en: z.string() }).nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
})

/** Health for a load balancer, and the progress of long work for the person who started it. */
export function operateRoutes(platform: Platform, allRoutes: () => readonly Route[]): Route[] {
  let document: string | undefined
  return [
    raw({
      id: 'operate.health',
      method: 'GET',
      url: '/healthz',
      summary: { zh: '健康检查', en: 'Health' },
      policy: { access: 'public' },
      answers: { 200: z.object({ status: z.literal('ok'), version: z.string(), engine: z.string(), roundTripMs: z.number() }) },
      handle: async ({ reply }) => {
        const health = await platform.db.health()
        return reply.send({ status: 'ok', version: VERSION, engine: health.engine, roundTripMs: Math.round(health.roundTrip * 100) / 100 })
      },
    }),
    raw({
      id: 'operate.api-document',
      method: 'GET',
      url: '/api/openapi.json',
      summary: { zh: '接口文档（OpenAPI 3.1）', en: 'The API document (OpenAPI 3.1)' },
      policy: { access: 'public' },
      limitPerMinute: 60,
      answers: { 200: { mediaType: 'application/json', description: 'this document' } },
      handle: async ({ reply }) =>
        reply.type('application/json; charset=utf-8').send((document ??= JSON.stringify(openapiOf(allRoutes(), VERSION)))),
    }),
    read({
      id: 'jobs.get',
      url: '/api/jobs/:jobId',
      summary: { zh: '任务进度', en: 'Progress of long work' },
      policy: { access: 'signed-in', object: { kind: 'job', param: 'jobId' } },
      params: z.object({ jobId: z.uuid() }),
      answers: { 200: JobView },
      handle: async ({ params, actor }) => {
        const job = await platform.jobs.find(platform.db, params.jobId)
        if (job === undefined || !maySee(actor, job.organisationId)) throw httpFail('NOT_FOUND')
        return job
      },
    }),
  ]
}
