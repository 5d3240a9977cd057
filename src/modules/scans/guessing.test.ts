import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import { openWorld } from '../../../test/support/world.ts'
import { clientOf } from '../../platform/http/limiter.ts'

let t: TestApp
let labels: Labels
beforeAll(async () => {
  // fewer scans a minute than a robot tries codes
  t = await openTestApp({ env: { SCAN_LIMIT_PER_MINUTE: '100' } })
  const world = await openWorld(t)
  labels = await labelsOf(
    t,
    { importer: world.organisations.importer.own, printer: world.organisations.printer.own },
    { quantity: 3, rollSize: 3 },
  )
})
afterAll(() => t.close())

const forged = (i: number) => `/01/09521234543213/21/1${String(i).padStart(19, '0')}`
const ask = (url: string, remoteAddress: string, accept = 'application/json') =>
  t.app.inject({ url, remoteAddress, headers: { accept, 'accept-language': 'en' } })

describe('who tries codes that do not exist', () => {
  test('is refused after sixty in a minute, with the time to wait, and the labels of the same address go on', async () => {
    const robot = '198.51.100.1'
    const statuses: number[] = []
    for (let i = 0; i < 300; i++) statuses.push((await ask(forged(i), robot)).statusCode)
    expect(statuses.filter((s) => s === 404)).toHaveLength(60)
    expect(statuses.slice(60).every((s) => s === 429)).toBe(true)

    const program = await ask(forged(301), robot)
    expect(program.json()).toMatchObject({ status: 429, code: 'TOO_MANY_UNKNOWN' })
    expect(Number(program.headers['retry-after'])).toBeGreaterThan(0)
    const person = await ask(forged(302), robot, 'text/html')
    expect([person.statusCode, person.headers['retry-after']]).toEqual([429, program.headers['retry-after']])
    expect(person.body).toContain('Codes of real labels can still be checked')
    for (const way of ['/01/nonsense', '/fwm.do?id=0000000000000'])
      expect([way, (await ask(way, robot)).json().code]).toEqual([way, 'TOO_MANY_UNKNOWN'])
    for (const way of [`${forged(303)}?linkType=linkset`, `${forged(304)}?linkType=gs1:pip`, '/s/1ABCDEFGHJKMNPQRSTVW?linkType=linkset'])
      expect([way, (await ask(way, robot)).json().code]).toEqual([way, 'TOO_MANY_UNKNOWN'])
    expect((await ask('/check?code=1ABCDEFGHJKMNPQRSTVW', robot, 'text/html')).statusCode).toBe(429)

    // the shop behind the same address
    const label = await ask(new URL(labels.uri(0)).pathname, robot)
    expect([label.statusCode, label.json().verdict]).toEqual([200, 'inactive'])
    // somebody else mistypes, and the robot may try again after a minute
    expect((await ask(forged(1), '198.51.100.2')).statusCode).toBe(404)
    t.clock.advance(60_001)
    expect((await ask(forged(1), robot)).statusCode).toBe(404)
  })

  test('with labels that exist is refused when no shop could scan so many', async () => {
    const path = new URL(labels.uri(1)).pathname
    const statuses: number[] = []
    for (let i = 0; i < 105; i++) statuses.push((await ask(path, '198.51.100.3')).statusCode)
    expect(statuses.filter((s) => s === 200)).toHaveLength(100)
    expect((await ask(path, '198.51.100.3')).json().code).toBe('TOO_MANY_SCANS')
  })

  test('is one client in all addresses of its network', () => {
    expect(clientOf('198.51.100.7')).toBe('198.51.100.7')
    expect(clientOf('::ffff:198.51.100.7')).toBe('198.51.100.7')
    expect(clientOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:0db8:0001:0002::9')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:db8::9')).toBe('2001:db8:0:0::/64')
    expect(clientOf('::1')).toBe('0:0:0:0::/64')
  })
})
