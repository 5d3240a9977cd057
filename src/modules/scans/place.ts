import { createRequire } from 'node:module'

/** Province (GB/T 2260, two digits) of a client address, by the address table that the package `ip2region` ships. */
export interface Places {
  provinceOf(address: string): string | undefined
}

interface Ip2Region {
  search(address: string): { country: string; province: string } | null
}

/**
 * Nothing finer than a province is ever derived, and the address itself is not kept. Addresses abroad, private ones
 * and unknown ones have no province; mobile networks often resolve to the provincial gateway, so a place is weak evidence.
 */
export function openPlaces(provinceCode: (name: string) => string | undefined): Places {
  const { default: Table } = createRequire(import.meta.url)('ip2region') as { default: new () => Ip2Region }
  const table = new Table()
  return {
    provinceOf(address) {
      try {
        const found = table.search(address.startsWith('::ffff:') ? address.slice(7) : address)
        return found === null || found.country !== '中国' || found.province === '' ? undefined : provinceCode(found.province)
      } catch {
        return undefined
      }
    },
  }
}
