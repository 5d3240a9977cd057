import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { refuseTakenPort } from './serve.ts'

test('a port that another process holds is told by its number, before any work is done', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await expect(refuseTakenPort({ host: '127.0.0.1', port })).rejects.toThrow(`${port} is in use by another process`)
  await new Promise((resolve) => other.close(resolve))
  await expect(refuseTakenPort({ host: '127.0.0.1', port })).resolves.toBeUndefined()
})
