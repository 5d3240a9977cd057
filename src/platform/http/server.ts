import { createHash } from 'node:crypto'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError, type Locale } from '../../kernel/errors.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { KeyVault } from '../crypto/keys.ts'
import { isUnstorable } from '../db/errors.ts'
import type { Database } from '../db/database.ts'
import { readUpload } from '../files/upload.ts'
import { preferred } from './accept.ts'
import type { Actor, RequestFacts } from './actor.ts'
import { httpFail } from './errors.ts'
import { Limiter } from './limiter.ts'
import { localeOf } from './locale.ts'
import { sendProblem } from './problem.ts'
import type { ActRoute, RawRoute, ReadRoute, Route } from './route.ts'
import { RouteTable } from './route-table.ts'
import { secureReply } from './security-headers.ts'
import { actOnce, type AuditWriter, idempotencyKeyOf, jsonReady } from './unit-of-work.ts'
import { refuseDeep, validate } from './validation.ts'
import { wantsPage } from './wants-page.ts'
import { serveWebSockets } from './web-socket.ts'

/** Who a request comes from. `csrfToken` is what a session must send back with every act; API keys have none. */
export interface Authenticated {
  readonly actor: Actor
  readonly csrfToken: string | undefined
  /** Why this caller holds less than its roles would give (not enrolled, organisation not verified): told instead of FORBIDDEN. */
  readonly restricted?: AppError | undefined
}

/** A call as its maker may look back at it: what was asked and what became of it; no body, no query, no secret. */
export interface KeyCall {
  readonly apiKeyId: string
  readonly at: Date
  readonly method: string
  /** Id in the table of routes; empty for an address that there is not. */
  readonly route: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly requestId: string
  readonly error: AppError | undefined
}

export interface ServerParts {
  readonly config: Config
  readonly db: Database
  readonly clock: Clock
  readonly keys: KeyVault
  readonly log: FastifyBaseLogger | false
  readonly routes: readonly Route[]
  /** Filled by the identity module. @throws AppError for credentials that are present and wrong */
  readonly authenticate: (request: FastifyRequest) => Promise<Authenticated | undefined>
  readonly audit: AuditWriter
  /** Maps a named constraint of the database to the error of the module that owns it. */
  readonly constraints: ReadonlyMap<string, () => AppError>
  readonly constraintOf: (error: unknown) => string | undefined
  /** Told of every call that an API key made, after its answer. It must not wait and must not throw. */
  readonly onKeyCall?: (call: KeyCall) => void
  /** What a person with a browser sees in place of a problem document: a page and its content security policy. */
  readonly errorPage?: (error: AppError, locale: Locale) => { readonly html: string; readonly policy: string }
}

const DEFAULT_LIMIT_PER_MINUTE = 1200
const BODY_LIMIT = 1024 * 1024

