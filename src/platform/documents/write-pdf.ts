import { Readable } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import type { PdfDocument } from './pdf.ts'
import type { FromPdfWorker } from './write-pdf-worker.ts'
import { startThread, Turns } from './worker-thread.ts'

const HEAP_MEGABYTES = 512
const MILLISECONDS = 60_000
const turns = new Turns(2)

/**
 * Renders a document as PDF (A4, Noto Sans SC embedded as a subset) in a thread of its own, since laying out Chinese
 * text takes a while; the bytes are streamed. The stream breaks off with an error when the thread fails, and the
 * thread ends when nobody reads any more.
 */
export function writePdf(document: PdfDocument): Readable {
  let worker: Worker | undefined
  let timer: NodeJS.Timeout | undefined
  let giveBack: (() => void) | undefined
  const stream = new Readable({
    read: () => {},
    destroy: (error, done) => {
      clearTimeout(timer)
      const end = () => {
        giveBack?.()
        done(error)
      }
      if (worker === undefined) end()
      else worker.terminate().then(end, end)
    },
  })
  const start = (turn: () => void): void => {
    giveBack = turn
    if (stream.destroyed) return turn()
    worker = startThread(new URL('./write-pdf-worker.ts', import.meta.url), document, HEAP_MEGABYTES)
    timer = setTimeout(() => stream.destroy(new Error('the PDF took too long')), MILLISECONDS)
    worker.on('message', (message: FromPdfWorker) => {
      stream.push('chunk' in message ? message.chunk : null)
    })
    worker.on('error', (error) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
  }
  void turns.take().then(start)
  return stream
}
