export type MediaType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/heic'
  | 'application/pdf'
  | 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  | 'text/csv'

/** What a file is by its first bytes; a name or a declared type is a claim of the sender. */
export function mediaTypeOf(head: Uint8Array, name: string): MediaType | undefined {
  const ascii = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to))
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg'
  if (ascii(1, 4) === 'PNG' && head[0] === 0x89) return 'image/png'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp'
  if (ascii(4, 8) === 'ftyp' && /hei[cx]|mif1|msf1|hev[cx]/.test(ascii(8, 12))) return 'image/heic'
  if (ascii(0, 5) === '%PDF-') return 'application/pdf'
  if (head[0] === 0x50 && head[1] === 0x4b && /\.xlsx$/i.test(name))
    return 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  if (/\.(csv|tsv|txt)$/i.test(name) && !head.includes(0)) return 'text/csv'
  return undefined
}
