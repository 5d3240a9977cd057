/**
 * A process of its own that opens the embedded database, for tests of locks, crashes and fsync:
 * `embedded-process.ts DATA_DIR write N` commits N rows and ends; `… hold` writes until it is killed, telling each
 * acknowledged row on standard output.
 */
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { sql } from '../../src/platform/db/sql.ts'

const [dataDir, mode, count] = process.argv.slice(2)
const db = await openDatabase({ dataDir: dataDir! })
await db.exec('create table if not exists witness (n int4 primary key)')
console.log('open')
for (let n = 1; mode === 'hold' || n <= Number(count); n++) {
  await db.execute(sql`insert into witness values (${n})`)
  console.log(n)
}
await db.close()
