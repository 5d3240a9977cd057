/**
 * The one builder of addresses within the console. A pattern names its parameters with $, and `paths` fills them;
 * a page is found by searching for its line here.
 */
export const patterns = {
  home: '/',
  login: '/login',
  setup: '/setup',
  register: '/register',
  /** One-time links: the secret stands behind #. */
  join: '/join',
  enter: '/enter',
  account: '/account',

  organisations: '/organisations',
  organisation: '/organisations/$organisationId',
  registrations: '/registrations',
  people: '/people',
  apiKeys: '/api-keys',
  apiKeyCalls: '/api-keys/$apiKeyId/calls',
  connect: '/connect',
  audit: '/audit',

  products: '/products',
  productNew: '/products/new',
  product: '/products/$productId',
  productEdit: '/products/$productId/edit',

  links: '/links',
  linkPreview: '/links/preview',

  consignments: '/consignments',
  consignmentNew: '/consignments/new',
  consignment: '/consignments/$consignmentId',
  movementFiles: '/movement-files',
  movementFile: '/movement-files/$importId',
  imports: '/imports',
  import: '/imports/$importId',

  orders: '/orders',
  orderNew: '/orders/new',
  order: '/orders/$orderId',
  batches: '/batches',
  packs: '/packs',
  pack: '/packs/$packId',
  pins: '/pins',
  pinAlarms: '/pin-alarms',
  quota: '/quota',
  printers: '/printers',
  legacyCodes: '/legacy-codes',

  activations: '/activations',
  activationNew: '/activations/new',
  activation: '/activations/$activationId',
  dealers: '/dealers',
  shipments: '/shipments',
  shipmentNew: '/shipments/new',
  shipment: '/shipments/$shipmentId',
  goods: '/goods',
  trace: '/trace',
  goodsWork: '/work',
  stock: '/stock',
  containers: '/containers',
  container: '/containers/$sscc',
  events: '/events',
  holds: '/holds',

  scans: '/scans',
  reports: '/reports',
  report: '/reports/$reportId',
} as const

type Pattern = typeof patterns
type Params<P extends string> = P extends `${string}$${infer Name}/${infer Rest}`
  ? readonly [Name, ...Params<`/${Rest}`>]
  : P extends `${string}$${infer Name}`
    ? readonly [Name]
    : readonly []
type Arguments<P extends string> = Strings<Params<P>>
type Strings<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? [string, ...Strings<Rest>] : []

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** `paths.product(id)`, `paths.orders({ 'f.status': 'in:submitted' })`. Parameters come first, then the query. */
export const paths = Object.fromEntries(
  Object.entries(patterns).map(([name, pattern]) => [
    name,
    (...args: readonly (string | Query | undefined)[]) => {
      let used = 0
      const path = pattern.replace(/\$\w+/g, () => encodeURIComponent(String(args[used++])))
      const query = args[used]
      return typeof query === 'object' ? withQuery(path, query) : path
    },
  ]),
) as unknown as { readonly [K in keyof Pattern]: (...args: [...Arguments<Pattern[K]>, query?: Query]) => string }

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one)
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Base under which the server serves the console. */
export const CONSOLE = '/console'
