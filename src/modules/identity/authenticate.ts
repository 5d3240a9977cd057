import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../platform/http/actor.ts'
import type { Authenticated } from '../../platform/http/server.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { permissionsOfKind, permissionsWithin, seesOf } from './policy.ts'
import { apiKeyByHash, sessionByToken, touchApiKey, touchSession } from './repository.ts'
import { actorOf, csrfTokenOf, isAlive, restrictionOf, sessionHash } from './sessions.ts'

export const SESSION_COOKIE = 'session'
/** Last use is written at most once in this time. */
const TOUCH_MILLISECONDS = 60_000

/**
 * Who sends a request: an API key in `Authorization: Bearer`, else a session in its cookie. Both are read from the
 * database each time, so that a revocation holds at once on every process.
 * @returns undefined without credentials, and for a session that is over
 * @throws AppError API_KEY_INVALID, API_KEY_ADDRESS
 */
export async function authenticate(parts: IdentityParts, request: FastifyRequest): Promise<Authenticated | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) return byApiKey(parts, authorization, request)
  const token = request.cookies?.[SESSION_COOKIE]
  return token === undefined ? undefined : bySession(parts, token, request.facts.at)
}

async function bySession(parts: IdentityParts, token: string, at: Date): Promise<Authenticated | undefined> {
  if (token.length !== 43) return undefined
  const found = await sessionByToken(parts.db, sessionHash(parts, token))
  if (found === undefined || !isAlive(parts, found, at)) return undefined
  if (at.getTime() - Date.parse(found.session.lastSeenAt) >= TOUCH_MILLISECONDS) await touchSession(parts.db, found.session.id, at)
  return { actor: actorOf(found, at), csrfToken: csrfTokenOf(parts, found.session.id), restricted: restrictionOf(found) }
}

export const apiKeyHash = ({ keys }: Pick<IdentityParts, 'keys'>, secret: string): Buffer => keys.mac('api-key', '1', secret)

async function byApiKey(parts: IdentityParts, authorization: string, request: FastifyRequest): Promise<Authenticated> {
  const secret = /^Bearer +(sz_[A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1]
  const { at, address } = request.facts
  const found = secret === undefined ? undefined : await apiKeyByHash(parts.db, apiKeyHash(parts, secret), at)
  if (found === undefined) throw fail('API_KEY_INVALID')
  const { key, organisation } = found
  request.apiKeyId = key.id
  if (!addressAllowed(key.allowedAddresses, address)) throw fail('API_KEY_ADDRESS', { address })
  if (key.lastUsedAt === null || at.getTime() - Date.parse(key.lastUsedAt) >= TOUCH_MILLISECONDS) await touchApiKey(parts.db, key.id, at)
  const verified = organisation.status === 'verified'
  const most: ReadonlySet<string> = verified ? permissionsWithin(organisation.id, permissionsOfKind(organisation.kind)) : new Set()
  const actor: Actor = {
    organisationId: organisation.id,
    organisationKind: organisation.kind,
    personId: undefined,
    apiKeyId: key.id,
    sessionId: undefined,
    name: key.name,
    roles: [],
    permissions: new Set(key.scopes.filter((scope) => most.has(scope))),
    sees: seesOf(organisation.kind),
  }
  return { actor, csrfToken: undefined, restricted: verified ? undefined : fail('ORGANISATION_NOT_VERIFIED') }
}

/** True for a single address or a CIDR range of either family. */
export function isAddressRule(rule: string): boolean {
  const [address = '', bits, ...rest] = rule.split('/')
  if (rest.length > 0 || !(isIPv4(address) || isIPv6(address))) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128))
}

export function addressAllowed(rules: readonly string[], address: string): boolean {
  if (rules.length === 0) return true
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIPv4(plain) ? 'ipv4' : isIPv6(plain) ? 'ipv6' : undefined
  if (family === undefined) return false
  const list = new BlockList()
  for (const rule of rules.filter(isAddressRule)) {
    const [net = '', bits] = rule.split('/')
    const of = isIPv4(net) ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(net, of)
    else list.addSubnet(net, Number(bits), of)
  }
  return list.check(plain, family)
}
