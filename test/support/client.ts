import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  readonly bytes: Buffer
  /** The answer read as JSON; undefined where there is none. */
  readonly json: any
}

/** A browser, a scanner or a script: keeps cookies, sends the CSRF token back, and a fresh idempotency key with each act. */
export class TestClient {
  readonly #app: FastifyInstance
  readonly #cookies = new Map<string, string>()
  readonly #address: string
  csrfToken: string | undefined
  apiKey: string | undefined

  constructor(app: FastifyInstance, options: { address?: string; apiKey?: string; session?: { token: string; csrfToken: string } } = {}) {
    this.#app = app
    this.#address = options.address ?? '192.0.2.1'
    this.apiKey = options.apiKey
    if (options.session !== undefined) {
      this.#cookies.set('session', options.session.token)
      this.csrfToken = options.session.csrfToken
    }
  }

  get(url: string): Promise<Answer> {
    return this.send('GET', url)
  }

  post(url: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', url, body, headers)
  }

  patch(url: string, body: unknown): Promise<Answer> {
    return this.send('PATCH', url, body)
  }

  delete(url: string): Promise<Answer> {
    return this.send('DELETE', url)
  }

  /** Sends a small file and fields as multipart/form-data. */
  sendForm(
    method: string,
    url: string,
    fields: Record<string, unknown>,
    file = { name: 'file.csv', type: 'text/csv', bytes: Buffer.from('a,b\n1,2\n') },
  ): Promise<Answer> {
    const boundary = 'boundary-of-the-test'
    const head = (text: string) => `--${boundary}\r\nContent-Disposition: form-data; ${text}\r\n\r\n`
    const texts = Object.entries(fields).map(
      ([name, value]) => `${head(`name="${name}"`)}${typeof value === 'string' ? value : JSON.stringify(value)}\r\n`,
    )
    const opening = `${texts.join('')}${head(`name="file"; filename="${file.name}"\r\nContent-Type: ${file.type}`)}`
    const payload = Buffer.concat([Buffer.from(opening), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
    return this.send(method, url, payload, { 'content-type': `multipart/form-data; boundary=${boundary}` })
  }

  /** The same client before another server. */
  at(app: FastifyInstance): TestClient {
    const other = new TestClient(app, { address: this.#address })
    for (const [name, value] of this.#cookies) other.setCookie(name, value)
    other.csrfToken = this.csrfToken
    other.apiKey = this.apiKey
    return other
  }

  /** A body of bytes or text goes as it is, anything else as JSON. */
  async send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.#app.inject({
      method: method as 'GET',
      url,
      remoteAddress: this.#address,
      headers: {
        ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
        ...(method !== 'GET' && this.csrfToken !== undefined && { 'x-csrf-token': this.csrfToken }),
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
        ...(this.#cookies.size > 0 && { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    })
    for (const { name, value, maxAge } of response.cookies as { name: string; value: string; maxAge?: number }[]) {
      if (maxAge === 0) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const text = response.body
    const isJson = String(response.headers['content-type'] ?? '').includes('json')
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      bytes: response.rawPayload,
      json: isJson && text !== '' ? JSON.parse(text) : undefined,
    }
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  /** Reads the session, as the console does after signing in, and keeps its CSRF token. */
  async session(): Promise<Answer> {
    const answer = await this.get('/api/session')
    this.csrfToken = answer.status === 200 ? answer.json.csrfToken : undefined
    return answer
  }

  async signIn(account: string, password: string): Promise<Answer> {
    const answer = await this.post('/api/session', { account, password })
    if (answer.status === 200 && answer.json.state === 'signed-in') await this.session()
    return answer
  }
}