/**
 * The HTTP server over a table of routes: authentication, policy, limits, validation, one transaction for each act,
 * one place where errors become answers.
 * @throws Error at once when a route has no policy or two routes share an id
 */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { config, clock } = parts
  const https = config.publicUrl.startsWith('https:')
  const table = new RouteTable(parts.routes)
  const prepare = (request: FastifyRequest, reply: FastifyReply): void => {
    secureReply(reply, https)
    request.facts = {
      locale: localeOf(chosenLanguage(request), request.headers['accept-language']),
      address: request.ip,
      requestId: request.id,
      at: clock.now(),
    }
  }
  const refuse = (request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply => {
    request.refusal = error
    const locale = request.facts?.locale ?? 'zh'
    const person = request.method === 'GET' && !/^\/(api|epcis)\//.test(request.url) && wantsPage(request)
    const page = person ? parts.errorPage?.(error, locale) : undefined
    if (page === undefined) {
      const route = request.routeOptions.config.route ?? table.neighbourOf(request.url)
      const type = route?.problemType?.(error)
      return sendProblem(reply, error, locale, type === undefined ? {} : { type, xml: wantsXml(request.headers.accept) })
    }
    if ('seconds' in error.params) void reply.header('retry-after', String(error.params['seconds']))
    return reply
      .code(error.entry.status)
      .header('content-security-policy', page.policy)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(page.html)
  }
  const app = Fastify({
    ...(parts.log === false ? { logger: false } : { loggerInstance: parts.log }),
    logController: new LogController({ disableRequestLogging: true }),
    // the first `trustProxy` hops of X-Forwarded-For are our own proxies; the next address is the client's
    trustProxy: config.trustProxy === 0 ? false : (_address: string, hop: number) => hop < config.trustProxy,
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    // an address that cannot be read never meets a hook
    frameworkErrors: (_error, request, reply) => {
      prepare(request, reply)
      // it may have been a Digital Link, and those answer scripts of every origin
      reply.header('access-control-allow-origin', '*')
      void refuse(request, reply, httpFail('BAD_ADDRESS'))
    },
  })
  app.decorateRequest('apiKeyId', undefined)
  app.decorateRequest('refusal', undefined)
  await app.register(cookie)
  await app.register(multipart, { limits: { fileSize: 64 * 1024 * 1024, files: 10, fields: 50, fieldSize: 64 * 1024, headerPairs: 50 } })

  const limiter = new Limiter()
  const salt = parts.keys.derive('visitor', 'limits').toString('hex')

  // with a callback and not async: this runs for every request, and a promise costs more than the work
  app.addHook('onRequest', (request, reply, done) => {
    prepare(request, reply)
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    try {
      if (typeof request.body === 'object') refuseDeep(request.body)
      done()
    } catch (error) {
      done(error as Error)
    }
  })

  const { onKeyCall } = parts
  if (onKeyCall !== undefined) {
    app.addHook('onResponse', (request, reply, done) => {
      if (request.apiKeyId !== undefined) onKeyCall(callOf(request, reply, request.apiKeyId))
      done()
    })
  }

  app.setErrorHandler((error, request, reply) => {
    const refused = asAppError(error, parts, request)
    if (refused.entry.status >= 500) request.log.error({ err: error, requestId: request.id }, 'request failed')
    return refuse(request, reply, refused)
  })
  app.setNotFoundHandler(async (request, reply) => {
    // a system that mistypes an address finds it among its last calls
    const named = onKeyCall !== undefined && request.headers.authorization?.startsWith('Bearer sz_') === true
    if (named && limiter.take(`no-route|${salt}|${request.ip}`, DEFAULT_LIMIT_PER_MINUTE, 60, request.facts.at.getTime()) === 0)
      await parts.authenticate(request).catch(() => undefined)
    const { allowed, headers } = table.at(request.url)
    void reply.headers(headers)
    if (allowed.length === 0) return refuse(request, reply, httpFail('NO_ROUTE'))
    void reply.header('allow', allowed.join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    return refuse(request, reply, httpFail('METHOD_NOT_ALLOWED'))
  })

  // bodies of formats that have a reader of their own
  await app.register(async (bytes) => {
    bytes.removeAllContentTypeParsers()
    bytes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const route of parts.routes) if (isRawBody(route)) serve(bytes, route)
  })
  for (const route of parts.routes) if (!isRawBody(route)) serve(app, route)
  serveWebSockets(app)
  return app

  function serve(scope: FastifyInstance, route: Route): void {
    scope.route({
      method: route.method,
      url: route.url,
      config: { route },
      bodyLimit: route.bodyLimit ?? BODY_LIMIT,
      // HEAD follows GET only for pages and downloads that say so themselves
      exposeHeadRoute: route.method === 'GET',
      // before the body is read, so that a refusal of the body has them too
      ...(route.headers !== undefined && {
        onRequest: (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
          void reply.headers(route.headers!)
          done()
        },
      }),
      handler: async (request, reply) => {
        const limit = route.limitPerMinute ?? DEFAULT_LIMIT_PER_MINUTE
        if (limit !== Infinity) {
          const wait = limiter.take(`${route.id}|${salt}|${request.ip}`, limit, 60, request.facts.at.getTime())
          if (wait > 0) throw httpFail('TOO_MANY_REQUESTS', { seconds: wait })
        }
        if (route.kind === 'raw' && route.method === 'GET' && route.policy.access === 'public') {
          return route.handle({ actor: undefined, facts: request.facts, request, reply })
        }
        try {
          const actor = await admit(route, request, parts)
          switch (route.kind) {
            case 'read':
              return await answerRead(route, actor, request, reply)
            case 'act':
              return await answerAct(route, actor, request, reply, parts)
            case 'raw':
              return await (route as RawRoute).handle({ actor, facts: request.facts, request, reply })
          }
        } catch (error) {
          if (route.method !== 'GET') await noteRefusal(route, request, error, parts)
          throw error
        }
      },
    })
  }
}

