import type { FastifyRequest } from 'fastify'

/** JSON when it is asked for before HTML; a reader that takes anything gets JSON, a browser always names text/html. */
export function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '*/*'
  const html = accept.indexOf('text/html')
  const json = accept.search(/application\/(?:[\w.+-]*\+)?json/)
  return html >= 0 && (json < 0 || html < json)
}
