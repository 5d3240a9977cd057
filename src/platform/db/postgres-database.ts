import pg from 'pg'
import type { DatabaseConfig } from './database-config.ts'
import type { Database } from './database.ts'
import { fail, sqlStateOf } from './errors.ts'
import { PoolDatabase } from './pool-database.ts'
import { valueTypes } from './values.ts'

const OLDEST = 150_000

/**
 * Opens a pool on a PostgreSQL server.
 * @throws AppError DATABASE_UNREACHABLE, DATABASE_TOO_OLD
 */
export async function openPostgres(config: DatabaseConfig & { databaseUrl: string }): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: config.databaseUrl,
    max: config.poolSize ?? 12,
    types: valueTypes,
    application_name: 'suzhen',
    // Text forms that `values.ts` reads, whatever the server or the role is set to.
    options: '-c timezone=UTC -c datestyle=ISO,YMD -c bytea_output=hex -c extra_float_digits=1',
    keepAlive: true,
    connectionTimeoutMillis: 15_000,
  })
  // Without a listener a connection that dies while idle would end the process; the next query gets a new one.
  pool.on('error', (error) => config.onNotice?.(`an idle connection was lost: ${error.message}`))
  pool.on('connect', (client) => {
    client.on('notice', (notice) => config.onNotice?.(notice.message ?? ''))
  })
  try {
    const { rows } = await pool.query<{ number: string; version: string }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
    )
    const [server] = rows
    if (Number(server!.number) < OLDEST) throw fail('DATABASE_TOO_OLD', { version: server!.version })
  } catch (error) {
    await pool.end()
    const refused = sqlStateOf(error) !== undefined || (error instanceof Error && error.name !== 'AppError')
    throw refused ? Object.assign(fail('DATABASE_UNREACHABLE', { reason: reasonOf(error) }), { cause: error }) : error
  }
  return new PoolDatabase('postgres', pool)
}

/** A host with several addresses fails with an AggregateError whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
