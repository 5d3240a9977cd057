import { z } from 'zod'

/** How other systems begin: a sandbox to try in, and a message to try their receiver with. */

export const EXCHANGE_PATHS = { sandbox: '/api/sandbox', webhookTests: '/api/webhook-tests' } as const

/** Goods of a sandbox to begin with, as they were when it was made. */
export const sandboxExample = z.object({
  gtin: z.string(),
  productId: z.uuid(),
  consignmentId: z.uuid(),
  lotId: z.uuid(),
  lotNumber: z.string(),
  orderId: z.uuid(),
  printerId: z.uuid(),
  dealerId: z.uuid(),
  /** SSCC of a carton that is packed. */
  carton: z.string(),
  /** Labels that are active and in no carton. */
  activeLabels: z.array(z.string()),
  /** Labels that were received and are not on goods yet. */
  freshLabels: z.array(z.string()),
  /** SSCCs that nothing is packed under. */
  freeSsccs: z.array(z.string()),
})
export type SandboxExample = z.output<typeof sandboxExample>

export const sandboxView = z.object({
  organisationId: z.uuid(),
  /** Company prefix with which every SSCC of the sandbox begins, after its extension digit. */
  companyPrefix: z.string(),
  madeAt: z.string(),
  example: sandboxExample,
})
export type SandboxView = z.output<typeof sandboxView>

export const sandboxAnswer = z.object({
  /** Null: none has been made. */
  sandbox: sandboxView.nullable(),
  /** Whoever asks acts in it. */
  inside: z.boolean(),
})

export const newSandboxForm = z.strictObject({
  /** Name of the system for which the first key is made. */
  keyName: z.string().trim().normalize('NFC').min(1).max(80).default('sandbox'),
})
export const newSandboxView = z.object({ sandbox: sandboxView, key: z.object({ id: z.uuid(), secret: z.string() }) })
export type NewSandboxView = z.output<typeof newSandboxView>

export const webhookTestForm = z.strictObject({
  dest: z.string().trim().min(1).max(2000),
  /** As it is given with a subscription: what is sent is signed with it. */
  signatureToken: z.string().min(16).max(500).optional(),
})

export const webhookTestView = z.object({
  /** True: the receiver answered 200, and a subscription would go on. */
  ok: z.boolean(),
  /** Status of the answer; null when there was none. */
  status: z.number().int().nullable(),
  /** Why there was none; empty when there was one. */
  fault: z.enum(['', 'bad-url', 'inside', 'no-address', 'timeout', 'unreachable']),
  milliseconds: z.number().int(),
  /** How the body of the answer begins. */
  head: z.string(),
  /** What it means and what to do. */
  says: z.string(),
  /** What was sent. */
  request: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }),
})
export type WebhookTestView = z.output<typeof webhookTestView>
