import type { Route } from './route.ts'

interface Address {
  readonly matches: RegExp
  readonly route: Route
}

/** What the table of routes says of an address that no route serves with the method asked for. */
export class RouteTable {
  readonly #addresses: readonly Address[]

  /** @throws Error when a route has no policy or two routes share an id */
  constructor(routes: readonly Route[]) {
    const ids = new Set<string>()
    for (const route of routes) {
      if ((route as { policy?: unknown }).policy === undefined) throw new Error(`route ${route.method} ${route.url} has no policy`)
      if (ids.has(route.id)) throw new Error(`two routes are called ${route.id}`)
      ids.add(route.id)
    }
    this.#addresses = routes.map((route) => ({ matches: patternOf(route.url), route }))
  }

  /** Methods that are served at an address, and the headers that all its answers have. Neither when there is no such address. */
  at(url: string): { readonly allowed: readonly string[]; readonly headers: Readonly<Record<string, string>> } {
    const path = pathOf(url)
    const here = this.#addresses.filter(({ matches }) => matches.test(path)).map(({ route }) => route)
    const methods = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    return {
      allowed: here.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])],
      headers: (here[0] ?? this.neighbourOf(url))?.headers ?? {},
    }
  }

  /** A route whose path begins alike: an address that there is not speaks the language of its surroundings. */
  neighbourOf(url: string): Route | undefined {
    const first = firstSegment(pathOf(url))
    return this.#addresses.find(({ route }) => firstSegment(route.url) === first)?.route
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0]!.replace(/(?<=.)\/$/, '')
const firstSegment = (path: string): string => path.split('/', 2)[1] ?? ''

/** A route's `url`: segments, `:name`, `:name(expression)` and a last `*`. */
function patternOf(url: string): RegExp {
  const segments = url.replace(/(?<=.)\/$/, '').split('/')
  const source = segments.map((segment) => {
    if (segment === '*') return '.*'
    const [, expression] = /^:[A-Za-z]+(?:\(\^?(.*?)\$?\))?$/.exec(segment) ?? []
    if (segment.startsWith(':')) return expression === undefined ? '[^/]+' : `(?:${expression})`
    return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source.join('/')}$`)
}
