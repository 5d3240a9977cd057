/**
 * The thread in which the embedded server runs: on the main thread it would starve the event loop. The protocol:
 *
 * - main → worker: bytes of the PostgreSQL wire protocol (whole messages), 'syncs' to ask for the count, or 'close'
 * - worker → main: 'ready' once, bytes in answer to bytes, a number in answer to 'syncs', `{ failed }` on a fault
 */
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { DurableNodeFS, startParameters } from './durable-fs.ts'

export interface WorkerInput {
  readonly folder: string
  readonly durable: boolean
}

export type ToWorker = Uint8Array | 'syncs' | 'close'
export type FromWorker = Uint8Array | 'ready' | number | { readonly failed: string }

const port = parentPort!
const { folder, durable } = workerData as WorkerInput

const files = new DurableNodeFS(folder)
const server = await PGlite.create({ fs: files, startParams: startParameters(durable) })

const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (message: ToWorker) => {
  if (message === 'syncs') send(files.syncs)
  else if (message === 'close') void close()
  else answer(message)
})
send('ready')

function answer(request: Uint8Array): void {
  try {
    const bytes = server.execProtocolRawSync(request)
    const whole = endsReady(bytes)
    send(bytes, [bytes.buffer as ArrayBuffer])
    if (!whole) send({ failed: 'it gave up, see the error before; it starts again from its log' })
  } catch (error) {
    send({ failed: error instanceof Error ? error.message : String(error) })
  }
}

/**
 * Each request ends in a demand for ReadyForQuery ('Z', length 5, status). A server that panics, for example because
 * the disk has no room for its log, never sends it and cannot be used any more.
 */
function endsReady(bytes: Uint8Array): boolean {
  const at = bytes.length - 6
  return at >= 0 && bytes[at] === 0x5a && bytes[at + 4] === 5
}

async function close(): Promise<void> {
  await server.close()
  port.close()
}