function callOf(request: FastifyRequest, reply: FastifyReply, apiKeyId: string): KeyCall {
  const bytes = (header: unknown): number => Math.max(0, Math.trunc(Number(header ?? 0)) || 0)
  return {
    apiKeyId,
    at: request.facts.at,
    method: request.method,
    route: request.routeOptions.config.route?.id ?? '',
    path: request.url.split('?', 1)[0]!.slice(0, 300),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
    requestBytes: bytes(request.headers['content-length']),
    responseBytes: bytes(reply.getHeader('content-length')),
    requestId: request.id,
    error: request.refusal,
  }
}

/** JSON unless XML is named and liked better. */
const wantsXml = (accept: string | undefined): boolean =>
  preferred(accept, ['application/problem+json', 'application/json', 'application/ld+json', ...XML_TYPES])?.endsWith('xml') === true
const XML_TYPES = ['application/problem+xml', 'application/xml', 'text/xml'] as const

const isRawBody = (route: Route): boolean => route.kind === 'raw' && route.rawBody === true

/** Authentication and policy. @returns undefined only for a public route without credentials */
async function admit(route: Route, request: FastifyRequest, parts: ServerParts): Promise<Actor | undefined> {
  if (route.policy.access === 'public' && route.kind === 'raw') return undefined
  const caller = await parts.authenticate(request)
  if (caller === undefined) {
    if (route.policy.access === 'public') {
      if (route.method !== 'GET') refuseForeignOrigin(request, parts.config)
      return undefined
    }
    throw httpFail('NOT_SIGNED_IN')
  }
  if (route.method !== 'GET' && caller.csrfToken !== undefined) {
    refuseForeignOrigin(request, parts.config)
    if (route.policy.access !== 'public' && request.headers['x-csrf-token'] !== caller.csrfToken) throw httpFail('CSRF')
  }
  request.caller = caller.actor
  const needed = route.policy.access
  const allowed = needed === 'public' || (needed === 'signed-in' ? caller.restricted === undefined : caller.actor.permissions.has(needed))
  if (!allowed) throw caller.restricted ?? httpFail('FORBIDDEN', { permission: needed })
  return caller.actor
}

/** An act that somebody known tried and was refused is in the trail too; its own transaction was rolled back. */
async function noteRefusal(route: Route, request: FastifyRequest, error: unknown, parts: ServerParts): Promise<void> {
  const actor = request.caller
  if (actor === undefined) return
  const refused = asAppError(error, parts, request)
  const { status } = refused.entry
  if (status >= 500 || status === 400 || status === 429) return
  const object = 'object' in route.policy ? route.policy.object : undefined
  const objectId = object === undefined ? undefined : (request.params as Record<string, string>)[object.param]
  const note = object === undefined || objectId === undefined ? {} : { objectKind: object.kind, objectId: objectId.slice(0, 200) }
  try {
    await parts.db.transaction((tx) =>
      parts.audit(tx, { action: route.id, actor, facts: request.facts, notes: [note], outcome: 'refused', code: refused.code }),
    )
  } catch (failure) {
    request.log.error({ err: failure, requestId: request.id }, 'a refusal could not be recorded')
  }
}

