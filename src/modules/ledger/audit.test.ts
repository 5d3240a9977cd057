import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestClient } from '../../../test/support/client.ts'
import { type IdentityApp, openIdentityApp, PASSWORD } from '../../../test/support/identity-app.ts'

let t: IdentityApp
let auditor: TestClient
beforeAll(async () => {
  t = await openIdentityApp()
  auditor = await t.as(await t.organisation('operator'), 'auditor')
})
afterAll(() => t.close())

const entries = async (filter: string) => (await auditor.get(`/api/audit?${filter}`)).json.items

it('keeps who did what to whose thing, found by object, person, action and date', async () => {
  const importer = await t.organisation('importer')
  const manager = await t.as(importer, 'manager')
  const { id } = (await manager.post('/api/people', { account: 'audited', name: '王芳', roles: ['clerk'] })).json
  const byObject = await entries(`f.objectKind=is:person&f.objectId=is:${id}`)
  expect(byObject).toMatchObject([
    {
      action: 'identity.invite-person',
      outcome: 'done',
      personId: manager.personId,
      organisationId: importer,
      actorName: 'manager',
      detail: { account: 'audited', roles: ['clerk'] },
    },
  ])
  expect(await entries(`f.personId=is:${manager.personId}&f.action=is:identity.invite-person`)).toHaveLength(1)
  expect(await entries(`f.objectId=is:${id}&f.at=ge:2026-06-16`)).toHaveLength(0)
  expect(await entries(`f.objectId=is:${id}&f.at=is:2026-06-15`)).toHaveLength(1)
  const all = JSON.stringify(await entries(`q=${id}`))
  expect(all).not.toMatch(/console\/join/)
})

it('keeps what was refused, although the act itself left nothing', async () => {
  const clerk = await t.as(await t.organisation('dealer'), 'dealer-clerk')
  const somebody = '018f0000-0000-7000-8000-000000000000'
  expect((await clerk.post(`/api/people/${somebody}/disable`)).status).toBe(403)
  expect(await entries(`f.objectId=is:${somebody}`)).toMatchObject([
    { outcome: 'refused', code: 'FORBIDDEN', action: 'identity.disable-person', personId: clerk.personId },
  ])
})

it('keeps who came in and who failed to, and never what was typed', async () => {
  const importer = await t.organisation('importer', { uscc: '91110000600037341L' })
  const id = await t.person(importer, 'enters', ['clerk'])
  const client = new TestClient(t.app)
  await client.signIn('enters', 'a wrong sentence')
  await client.signIn('enters', PASSWORD)
  await client.signIn('password typed as account', 'x')
  expect((await entries(`f.objectId=is:${id}&sort=id`)).map((e: { outcome: string; code: string }) => [e.outcome, e.code])).toEqual([
    ['refused', 'SIGN_IN_FAILED'],
    ['done', ''],
  ])
  expect(JSON.stringify(await entries('f.action=is:identity.sign-in'))).not.toContain('typed as account')
})

it('says what was done in words, finds it by them, and tells which acts there are', async () => {
  const importer = await t.organisation('importer', { uscc: '913302000298877XT4' })
  const manager = await t.as(importer, 'manager')
  const { id } = (await manager.post('/api/people', { account: 'worded', name: '王芳', roles: ['clerk'] })).json
  const inChinese = (await auditor.get(`/api/audit?f.objectId=is:${id}&q=${encodeURIComponent('邀请')}&lang=zh`)).json
  expect(inChinese.items).toMatchObject([{ action: 'identity.invite-person', actionName: '邀请人员' }])
  const inEnglish = (await auditor.get(`/api/audit?f.objectId=is:${id}&lang=en`)).json
  expect(inEnglish.items).toMatchObject([{ actionName: 'Invite a person' }])
  const { acts } = (await auditor.get('/api/audit-acts?lang=en')).json
  expect(acts).toContainEqual({ action: 'identity.invite-person', name: 'Invite a person' })
  const csv = (await auditor.get(`/api/audit?f.objectId=is:${id}&format=csv&lang=en`)).text
  expect(csv).toContain('Invite a person')
  // a file is read beside the screen: it says the time in China, as the screen does
  expect(csv.split('\r\n')[0]).toContain('When (Beijing time)')
  expect(csv).toMatch(/2026-06-15 \d\d:\d\d:\d\d,/)
  expect(csv).not.toMatch(/\dT\d\d:\d\d/)
})

it('is read by who may, and nowhere in the program changed', async () => {
  const clerk = await t.as(await t.organisation('printer'), 'printer-operator')
  expect((await clerk.get('/api/audit')).status).toBe(403)
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(ts|sql)$/.test(name) && !name.endsWith('.test.ts'),
  )
  expect(sources.length).toBeGreaterThan(50)
  expect(sources.filter((name) => /(update|delete from|truncate)\s+audit_entry/i.test(readFileSync(join('src', name), 'utf8')))).toEqual([])
})
