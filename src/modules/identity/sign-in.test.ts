import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestClient } from '../../../test/support/client.ts'
import { type IdentityApp, openIdentityApp, PASSWORD } from '../../../test/support/identity-app.ts'

let t: IdentityApp
let importer: string
let operator: string

beforeAll(async () => {
  t = await openIdentityApp()
  importer = await t.organisation('importer', { nameZh: '宁波示例进出口', nameEn: 'Ningbo Example' })
  operator = await t.organisation('operator')
})
afterAll(() => t.close())

let addresses = 0
const visitor = () => new TestClient(t.app, { address: `198.51.100.${++addresses}` })
const totpNow = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: t.clock.now().getTime() })

describe('signing in by password', () => {
  it('opens a session in an HttpOnly, same-site cookie and tells who one is', async () => {
    await t.person(importer, 'li.ming', ['clerk'])
    const client = visitor()
    const answer = await client.signIn(' Li.Ming ', PASSWORD)
    expect(answer.json).toEqual({ state: 'signed-in' })
    const cookie = ([answer.headers['set-cookie']].flat() as string[]).find((c) => c.startsWith('session='))!
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    const session = (await client.session()).json
    expect(session).toMatchObject({
      person: { name: 'li.ming', account: 'li.ming' },
      organisation: { kind: 'importer', name: '宁波示例进出口', status: 'verified' },
      roles: ['clerk'],
      secondFactor: 'none',
      mustEnrol: false,
      provedUntil: null,
    })
    expect(session.permissions).toContain('products.write')
    expect(session.permissions).not.toContain('people.manage')
  })

  it('keeps only a hash of the token', async () => {
    const client = visitor()
    await client.signIn('li.ming', PASSWORD)
    const rows = await t.db.query<{ all: string }>({ text: 'select row_to_json(session)::text as all from session', values: [] })
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.all).not.toContain(client.cookie('session')!)
  })

  it('tells an unknown account, a wrong password and an invited person apart to nobody', async () => {
    await t.db.transaction((tx) =>
      t.identity.addPerson(tx, { organisationId: importer, account: 'invited', name: '甲', roles: ['clerk'] }, t.clock.now()),
    )
    const answers = []
    for (const account of ['nobody.here', 'li.ming', 'invited']) answers.push(await visitor().signIn(account, 'wrong wrong wrong'))
    expect(answers.map((a) => a.status)).toEqual([401, 401, 401])
    expect(new Set(answers.map((a) => a.text)).size).toBe(1)
  })

  it('hashes a password for an unknown account too, so that the time tells nothing', async () => {
    // work, not time: what other processes do on this machine does not count
    const worked = async (account: string) => {
      const from = process.cpuUsage()
      for (let i = 0; i < 4; i++) await visitor().signIn(account, 'wrong wrong wrong')
      return process.cpuUsage(from).user
    }
    await t.person(importer, 'timed', ['clerk'])
    const known = await worked('timed')
    expect(await worked('timed.unknown')).toBeGreaterThan(known / 4)
  })

  it('slows guessing by account, whatever the address, and by address, whatever the account', async () => {
    await t.person(importer, 'guessed', ['clerk'])
    const statuses = []
    for (let i = 0; i < 7; i++) statuses.push((await visitor().signIn('guessed', `wrong wrong wrong ${i}`)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429])
    const refused = await visitor().signIn('guessed', PASSWORD)
    expect(refused.json.code).toBe('TOO_MANY_ATTEMPTS')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)

    const one = visitor()
    const over = []
    for (let i = 0; i < 42; i++) over.push((await one.signIn(`stranger.${i}`, 'wrong wrong wrong')).status)
    expect(over.filter((status) => status === 429).length).toBeGreaterThan(0)
    expect(over.slice(0, 40).every((status) => status === 401)).toBe(true)
  })

  it('never shuts the owner out for more than five minutes, and a known device not at all', async () => {
    await t.person(importer, 'besieged', ['clerk'])
    const home = visitor()
    await home.signIn('besieged', PASSWORD)
    for (let i = 0; i < 30; i++) {
      await visitor().signIn('besieged', 'wrong wrong wrong')
      t.clock.advance(60_000)
    }
    let blocked = await visitor().signIn('besieged', 'wrong wrong wrong')
    if (blocked.status === 401) blocked = await visitor().signIn('besieged', PASSWORD)
    expect(blocked.status).toBe(429)
    expect(blocked.json.params.seconds).toBeLessThanOrEqual(300)
    expect((await home.signIn('besieged', PASSWORD)).status).toBe(200)
    t.clock.advance(300_000)
    expect((await visitor().signIn('besieged', PASSWORD)).status).toBe(200)
  })

  it('counts many guesses sent at once', async () => {
    await t.person(importer, 'hurried', ['clerk'])
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor().signIn('hurried', 'wrong wrong wrong')))
    expect(answers.filter((a) => a.status === 401).length).toBeLessThanOrEqual(6)
  })

  it('tells somebody who is disabled, but only after the right password', async () => {
    const id = await t.person(importer, 'gone', ['clerk'])
    const manager = await t.as(importer, 'manager')
    expect((await manager.post(`/api/people/${id}/disable`)).status).toBe(204)
    expect((await visitor().signIn('gone', 'wrong wrong wrong')).json.code).toBe('SIGN_IN_FAILED')
    expect((await visitor().signIn('gone', PASSWORD)).json.code).toBe('PERSON_DISABLED')
  })
})

