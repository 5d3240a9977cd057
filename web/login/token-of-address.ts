/** The secret of a one-time link stands behind the #, which no browser sends to a server or in a Referer. */
export function tokenOfAddress(): string {
  return decodeURIComponent(window.location.hash.slice(1))
}
