import { isIP } from 'node:net'
import { failAt } from './errors.ts'

/** First segments of the addresses that are resolved or scanned here: keys, blank and older labels, compressed EPCs. */
const RESOLVED_HERE = /^\/(?:\d{2,4}|s|fwm\.do|e[hx][A-Za-z0-9_-]*)(?:\/|$)/

/**
 * The target of a link in the spelling in which it is kept. A resolver sends people wherever its owners say, so it takes only
 * addresses of the public web, and none that would come back here: no other scheme, no credentials, no bare or private
 * host. Nothing is fetched.
 * @throws AppError LINK_HREF_INVALID, LINK_HREF_LOOPS
 */
export function checkTarget(href: string, publicUrl: string): string {
  if (!/^https?:\/\/[^\s\\/?#\p{Cc}][^\s\\\p{Cc}]*$/iu.test(href)) throw failAt('/href', 'LINK_HREF_INVALID')
  let url: URL
  try {
    url = new URL(href)
  } catch {
    throw failAt('/href', 'LINK_HREF_INVALID')
  }
  const own = new URL(publicUrl)
  const host = url.hostname.replace(/\.$/, '')
  if (url.username !== '' || url.password !== '') throw failAt('/href', 'LINK_HREF_INVALID')
  if (host === own.hostname) {
    let path = url.pathname
    try {
      path = decodeURIComponent(path)
    } catch {
      // a broken sequence stays what it is
    }
    if (RESOLVED_HERE.test(url.pathname) || RESOLVED_HERE.test(path)) throw failAt('/href', 'LINK_HREF_LOOPS')
  } else if (!host.includes('.') || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || /\.(?:localhost|local|internal|test|invalid)$/.test(host)) {
    throw failAt('/href', 'LINK_HREF_INVALID')
  }
  return url.href
}
