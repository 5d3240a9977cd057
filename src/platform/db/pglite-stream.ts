import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker, WorkerInput } from './pglite-worker.ts'

/** 'X' of the wire protocol: the client leaves. */
const TERMINATE = 0x58

/**
 * Stands where `pg` expects a socket. Connecting starts the worker thread with the embedded server, ending closes
 * both. So the embedded engine shares all of `pg`: types, named statements, errors, and the pool's fair queue.
 */
export class PgliteStream extends Duplex {
  readonly #input: WorkerInput
  #worker: Worker | undefined
  #countAsked: Array<(count: number) => void> = []
  #exited: Promise<void> = Promise.resolve()

  constructor(input: WorkerInput) {
    super()
    this.#input = input
  }

  connect(): this {
    const worker = startWorker(this.#input)
    this.#worker = worker
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => this.destroy(error instanceof Error ? error : new Error(String(error))))
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        resolve()
        if (!this.writableEnded) this.destroy(new Error('the embedded database stopped'))
      })
    })
    return this
  }

  /** Calls of fsync that the server has made since it started. */
  countSyncs(): Promise<number> {
    return new Promise((resolve) => {
      this.#countAsked.push(resolve)
      this.#send('syncs')
    })
  }

  #receive(message: FromWorker): void {
    if (message === 'ready') this.emit('connect')
    else if (typeof message === 'number') this.#countAsked.shift()?.(message)
    else if (message instanceof Uint8Array) {
      if (message.length > 0) this.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength))
    } else this.destroy(new Error(`the embedded database failed: ${message.failed}`))
  }

  #send(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#forward([chunk])
    callback()
  }

  override _writev(chunks: Array<{ chunk: Buffer }>, callback: () => void): void {
    this.#forward(chunks.map(({ chunk }) => chunk))
    callback()
  }

  /** One message a batch: `pg` corks a whole query, so that it crosses the thread border once. */
  #forward(chunks: readonly Buffer[]): void {
    const parts = chunks.filter((chunk) => chunk[0] !== TERMINATE)
    if (parts.length === 0) return
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    this.#send(bytes, [bytes.buffer])
  }

  override _read(): void {}

  override _final(callback: () => void): void {
    this.#send('close')
    void this.#exited.then(() => {
      this.push(null)
      callback()
    })
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // The next connection opens the same files: it must not begin before this thread has let go of them.
    void Promise.resolve(this.#worker?.terminate()).then(() => callback(error))
  }

  // What else `pg` asks of a socket.
  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    this.#worker?.ref()
    return this
  }

  unref(): this {
    this.#worker?.unref()
    return this
  }
}

/**
 * A worker thread does not inherit the TypeScript loader of the program on Node 20, and `execArgv` does not give it
 * one either: a line of plain JavaScript registers the loader and then imports the worker.
 */
function startWorker(input: WorkerInput): Worker {
  const api = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api'))
  const loader = new URL('./index.mjs', api).href
  const worker = new URL('./pglite-worker.ts', import.meta.url).href
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(worker)}) })`
  return new Worker(start, { eval: true, workerData: input, execArgv: [] })
}
