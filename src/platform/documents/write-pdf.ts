import { Readable } from 'node:stream'
import type { PdfDocument } from './pdf.ts'
import type { FromPdfWorker } from './write-pdf-worker.ts'
import { startThread } from './worker-thread.ts'

const HEAP_MEGABYTES = 512
const MILLISECONDS = 60_000

/**
 * Renders a document as PDF (A4, Noto Sans SC embedded as a subset) in a thread of its own, since laying out Chinese
 * text takes a while; the bytes are streamed. The stream breaks off with an error when the thread fails.
 */
export function writePdf(document: PdfDocument): Readable {
  const worker = startThread(new URL('./write-pdf-worker.ts', import.meta.url), document, HEAP_MEGABYTES)
  const stream = new Readable({
    read: () => {},
    destroy: (error, done) => {
      clearTimeout(timer)
      worker.terminate().then(
        () => done(error),
        () => done(error),
      )
    },
  })
  const timer = setTimeout(() => stream.destroy(new Error('the PDF took too long')), MILLISECONDS)
  worker.on('message', (message: FromPdfWorker) => {
    if ('chunk' in message) stream.push(message.chunk)
    else {
      clearTimeout(timer)
      stream.push(null)
    }
  })
  worker.on('error', (error) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
  return stream
}
