import { z } from 'zod'
import type { Route } from '../platform/http/route.ts'

/**
 * The API document (OpenAPI 3.1) made from the route table, so that it cannot tell another story than the server.
 * It is kept in docs/openapi.json and compared in CI.
 */
export function openapiOf(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of [...routes].sort((a, b) => (a.url === b.url ? a.method.localeCompare(b.method) : a.url.localeCompare(b.url)))) {
    if (route.hidden) continue
    const path = pathOf(route)
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '溯真 Suzhen',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: DESCRIPTION,
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...new Set(routes.filter((r) => !r.hidden).map(tagOf))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'sz_… keys with scopes; shown once when made' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'session',
          description: 'set by signing in; every act also sends the header `X-CSRF-Token` with the `csrfToken` of GET /api/session',
        },
      },
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'RFC 9457 problem; `code` is stable',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

const DESCRIPTION = `进口化妆品一物一码防伪溯源平台的接口。控制台能做的，脚本都能通过这里做。

The API of the platform: whatever the console does, a script can do here.

**Who.** \`Authorization: Bearer sz_…\` with an API key, or a session. \`x-permission\` tells what an address asks for; what is another enterprise's is answered as if it did not exist (404).

**Once.** Every POST that creates or moves takes an \`Idempotency-Key\`: sent twice, it acts once and the answer says \`Idempotency-Replayed: true\`; with another body it is refused (422). Keys are remembered for a day.

**Refusals** are RFC 9457 problems with a stable \`code\`; their words follow \`Accept-Language\` (zh, en).

**Examples.** Ids such as \`0197a000-…\` stand for the ids of earlier answers.

**The main line**, with the id of each operation: \`products.create\` · \`consignments.create\` · \`lots.create\` · \`orders.submit\` (importer) → \`orders.approve\` · \`orders.release\` (operator) → \`packs.download\` · \`packs.ticket\` · \`orders.report-printed\` (printer) → \`orders.receive\` · \`activations.preview\` · \`activations.activate\` · \`goods.pack\` · \`shipments.ship\` (importer) → \`shipments.receive\` (dealer) → \`scans.scan-gtin\` · \`reports.submit\` (anybody) → \`reports.answer\` (importer) → \`holds.recall\` (regulator).`

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong and what to do, in the language of Accept-Language (zh, en)' },
    code: { type: 'string' },
    params: { type: 'object' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}

const pathOf = (route: Route): string => route.documentedAs ?? route.url.replace(/:(\w+)/g, '{$1}')

const tagOf = (route: Route): string => route.id.split('.', 1)[0]!

