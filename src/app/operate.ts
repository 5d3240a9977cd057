import { z } from 'zod'
import { httpFail } from '../platform/http/errors.ts'
import { raw, read, type Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'
import { VERSION } from './version.ts'

/** Health for a load balancer, and the progress of long work for the person who started it. */
export function operateRoutes(platform: Platform): Route[] {
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
    read({
      id: 'jobs.get',
      url: '/api/jobs/:jobId',
      summary: { zh: '任务进度', en: 'Progress of long work' },
      policy: { access: 'signed-in', object: { kind: 'job', param: 'jobId' } },
      params: z.object({ jobId: z.uuid() }),
      handle: async ({ params, actor }) => {
        const job = await platform.jobs.find(platform.db, params.jobId)
        if (job === undefined || (actor.sees === 'own' && job.organisationId !== actor.organisationId)) throw httpFail('NOT_FOUND')
        return job
      },
    }),
  ]
}
