import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeyVault } from '../../platform/crypto/keys.ts'

/** Who scans, as far as it is known and kept: see docs/privacy.md. Nothing here leads back to a person. */
export interface Visitor {
  /** Keyed hash of the first-party device token; undefined for an app or a reader that keeps no cookie. */
  readonly device: Buffer | undefined
  /** Keyed hash of address and user agent with a key of the day; erased after 24 hours. */
  readonly visitor: Buffer
  readonly channel: Channel
  /** False for link previews, prefetches and crawlers: they see the page and leave no trace in any count. */
  readonly person: boolean
}

export type Channel = 'wechat' | 'browser' | 'app' | 'preview'

const COOKIE = 'sz_device'
const THIRTY_DAYS = 30 * 86_400

/** Programs that fetch a page because somebody saw its link, not because somebody scanned a label. */
const PREVIEW_AGENTS =
  /bot\b|crawler|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|skype|slack|discord|embedly|linkedin|twitterbot|bytespider|baiduspider|sogou|360spider|yisouspider|google-read-aloud|headlesschrome.*lighthouse|wechatshare/i

export class Visitors {
  readonly #keys: KeyVault
  readonly #secure: boolean
  #day = ''
  #dayKey: Buffer = Buffer.alloc(0)
  readonly #deviceKey: Buffer

  constructor(keys: KeyVault, secure: boolean) {
    this.#keys = keys
    this.#secure = secure
    this.#deviceKey = keys.derive('visitor', 'device')
  }

  /** Recognises the visitor and, for a browser, sets or renews the device token on the reply. */
  recognise(request: FastifyRequest, reply: FastifyReply, at: Date, wantsPage: boolean): Visitor {
    const agent = request.headers['user-agent'] ?? ''
    const visitor = this.hashVisitor(request.ip, agent, at)
    if (isPreview(request, agent)) return { device: undefined, visitor, channel: 'preview', person: false }
    let token = request.cookies[COOKIE]
    if (token === undefined || !/^[A-Za-z0-9_-]{22}$/.test(token)) {
      token = undefined
      if (wantsPage) {
        const made = randomBytes(16).toString('base64url')
        reply.header(
          'set-cookie',
          `${COOKIE}=${made}; Max-Age=${THIRTY_DAYS}; Path=/; HttpOnly; SameSite=Lax${this.#secure ? '; Secure' : ''}`,
        )
        token = made
      }
    }
    return {
      device: token === undefined ? undefined : this.hashDevice(token),
      visitor,
      channel: /MicroMessenger/i.test(agent) ? 'wechat' : wantsPage ? 'browser' : 'app',
      person: true,
    }
  }

  hashDevice(token: string): Buffer {
    return hash16(this.#deviceKey, token)
  }

  hashVisitor(address: string, agent: string, at: Date): Buffer {
    const day = at.toISOString().slice(0, 10)
    if (day !== this.#day) {
      this.#day = day
      this.#dayKey = this.#keys.derive('visitor', `day/${day}`)
    }
    return hash16(this.#dayKey, `${address}\n${agent}`)
  }
}

function isPreview(request: FastifyRequest, agent: string): boolean {
  if (request.method === 'HEAD') return true
  const purpose = `${request.headers['purpose'] ?? ''} ${request.headers['sec-purpose'] ?? ''} ${request.headers['x-purpose'] ?? ''} ${request.headers['x-moz'] ?? ''}`
  return /prefetch|preview|prerender/i.test(purpose) || PREVIEW_AGENTS.test(agent)
}

function hash16(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, 16)
}
