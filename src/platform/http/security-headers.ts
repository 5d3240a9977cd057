import type { FastifyReply } from 'fastify'

/** Sent with every answer. The API's policy forbids everything; pages set their own before. */
export function secureReply(reply: FastifyReply, https: boolean): void {
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'same-origin')
  reply.header('x-frame-options', 'DENY')
  reply.header('cross-origin-opener-policy', 'same-origin')
  reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  if (https) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
}
