import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestClient } from '../../../test/support/client.ts'
import { type IdentityApp, openIdentityApp, PASSWORD } from '../../../test/support/identity-app.ts'
import { addressAllowed, isAddressRule } from './authenticate.ts'

let t: IdentityApp
let importer: string
let manager: TestClient & { personId: string }

beforeAll(async () => {
  t = await openIdentityApp()
  importer = await t.organisation('importer')
  manager = await t.as(importer, 'manager')
})
afterAll(() => t.close())

const invite = async (account: string, roles = ['clerk']) => (await manager.post('/api/people', { account, name: '王芳', roles })).json
const tokenOf = (link: string) => new URL(link).hash.slice(1)

describe('an invitation', () => {
  it('works once and sets the password; a weak one does not burn it', async () => {
    const { link, id } = await invite('wang.fang')
    const token = tokenOf(link)
    const guest = new TestClient(t.app)
    expect((await guest.post('/api/invitations/look', { token })).json).toMatchObject({ account: 'wang.fang', name: '王芳' })
    expect((await guest.post('/api/invitations/accept', { token, password: 'short' })).json.code).toBe('WEAK_PASSWORD')
    expect((await guest.post('/api/invitations/accept', { token, password: PASSWORD })).json).toEqual({ state: 'signed-in' })
    expect((await guest.session()).json.person).toMatchObject({ id, account: 'wang.fang' })
    expect((await guest.post('/api/invitations/accept', { token, password: PASSWORD })).json.code).toBe('LINK_INVALID')
    expect((await new TestClient(t.app).signIn('wang.fang', PASSWORD)).status).toBe(200)
  })

  it('ends after 72 hours and when a new one is made', async () => {
    const { link, id } = await invite('late')
    const { link: newer } = (await manager.post(`/api/people/${id}/invitation`)).json
    const guest = new TestClient(t.app)
    expect((await guest.post('/api/invitations/look', { token: tokenOf(link) })).status).toBe(410)
    t.clock.advance(72 * 3_600_000 + 1)
    expect((await guest.post('/api/invitations/accept', { token: tokenOf(newer), password: PASSWORD })).status).toBe(410)
    manager = await t.as(importer, 'manager')
  })

  it('gives only roles of this kind of organisation, in this organisation, under a new account', async () => {
    const post = (body: object) => manager.post('/api/people', { account: 'new.one', name: '甲', roles: ['clerk'], ...body })
    expect((await post({ roles: ['operator'] })).json.code).toBe('ROLE_NOT_ALLOWED')
    expect((await post({ account: 'WANG.fang' })).json.code).toBe('ACCOUNT_TAKEN')
    expect((await post({ organisationId: await t.organisation('importer', { uscc: '913302060000000005' }) })).json.code).toBe('NOT_FOUND')
  })
})

describe('the people of an organisation', () => {
  it('keep a manager: the last one is neither disabled nor demoted, and nobody disables themselves', async () => {
    const alone = await t.organisation('importer', { uscc: '92330203MA2CQW8R2N' })
    const first = await t.as(alone, 'manager')
    expect((await first.patch(`/api/people/${first.personId}`, { roles: ['clerk'] })).json.code).toBe('LAST_MANAGER')
    expect((await first.post(`/api/people/${first.personId}/disable`)).json.code).toBe('OWN_ACCOUNT')
    const second = await t.as(alone, 'manager')
    const both = await Promise.all([
      first.post(`/api/people/${second.personId}/disable`),
      second.post(`/api/people/${first.personId}/disable`),
    ])
    expect(both.filter((a) => a.status === 204)).toHaveLength(1)
  })

  it('are shut out at once when they are disabled, and come back when enabled', async () => {
    const clerk = await t.as(importer, 'clerk')
    expect((await clerk.get('/api/session')).status).toBe(200)
    await manager.post(`/api/people/${clerk.personId}/disable`, { reason: '离职' })
    expect((await clerk.get('/api/session')).status).toBe(401)
    expect((await manager.post(`/api/people/${clerk.personId}/enable`)).status).toBe(204)
    expect((await manager.get('/api/people?f.status=in:disabled')).json.items.map((p: { id: string }) => p.id)).not.toContain(
      clerk.personId,
    )
  })

  it('of another organisation are not there', async () => {
    const other = await t.as(await t.organisation('importer', { uscc: '1133020000298877XT' }), 'manager')
    for (const path of ['disable', 'enable', 'invitation', 'reset-second-factor']) {
      expect([path, (await other.post(`/api/people/${manager.personId}/${path}`)).json.code]).toEqual([path, 'NOT_FOUND'])
    }
    expect((await other.get('/api/people')).json.total).toBe(1)
  })
})

