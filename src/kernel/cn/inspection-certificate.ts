/**
 * Number of an inspection and quarantine certificate of entry. Its official form could not be established, so
 * anything plausible is taken and an unusual length is told.
 */
export type CheckedCertificate = { readonly ok: true; readonly value: string; readonly unusual: boolean } | { readonly ok: false }

export function checkInspectionCertificate(input: string): CheckedCertificate {
  const value = input
    .normalize('NFKC')
    .replace(/[\s\u200B-\u200D\uFEFF]/g, '')
    .toUpperCase()
  if (!/^[0-9A-Z-]{6,32}$/.test(value)) return { ok: false }
  return { ok: true, value, unusual: value.length !== 15 && value.length !== 18 }
}
