import { pathOf, type Transport } from './transport.ts'

/** A list of movements on the platform: read, tried against the goods, written. */
export interface MovementFile {
  readonly id: string
  readonly state: 'reading' | 'ready' | 'committing' | 'done' | 'discarded' | 'failed'
  readonly counts: {
    readonly rows?: number
    /** To be written, or written when `committed` says so. */
    readonly new?: number
    /** Written before: by an earlier try, or by the same file. */
    readonly unchanged?: number
    readonly wrong?: number
    readonly committed?: number
  }
  readonly failure: { readonly code: string; readonly zh: string; readonly en: string } | null
}

const PATH = '/api/movement-files'
const POLL_MS = 500

/** Movements by Excel or CSV, in two steps. */
export class MovementFiles {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Sends a file. The same bytes while they wait to be written are the same list. */
  async send(bytes: Uint8Array<ArrayBuffer>, name: string, idempotencyKey?: string): Promise<MovementFile> {
    const type = name.toLowerCase().endsWith('.xlsx') ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'text/csv'
    const form = (): FormData => {
      const data = new FormData()
      data.append('file', new Blob([bytes], { type }), name)
      return data
    }
    return (await this.#transport.request<MovementFile>('POST', PATH, { form, ...(idempotencyKey !== undefined && { idempotencyKey }) }))
      .body
  }

  async get(id: string): Promise<MovementFile> {
    return (await this.#transport.request<MovementFile>('GET', PATH + pathOf(id))).body
  }

  /** Starts to write the good rows of a list that is ready. */
  async write(id: string): Promise<MovementFile> {
    return (await this.#transport.request<MovementFile>('POST', `${PATH}${pathOf(id)}/commit`, { json: {} })).body
  }

  /** The list when the platform has nothing more to do with it by itself, or as it is when the time is over. */
  async waitFor(id: string, waitMs = 600_000): Promise<MovementFile> {
    const until = Date.now() + waitMs
    for (;;) {
      const file = await this.get(id)
      if ((file.state !== 'reading' && file.state !== 'committing') || Date.now() >= until) return file
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /** The wrong rows as CSV: the file's own columns and one of reasons. */
  async wrongRows(id: string): Promise<string> {
    return String((await this.#transport.request('GET', `${PATH}${pathOf(id)}/wrong`, { query: { format: 'csv' } })).body ?? '')
  }
}
