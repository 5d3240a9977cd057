import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { usccCheckCharacter } from '../../src/kernel/cn/uscc.ts'
import { ROLES_OF_KIND, type OrganisationKind, type Role, roleNames } from '../../src/modules/identity/contract.ts'
import { csrfTokenOf, permissionsOf } from '../../src/modules/identity/index.ts'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import type { Tx } from '../../src/platform/db/database.ts'
import { sql } from '../../src/platform/db/sql.ts'
import type { TestApp } from './app.ts'
import { TestClient } from './client.ts'
import { actorOf, type Labels, labelsOf, type Stage } from './goods.ts'

/**
 * Two organisations of each kind and whoever works there, for tests that ask what each may do to whose things.
 * Each kind of thing that a route's policy names has its maker in `SAMPLES`; a kind without one fails the matrix.
 */
export interface World {
  readonly t: TestApp
  /** Where a role works, and the other organisation of that kind, whose things are foreign to it. */
  readonly organisations: Readonly<Record<OrganisationKind, { readonly own: string; readonly foreign: string }>>
  kindOf(role: Role): OrganisationKind
  /** A new person in that role, signed in and fully proved; `where` picks the organisation. */
  newPerson(role: Role, where?: 'own' | 'foreign', proof?: 'password' | 'totp'): Promise<Someone>
  /** A new verified importer with a system's key of all that its manager may do. */
  newEnterprise(): Promise<{
    readonly organisationId: string
    readonly apiKeyId: string
    readonly secret: string
    readonly client: TestClient
  }>
  /** A key of the role's organisation with these scopes only. */
  newApiKey(role: Role, scopes: readonly string[]): Promise<TestClient>
}

export interface Someone {
  readonly personId: string
  readonly sessionId: string
  readonly client: TestClient
}

/** A thing of the role's own organisation and one of another; undefined where the role can have none. */
export interface Sample {
  readonly own: string | undefined
  readonly foreign: string | undefined
}

/** Makes fresh things at each call, since the act that is tried on them may end them. `someone` is who will try. */
export type SampleMaker = (world: World, role: Role, someone: Someone) => Promise<Sample>

const USCC = ['91330206123456788C', '91110000600037341L'] as const
let counter = 0

/** A code that nobody has: right by its check character, of a district in Ningbo. */
export function freshUscc(): string {
  const first = `91330206${String(++counter).padStart(9, '0')}`
  return first + usccCheckCharacter(first)!
}

export async function openWorld(t: TestApp): Promise<World> {
  const { db, keys } = t.platform
  const { identity } = t.modules
  const organisations = {} as Record<OrganisationKind, { own: string; foreign: string }>
  for (const kind of Object.keys(ROLES_OF_KIND) as OrganisationKind[]) {
    const make = (uscc: string, nameZh: string) =>
      db.transaction((tx) => identity.registerOrganisation(tx, { kind, nameZh, uscc, province: '33', status: 'verified' }, t.clock.now()))
    organisations[kind] = { own: await make(USCC[0], `甲${kind}`), foreign: await make(USCC[1], `乙${kind}`) }
  }
  const kindOf = (role: Role) => (Object.keys(ROLES_OF_KIND) as OrganisationKind[]).find((kind) => ROLES_OF_KIND[kind].includes(role))!
  return {
    t,
    organisations,
    kindOf,
    newEnterprise: async () => {
      const at = t.clock.now()
      const { organisationId, key } = await db.transaction(async (tx) => {
        const uscc = freshUscc()
        const made = await identity.registerOrganisation(
          tx,
          { kind: 'importer', nameZh: `例${uscc}`, uscc, province: '33', city: '宁波', status: 'verified' },
          at,
        )
        return {
          organisationId: made,
          key: await identity.createApiKey(tx, { organisationId: made, name: 'wms', roles: ['manager'] as never }, at),
        }
      })
      const client = new TestClient(t.app, { apiKey: key.secret, address: freshAddress() })
      return { organisationId, apiKeyId: key.id, secret: key.secret, client }
    },
    newPerson: async (role, where = 'own', proof = 'totp') => {
      const organisationId = organisations[kindOf(role)][where]
      const at = t.clock.now()
      const { personId, session } = await db.transaction(async (tx) => {
        const id = await identity.addPerson(tx, { organisationId, account: `world.${role}.${++counter}`, name: role, roles: [role] }, at)
        return { personId: id, session: await identity.openSession(tx, id, { proof }, at) }
      })
      const client = new TestClient(t.app, {
        address: freshAddress(),
        session: { token: session.token, csrfToken: csrfTokenOf({ keys }, session.id) },
      })
      return { personId, sessionId: session.id, client }
    },
    newApiKey: async (role, scopes) => {
      const { secret } = await db.transaction((tx) =>
        identity.createApiKey(
          tx,
          { organisationId: organisations[kindOf(role)].own, name: 'world', scopes: scopes as never },
          t.clock.now(),
        ),
      )
      return new TestClient(t.app, { address: freshAddress(), apiKey: secret })
    },
  }
}