function operationOf(route: Route): object {
  const access = route.policy.access
  const parameters = [
    ...pathParametersOf(route),
    ...(isList(route) ? listParametersOf(route) : parametersOf(route.query, 'query')),
    ...(route.kind === 'act' && route.idempotency === 'required'
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', minLength: 1, maxLength: 200 },
            example: '3f6c2b6e-1',
          },
        ]
      : []),
  ]
  const answers = route.answers ?? { [route.kind === 'act' ? (route.status ?? 200) : 200]: undefined }
  return {
    operationId: route.id,
    tags: [tagOf(route)],
    summary: `${route.summary.en} / ${route.summary.zh}`,
    ...(access === 'public' ? { security: [{}] } : {}),
    'x-permission': access,
    ...(parameters.length > 0 && { parameters }),
    ...(route.kind === 'act' &&
      route.upload !== undefined && {
        requestBody: {
          required: true,
          description: `${route.upload.kinds.join(', ')}; ${Math.round(route.upload.maxBytes / 1024 / 1024)} MiB at most${route.upload.holds === undefined ? '' : `. ${route.upload.holds}`}`,
          content: {
            'multipart/form-data': {
              schema: withFiles(route.body === undefined ? {} : schemaOf(route.body, 'input'), { name: 'file', max: 1, required: true }),
              encoding: { file: { contentType: route.upload.kinds.join(', ') } },
            },
          },
        },
      }),
    ...(route.body !== undefined &&
      !(route.kind === 'act' && route.upload !== undefined) && {
        requestBody: {
          required: true,
          ...(route.kind === 'raw' && route.files?.holds !== undefined && { description: route.files.holds }),
          content: {
            ...(!(route.kind === 'raw' && route.files?.required) && {
              'application/json': {
                schema: schemaOf(route.body, 'input'),
                ...(route.example?.body !== undefined && { example: route.example.body }),
              },
            }),
            ...(route.kind === 'raw' &&
              route.files !== undefined && { 'multipart/form-data': { schema: withFiles(schemaOf(route.body, 'input'), route.files) } }),
          },
        },
      }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(route, answer)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

/** The fields of a body and the files beside them. */
function withFiles(
  body: { properties?: object; required?: string[] },
  files: { readonly name: string; readonly max: number; readonly required?: true },
): object {
  const file = { type: 'string', format: 'binary' }
  return {
    type: 'object',
    ...body,
    properties: { ...body.properties, [files.name]: files.max === 1 ? file : { type: 'array', maxItems: files.max, items: file } },
    ...(files.required && { required: [...(body.required ?? []), files.name] }),
  }
}

function responseOf(route: Route, answer: z.ZodType | { mediaType: string; description: string } | undefined): object {
  if (answer === undefined) return { description: 'done' }
  if (!(answer instanceof z.ZodType)) {
    if (route.kind === 'act' && route.status === 204) return { description: answer.description }
    return { description: answer.description, content: Object.fromEntries(answer.mediaType.split(', ').map((type) => [type, {}])) }
  }
  const example = route.example?.answer
  return {
    description: 'done',
    content: {
      'application/json': { schema: schemaOf(answer, 'output'), ...(example !== undefined && { example }) },
      ...(route.alsoPage && { 'text/html': {} }),
      ...(isList(route) && { 'text/csv': {}, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {} }),
    },
  }
}

/** Parameters of a path; those without a schema are any text. */
function pathParametersOf(route: Route): object[] {
  const described = parametersOf(route.params, 'path') as { name: string }[]
  const others = [...pathOf(route).matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).filter((name) => !described.some((d) => d.name === name))
  return [...described, ...others.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' }, ...PATH_EXAMPLES[name] }))]
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  if (schema === undefined) return []
  const json = schemaOf(schema, 'input') as { properties?: Record<string, object>; required?: string[] }
  if (json.properties === undefined) return []
  return Object.entries(json.properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (json.required ?? []).includes(name),
    schema: property,
  }))
}

const PATH_EXAMPLES: Readonly<Record<string, object>> = {
  gtin: { example: '09521234543213', description: '14 digits, or 13 without the leading zero' },
  serial: { example: '1ABCDEFGHJKMNPQRSTVW', description: '20 characters; O, I and L are read as 0 and 1, in either case' },
  ticket: { example: '7F3K-2M9Q-XW4T' },
}

/** The query of a list is a record: its filters are named by the columns of what it answers. */
const isList = (route: Route): boolean =>
  route.query !== undefined && (schemaOf(route.query, 'input') as { properties?: object }).properties === undefined

function listParametersOf(route: Route): object[] {
  const answer = route.answers?.[200]
  const page = answer instanceof z.ZodType ? (schemaOf(answer, 'output') as ListPage) : undefined
  const columns = Object.keys(page?.properties?.items?.items?.properties ?? {})
  return [
    { name: 'q', in: 'query', schema: { type: 'string' }, description: 'search in the searchable columns' },
    {
      name: 'f.{column}',
      in: 'query',
      schema: { type: 'string' },
      description: `filter \`op:value\` of a column, for example \`f.${columns[0]}=is:…\`. Ops: text has, is; enum in (comma separated), is; number, date and instant ge, le, is; boolean is; any empty. Columns: ${columns.join(', ')}`,
    },
    {
      name: 'sort',
      in: 'query',
      schema: { type: 'string', enum: columns.flatMap((name) => [name, `-${name}`]) },
      description: 'column, with a minus for descending',
    },
    { name: 'cursor', in: 'query', schema: { type: 'string' }, description: '`nextCursor` or `prevCursor` of a page with the same sort' },
    { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
    {
      name: 'format',
      in: 'query',
      schema: { enum: ['json', 'csv', 'xlsx'], default: 'json' },
      description: 'csv and xlsx download the whole filter',
    },
    { name: 'columns', in: 'query', schema: { type: 'string' }, description: 'columns of a download, comma separated' },
  ]
}

interface ListPage {
  readonly properties?: { readonly items?: { readonly items?: { readonly properties?: object } } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12', override: describeBigint }) as Record<
    string,
    unknown
  >
  delete json['$schema']
  return json
}

function describeBigint({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Record<string, unknown> }): void {
  if (zodSchema._zod.def.type === 'bigint') {
    jsonSchema['type'] = 'integer'
    jsonSchema['format'] = 'int64'
  }
}