/** A browser tells where a request comes from; one that comes from elsewhere acts for nobody (Fetch, Sec-Fetch-Site). */
export function refuseForeignOrigin(request: FastifyRequest, config: Config): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') throw httpFail('CSRF')
  if (origin === undefined || origin === config.publicUrl) return
  try {
    if (new URL(origin).host === host) return
  } catch {
    // an origin that is not a URL ("null") is a foreign one
  }
  throw httpFail('CSRF')
}

async function answerRead(route: ReadRoute, actor: Actor | undefined, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const answer = await route.handle({
    params: validate(route.params, request.params, 'path'),
    query: validate(route.query, request.query, 'query'),
    actor: actor as Actor,
    facts: request.facts,
    request,
    reply,
  })
  return reply.sent ? reply : sendJson(reply, answer)
}

async function answerAct(
  route: ActRoute,
  actor: Actor | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServerParts,
): Promise<unknown> {
  const params = validate(route.params, request.params, 'path')
  const query = validate(route.query, request.query, 'query')
  const form = route.upload === undefined ? undefined : await readUpload(request, { ...route.upload, maxFiles: 1 })
  const sent = form?.fields ?? request.body ?? {}
  const body = validate(route.body, sent, 'body')
  const key = idempotencyKeyOf(request)
  if (route.idempotency === 'required' && key === undefined) throw httpFail('IDEMPOTENCY_KEY_MISSING')
  const owner = actor?.organisationId ?? `public:${parts.keys.mac('visitor', 'idempotency', request.ip).toString('base64url').slice(0, 22)}`

  const outcome = await actOnce(
    parts.db,
    {
      routeId: route.id,
      actor,
      facts: request.facts,
      idempotent:
        route.idempotency === 'required' && key !== undefined
          ? {
              key,
              owner,
              body: {
                params: request.params,
                query: request.query,
                body:
                  form === undefined
                    ? request.body
                    : [form.fields, form.files.map((file) => createHash('sha256').update(file.bytes).digest('hex'))],
              },
            }
          : undefined,
      audit: parts.audit,
    },
    (tx, audit) =>
      route.handle({ params, query, body, actor: actor as Actor, facts: request.facts, request, reply, tx, audit, upload: form?.files[0] }),
  )
  if (reply.sent) return reply
  if (outcome.replayed) void reply.header('idempotency-replayed', 'true')
  void reply.code(route.status ?? 200)
  return sendJson(reply, outcome.answer)
}

function sendJson(reply: FastifyReply, answer: unknown): unknown {
  if (answer === undefined || answer === null) return reply.code(204).send()
  return reply
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(jsonReady(answer)))
}

function chosenLanguage(request: FastifyRequest): string | undefined {
  const query = request.query as Record<string, unknown> | undefined
  const asked = query?.['lang']
  return typeof asked === 'string' ? asked : request.cookies?.['lang']
}

function asAppError(error: unknown, parts: ServerParts, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error
  const constraint = parts.constraintOf(error)
  if (constraint !== undefined) {
    const known = parts.constraints.get(constraint)
    if (known !== undefined) return known()
  }
  if (isUnstorable(error)) return httpFail('VALIDATION', { part: 'body' })
  const code = (error as { code?: unknown }).code
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return httpFail('BODY_TOO_LARGE', { limit: `${Math.round((request.routeOptions.bodyLimit ?? BODY_LIMIT) / 1024)} KiB` })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return httpFail('UNSUPPORTED_MEDIA')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return httpFail('BAD_JSON')
  }
  const status = (error as { statusCode?: unknown }).statusCode
  // a file outside the console's folder
  if (status === 403 || status === 404) return httpFail('NO_ROUTE')
  if (error instanceof SyntaxError || status === 400) return httpFail('BAD_JSON')
  return httpFail('INTERNAL', { requestId: request.id })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route
  }
  interface FastifyRequest {
    facts: RequestFacts
    /** Who was recognised, even where the policy then refused. */
    caller: Actor | undefined
    /** The key that was recognised, even where it was then refused. */
    apiKeyId: string | undefined
    /** Why the request was refused. */
    refusal: AppError | undefined
  }
}

export type { Locale }
