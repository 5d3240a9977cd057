import { lookup } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP } from 'node:net'

/** Addresses that nobody outside may make us call: our own host, private and special networks (RFC 6890). */
const INSIDE_4 = new BlockList()
// a list of its own: a mapped address (::ffff:0:0/96) would stand for every IPv4 address in one list with them
const INSIDE_6 = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INSIDE_4.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INSIDE_6.addSubnet(network, bits, 'ipv6')

export const isInside = (address: string): boolean => {
  const family = isIP(address)
  return family === 0 || (family === 4 ? INSIDE_4.check(address, 'ipv4') : INSIDE_6.check(address, 'ipv6'))
}

/** Why a request was not sent, or not answered. */
export type SendFault = 'bad-url' | 'inside' | 'no-address' | 'timeout' | 'unreachable'

/** `head`: how the answer's body begins, when that was asked for. */
export type Sent =
  | { readonly ok: true; readonly status: number; readonly head?: string }
  | { readonly ok: false; readonly fault: SendFault }

const TIMEOUT_MS = 10_000

/**
 * What a URL is for us: somebody else's choice of whom we call. Only http and https, no credentials.
 * @param allowedHosts `host` or `host:port` that may lie inside, by the operator's word
 */
export function checkTarget(url: string, allowedHosts: ReadonlySet<string>): URL | undefined {
  try {
    const parsed = new URL(url)
    if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return undefined
    if (parsed.username !== '' || parsed.password !== '') return undefined
    const bare = parsed.hostname.replace(/^\[|\]$/g, '')
    if (isIP(bare) !== 0 && isInside(bare) && !allowedHosts.has(parsed.host)) return undefined
    return parsed
  } catch {
    return undefined
  }
}

/**
 * Posts to an address that a client named. Its name is resolved once and the connection goes to what was checked, so
 * that a second answer of the name server changes nothing; redirects are not followed; of the
 * answer's body no more than `headBytes` are read, by default nothing.
 */
export async function sendOut(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  options: { readonly allowedHosts: ReadonlySet<string>; readonly timeoutMs?: number; readonly headBytes?: number },
): Promise<Sent> {
  const target = checkTarget(url, options.allowedHosts)
  if (target === undefined) return { ok: false, fault: 'bad-url' }
  let addresses: { address: string; family: number }[]
  try {
    addresses = await lookup(target.hostname.replace(/^\[|\]$/g, ''), { all: true, verbatim: true })
  } catch {
    return { ok: false, fault: 'no-address' }
  }
  const [first] = addresses
  if (first === undefined) return { ok: false, fault: 'no-address' }
  if (!options.allowedHosts.has(target.host) && addresses.some((a) => isInside(a.address))) return { ok: false, fault: 'inside' }
  return new Promise((resolve) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(
      target,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        timeout: options.timeoutMs ?? TIMEOUT_MS,
        agent: false,
        lookup: (_host, wanted, done) => {
          if ((wanted as { all?: boolean }).all === true) (done as (e: null, a: typeof addresses) => void)(null, [first])
          else done(null, first.address, first.family)
        },
      },
      (response) => {
        const status = response.statusCode ?? 0
        const wanted = options.headBytes ?? 0
        if (wanted === 0) {
          response.destroy()
          resolve({ ok: true, status })
          return
        }
        const parts: Buffer[] = []
        let bytes = 0
        // whatever has come when it ends, breaks off or is enough
        const told = () => resolve({ ok: true, status, head: Buffer.concat(parts).subarray(0, wanted).toString('utf8') })
        response.on('data', (part: Buffer) => {
          parts.push(part)
          bytes += part.length
          if (bytes >= wanted) response.destroy()
        })
        response.on('error', told)
        response.on('close', told)
      },
    )
    const whole = setTimeout(() => request.destroy(new Error('timeout')), options.timeoutMs ?? TIMEOUT_MS)
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', (error) => resolve({ ok: false, fault: error.message === 'timeout' ? 'timeout' : 'unreachable' }))
    request.on('close', () => clearTimeout(whole))
    request.end(body)
  })
}
