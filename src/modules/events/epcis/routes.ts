import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { EVENT_TYPES } from '../../../kernel/epcis/event.ts'
import type { EpcisQuery } from '../../../kernel/epcis/query/ast.ts'
import { masterDataKey } from '../../../kernel/epcis/query/matches.ts'
import { parseJsonQuery, parseUrlQuery, QueryProblem } from '../../../kernel/epcis/query/parse.ts'
import { VOCABULARIES } from '../../../kernel/epcis/vocabulary.ts'
import { maybeOne } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor, RequestFacts } from '../../../platform/http/actor.ts'
import { raw, type Method, type Route } from '../../../platform/http/route.ts'
import { refuseForeignOrigin } from '../../../platform/http/server.ts'
import { upgradeOf } from '../../../platform/http/web-socket.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import {
  type AuditWriter,
  claimKey,
  idempotencyKeyOf,
  type IdempotentRequest,
  keepAnswer,
  releaseKey,
} from '../../../platform/http/unit-of-work.ts'
import type { Platform } from '../../../platform/platform.ts'
import {
  type CaptureDeps,
  captureDocument,
  type CaptureOutcome,
  type CaptureProblem,
  type ErrorBehaviour,
  type MasterElement,
} from './capture-document.ts'
import { compileQuery } from './compile-query.ts'
import {
  CAPTURE_LIMITS,
  CHOICES,
  extensionsOf,
  isOverLimit,
  type Exchange,
  bareEvent,
  negotiate,
  queryDocument,
  INTERFACE_HEADERS,
  readBody,
  sendCollection,
  sendDocument,
  sendJobs,
  sendJson,
} from './exchange-format.ts'
import { OWN_NAMESPACE, OWN_PREFIX, type RenderDeps } from './own-event.ts'
import { epcisException, epcisFail } from './problems.ts'
import { subscribe, subscribeInput, type SubscriptionDeps, subscriptionsOf, unsubscribe } from './subscriptions.ts'
import { liveInput, type LiveQueries } from './live-query.ts'
import { epcsOf, type EpcPosition, type Members, type TermField, termsOf } from './collections.ts'
import { dropToken, openToken, sealToken } from './page-token.ts'
import { type FoundEvent, type Page, runQuery, wallOf } from './run-query.ts'

export interface EpcisDeps {
  readonly capture: CaptureDeps
  readonly render: RenderDeps
  readonly audit: AuditWriter
  /** GS1 company prefixes whose length is known here, for identifiers that are wanted as URNs. */
  readonly companyPrefixes: readonly string[]
  readonly subscriptions: SubscriptionDeps
  readonly live: LiveQueries
  /** Whether the credentials of a request are good still. */
  readonly stillAllowed: (request: FastifyRequest) => Promise<boolean>
}

const BASE = '/epcis'
const DEFAULT_PER_PAGE = 30
const MOST_PER_PAGE = 1000
const LONGEST_URL = 16_000

interface Call {
  readonly actor: Actor
  readonly facts: RequestFacts
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly exchange: Exchange
}

