import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import { systemClock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { publish } from '../outbox/outbox.ts'
import { Jobs } from './jobs.ts'

let db: Database
beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => closeTestDatabase(db))

describe('draining', () => {
  it('reads what was published while an older transaction was still open', async () => {
    const seen: unknown[] = []
    const jobs = new Jobs(db, systemClock, { error: () => undefined, info: () => undefined })
    jobs.consume({ name: 'drain-test', topics: ['drain.test'], handle: async (_tx, event) => void seen.push(event.payload) })
    let opened!: () => void
    const isOpen = new Promise<void>((resolve) => (opened = resolve))
    let end!: () => void
    const mayEnd = new Promise<void>((resolve) => (end = resolve))
    const older = db.transaction(async (tx) => {
      await tx.query(sql`select pg_current_xact_id()`)
      opened()
      await mayEnd
    })
    await isOpen
    // on the embedded engine this waits for the older transaction; a server commits it at once
    const drained = db
      .transaction((tx) => publish(tx, 'drain.test', { organisationId: null, payload: { n: 1 }, at: new Date() }))
      .then(() => jobs.drain())
    setTimeout(end, 100)
    await Promise.all([older, drained])
    expect(seen).toEqual([{ n: 1 }])
  })
})