describe('a session', () => {
  it('ends when it was left idle, and in any case after its day', async () => {
    await t.person(importer, 'idle', ['clerk'])
    const client = visitor()
    await client.signIn('idle', PASSWORD)
    t.clock.advance(59 * 60_000)
    expect((await client.session()).status).toBe(200)
    t.clock.advance(61 * 60_000)
    expect((await client.session()).status).toBe(401)
    await client.signIn('idle', PASSWORD)
    for (let i = 0; i < 13; i++) {
      t.clock.advance(55 * 60_000)
      expect((await client.session()).status).toBe(200)
    }
    t.clock.advance(10 * 60_000)
    expect((await client.session()).status).toBe(401)
  })

  it('can be listed and ended from another one, at once', async () => {
    await t.person(importer, 'two.places', ['clerk'])
    const [here, there] = [visitor(), visitor()]
    await here.signIn('two.places', PASSWORD)
    await there.signIn('two.places', PASSWORD)
    const list = (await here.get('/api/sessions')).json
    expect(list.total).toBe(2)
    const thereId = (await there.session()).json.id
    expect(list.items.map((s: { id: string }) => s.id)).toContain(thereId)
    expect((await here.delete(`/api/sessions/${thereId}`)).status).toBe(204)
    expect((await there.session()).status).toBe(401)
    expect((await here.delete('/api/session')).status).toBe(204)
    expect((await here.session()).status).toBe(401)
  })

  it('cannot end somebody else’s', async () => {
    const [a, b] = [await t.as(importer, 'clerk'), await t.as(importer, 'clerk')]
    const id = (await b.session()).json.id
    expect((await a.delete(`/api/sessions/${id}`)).status).toBe(404)
  })

  it('acts only with its CSRF token and from its own origin', async () => {
    const client = await t.as(importer, 'clerk')
    const token = client.csrfToken
    client.csrfToken = undefined
    expect((await client.patch('/api/session/locale', { locale: 'en' })).json.code).toBe('CSRF')
    client.csrfToken = token
    expect((await client.send('PATCH', '/api/session/locale', { locale: 'en' }, { origin: 'https://elsewhere.example' })).json.code).toBe(
      'CSRF',
    )
    expect((await client.patch('/api/session/locale', { locale: 'en' })).status).toBe(204)
    expect((await client.session()).json.organisation.name).toBe('Ningbo Example')
  })

  it('sign-in itself is refused from a foreign page', async () => {
    const answer = await visitor().send(
      'POST',
      '/api/session',
      { account: 'li.ming', password: PASSWORD },
      { 'sec-fetch-site': 'cross-site' },
    )
    expect(answer.json.code).toBe('CSRF')
  })

  it('ends everywhere else when the password changes', async () => {
    await t.person(importer, 'changes', ['clerk'])
    const [here, there] = [visitor(), visitor()]
    await here.signIn('changes', PASSWORD)
    await there.signIn('changes', PASSWORD)
    expect((await here.post('/api/session/password', { current: 'wrong', next: 'a new sentence for the tests' })).json.code).toBe(
      'SIGN_IN_FAILED',
    )
    expect((await here.post('/api/session/password', { current: PASSWORD, next: 'short' })).json).toMatchObject({
      code: 'WEAK_PASSWORD',
      errors: [{ pointer: '/next', code: 'TOO_SHORT' }],
    })
    expect((await here.post('/api/session/password', { current: PASSWORD, next: 'a new sentence for the tests' })).status).toBe(204)
    expect((await here.session()).status).toBe(200)
    expect((await there.session()).status).toBe(401)
    expect((await visitor().signIn('changes', 'a new sentence for the tests')).status).toBe(200)
  })
})