/** The REST binding of EPCIS 2.0: capture, events, named queries and their subscriptions. */
export function epcisRoutes(platform: Platform, deps: EpcisDeps): Route[] {
  const { db, config } = platform
  const queryDeps = { ...deps.render, keys: platform.keys }
  const compileDeps = { codes: deps.render.codes, publicUrl: config.publicUrl }
  const urlOf = (path: string): string => `${config.publicUrl}${BASE}${path}`

  const endpoint = (
    id: string,
    method: Method,
    path: string,
    en: string,
    zh: string,
    handle: (call: Call) => Promise<unknown>,
    more: { readonly rawBody?: boolean; readonly body?: z.ZodType; readonly status?: number } = {},
  ): Route =>
    raw({
      id: `epcis.${id}`,
      method,
      url: BASE + path,
      summary: { zh, en },
      policy: { access: method === 'GET' ? 'goods.read' : path === '/capture' || path === '/events' ? 'goods.write' : 'goods.read' },
      problemType: epcisException,
      headers: INTERFACE_HEADERS,
      limitPerMinute: 12_000,
      ...(more.rawBody === true && { rawBody: true, bodyLimit: CAPTURE_LIMITS.bytes }),
      ...(more.body !== undefined && { body: more.body }),
      answers: {
        [more.status ?? (method === 'DELETE' ? 204 : 200)]: {
          mediaType: 'application/json, application/ld+json, application/xml, text/xml',
          description: 'EPCIS 2.0; XML and JSON by Accept',
        },
      },
      handle: async ({ actor, facts, request, reply }) => {
        if (request.url.length > LONGEST_URL) throw epcisFail('URI_TOO_LONG')
        return handle({ actor: actor!, facts, request, reply, exchange: negotiate(request, deps.companyPrefixes) })
      },
    })

  const answerQuery = async (call: Call, query: EpcisQuery, extra: SqlText | undefined, queryName: string): Promise<FastifyReply> => {
    const compiled = await compileQuery(db, compileDeps, query, call.actor)
    const perPage = Math.min(query.perPage ?? DEFAULT_PER_PAGE, MOST_PER_PAGE)
    const page = await runQuery(
      db,
      queryDeps,
      extra === undefined
        ? compiled
        : {
            ...compiled,
            where: sql`(${extra}) and ${compiled.where}`,
            fingerprint: `${compiled.fingerprint}|${call.request.url.split('?', 1)[0]}`,
          },
      {
        actor: call.actor,
        perPage,
        token: query.nextPageToken,
        at: call.facts.at,
        ranges: call.exchange.ranges,
      },
    )
    tellPage(call, page)
    return sendEvents(call, page.events, queryName)
  }
  const tellPage = ({ request, reply }: Call, page: Pick<Page, 'next'>): void => {
    if (page.next === undefined) return
    const [path, search = ''] = request.url.split('?', 2)
    const parameters = new URLSearchParams(search)
    parameters.set('nextPageToken', page.next.token)
    void reply
      .header('Link', `<${config.publicUrl}${path}?${parameters}>; rel="next"`)
      .header('GS1-Next-Page-Token-Expires', page.next.expires.toISOString())
  }
  const sendEvents = (call: Call, found: readonly FoundEvent[], queryName: string): FastifyReply =>
    sendDocument(call.reply, call.exchange, queryDocument({ queryName, at: call.facts.at, found }, call.exchange))

  /** @throws AppError PARAMETER_INVALID, QUERY_TOO_COMPLEX */
  const queryOf = async (call: Call, implied: readonly (readonly [string, string])[] = []): Promise<EpcisQuery> => {
    const search = new URLSearchParams(call.request.url.split('?', 2)[1] ?? '')
    const namespaces = await namespacesOf(call)
    return reading(() => parseUrlQuery([...implied, ...search], { namespaces }))
  }
  const namespacesOf = async ({ request, actor }: Call): Promise<Map<string, string>> => {
    const rows = await db.query<{ prefix: string; namespace: string }>(
      sql`select prefix, namespace from epcis_namespace where organisation_id = ${actor.organisationId}`,
    )
    return new Map([[OWN_PREFIX, OWN_NAMESPACE], ...rows.map((r) => [r.prefix, r.namespace] as const), ...extensionsOf(request)])
  }
  const wall = (actor: Actor) => wallOf(actor)

  /** @param kind what a refusal is: an error of its own for one event; for a document a job that tells it */
  const capture = async (call: Call, kind: 'event' | 'document', behaviour: ErrorBehaviour) => {
    const once = onceOf(call, `epcis.capture-${kind}`)
    const judged = readBody(call.request)
    const { verdict, document, indexes } = judged
    const invalid = !verdict.frameValid || (verdict.invalidEvents.size > 0 && behaviour === 'rollback')
    const over = verdict.faults.find(isOverLimit)
    if (over !== undefined) throw epcisFail('CAPTURE_LIMIT', { limit: over.en }, [over])
    if (invalid) throw epcisFail('DOCUMENT_INVALID', { reason: verdict.faults[0]?.en ?? '' }, verdict.faults)
    const problems: CaptureProblem[] = [...verdict.invalidEvents].map((event) => {
      const faults = verdict.faults.filter((f) => f.pointer.includes(`/eventList/${event}/`) || f.pointer.endsWith(`/eventList/${event}`))
      return { event, error: epcisFail('DOCUMENT_INVALID', { reason: faults[0]?.en ?? '' }, faults) }
    })
    const masterData: MasterElement[] = (document.masterData ?? []).flatMap((v) =>
      (v.vocabularyElementList ?? []).map((e) => ({
        vocabulary: v.type,
        id: masterDataKey(e.id),
        attributes: (e.attributes ?? []).map((a) => ({ id: a.id, attribute: a.attribute })),
        children: (e.children ?? []).map(masterDataKey),
      })),
    )
    const events = document.events.map((event, i) => ({ event, json: judged.json[i]!, namespaces: document.namespaces }))
    return captureDocument(
      db,
      deps.capture,
      { events, masterData, places: indexes },
      behaviour,
      problems,
      { actor: call.actor, at: call.facts.at },
      {
        before: async (tx) => {
          const first = once === undefined ? undefined : await claimKey(tx, once, call.facts.at)
          if (first === undefined) return undefined
          void call.reply.header('idempotency-replayed', 'true')
          return first.answer as CaptureOutcome
        },
        after: async (tx, outcome) => {
          const { captureId, stored, ids, problems: refused } = outcome
          await deps.audit(tx, {
            action: 'epcis.capture',
            actor: call.actor,
            facts: call.facts,
            notes: [{ objectKind: 'epcis-capture', objectId: captureId, detail: { events: stored, refused: refused.length } }],
            outcome: refused.length > 0 && stored === 0 ? 'refused' : 'done',
          })
          if (once === undefined) return
          // an event that was refused may be sent corrected with the same key
          if (kind === 'event' && refused.length > 0) await releaseKey(tx, once)
          else await keepAnswer(tx, once, { captureId, stored, ids, problems: [] })
        },
      },
    )
  }
  /** What a repeated request is known by, when its sender asks for that with a key. */
  const onceOf = ({ actor, request }: Call, routeId: string): IdempotentRequest | undefined => {
    const key = idempotencyKeyOf(request)
    if (key === undefined) {
      if (request.headers['idempotency-key'] !== undefined) throw httpFail('IDEMPOTENCY_KEY_MISSING')
      return undefined
    }
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const { 'content-type': type, 'gs1-capture-error-behaviour': behaviour } = request.headers
    const digest = createHash('sha256').update(bytes).digest('hex')
    return { routeId, key, owner: actor.organisationId, body: [request.url, type, behaviour, digest] }
  }

  const jobView = (row: JobRow) => ({
    captureID: row.id,
    createdAt: row.created_at,
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    running: row.finished_at === null,
    success: row.success,
    captureErrorBehaviour: row.error_behaviour,
    events: row.events,
    errors: row.errors.map((e) => ({
      type: epcisException({ code: e.code, entry: { status: e.status } } as AppError),
      title: e.en,
      status: e.status,
      detail: `${e.zh} / ${e.en}`,
      event: e.event,
      ...(e.fields.length > 0 && { errors: e.fields.map((f) => ({ pointer: f.pointer, code: f.code, detail: `${f.zh} / ${f.en}` })) }),
    })),
  })

  /** A page of a list that is not of events, in a stable order, with a token for the next. */
  const paged = async <P, T extends { readonly next: P | undefined }>(
    call: Call,
    list: (from: P | undefined, perPage: number) => Promise<T>,
  ): Promise<T> => {
    const { perPage, nextPageToken } = pageParameters(call.request)
    const fingerprint = `list ${call.request.url.split('?', 1)[0]}`
    const scope = { keys: platform.keys, actor: call.actor, fingerprint, at: call.facts.at }
    const found = await list(nextPageToken === undefined ? undefined : await openToken<P>(db, scope, nextPageToken), perPage)
    tellPage(call, { next: found.next === undefined ? undefined : sealToken(scope, found.next) })
    return found
  }
  const collection = <P>(path: string, members: (call: Call, from: P | undefined, perPage: number) => Promise<Members<P>>): Route =>
    endpoint(
      `list${path.replaceAll('/', '-') || '-root'}`,
      'GET',
      path === '' ? '/' : path,
      `The collection ${path || '/'}`,
      `集合 ${path || '/'}`,
      async (call) => {
        const found = await paged<P, Members<P>>(call, (from, perPage) => members(call, from, perPage))
        return sendCollection(call.reply, call.exchange, found.members)
      },
    )
  const fixed = (members: readonly string[]) => async () => ({ members, next: undefined })
  const terms =
    (field: TermField, words: Iterable<string> = []) =>
    (call: Call, from: string | undefined, perPage: number) =>
      termsOf(db, call.actor, field, words, from, perPage)

  /** `/X/{x}` and `/X/{x}/events`: the query that the path implies. */
  const resource = (path: string, parameter: string): Route[] => {
    const valueOf = (request: FastifyRequest) => (request.params as { value: string }).value
    return [
      endpoint(
        `resource${path.replaceAll('/', '-')}`,
        'GET',
        `${path}/:value`,
        `Sub-resources of one of ${path}`,
        `${path} 的子资源`,
        async (call) => sendCollection(call.reply, call.exchange, ['events']),
      ),
      endpoint(
        `events-of${path.replaceAll('/', '-')}`,
        'GET',
        `${path}/:value/events`,
        `Events of one of ${path}`,
        `${path} 的事件`,
        async (call) => answerQuery(call, await queryOf(call, [[parameter, valueOf(call.request)]]), undefined, 'SimpleEventQuery'),
      ),
    ]
  }

  const routes: Route[] = [
    collection('', fixed(['queries', 'capture', 'events', 'eventTypes', 'epcs', 'readPoints', 'bizLocations', 'dispositions', 'bizSteps'])),
    endpoint(
      'capture',
      'POST',
      '/capture',
      'Capture a document of events',
      '采集事件文档',
      async (call) => {
        const asked = call.request.headers['gs1-capture-error-behaviour'] ?? 'rollback'
        if (asked !== 'rollback' && asked !== 'proceed')
          throw epcisFail('FORMAT_UNKNOWN', { header: 'GS1-Capture-Error-Behaviour', value: String(asked).slice(0, 40) })
        const { captureId } = await capture(call, 'document', asked)
        return call.reply
          .code(202)
          .header('Location', urlOf(`/capture/${captureId}`))
          .send()
      },
      { rawBody: true, status: 202, body: z.unknown() },
    ),
    endpoint('captures', 'GET', '/capture', 'Capture jobs, newest first', '采集任务，新的在前', async (call) => {
      const jobs = await paged<string, { rows: readonly JobRow[]; next: string | undefined }>(call, async (from, perPage) => {
        const rows = await db.query<JobRow>(sql`
          select id, created_at, finished_at, success, error_behaviour, events, errors from epcis_capture e
          where ${wall(call.actor)} and ${from === undefined ? sql`true` : sql`id < ${from}::uuid`} order by id desc limit ${perPage + 1}`)
        return { rows: rows.slice(0, perPage), next: rows.length > perPage ? rows[perPage - 1]!.id : undefined }
      })
      return sendJobs(call.reply, call.exchange, jobs.rows.map(jobView))
    }),
    endpoint('capture-job', 'GET', '/capture/:captureID', 'One capture job', '一个采集任务', async (call) => {
      const { captureID } = call.request.params as { captureID: string }
      const row = /^[0-9a-f-]{36}$/i.test(captureID)
        ? await maybeOne<JobRow>(
            db,
            sql`select id, created_at, finished_at, success, error_behaviour, events, errors from epcis_capture e where ${wall(call.actor)} and id::text = ${captureID.toLowerCase()}`,
          )
        : undefined
      if (row === undefined) throw epcisFail('NO_SUCH_RESOURCE')
      return sendJobs(call.reply, call.exchange, jobView(row))
    }),
    endpoint('events', 'GET', '/events', 'Query events', '查询事件', async (call) =>
      answerQuery(call, await queryOf(call), undefined, 'SimpleEventQuery'),
    ),
    endpoint(
      'add-event',
      'POST',
      '/events',
      'Capture one event',
      '采集一个事件',
      async (call) => {
        const outcome = await capture(call, 'event', 'rollback')
        const problem = outcome.problems[0]
        if (problem !== undefined) throw problem.error
        const found = await runQuery(
          db,
          queryDeps,
          {
            where: sql`e.id = any(${[...outcome.ids]}::uuid[])`,
            order: { by: 'sequence', direction: 'ASC' },
            eventCountLimit: undefined,
            maxEventCount: undefined,
            fingerprint: '',
          },
          { actor: call.actor, perPage: 1, token: undefined, at: call.facts.at, ranges: call.exchange.ranges },
        )
        const stored = found.events[0]!
        const id = typeof stored.event['eventID'] === 'string' ? stored.event['eventID'] : `urn:uuid:${outcome.ids[0]}`
        void call.reply.code(201).header('Location', urlOf(`/events/${encodeURIComponent(id)}`))
        return sendDocument(call.reply, call.exchange, bareEvent(stored, call.exchange))
      },
      { rawBody: true, status: 201, body: z.unknown() },
    ),
    endpoint('event', 'GET', '/events/:value', 'One event, with its error declarations', '一个事件及其错误声明', async (call) => {
      const { value } = call.request.params as { value: string }
      const page = await queryById(call, value)
      if (page.events.length === 0) throw epcisFail('NO_SUCH_RESOURCE')
      tellPage(call, page)
      return sendEvents(call, page.events, 'SimpleEventQuery')
    }),
    collection('/eventTypes', fixed(EVENT_TYPES)),
    collection('/bizSteps', terms('bizStep', VOCABULARIES.bizStep.words)),
    collection('/dispositions', terms('disposition', VOCABULARIES.disposition.words)),
    collection('/readPoints', terms('readPoint')),
    collection('/bizLocations', terms('bizLocation')),
    collection<EpcPosition>('/epcs', (call, from, perPage) => epcsOf(db, deps.render.codes, call.actor, from, perPage)),
    ...resource('/eventTypes', 'eventType'),
    ...resource('/bizSteps', 'EQ_bizStep'),
    ...resource('/dispositions', 'EQ_disposition'),
    ...resource('/readPoints', 'EQ_readPoint'),
    ...resource('/bizLocations', 'EQ_bizLocation'),
    ...resource('/epcs', 'MATCH_anyEPC'),
    endpoint('queries', 'GET', '/queries', 'Named queries', '命名查询', async (call) => {
      const queries = await paged<string, { rows: readonly object[]; next: string | undefined }>(call, async (from, perPage) => {
        const rows = await db.query<{ name: string; query: unknown }>(sql`
          select name, query from epcis_query where organisation_id = ${call.actor.organisationId} and ${from === undefined ? sql`true` : sql`name > ${from}`}
          order by name limit ${perPage + 1}`)
        return { rows: rows.slice(0, perPage), next: rows.length > perPage ? rows[perPage - 1]!.name : undefined }
      })
      return sendJson(call.request, call.reply, queries.rows)
    }),
    endpoint(
      'add-query',
      'POST',
      '/queries',
      'Name a query',
      '命名一个查询',
      async (call) => {
        const { name, query } = namedQuery(call.request.body)
        const once = onceOf(call, 'epcis.add-query')
        const added = await db.transaction(async (tx) => {
          if (once !== undefined && (await claimKey(tx, once, call.facts.at)) !== undefined) return 1
          const n = await tx.execute(sql`
            insert into epcis_query (organisation_id, name, query, created_at) values (${call.actor.organisationId}, ${name}, ${sql.json(query)}, ${call.facts.at.toISOString()})
            on conflict on constraint epcis_query_pkey do nothing`)
          if (n > 0) await note(tx, call, 'epcis.add-query', name)
          return n
        })
        if (added === 0) throw epcisFail('QUERY_EXISTS', { name })
        return sendJson(call.request, call.reply.code(201).header('Location', urlOf(`/queries/${encodeURIComponent(name)}`)), {
          name,
          query,
        })
      },
      { rawBody: true, status: 201, body: z.object({ name: z.string(), query: z.looseObject({}) }) },
    ),
    endpoint('query', 'GET', '/queries/:name', 'One named query', '一个命名查询', async (call) =>
      sendJson(call.request, call.reply, await findQuery(call)),
    ),
    endpoint('drop-query', 'DELETE', '/queries/:name', 'Drop a named query and its subscriptions', '删除命名查询及其订阅', async (call) => {
      const { name } = await findQuery(call)
      await db.transaction(async (tx) => {
        await tx.execute(sql`delete from epcis_query where organisation_id = ${call.actor.organisationId} and name = ${name}`)
        await note(tx, call, 'epcis.drop-query', name)
      })
      return call.reply.code(204).send()
    }),
    endpoint(
      'query-events',
      'GET',
      '/queries/:name/events',
      'Events of a named query; with Upgrade: websocket as they come',
      '命名查询的事件；Upgrade: websocket 时实时推送',
      async (call) => {
        const { name, query } = await findQuery(call)
        const upgrade = upgradeOf(call.request)
        if (upgrade !== undefined) return goLive(call, name, upgrade)
        const namespaces = await namespacesOf(call)
        const parsed = reading(() => parseJsonQuery(query, { namespaces }))
        const { perPage, nextPageToken } = await queryOf(call)
        return answerQuery(
          call,
          { ...parsed, ...(perPage !== undefined && { perPage }), ...(nextPageToken !== undefined && { nextPageToken }) },
          undefined,
          name,
        )
      },
    ),
    endpoint(
      'subscribe',
      'POST',
      '/queries/:name/subscriptions',
      'Subscribe to a named query',
      '订阅命名查询',
      async (call) => {
        const { name } = await findQuery(call)
        const input = subscribeInput(jsonOf(call.request.body), call.exchange.epcFormat, deps.subscriptions.allowedHosts)
        const once = onceOf(call, 'epcis.subscribe')
        const id = await db.transaction(async (tx) => {
          const first = once === undefined ? undefined : await claimKey(tx, once, call.facts.at)
          if (first !== undefined) return first.answer as string
          const made = await subscribe(tx, deps.subscriptions, name, input, call.actor, call.facts.at)
          await note(tx, call, 'epcis.subscribe', made)
          if (once !== undefined) await keepAnswer(tx, once, made)
          return made
        })
        const [made] = await subscriptionsOf(db, call.actor, name, { id })
        const location = urlOf(`/queries/${encodeURIComponent(name)}/subscriptions/${id}`)
        return sendJson(call.request, call.reply.code(201).header('Location', location), made)
      },
      { rawBody: true, status: 201, body: z.looseObject({ dest: z.string() }) },
    ),
    endpoint('subscriptions', 'GET', '/queries/:name/subscriptions', 'Subscriptions of a named query', '命名查询的订阅', async (call) => {
      const { name } = await findQuery(call)
      const found = await paged<string, { rows: readonly object[]; next: string | undefined }>(call, async (from, perPage) => {
        const rows = await subscriptionsOf(db, call.actor, name, { after: from, limit: perPage + 1 })
        return { rows: rows.slice(0, perPage), next: rows.length > perPage ? rows[perPage - 1]!.subscriptionID : undefined }
      })
      return sendJson(call.request, call.reply, found.rows)
    }),
    endpoint('subscription', 'GET', '/queries/:name/subscriptions/:id', 'One subscription', '一个订阅', async (call) => {
      const { name } = await findQuery(call)
      const [found] = await subscriptionsOf(db, call.actor, name, { id: (call.request.params as { id: string }).id })
      if (found === undefined) throw epcisFail('NO_SUCH_SUBSCRIPTION')
      return sendJson(call.request, call.reply, found)
    }),
    endpoint('unsubscribe', 'DELETE', '/queries/:name/subscriptions/:id', 'End a subscription', '取消订阅', async (call) => {
      const { name } = await findQuery(call)
      const { id } = call.request.params as { id: string }
      await db.transaction(async (tx) => {
        if (!(await unsubscribe(tx, call.actor, name, id))) throw epcisFail('NO_SUCH_SUBSCRIPTION')
        await note(tx, call, 'epcis.unsubscribe', id)
      })
      return call.reply.code(204).send()
    }),
    endpoint('drop-token', 'DELETE', '/nextPageToken/:token', 'Give a page token back', '归还翻页标记', async (call) => {
      await dropToken(db, (call.request.params as { token: string }).token, call.facts.at)
      return call.reply.code(204).send()
    }),
  ]
  return [...routes, ...optionsOf(routes)]

  /** Answers a named query over a socket, to whoever might ask it over HTTP. */
  async function goLive(call: Call, queryName: string, upgrade: NonNullable<ReturnType<typeof upgradeOf>>) {
    const { actor, request, reply, exchange } = call
    // a page of somebody else's must not open a socket with a session's cookie
    if (request.headers.authorization === undefined) refuseForeignOrigin(request, config)
    const input = liveInput(new URLSearchParams(request.url.split('?', 2)[1] ?? ''))
    const release = deps.live.reserve(actor.organisationId)
    reply.hijack()
    const from = input.initialRecordTime === undefined ? call.facts.at : new Date(input.initialRecordTime)
    const headers = { ...INTERFACE_HEADERS, 'GS1-EPC-Format': exchange.epcFormat, 'GS1-Query-Min-Record-Time': from.toISOString() }
    void upgrade(headers)
      .then((socket) => deps.live.serve(socket, { actor, queryName, exchange, stillAllowed: () => deps.stillAllowed(request) }, input))
      .catch(() => undefined)
      .finally(release)
    return reply
  }

  async function queryById(call: Call, value: string): Promise<Page> {
    const condition = { kind: 'id', field: 'eventID', values: [value] } as const
    const compiled = await compileQuery(db, compileDeps, { conditions: [condition], orderDirection: 'ASC' }, call.actor)
    const { perPage, nextPageToken } = pageParameters(call.request)
    const page = { actor: call.actor, perPage, token: nextPageToken, at: call.facts.at, ranges: call.exchange.ranges }
    return runQuery(db, queryDeps, compiled, page)
  }

  async function findQuery(call: Call): Promise<{ name: string; query: unknown }> {
    const { name } = call.request.params as { name: string }
    const row = await maybeOne<{ name: string; query: unknown }>(
      db,
      sql`select name, query from epcis_query where organisation_id = ${call.actor.organisationId} and name = ${name}`,
    )
    if (row === undefined) throw epcisFail('NO_SUCH_QUERY', { name: name.slice(0, 100) })
    return row
  }

  function note(tx: Parameters<AuditWriter>[0], call: Call, action: string, objectId: string) {
    return deps.audit(tx, {
      action,
      actor: call.actor,
      facts: call.facts,
      notes: [{ objectKind: 'epcis-query', objectId }],
      outcome: 'done',
    })
  }
}

