import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp } from '../../../test/support/app.ts'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import { openSupply } from '../../../test/support/lots.ts'
import { KeyVault } from '../../platform/crypto/keys.ts'
import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { createCodes } from './index.ts'
import { KeyRing } from './key-ring.ts'

let db: Database
beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => closeTestDatabase(db))

const at = new Date('2026-06-15T02:00:00Z')
const vault = new KeyVault(Buffer.alloc(32, 9))
const opened = async () => {
  const ring = new KeyRing(vault, 'aes-256-ecb')
  await ring.load(db)
  return ring
}

describe('the serial keys', () => {
  it('begin with one that the first process makes, however many start together', async () => {
    await Promise.all([opened(), opened(), opened()])
    expect(await db.query(sql`select version::int as version, algorithm from serial_key`)).toEqual([
      { version: 1, algorithm: 'aes-256-ecb' },
    ])
  })

  it('are not turned by a transaction that is undone', async () => {
    const ring = await opened()
    await expect(
      db.transaction(async (tx) => {
        expect(await ring.rotate(tx, at)).toBe(2)
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(ring.ring.versions).toEqual([1])
    expect(await ring.activeVersion(db)).toBe(1)
  })

  it('of another process are read when their first serial is seen, and old serials go on being read', async () => {
    const reader = await opened()
    const maker = await opened()
    const old = maker.codec(1).encode(0, 7, 3)
    await db.transaction((tx) => maker.rotate(tx, at))
    await maker.prepare(db, [2])
    const fresh = maker.codec(2).encode(0, 8, 4)
    expect(fresh[0]).toBe('2')
    expect(reader.ring.decode(0, fresh)).toBeNull()
    expect(await reader.knowsLater(db, [fresh], 0)).toBe(true)
    expect(reader.ring.decode(0, fresh)).toEqual({ batch: 8, index: 4 })
    expect(reader.ring.decode(0, old)).toEqual({ batch: 7, index: 3 })
    expect(await db.query(sql`select version::int as version, retired_at is not null as retired from serial_key order by version`)).toEqual(
      [
        { version: 1, retired: true },
        { version: 2, retired: false },
      ],
    )
  })

  it('are read again at most once a second for forged versions, and never for known ones', async () => {
    const ring = await opened()
    const forged = `Z${'0'.repeat(19)}`
    expect(await ring.knowsLater(db, [forged], 10_000)).toBe(false)
    expect(ring.knowsLater(db, [forged], 10_500)).toBeUndefined()
    expect(await ring.knowsLater(db, [forged], 11_000)).toBe(false)
    expect(
      ring.knowsLater(db, [ring.codec(1).encode(0, 1, 1), 'short', `0${'0'.repeat(19)}`, `é${'0'.repeat(19)}`], 99_000),
    ).toBeUndefined()
  })

  it('end after 31 versions with a clear word', async () => {
    const ring = await opened()
    await db.transaction(async (tx) => {
      for (let version = 3; version <= 31; version++) expect(await ring.rotate(tx, at)).toBe(version)
      await expect(ring.rotate(tx, at)).rejects.toMatchObject({ code: 'SERIAL_KEYS_USED_UP' })
    })
  })
})

describe('a label under a key that another process has just made', () => {
  it('is ours at its first scan', async () => {
    const t = await openTestApp()
    try {
      const s = await openSupply(t)
      const { identity, products, imports } = t.modules
      const elsewhere = createCodes(t.platform, { identity, products, imports })
      await elsewhere.ready()
      const uri = await t.platform.db.transaction(async (tx) => {
        expect(await elsewhere.rotateSerialKey(tx, at)).toBe(2)
        const id = await elsewhere.submitOrder(
          tx,
          { labelKind: 'blank', quantity: 10, printerId: s.printer, rollSize: 10 },
          { actor: s.clerk, at },
        )
        const batchId = await elsewhere.approveOrder(tx, id, '', { actor: s.operator, at })
        return elsewhere.uriOf((await elsewhere.batchOf(tx, batchId))!, 3)
      })
      expect(uri).toMatch(/\/s\/2[0-9A-Z]{19}$/)
      const scan = (await t.app.inject({ url: new URL(uri).pathname, headers: { accept: 'application/json' } })).json()
      expect(scan.verdict).toBe('inactive')
    } finally {
      await t.close()
    }
  })
})
