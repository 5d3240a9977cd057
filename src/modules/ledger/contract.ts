import { z } from 'zod'
import type { Words } from '../../kernel/errors.ts'

export const AUDIT_OUTCOMES = {
  done: { zh: '已执行', en: 'Done' },
  refused: { zh: '被拒绝', en: 'Refused' },
} as const satisfies Record<string, Words>

export const auditEntryView = z.object({
  id: z.number().int(),
  at: z.string(),
  action: z.string().describe('operationId of the act'),
  actionName: z.string().describe('what the act does, in the reader’s language'),
  outcome: z.enum(['done', 'refused']),
  code: z.string().describe('error code of a refused act'),
  organisationId: z.uuid().nullable(),
  personId: z.uuid().nullable(),
  apiKeyId: z.uuid().nullable(),
  actorName: z.string(),
  objectKind: z.string(),
  objectId: z.string(),
  ownerId: z.uuid().nullable().describe('organisation whose thing it was, when it was not the actor’s own'),
  detail: z.unknown(),
  requestId: z.string(),
})

export const AUDIT_PATH = '/api/audit'

/** Acts that the trail can hold, for a filter. */
export const AUDIT_ACTS_PATH = '/api/audit-acts'
export const auditActsView = z.object({ acts: z.array(z.object({ action: z.string(), name: z.string() })) })
