/**
 * Header value that makes a browser save a file under a name (RFC 6266, RFC 8187): an ASCII fallback and the exact
 * name percent-encoded. Path separators, quotes and control characters never reach the header.
 */
export function contentDisposition(name: string, kind: 'attachment' | 'inline' = 'attachment'): string {
  const safe =
    [...name.normalize('NFC')]
      .filter((c) => c >= ' ' && c !== '\u007f')
      .join('')
      .replace(/[/\\]/g, '_')
      .slice(0, 180) || 'file'
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_')
  const exact = encodeURIComponent(safe).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${exact}`
}