describe('people of the operator and the regulator', () => {
  it('can do nothing before they have set up a second factor, then need it to sign in', async () => {
    await t.person(operator, 'zhou.min', ['operator'])
    const client = visitor()
    await client.signIn('zhou.min', PASSWORD)
    expect((await client.session()).json).toMatchObject({ mustEnrol: true, permissions: ['sessions.own'] })
    expect((await client.get('/api/organisations')).json.code).toBe('SECOND_FACTOR_REQUIRED')

    const begun = (await client.post('/api/session/totp')).json
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\//)
    expect(begun.qrSvg).toMatch(/^<svg/)
    expect((await client.post('/api/session/totp/confirm', { code: '000000' })).status).toBe(401)
    const before = client.cookie('session')
    const confirmed = await client.post('/api/session/totp/confirm', { code: totpNow(begun.secret) })
    expect(confirmed.json.recoveryCodes).toHaveLength(10)
    expect(client.cookie('session')).not.toBe(before)
    expect((await client.session()).json).toMatchObject({ mustEnrol: false, secondFactor: 'totp' })
    expect((await client.get('/api/organisations')).status).toBe(200)

    const next = visitor()
    const first = await next.signIn('zhou.min', PASSWORD)
    expect(first.json).toMatchObject({ state: 'second-factor', factors: ['totp', 'recovery'] })
    expect((await next.session()).status).toBe(401)
    const challenge = first.json.challenge
    // the code that confirmed the enrolment is spent
    expect((await next.post('/api/session/second-factor', { challenge, code: totpNow(begun.secret) })).json.code).toBe(
      'SECOND_FACTOR_FAILED',
    )
    t.clock.advance(30_000)
    const code = totpNow(begun.secret)
    expect((await next.post('/api/session/second-factor', { challenge, code })).json).toEqual({ state: 'signed-in' })
    expect((await next.session()).json.mustEnrol).toBe(false)
    const again = (await visitor().signIn('zhou.min', PASSWORD)).json
    expect((await next.post('/api/session/second-factor', { challenge: again.challenge, code })).json.code).toBe('SECOND_FACTOR_FAILED')
    expect((await next.post('/api/session/second-factor', { challenge, code: totpNow(begun.secret) })).json.code).toBe('CHALLENGE_EXPIRED')

    const recovery = confirmed.json.recoveryCodes[0].toLowerCase().replace('-', ' ')
    expect((await next.post('/api/session/second-factor', { challenge: again.challenge, recoveryCode: recovery })).status).toBe(200)
    const third = (await visitor().signIn('zhou.min', PASSWORD)).json.challenge
    expect((await next.post('/api/session/second-factor', { challenge: third, recoveryCode: recovery })).json.code).toBe(
      'SECOND_FACTOR_FAILED',
    )
    await next.session()
    expect((await next.delete('/api/session/totp')).json.code).toBe('LAST_SECOND_FACTOR')
  })

  it('slows guessing of the code', async () => {
    await t.person(operator, 'coded', ['auditor'])
    const client = visitor()
    await client.signIn('coded', PASSWORD)
    const { secret } = (await client.post('/api/session/totp')).json
    await client.post('/api/session/totp/confirm', { code: totpNow(secret) })
    const { challenge } = (await visitor().signIn('coded', PASSWORD)).json
    const statuses = []
    for (let i = 0; i < 7; i++)
      statuses.push((await visitor().post('/api/session/second-factor', { challenge, code: String(100_000 + i) })).status)
    expect(statuses.at(-1)).toBe(429)
  })

  it('keeps the secret of the app sealed', async () => {
    const rows = await t.db.query<{ account: string; totp_secret: Buffer }>({
      text: 'select account, totp_secret from person where totp_secret is not null',
      values: [],
    })
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.totp_secret.length).toBe(12 + 20 + 16)
  })

  it('are asked again for a grave act ten minutes later', async () => {
    await t.person(operator, 'careful', ['operator'])
    const client = visitor()
    await client.signIn('careful', PASSWORD)
    const { secret } = (await client.post('/api/session/totp')).json
    await client.post('/api/session/totp/confirm', { code: totpNow(secret) })
    const applicant = await t.organisation('dealer', { status: 'applied', uscc: '91440300MA5FKQ7X4J' })
    t.clock.advance(11 * 60_000)
    expect((await client.post(`/api/organisations/${applicant}/approve`)).json.code).toBe('STEP_UP_REQUIRED')
    expect((await client.post('/api/session/step-up', { password: PASSWORD })).json.code).toBe('SECOND_FACTOR_FAILED')
    expect((await client.post('/api/session/step-up', { password: PASSWORD, code: totpNow(secret) })).status).toBe(204)
    expect((await client.post(`/api/organisations/${applicant}/approve`)).status).toBe(200)
  })
})