/** The limits count by address; who they limit is tried elsewhere. */
export function freshAddress(): string {
  const n = ++counter
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
}

const headOf = (world: World, role: Role): Role => ROLES_OF_KIND[world.kindOf(role)][0]!
const seesAll = (world: World, role: Role) => ['regulator', 'operator'].includes(world.kindOf(role))

/** Kinds as `PolicyObject.kind` names them. */
export const SAMPLES: Record<string, SampleMaker> = {
  organisation: async (world, role) => {
    if (!seesAll(world, role)) return world.organisations[world.kindOf(role)]
    // one that waits: the operator decides on it, and the others of this world stay as they are
    const waiting = await world.t.platform.db.transaction((tx) =>
      world.t.modules.identity.registerOrganisation(
        tx,
        { kind: 'printer', nameZh: `待审${++counter}`, uscc: freshUscc(), province: '33' },
        world.t.clock.now(),
      ),
    )
    return { own: waiting, foreign: undefined }
  },
  person: async (world, role) => ({
    own: (await world.newPerson(headOf(world, role))).personId,
    foreign: seesAll(world, role) ? undefined : (await world.newPerson(headOf(world, role), 'foreign')).personId,
  }),
  session: async (world, role, someone) => ({ own: someone.sessionId, foreign: (await world.newPerson(role)).sessionId }),
  'api-key': async (world, role) => {
    const make = async (organisationId: string) => {
      const { db } = world.t.platform
      return (
        await db.transaction((tx) =>
          world.t.modules.identity.createApiKey(
            tx,
            { organisationId, name: 'sample', scopes: ['organisations.read'] },
            world.t.clock.now(),
          ),
        )
      ).id
    }
    const { own, foreign } = world.organisations[world.kindOf(role)]
    return { own: await make(own), foreign: await make(foreign) }
  },
  product: (world, role) =>
    inImporters(world, role, (organisationId, where) =>
      world.t.platform.db.transaction(
        async (tx) =>
          (await newProduct(world, tx, organisationId, world.kindOf(role) === 'brand' ? world.organisations.brand[where] : null)).id,
      ),
    ),
  consignment: (world, role) =>
    inImporters(world, role, (organisationId) =>
      world.t.platform.db.transaction(async (tx) => (await newConsignment(world, tx, organisationId)).id),
    ),
  lot: (world, role) =>
    inImporters(world, role, (organisationId) =>
      world.t.platform.db.transaction(async (tx) => {
        const product = await newProduct(world, tx, organisationId, null)
        const consignment = await newConsignment(world, tx, organisationId)
        const input = {
          productId: product.id,
          lotNumber: `W${++counter}`,
          producedOn: '2026-01-10',
          expiresOn: '2029-01-09',
          quantity: 100,
        }
        return (await world.t.modules.imports.addLot(tx, consignment, product, input, { organisationId, at: world.t.clock.now() })).id
      }),
    ),
  document: (world, role) =>
    inImporters(world, role, (organisationId) =>
      world.t.platform.db.transaction(async (tx) => {
        const consignment = await newConsignment(world, tx, organisationId)
        const input = { kind: 'invoice', name: 'invoice.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.7\n') } as const
        const by = { personId: undefined, name: 'world' }
        return (await world.t.modules.imports.uploadDocument(tx, consignment, input, { at: world.t.clock.now(), by })).id
      }),
    ),
  import: (world, role) =>
    inImporters(world, role, (organisationId) =>
      world.t.platform.db.transaction(async (tx) => {
        const file = { name: 'list.csv', mediaType: 'text/csv', bytes: Buffer.from(`条码,批号\n1,W${++counter}\n`) } as const
        const actor = { organisationId, personId: undefined, name: 'world' }
        return (await world.t.modules.imports.startImport(tx, file, { actor, at: world.t.clock.now() })).id
      }),
    ),
}