describe('an API key', () => {
  const newKey = (body: object) => manager.post('/api/api-keys', { name: 'WMS', scopes: ['people.manage'], ...body })

  it('is shown once, acts without CSRF within its scopes, and stops at once when revoked', async () => {
    const { id, secret } = (await newKey({})).json
    expect(secret).toMatch(/^sz_[\w-]{43}$/)
    const machine = new TestClient(t.app, { apiKey: secret })
    expect((await machine.get('/api/people')).status).toBe(200)
    expect((await machine.get('/api/api-keys')).json.code).toBe('FORBIDDEN')
    expect((await machine.get('/api/session')).json.code).toBe('FORBIDDEN')
    expect((await machine.post('/api/people', { account: 'by.machine', name: '乙', roles: ['warehouse'] })).status).toBe(201)
    const listed = (await manager.get('/api/api-keys')).json.items.find((k: { id: string }) => k.id === id)
    expect(listed).toMatchObject({ name: 'WMS', prefix: secret.slice(0, 8), lastUsedAt: t.clock.now().toISOString() })
    expect(JSON.stringify(listed)).not.toContain(secret)
    const stored = await t.db.query<{ all: string }>({
      text: "select (select json_agg(k) from api_key k)::text || (select coalesce(json_agg(i), '[]') from idempotency i)::text as all",
      values: [],
    })
    expect(stored[0]!.all).not.toContain(secret.slice(8))
    expect((await manager.delete(`/api/api-keys/${id}`)).status).toBe(204)
    expect((await machine.get('/api/people')).json.code).toBe('API_KEY_INVALID')
  })

  it('never holds more than its maker, nor a session', async () => {
    expect((await newKey({ scopes: ['orders.approve'] })).json.code).toBe('API_KEY_SCOPE')
    expect((await newKey({ scopes: ['sessions.own'] })).json.code).toBe('API_KEY_SCOPE')
    const { secret } = (await newKey({ scopes: ['api-keys.manage'] })).json
    const machine = new TestClient(t.app, { apiKey: secret })
    expect((await machine.post('/api/api-keys', { name: 'x', scopes: ['people.manage'] })).json.code).toBe('API_KEY_SCOPE')
  })

  it('works only from its addresses and until its expiry', async () => {
    const expiresAt = new Date(t.clock.now().getTime() + 3_600_000).toISOString()
    const { secret } = (await newKey({ allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'], expiresAt })).json
    expect((await new TestClient(t.app, { apiKey: secret, address: '192.0.2.77' }).get('/api/people')).status).toBe(200)
    expect((await new TestClient(t.app, { apiKey: secret, address: '198.51.100.1' }).get('/api/people')).json.code).toBe('API_KEY_ADDRESS')
    expect((await newKey({ allowedAddresses: ['192.0.2.1', 'everywhere'] })).json).toMatchObject({
      code: 'BAD_ADDRESS',
      errors: [{ pointer: '/allowedAddresses/1', code: 'BAD_ADDRESS' }],
    })
    expect((await newKey({ expiresAt: '2020-01-01T00:00:00Z' })).json).toMatchObject({
      code: 'BAD_EXPIRY',
      errors: [{ pointer: '/expiresAt' }],
    })
    t.clock.advance(3_600_000)
    expect((await new TestClient(t.app, { apiKey: secret, address: '192.0.2.77' }).get('/api/people')).json.code).toBe('API_KEY_INVALID')
    manager = await t.as(importer, 'manager')
  })

  it('asks its maker for a recent proof', async () => {
    t.clock.advance(11 * 60_000)
    expect((await newKey({})).json.code).toBe('STEP_UP_REQUIRED')
  })

  it('reads address rules of both families', () => {
    expect(isAddressRule('10.0.0.0/8') && isAddressRule('::1') && isAddressRule('2001:db8::/64')).toBe(true)
    expect(isAddressRule('10.0.0.0/33') || isAddressRule('10.0.0') || isAddressRule('::/0/1') || isAddressRule('10.0.0.0/')).toBe(false)
    expect(addressAllowed(['10.0.0.0/8'], '::ffff:10.1.2.3')).toBe(true)
    expect(addressAllowed(['10.0.0.0/8'], '11.1.2.3')).toBe(false)
  })
})

describe('the sweep', () => {
  it('deletes what has run out and nothing else', async () => {
    const clerk = await t.as(importer, 'clerk')
    t.clock.advance(2 * 3_600_000)
    const fresh = await t.as(importer, 'clerk')
    for (const schedule of t.identity.schedules) await schedule.run()
    expect((await clerk.get('/api/session')).status).toBe(401)
    expect((await fresh.get('/api/session')).status).toBe(200)
    const [row] = await t.db.query<{ n: number }>({ text: 'select count(*)::int as n from session', values: [] })
    expect(row!.n).toBe(1)
  })
})
