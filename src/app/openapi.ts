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
      description:
        '进口化妆品一物一码防伪溯源平台的接口。控制台能做的，脚本都能通过这里做。\n\nThe API of the platform: whatever the console does, a script can do here. Authenticate with an API key (`Authorization: Bearer sz_…`) or with a session. Every POST that creates or moves takes an `Idempotency-Key`: sent twice, it acts once. Errors are RFC 9457 problems with a stable `code`.',
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...new Set(routes.filter((r) => !r.hidden).map(tagOf))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'sz_… keys with scopes; shown once when made' },
        session: { type: 'apiKey', in: 'cookie', name: 'session' },
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
    ...parametersOf(route.query, 'query'),
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
          content: {
            'multipart/form-data': {
              schema: {
                allOf: [
                  ...(route.body === undefined ? [] : [schemaOf(route.body, 'input')]),
                  { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
                ],
              },
            },
          },
        },
      }),
    ...(route.body !== undefined &&
      !(route.kind === 'act' && route.upload !== undefined) && {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: schemaOf(route.body, 'input'),
              ...(route.example?.body !== undefined && { example: route.example.body }),
            },
            ...(route.kind === 'raw' &&
              route.files !== undefined && { 'multipart/form-data': { schema: withFiles(schemaOf(route.body, 'input'), route.files) } }),
          },
        },
      }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, route.example?.answer)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

/** The fields of a body and the files beside them. */
function withFiles(body: { properties?: object }, files: { readonly name: string; readonly max: number }): object {
  const file = { type: 'array', maxItems: files.max, items: { type: 'string', format: 'binary' } }
  return { ...body, properties: { ...body.properties, [files.name]: file } }
}

function responseOf(answer: z.ZodType | { mediaType: string; description: string } | undefined, example: unknown): object {
  if (answer === undefined) return { description: 'done' }
  if (!(answer instanceof z.ZodType)) return { description: answer.description, content: { [answer.mediaType]: {} } }
  return {
    description: 'done',
    content: { 'application/json': { schema: schemaOf(answer, 'output'), ...(example !== undefined && { example }) } },
  }
}

/** Parameters of a path; those without a schema are any text. */
function pathParametersOf(route: Route): object[] {
  const described = parametersOf(route.params, 'path') as { name: string }[]
  const others = [...pathOf(route).matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).filter((name) => !described.some((d) => d.name === name))
  return [...described, ...others.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))]
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  if (schema === undefined) return []
  const json = schemaOf(schema, 'input') as { properties?: Record<string, object>; required?: string[] }
  if (json.properties === undefined) {
    // the query of a list: filters are named by the list's own columns
    return LIST_PARAMETERS
  }
  return Object.entries(json.properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (json.required ?? []).includes(name),
    schema: property,
  }))
}

const LIST_PARAMETERS = [
  { name: 'q', in: 'query', schema: { type: 'string' }, description: 'search in the searchable columns' },
  {
    name: 'f.{column}',
    in: 'query',
    schema: { type: 'string' },
    description: 'filter `op:value`; ops: has, is, in, ge, le, empty',
    example: 'in:approved,issued',
  },
  { name: 'sort', in: 'query', schema: { type: 'string' }, description: 'column, with a minus for descending' },
  { name: 'cursor', in: 'query', schema: { type: 'string' } },
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
  {
    name: 'format',
    in: 'query',
    schema: { enum: ['json', 'csv', 'xlsx'], default: 'json' },
    description: 'csv and xlsx download the whole filter',
  },
  { name: 'columns', in: 'query', schema: { type: 'string' }, description: 'columns of a download, comma separated' },
]

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
