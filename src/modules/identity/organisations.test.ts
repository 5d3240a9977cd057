import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestClient } from '../../../test/support/client.ts'
import { type IdentityApp, openIdentityApp, PASSWORD } from '../../../test/support/identity-app.ts'

let t: IdentityApp
let operator: TestClient

const organisation = { kind: 'importer', nameZh: '示例美妆进口', uscc: ' 91330206123456788c ', province: '浙江省', city: '宁波市' }
const form = (account: string, over: object = {}) => ({
  organisation: { ...organisation, ...over },
  person: { account, name: '李明', password: PASSWORD },
})
const register = (account: string, over: object = {}) => new TestClient(t.app).post('/api/registrations', form(account, over))

beforeAll(async () => {
  t = await openIdentityApp()
  operator = await t.as(await t.organisation('operator', { uscc: '1133020000298877XT' }), 'operator')
})
afterAll(() => t.close())

describe('an enterprise that registers itself', () => {
  it('waits in the queue, sees so, and works once it is verified', async () => {
    const { id } = (await register('first')).json
    const client = new TestClient(t.app)
    await client.signIn('first', PASSWORD)
    expect((await client.session()).json).toMatchObject({ organisation: { id, status: 'applied' }, roles: ['manager'] })
    expect((await client.get('/api/api-keys')).json.code).toBe('ORGANISATION_NOT_VERIFIED')
    expect((await operator.get('/api/organisations?f.status=in:applied')).json.items[0]).toMatchObject({ id, uscc: '91330206123456788C' })
    expect((await operator.post(`/api/organisations/${id}/approve`, { reason: '执照相符' })).json.status).toBe('verified')
    expect((await client.session()).json.organisation.status).toBe('verified')
    expect((await client.get('/api/api-keys')).status).toBe(200)
    expect((await operator.post(`/api/organisations/${id}/approve`)).json.code).toBe('WRONG_STATE')
    expect((await client.post(`/api/organisations/${id}/suspend`, { reason: 'x' })).json.code).toBe('FORBIDDEN')
  })

  it('cannot come twice, but an application alone keeps nobody out', async () => {
    expect((await register('second')).json.code).toBe('ORGANISATION_EXISTS')
    const code = { uscc: '93330206MA2AGHCD63' }
    const [squatter, owner] = [(await register('squatter', code)).json.id, (await register('owner', code)).json.id]
    expect((await operator.post(`/api/organisations/${owner}/approve`)).status).toBe(200)
    expect((await operator.post(`/api/organisations/${squatter}/approve`)).json.code).toBe('ORGANISATION_EXISTS')
  })

  it('is told every fault of its form at once', async () => {
    const answer = await register('X', { uscc: '91330206123456788D', nameZh: '', province: undefined })
    expect(answer.status).toBe(400)
    expect(answer.json.errors.map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`).sort()).toEqual([
      '/organisation/nameZh REQUIRED',
      '/organisation/province REQUIRED',
      '/organisation/uscc USCC_CHECK',
      '/person/account ACCOUNT_FORM',
    ])
    expect((await register('weak', { uscc: '92330203MA2CQW8R2N' })).status).toBe(201)
    const weak = form('weak.two', { uscc: '92330203MA2CQW8R2N' })
    weak.person.password = 'password1234'
    expect((await new TestClient(t.app).post('/api/registrations', weak)).json).toMatchObject({
      code: 'WEAK_PASSWORD',
      errors: [{ code: 'TOO_COMMON' }],
    })
    expect((await register('first', { uscc: '92330203MA2CQW8R2N' })).json.code).toBe('ACCOUNT_TAKEN')
  })

  it('may correct a refused application and apply again', async () => {
    const { id } = (await register('corrects', { uscc: '913302060000000005' })).json
    expect((await operator.post(`/api/organisations/${id}/refuse`, { reason: '' })).status).toBe(400)
    await operator.post(`/api/organisations/${id}/refuse`, { reason: '名称与执照不符' })
    const client = new TestClient(t.app)
    await client.signIn('corrects', PASSWORD)
    expect((await client.session()).json.organisation).toMatchObject({ status: 'refused', reason: '名称与执照不符' })
    expect((await client.patch(`/api/organisations/${id}`, { nameZh: '示例美妆进口有限公司' })).json.nameZh).toBe('示例美妆进口有限公司')
    expect((await client.post(`/api/organisations/${id}/reapply`)).status).toBe(204)
    await operator.post(`/api/organisations/${id}/approve`)
    expect((await client.patch(`/api/organisations/${id}`, { nameZh: '另一家公司' })).json.code).toBe('VERIFIED_FIELD')
    expect((await client.patch(`/api/organisations/${id}`, { contactName: '王芳' })).json.contactName).toBe('王芳')
  })

  it('does nothing any more while it is suspended, from that moment on', async () => {
    const { id } = (await register('suspended', { kind: 'dealer' })).json
    await operator.post(`/api/organisations/${id}/approve`)
    const client = new TestClient(t.app)
    await client.signIn('suspended', PASSWORD)
    const key = await t.db.transaction((tx) =>
      t.identity.createApiKey(tx, { organisationId: id, name: 'WMS', roles: ['dealer-clerk'] }, t.clock.now()),
    )
    const machine = new TestClient(t.app, { apiKey: key.secret })
    expect((await machine.get('/api/printers')).status).toBe(200)
    await operator.post(`/api/organisations/${id}/suspend`, { reason: '资质到期' })
    expect((await machine.get('/api/printers')).json.code).toBe('ORGANISATION_NOT_VERIFIED')
    expect((await client.session()).json).toMatchObject({
      organisation: { status: 'suspended', reason: '资质到期' },
      permissions: ['sessions.own', 'organisations.read'],
    })
    await operator.post(`/api/organisations/${id}/reinstate`)
    expect((await machine.get('/api/printers')).status).toBe(200)
  })

  it('sees itself and no other, and the printers it may choose', async () => {
    const clerk = await t.as(await t.organisation('importer', { uscc: '91110000600037341L' }), 'clerk')
    const printer = await t.organisation('printer', { uscc: '91110000600037341L', nameZh: '示例印刷' })
    expect((await clerk.get('/api/organisations')).json.total).toBe(1)
    expect((await clerk.get(`/api/organisations/${printer}`)).json.code).toBe('NOT_FOUND')
    expect((await clerk.get('/api/printers')).json.items.map((o: { id: string }) => o.id)).toContain(printer)
  })
})

describe('the first run', () => {
  it('has no default password: the printed link makes the operator once', async () => {
    const fresh = await openIdentityApp()
    try {
      const link = await fresh.identity.setupLink(fresh.db, fresh.clock.now())
      const second = await fresh.identity.setupLink(fresh.db, fresh.clock.now())
      const token = new URL(second!).hash.slice(1)
      const body = {
        token,
        organisation: { nameZh: '示例保税区', uscc: '1133020000298877XT', province: '浙江省' },
        person: { account: 'root', name: '周敏', password: PASSWORD },
      }
      const client = new TestClient(fresh.app)
      expect((await client.post('/api/setup', { ...body, token: new URL(link!).hash.slice(1) })).json.code).toBe('LINK_INVALID')
      expect((await client.post('/api/setup', { ...body, person: { ...body.person, password: 'operator' } })).json.code).toBe(
        'WEAK_PASSWORD',
      )
      expect((await client.post('/api/setup', body)).json).toEqual({ state: 'signed-in' })
      expect((await client.session()).json).toMatchObject({ organisation: { kind: 'operator', status: 'verified' }, mustEnrol: true })
      expect((await client.post('/api/setup', body)).json.code).toBe('LINK_INVALID')
      expect(await fresh.identity.setupLink(fresh.db, fresh.clock.now())).toBeUndefined()
    } finally {
      await fresh.close()
    }
  })
})
