import { randomUUID } from 'node:crypto'
import { type Role, roleNames } from '../../src/modules/identity/contract.ts'
import { permissionsOf } from '../../src/modules/identity/index.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { type Answer, TestClient } from './client.ts'
import { freshAddress, SAMPLES, type Someone, type World } from './world.ts'

/**
 * Tries every route as everybody. Anonymous: 401 unless the route is public. A role without the permission: 403. With
 * it: an own thing is neither forbidden nor absent, a foreign one is absent.
 * @returns what is wrong, a line each; empty when every wall stands
 */
export async function policyFaults(world: World, routes: readonly Route[]): Promise<{ faults: string[]; tried: number }> {
  const faults: string[] = []
  let tried = 0
  const api = routes.filter((route) => !route.hidden)

  const unknownKinds = [
    ...new Set(api.map((route) => objectOf(route)?.kind).filter((kind) => kind !== undefined && SAMPLES[kind] === undefined)),
  ]
  for (const kind of unknownKinds) {
    const users = api.filter((route) => objectOf(route)?.kind === kind).map((route) => route.id)
    faults.push(`test/support/world.ts makes no "${kind}", so these routes are not tried: ${users.join(', ')}`)
  }

  const anonymous = () => new TestClient(world.t.app, { address: freshAddress() })
  const shared = new Map<Role, Someone>()
  for (const role of roleNames) shared.set(role, await world.newPerson(role))
  const keyless = await world.newApiKey('manager', [])
  const unenrolled = await world.newPerson('operator', 'own', 'password')

  for (const route of api) {
    const { access } = route.policy
    const expect = (who: string, answer: Answer, right: boolean, wanted: string) => {
      tried++
      if (!right)
        faults.push(`${route.method} ${route.url} (${route.id}) as ${who}: ${answer.status} ${answer.json?.code ?? ''}, wanted ${wanted}`)
    }
    const nothing = randomUUID()

    if (access === 'public') {
      const answer = await send(anonymous(), route, nothing)
      expect('anonymous', answer, answer.json?.code !== 'NOT_SIGNED_IN' && answer.json?.code !== 'FORBIDDEN', 'to be let in')
      continue
    }
    const answer = await send(anonymous(), route, nothing)
    expect('anonymous', answer, answer.status === 401 && answer.json?.code === 'NOT_SIGNED_IN', '401 NOT_SIGNED_IN')

    if (access !== 'signed-in') {
      const byKey = await send(keyless, route, nothing)
      expect('an API key without the scope', byKey, byKey.status === 403 && byKey.json?.code === 'FORBIDDEN', '403 FORBIDDEN')
    }
    if (access !== 'sessions.own') {
      const early = await send(unenrolled.client, route, nothing)
      expect(
        'an operator without a second factor',
        early,
        early.status === 403 && early.json?.code === 'SECOND_FACTOR_REQUIRED',
        '403 SECOND_FACTOR_REQUIRED',
      )
    }

    for (const role of roleNames) {
      const allowed = access === 'signed-in' || (permissionsOf([role]) as Set<string>).has(access)
      if (!allowed) {
        const refused = await send(shared.get(role)!.client, route, nothing)
        expect(role, refused, refused.status === 403 && refused.json?.code === 'FORBIDDEN', '403 FORBIDDEN')
        continue
      }
      // whoever acts is new each time: the act may end their session or their account
      const fresh = async () => (route.method === 'GET' ? shared.get(role)! : world.newPerson(role))
      const object = objectOf(route)
      if (object === undefined) {
        const done = await send((await fresh()).client, route, nothing)
        expect(role, done, done.status < 500 && !['FORBIDDEN', 'NOT_SIGNED_IN', 'CSRF'].includes(done.json?.code), 'to be let in')
        continue
      }
      const make = SAMPLES[object.kind]
      if (make === undefined) continue
      const someone = await fresh()
      const { own, foreign } = await make(world, role, someone)
      if (foreign !== undefined) {
        const absent = await send(someone.client, route, foreign)
        expect(`${role}, foreign ${object.kind}`, absent, absent.status === 404 && absent.json?.code === 'NOT_FOUND', '404 NOT_FOUND')
      }
      if (own !== undefined) {
        const done = await send(someone.client, route, own)
        // where the path names a second thing, that one does not exist
        const mayBeAbsent = route.url.split(':').length > 2
        const right = done.status < 500 && done.status !== 401 && done.json?.code !== 'FORBIDDEN' && (mayBeAbsent || done.status !== 404)
        expect(`${role}, own ${object.kind}`, done, right, 'neither forbidden nor absent')
      }
    }
  }
  return { faults, tried }
}

function objectOf(route: Route): { kind: string; param: string } | undefined {
  return 'object' in route.policy ? route.policy.object : undefined
}

async function send(client: TestClient, route: Route, objectId: string): Promise<Answer> {
  const param = objectOf(route)?.param
  const url = route.url.replace(/:(\w+)/g, (_, name: string) => (name === param ? objectId : randomUUID())).replace('*', 'x')
  const body = route.example?.body ?? {}
  if (route.method === 'GET') return client.get(url)
  if ('upload' in route && route.upload !== undefined) {
    const fields = body as Record<string, unknown>
    const asTable = await client.sendForm(route.method, url, fields)
    return asTable.status === 415 ? client.sendForm(route.method, url, fields, PICTURE) : asTable
  }
  return client.send(route.method, url, body)
}

/** One white pixel. */
const PICTURE = {
  name: 'pixel.png',
  type: 'image/png',
  bytes: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==', 'base64'),
}