SAMPLES['movement-file'] = async (world, role) => {
  const kind = world.kindOf(role)
  const sender = kind === 'dealer' ? 'dealer-clerk' : 'warehouse'
  const send = async (where: 'own' | 'foreign') => {
    const { client } = await world.newPerson(sender, where)
    const file = { name: 'movements.csv', type: 'text/csv', bytes: Buffer.from(`动作,标签\n收货,W${++counter}\n`) }
    return (await client.sendForm('POST', '/api/movement-files', {}, file)).json.id as string
  }
  // a brand moves no goods
  if (kind === 'brand') return { own: undefined, foreign: await send('foreign') }
  return { own: await send('own'), foreign: seesAll(world, role) ? undefined : await send('foreign') }
}

SAMPLES['pin-run'] = (world, role) =>
  labelled(
    world,
    role,
    async (labels) => {
      const { codes, labels: module } = world.t.modules
      const { db } = world.t.platform
      const at = world.t.clock.now()
      return db.transaction(async (tx) => {
        const pack = await tx.query<{ printer_id: string }>(sql`select printer_id from pack where id = ${labels.packId}`)
        const printerId = pack[0]!.printer_id
        await codes.addPrinterKey(tx, printerId, await identityToRecipient(await generateX25519Identity()), { personId: null, at })
        const actor = actorOf('00000000-0000-7000-8000-000000000000', 'operator', 'operator')
        return (
          await module.requestPins(
            tx,
            labels.batch.id,
            { printerId, digits: 10 },
            { actor: { ...actor, organisationId: labels.clerk.organisationId }, at },
          )
        ).runId
      })
    },
    'released',
  )

// What follows needs whole chains of acts; one object literal would hide it.
SAMPLES['order'] = async (world, role) => {
  // a printer's orders are those that were released to it
  const until = world.kindOf(role) === 'printer' ? 'released' : 'submitted'
  return labelled(world, role, (labels) => labels.orderId, until)
}
SAMPLES['pack'] = (world, role) => labelled(world, role, (labels) => labels.packId, 'released')
SAMPLES['activation'] = (world, role) =>
  labelled(world, role, async (labels) => {
    const { db } = world.t.platform
    const input = {
      lotId: labels.lotId,
      choice: { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] },
    }
    return (await db.transaction((tx) => world.t.modules.events.activate(tx, input, { actor: labels.clerk, at: world.t.clock.now() }))).id
  })
SAMPLES['dealer'] = (world, role) =>
  inImporters(world, role, (organisationId) =>
    world.t.platform.db.transaction((tx) =>
      world.t.modules.events.saveDealer(
        tx,
        { name: `经销商${++counter}`, provinces: ['浙江'], city: '', contact: '', dealerOrganisationId: null, active: true },
        { actor: actorOf(organisationId, 'importer', 'clerk'), at: world.t.clock.now() },
      ),
    ),
  )
SAMPLES['shipment'] = async (world, role) => {
  // a brand sees its products' stock, not who ships to whom
  if (world.kindOf(role) === 'brand') return { own: undefined, foreign: undefined }
  const make = async (where: 'own' | 'foreign') => {
    const { events } = world.t.modules
    const { importer, printer, dealer } = world.organisations
    const labels = await labelsOf(world.t, { importer: importer[where], printer: printer[where] })
    const ctx = { actor: labels.clerk, at: world.t.clock.now() }
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] }
    return world.t.platform.db.transaction(async (tx) => {
      await events.activate(tx, { lotId: labels.lotId, choice }, ctx)
      const dealerId = await events.saveDealer(
        tx,
        { name: `经销商${++counter}`, provinces: ['浙江'], city: '', contact: '', dealerOrganisationId: dealer[where], active: true },
        ctx,
      )
      return (await events.ship(tx, { choice, place: '', reason: '', dealerId, number: '', note: '' }, ctx)).id
    })
  }
  return { own: await make('own'), foreign: seesAll(world, role) ? undefined : await make('foreign') }
}
SAMPLES['report'] = (world, role) =>
  labelled(world, role, async (labels) => {
    const { feedback } = world.t.modules
    const path = new URL(labels.uri(0)).pathname
    const { ticket } = await feedback.submit({
      code: path,
      kind: 'question',
      text: '?',
      boughtAt: '',
      contact: '13800000000',
      contactConsent: true,
      healthConsent: false,
      once: `world-${++counter}`,
      photoIds: [],
      province: undefined,
      at: world.t.clock.now(),
    })
    const [row] = await world.t.platform.db.query<{ id: string }>(sql`select id from report where ticket = ${ticket}`)
    return row!.id
  })
