import { csrfToken } from '../shared/api/client.ts'
import { language } from '../shared/i18n/language.ts'
import { networkError, problemFrom } from '../shared/api/problem.ts'

export interface Streamed {
  /** Bytes that have arrived. */
  readonly bytes: number
  readonly rows: number | undefined
}

interface FilePicker {
  showSaveFilePicker?: (options: {
    suggestedName: string
  }) => Promise<{ createWritable(): Promise<WritableStream<Uint8Array> & { abort(): Promise<void> }> }>
}

/**
 * Posts and saves the answer as a file while it arrives: straight to disk where the browser can (a pack of millions of
 * labels is larger than memory should hold), collected as a Blob elsewhere.
 * @throws ApiError when the server refuses; AbortError when the signal fires or the person chooses no file
 */
export async function saveStream(
  path: string,
  name: string,
  options: { readonly signal: AbortSignal; readonly onProgress: (at: Streamed) => void },
): Promise<void> {
  // asked before the request: a download that finds no file is a download used up
  const picker = (window as FilePicker).showSaveFilePicker
  const file = picker === undefined ? undefined : await picker.call(window, { suggestedName: name })
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'accept-language': language() === 'zh' ? 'zh-CN' : 'en',
        ...(csrfToken() !== undefined && { 'x-csrf-token': csrfToken()! }),
      },
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal.aborted) throw error
    throw networkError()
  }
  if (!response.ok || response.body === null)
    throw problemFrom(response.status, response.headers.get('content-type'), await response.text(), response.headers.get('retry-after'))
  const rows = Number(response.headers.get('x-pack-rows')) || undefined
  let bytes = 0
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        options.onProgress({ bytes, rows })
        controller.enqueue(chunk)
      },
    }),
  )
  if (file !== undefined) {
    await counted.pipeTo(await file.createWritable(), { signal: options.signal })
    return
  }
  const blob = await new Response(counted).blob()
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