describe('a link made on the server', () => {
  const byLink = async (organisationId: string, account: string, roles: string[]) => {
    const id = await t.person(organisationId, account, roles as never)
    await t.db.query({ text: 'update person set password_hash = null where id = $1', values: [id] })
    const token = new URL(await t.db.transaction((tx) => t.identity.createLoginLink(tx, id, t.clock.now()))).hash.slice(1)
    const client = visitor()
    await client.post('/api/session/link', { token })
    await client.session()
    return client
  }

  it('signs in once, by POST only, and never after a day', async () => {
    const id = await t.person(operator, 'linked', ['operator'])
    const make = () => t.db.transaction((tx) => t.identity.createLoginLink(tx, id, t.clock.now()))
    const url = new URL(await make())
    expect(url.origin + url.pathname).toBe('http://localhost:8080/console/enter')
    const token = url.hash.slice(1)
    const client = visitor()
    expect((await client.post('/api/session/link', { token })).json).toEqual({ state: 'signed-in' })
    expect((await client.session()).json).toMatchObject({ mustEnrol: false })
    expect((await visitor().post('/api/session/link', { token })).json.code).toBe('LINK_INVALID')
    const late = new URL(await make()).hash.slice(1)
    t.clock.advance(25 * 3_600_000)
    expect((await visitor().post('/api/session/link', { token: late })).json.code).toBe('LINK_INVALID')
  })

  it('proves its person for as long as its session lasts', async () => {
    const client = await byLink(operator, 'all.day', ['operator'])
    const applicant = await t.organisation('dealer', { status: 'applied', uscc: '91440300MA5EYYNN8B' })
    t.clock.advance(50 * 60_000)
    expect((await client.post(`/api/organisations/${applicant}/approve`)).status).toBe(200)
  })

  it('lets somebody who then set up an authenticator, and has no password, go on by its code', async () => {
    const client = await byLink(operator, 'code.only', ['operator'])
    const { secret } = (await client.post('/api/session/totp')).json
    expect((await client.post('/api/session/totp/confirm', { code: totpNow(secret) })).status).toBe(200)
    expect((await client.session()).json).toMatchObject({ secondFactor: 'totp', hasPassword: false })
    t.clock.advance(11 * 60_000)
    expect((await client.post('/api/people', { account: 'x.y', name: '甲', roles: ['auditor'] })).json.code).toBe('STEP_UP_REQUIRED')
    expect((await client.post('/api/session/step-up', { code: '000000' })).json.code).toBe('SECOND_FACTOR_FAILED')
    expect((await client.post('/api/session/step-up', { code: totpNow(secret) })).status).toBe(204)
    expect((await client.post('/api/people', { account: 'x.y', name: '甲', roles: ['auditor'] })).status).toBe(201)
  })

  it('gives no session that has grown old a first password, and sends whoever has nothing to prove by for a new link', async () => {
    const client = await byLink(importer, 'bare', ['clerk'])
    const { secret } = (await client.post('/api/session/totp')).json
    await client.post('/api/session/totp/confirm', { code: totpNow(secret) })
    t.clock.advance(11 * 60_000)
    expect((await client.post('/api/session/password', { next: PASSWORD })).json.code).toBe('STEP_UP_REQUIRED')
    await client.post('/api/session/step-up', { code: totpNow(secret) })
    await client.delete('/api/session/totp')
    t.clock.advance(11 * 60_000)
    expect((await client.post('/api/session/step-up', { password: PASSWORD })).json.code).toBe('NO_OWN_PROOF')
    expect((await client.post('/api/session/password', { next: PASSWORD })).json.code).toBe('STEP_UP_REQUIRED')
  })

  it('is spent by one of two who use it at the same moment', async () => {
    const id = await t.person(importer, 'raced', ['clerk'])
    const token = new URL(await t.db.transaction((tx) => t.identity.createLoginLink(tx, id, t.clock.now()))).hash.slice(1)
    const answers = await Promise.all([visitor().post('/api/session/link', { token }), visitor().post('/api/session/link', { token })])
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410])
  })
})