interface JobRow {
  readonly id: string
  readonly created_at: string
  readonly finished_at: string | null
  readonly success: boolean
  readonly error_behaviour: ErrorBehaviour
  readonly events: number
  readonly errors: readonly {
    readonly event: number
    readonly code: string
    readonly status: number
    readonly zh: string
    readonly en: string
    readonly fields: readonly { readonly pointer: string; readonly code: string; readonly zh: string; readonly en: string }[]
  }[]
}

/** OPTIONS of every path: 204 with what it allows and what the interface speaks. */
function optionsOf(routes: readonly Route[]): Route[] {
  const methods = new Map<string, string[]>()
  for (const route of routes)
    methods.set(route.url, [...(methods.get(route.url) ?? []), ...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])])
  return [...methods]
    .filter(([url]) => !url.includes('/nextPageToken/'))
    .map(([url, allowed]) =>
      raw({
        id: `epcis.options${url.slice(BASE.length).replaceAll(/[/:]/g, '-')}`,
        method: 'OPTIONS',
        url,
        summary: { zh: `${url} 支持什么`, en: `What ${url} supports` },
        policy: { access: 'public' },
        hidden: true,
        headers: INTERFACE_HEADERS,
        handle: async ({ reply }) => {
          return reply
            .code(204)
            .headers(CHOICES)
            .header('Allow', [...new Set([...allowed, 'OPTIONS'])].join(', '))
            .send()
        },
      }),
    )
}

