import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { FastifyInstance } from 'fastify'

/**
 * Holds every answer that a test gets against what its route declares in the API document.
 * @returns the faults so far: a status that is not declared, a field that is missing, of another type or not declared
 */
export function holdAnswersToDocument(app: FastifyInstance): Set<string> {
  const faults = new Set<string>()
  app.addHook('onSend', async (request, reply, payload) => {
    const { route } = request.routeOptions.config
    if (route === undefined || route.hidden === true || reply.statusCode >= 300 || reply.statusCode === 204) return payload
    const said = `${route.id} answers ${reply.statusCode}`
    const declared = route.answers?.[reply.statusCode]
    if (declared === undefined) {
      faults.add(`${said}, which it does not declare`)
      return payload
    }
    if (payload === undefined || payload === null || payload === '') return payload
    const mediaType = String(reply.getHeader('content-type')).split(';')[0]!
    if (!(declared instanceof z.ZodType) && !declared.mediaType.split(', ').includes(mediaType))
      faults.add(`${said} with ${mediaType}, which it does not declare`)
    if (!(declared instanceof z.ZodType) || typeof payload !== 'string') return payload
    if (!String(reply.getHeader('content-type')).startsWith('application/json')) return payload
    const answer: unknown = JSON.parse(payload)
    const read = declared.safeParse(answer)
    if (!read.success) faults.add(`${said}: ${z.prettifyError(read.error)}`)
    else if (!isDeepStrictEqual(read.data, answer))
      faults.add(`${said} with fields that it does not declare: ${difference(read.data, answer)}`)
    return payload
  })
  return faults
}

/** Where the second has what the first has not, or another value. */
export function difference(declared: unknown, answer: unknown, path = ''): string {
  if (typeof answer !== 'object' || answer === null || typeof declared !== 'object' || declared === null) return path
  const missing = Object.keys(answer).filter((key) => !(key in declared))
  if (missing.length > 0) return missing.map((key) => `${path}/${key}`).join(', ')
  const differs = Object.keys(answer).find((key) => !isDeepStrictEqual(Reflect.get(answer, key), Reflect.get(declared, key)))
  return differs === undefined ? path : difference(Reflect.get(declared, differs), Reflect.get(answer, differs), `${path}/${differs}`)
}
