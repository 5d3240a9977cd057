import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { checkTarget, isInside, sendOut } from './send-out.ts'

const nobody = new Set<string>()

test.each([
  'ftp://example.com/',
  'http://user:secret@example.com/',
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://127.1/',
  'http://[::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://10.1.2.3/',
  'http://[fd00::1]/',
  'file:///etc/passwd',
  'not a url',
])('%s is nobody to call', async (url) => {
  expect(checkTarget(url, nobody)).toBeUndefined()
  expect((await sendOut(url, '{}', {}, { allowedHosts: nobody })).ok).toBe(false)
})

test('a name that leads inside is not called', async () => {
  expect(await sendOut('http://localhost:9/', '{}', {}, { allowedHosts: nobody })).toEqual({ ok: false, fault: 'inside' })
})

test('addresses of the world are outside', () => {
  expect(['8.8.8.8', '1.1.1.1', '2606:4700::1111'].map(isInside)).toEqual([false, false, false])
})

test('a redirect is an answer and is not followed; who never answers is left', async () => {
  let calls = 0
  const server = createServer((request, response) => {
    calls++
    if (request.url === '/slow') return
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = { allowedHosts: new Set([host]), timeoutMs: 300 }
  expect(await sendOut(`http://${host}/`, '{}', {}, options)).toEqual({ ok: true, status: 302 })
  expect(await sendOut(`http://${host}/slow`, '{}', {}, options)).toEqual({ ok: false, fault: 'timeout' })
  expect(calls).toBe(2)
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})
