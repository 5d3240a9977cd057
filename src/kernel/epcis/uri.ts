/**
 * Absolute URIs of RFC 3986, as the format `uri` of JSON Schema asks for them: a scheme, then something, ASCII only, every per cent
 * sign followed by two hexadecimal digits, square brackets in the host alone. One pass over the characters, because documents hold
 * millions of them.
 */

const FREE = 1
const HEX = 2
const SCHEME = 4
const ALPHA = 8
const KIND = new Uint8Array(128)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') KIND[c.charCodeAt(0)] = FREE | SCHEME | ALPHA
for (const c of '0123456789') KIND[c.charCodeAt(0)] = FREE | HEX | SCHEME
for (const c of 'ABCDEFabcdef') KIND[c.charCodeAt(0)]! |= HEX
for (const c of '+-.') KIND[c.charCodeAt(0)] = FREE | SCHEME
// unreserved and sub-delims beside letters and digits, and what pchar adds
for (const c of "_~!$&'()*,;=:@") KIND[c.charCodeAt(0)]! |= FREE

const SLASH = 47
const PERCENT = 37
const QUESTION = 63
const HASH = 35

export function isUri(text: string): boolean {
  const length = text.length
  const colon = text.indexOf(':')
  if (colon < 1 || (kindAt(text, 0) & ALPHA) === 0) return false
  for (let i = 1; i < colon; i++) if ((kindAt(text, i) & SCHEME) === 0) return false
  let at = colon + 1
  if (at >= length) return false
  if (text.charCodeAt(at) === SLASH && text.charCodeAt(at + 1) === SLASH) {
    at = authority(text, at + 2)
    if (at < 0) return false
  } else if (text.charCodeAt(at) === QUESTION || text.charCodeAt(at) === HASH) return false
  // path, then query, then fragment; slashes in all, question marks anywhere behind the scheme, one hash
  let fragment = false
  for (; at < length; at++) {
    const c = text.charCodeAt(at)
    if ((kindAt(text, at) & FREE) !== 0 || c === SLASH) continue
    if (c === PERCENT) {
      if ((kindAt(text, at + 1) & HEX) === 0 || (kindAt(text, at + 2) & HEX) === 0) return false
      at += 2
    } else if (c === HASH) {
      if (fragment) return false
      fragment = true
    } else if (c !== QUESTION) return false
  }
  return true
}

const kindAt = (text: string, at: number): number => KIND[text.charCodeAt(at)] ?? 0

const IPV4_PART = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const HEX16 = '[0-9a-f]{1,4}'
const LAST32 = `(?:${HEX16}:${HEX16}|${IPV4_PART}(?:\\.${IPV4_PART}){3})`
/** RFC 3986 section 3.2.2: the nine shapes of an IPv6 address, or IPvFuture. */
const IP_LITERAL = new RegExp(
  `^(?:${[
    `(?:${HEX16}:){6}${LAST32}`,
    `::(?:${HEX16}:){5}${LAST32}`,
    `(?:${HEX16})?::(?:${HEX16}:){4}${LAST32}`,
    `(?:(?:${HEX16}:){0,1}${HEX16})?::(?:${HEX16}:){3}${LAST32}`,
    `(?:(?:${HEX16}:){0,2}${HEX16})?::(?:${HEX16}:){2}${LAST32}`,
    `(?:(?:${HEX16}:){0,3}${HEX16})?::${HEX16}:${LAST32}`,
    `(?:(?:${HEX16}:){0,4}${HEX16})?::${LAST32}`,
    `(?:(?:${HEX16}:){0,5}${HEX16})?::${HEX16}`,
    `(?:(?:${HEX16}:){0,6}${HEX16})?::`,
    "v[0-9a-f]+\\.[a-z0-9\\-._~!$&'()*+,;=:]+",
  ].join('|')})$`,
  'i',
)

const END_OF_AUTHORITY = /[/?#]/g

/** Where the authority that starts at `from` ends, or -1 when it is none. */
function authority(text: string, from: number): number {
  END_OF_AUTHORITY.lastIndex = from
  const end = END_OF_AUTHORITY.exec(text)?.index ?? text.length
  let host = text.slice(from, end)
  const user = host.lastIndexOf('@')
  if (user >= 0) {
    if (!/^(?:[\w\-.~!$&'()*+,;=:]|%[0-9a-f]{2})*$/i.test(host.slice(0, user))) return -1
    host = host.slice(user + 1)
  }
  if (host.startsWith('[')) {
    const close = host.indexOf(']')
    return close > 0 && IP_LITERAL.test(host.slice(1, close)) && /^(?::\d*)?$/.test(host.slice(close + 1)) ? end : -1
  }
  return /^(?:[\w\-.~!$&'()*+,;=]|%[0-9a-f]{2})*(?::\d*)?$/i.test(host) ? end : -1
}
