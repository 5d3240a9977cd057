import { companyPrefixOfSandbox, isSandbox } from '../../kernel/sandbox.ts'
import { Limiter } from '../../platform/http/limiter.ts'
import { act, raw, read, type Route } from '../../platform/http/route.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import { validate } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  EXCHANGE_PATHS,
  newSandboxForm,
  newSandboxView,
  sandboxAnswer,
  type SandboxExample,
  webhookTestForm,
  webhookTestView,
} from './contract.ts'
import { exchangeFail } from './errors.ts'
import { makeSandbox, type SandboxDeps } from './make-sandbox.ts'
import { testWebhook } from './test-webhook.ts'

/** Test messages of one organisation in ten minutes: enough to build a receiver, too few to bother anybody with. */
const TESTS = 30
const TEST_WINDOW_SECONDS = 600

export function exchangeRoutes(platform: Platform, deps: SandboxDeps & { readonly audit: AuditWriter }): Route[] {
  const { db, config } = platform
  const limiter = new Limiter(10_000)
  return [
    read({
      id: 'exchange.get-sandbox',
      url: EXCHANGE_PATHS.sandbox,
      summary: { zh: '本企业的沙盒', en: 'The sandbox of the own organisation' },
      policy: { access: 'organisations.read' },
      answers: { 200: sandboxAnswer },
      handle: async ({ actor }) => {
        const found = await deps.identity.sandboxFor(db, actor.organisationId)
        return {
          sandbox:
            found === undefined
              ? null
              : {
                  organisationId: found.organisationId,
                  companyPrefix: companyPrefixOfSandbox(found.number),
                  madeAt: found.madeAt,
                  example: found.example as SandboxExample,
                },
          inside: isSandbox(actor.organisationId),
        }
      },
    }),
    act({
      id: 'exchange.make-sandbox',
      method: 'POST',
      url: EXCHANGE_PATHS.sandbox,
      summary: {
        zh: '创建沙盒，或重置为初始状态；首把密钥仅显示一次',
        en: 'Make a sandbox, or a new one in place of the old; its first key is shown once',
      },
      policy: { access: 'api-keys.manage' },
      // the answer holds a secret and is not kept: sent twice, the second sandbox takes the place of the first
      idempotency: 'none',
      limitPerMinute: 10,
      status: 201,
      body: newSandboxForm,
      example: { body: { keyName: 'ERP' } },
      answers: { 201: newSandboxView },
      handle: async ({ tx, body, actor, facts, audit }) => {
        const { parentId, ...made } = await makeSandbox(tx, deps, body, actor, facts)
        audit({ objectKind: 'sandbox', objectId: made.sandbox.organisationId, organisationId: parentId, detail: { keyName: body.keyName } })
        return made
      },
    }),
    raw({
      id: 'exchange.test-webhook',
      method: 'POST',
      url: EXCHANGE_PATHS.webhookTests,
      summary: {
        zh: '向一个地址发送签名的测试事件，看它如何答复',
        en: 'Send a signed test message to an address and see how it answers',
      },
      policy: { access: 'goods.read' },
      limitPerMinute: 20,
      body: webhookTestForm,
      example: { body: { dest: 'https://erp.example.cn/epcis', signatureToken: 'a token of sixteen characters or more' } },
      answers: { 200: webhookTestView },
      // it waits for somebody else's server, and no transaction waits with it
      handle: async ({ actor, facts, request, reply }) => {
        const body = validate(webhookTestForm, request.body ?? {}, 'body')
        const wait = limiter.take(actor!.organisationId, TESTS, TEST_WINDOW_SECONDS, facts.at.getTime())
        if (wait > 0) throw exchangeFail('TOO_MANY_WEBHOOK_TESTS', { seconds: wait })
        const answer = await testWebhook(body, { allowedHosts: new Set(config.outgoingHosts), at: facts.at, locale: facts.locale })
        await db.transaction((tx) =>
          deps.audit(tx, {
            action: 'exchange.test-webhook',
            actor: actor!,
            facts,
            notes: [{ objectKind: 'webhook', detail: { host: hostOf(body.dest), status: answer.status, fault: answer.fault } }],
            outcome: 'done',
          }),
        )
        return reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(answer))
      },
    }),
  ]
}

/** Of an address only its host is kept: its path may hold a secret. */
const hostOf = (dest: string): string => {
  try {
    return new URL(dest).host.slice(0, 200)
  } catch {
    return ''
  }
}