SAMPLES['link'] = async (world, role) => {
  // a brand speaks about products that name it
  const make = async (where: 'own' | 'foreign') => {
    const { importer, brand } = world.organisations
    const asBrand = world.kindOf(role) === 'brand'
    const owner = asBrand ? brand[where] : importer[where]
    return world.t.platform.db.transaction(async (tx) => {
      const { gtin } = await newProduct(world, tx, importer[where], asBrand ? brand[where] : null)
      const href = `https://www.example.com/${++counter}`
      const input = {
        digitalLink: `/01/${gtin}`,
        linkType: 'pip',
        href,
        title: '商品页',
        mediaType: 'text/html',
        role: 'link',
        validFrom: null,
        validUntil: null,
      } as const
      const actor = actorOf(owner, asBrand ? 'brand' : 'importer', asBrand ? 'brand-manager' : 'clerk')
      return (await world.t.modules.resolver.registerLink(tx, { ...input, hreflang: [], context: [] }, { actor, at: world.t.clock.now() }))
        .id
    })
  }
  return { own: await make('own'), foreign: seesAll(world, role) ? undefined : await make('foreign') }
}
SAMPLES['job'] = async (world, role) => {
  const { own, foreign } = world.organisations[world.kindOf(role)]
  const make = (organisationId: string) =>
    world.t.platform.db.transaction((tx) =>
      world.t.platform.jobs.enqueue(tx, { kind: 'world', organisationId, createdBy: null, input: {} }),
    )
  return { own: await make(own), foreign: seesAll(world, role) ? undefined : await make(foreign) }
}

async function labelled(world: World, role: Role, make: (labels: Labels) => string | Promise<string>, until?: Stage): Promise<Sample> {
  const { importer, printer } = world.organisations
  const of = async (where: 'own' | 'foreign') =>
    make(await labelsOf(world.t, { importer: importer[where], printer: printer[where] }, until === undefined ? {} : { until }))
  return { own: await of('own'), foreign: seesAll(world, role) ? undefined : await of('foreign') }
}

/** Things that importers file: an importer has its own, a supervisor sees all of them. */
async function inImporters(
  world: World,
  role: Role,
  make: (organisationId: string, where: 'own' | 'foreign') => Promise<string>,
): Promise<Sample> {
  const { own, foreign } = world.organisations.importer
  return { own: await make(own, 'own'), foreign: seesAll(world, role) ? undefined : await make(foreign, 'foreign') }
}

function newProduct(world: World, tx: Tx, organisationId: string, brandOrganisationId: string | null) {
  const first = `952${String(++counter).padStart(9, '0')}`
  const input = { gtin: `${first}${checkDigit(first)}`, nameZh: `样品${counter}`, brandOrganisationId }
  return world.t.modules.products.createProduct(tx, input, { organisationId, at: world.t.clock.now() })
}

function newConsignment(world: World, tx: Tx, organisationId: string) {
  const declarationNumber = `310120261${String(++counter).padStart(9, '0')}`
  const input = { declarationNumber, tradeMode: '0110', declarationTransportMode: '2', enteredOn: '2026-05-20' }
  return world.t.modules.imports.createConsignment(tx, input, { organisationId, at: world.t.clock.now() })
}

export const rolesWith = (permission: string): Role[] => roleNames.filter((role) => (permissionsOf([role]) as Set<string>).has(permission))
