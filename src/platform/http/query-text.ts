import type { FastifyRequest } from 'fastify'

/** One value of the query string, for routes without a schema; of a repeated parameter, the first. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name]
  return Array.isArray(value) ? value[0] : value
}