function pageParameters(request: FastifyRequest): { perPage: number; nextPageToken: string | undefined } {
  const search = new URLSearchParams(request.url.split('?', 2)[1] ?? '')
  const asked = Number(search.get('perPage') ?? DEFAULT_PER_PAGE)
  if (!Number.isInteger(asked) || asked < 1) throw epcisFail('PARAMETER_INVALID', { name: 'perPage', reason: '≥ 1' })
  const token = search.get('nextPageToken') ?? undefined
  return { perPage: Math.min(asked, MOST_PER_PAGE), nextPageToken: token }
}

/** @throws AppError QUERY_INVALID */
function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  } catch {
    throw epcisFail('QUERY_INVALID', { reason: 'JSON' })
  }
}

/** @throws AppError QUERY_INVALID */
function namedQuery(body: unknown): { name: string; query: unknown } {
  const value = jsonOf(body)
  const { name, query } = (typeof value === 'object' && value !== null ? value : {}) as { name?: unknown; query?: unknown }
  if (typeof name !== 'string' || !/^[^\s/?#]{1,200}$/.test(name)) throw epcisFail('QUERY_INVALID', { reason: 'name' })
  try {
    parseJsonQuery(query)
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error
    // a prefix may be told by the documents that are captured later
    if (error.code !== 'unknown-prefix') throw epcisFail('QUERY_INVALID', { reason: error.words.en })
  }
  return { name, query }
}

/** @throws AppError QUERY_TOO_COMPLEX, PARAMETER_INVALID in the words of the query language */
function reading(parse: () => EpcisQuery): EpcisQuery {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error
    if (error.exception === 'QueryTooComplexException') throw epcisFail('QUERY_TOO_COMPLEX', { limit: error.words.en })
    throw epcisFail('PARAMETER_INVALID', { name: error.parameter ?? '', reason: `${error.words.zh} / ${error.words.en}` })
  }
}
