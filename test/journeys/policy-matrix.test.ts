import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/modules/identity/contract.ts'
import { read, type Route } from '../../src/platform/http/route.ts'
import { createServer, type ServerParts } from '../../src/platform/http/server.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { policyFaults } from '../support/policy-matrix.ts'
import { openWorld, rolesWith, type World } from '../support/world.ts'

let t: TestApp
let world: World
beforeAll(async () => {
  t = await openTestApp()
  world = await openWorld(t)
})
afterAll(() => t.close())

describe('the walls between tenants', () => {
  it('stand on every route, for every role, against own and foreign things', async () => {
    const { faults, tried } = await policyFaults(world, t.modules.routes)
    expect(faults).toEqual([])
    expect(tried).toBeGreaterThan(t.modules.routes.length)
  }, 300_000)

  it('name only permissions that exist and that somebody holds', () => {
    const asked = new Set(
      t.modules.routes.map((route) => route.policy.access).filter((access) => access !== 'public' && access !== 'signed-in'),
    )
    expect([...asked].filter((access) => !(permissionNames as string[]).includes(access))).toEqual([])
    expect([...asked].filter((access) => rolesWith(access).length === 0)).toEqual([])
  })
})

describe('the check itself', () => {
  const planted = (route: Partial<Route>): Route =>
    ({
      ...read({ id: 'planted', url: '/api/planted', summary: { zh: '', en: '' }, policy: { access: 'public' }, handle: async () => ({}) }),
      ...route,
    }) as Route
  const serve = (routes: Route[]) =>
    createServer({
      ...({
        config: t.platform.config,
        db: t.platform.db,
        clock: t.clock,
        keys: t.platform.keys,
        log: t.platform.log,
      } satisfies Partial<ServerParts>),
      routes,
      authenticate: t.modules.identity.authenticate,
      audit: t.modules.ledger.writeAudit,
      constraints: new Map(),
      constraintOf: () => undefined,
    })

  it('refuses to start with a route that has no policy', async () => {
    await expect(serve([planted({ policy: undefined as never })])).rejects.toThrow('route GET /api/planted has no policy')
  })

  it('catches a route that hands out foreign things, and a kind that nobody makes', async () => {
    const leaks = planted({
      url: '/api/planted/:organisationId',
      policy: { access: 'organisations.read', object: { kind: 'organisation', param: 'organisationId' } },
    })
    const strange = planted({
      id: 'strange',
      url: '/api/strange/:x',
      policy: { access: 'organisations.read', object: { kind: 'unheard-of', param: 'x' } },
    })
    const routes = [leaks, strange]
    const app = await serve(routes)
    const { faults } = await policyFaults(await openWorldBeside(app), routes)
    await app.close()
    expect(faults.some((fault) => fault.includes('foreign organisation') && fault.includes('wanted 404'))).toBe(true)
    expect(faults.some((fault) => fault.includes('makes no "unheard-of"'))).toBe(true)
  })

  /** The same people and things, asking another server. */
  const openWorldBeside = async (app: TestApp['app']): Promise<World> => {
    const beside = { ...t, app }
    return {
      ...world,
      t: beside,
      newPerson: async (...args) => retarget(await world.newPerson(...args), app),
      newApiKey: async (...args) => (await world.newApiKey(...args)).at(app),
    }
  }
  const retarget = <S extends { client: { at(app: TestApp['app']): unknown } }>(someone: S, app: TestApp['app']): S => ({
    ...someone,
    client: someone.client.at(app) as never,
  })
})
