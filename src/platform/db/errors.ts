import { refuser, type ErrorTable } from '../../kernel/errors.ts'

type DatabaseErrorCode = 'DATA_DIR_IN_USE' | 'DATABASE_UNREACHABLE' | 'DATABASE_TOO_OLD' | 'DATABASE_CONFLICT' | 'MIGRATION_CHANGED'

const DATABASE_ERRORS: ErrorTable<DatabaseErrorCode> = {
  DATA_DIR_IN_USE: {
    status: 503,
    zh: '数据目录 {folder} 正被进程 {pid}（主机 {host}）使用。请先停止该进程，或为 DATA_DIR 另选目录。',
    en: 'The data folder {folder} is in use by process {pid} on host {host}. Stop that process first, or choose another DATA_DIR.',
  },
  DATABASE_UNREACHABLE: {
    status: 503,
    zh: '无法连接数据库：{reason}。请检查 DATABASE_URL 以及数据库服务是否已启动。',
    en: 'The database cannot be reached: {reason}. Check DATABASE_URL and that the server is running.',
  },
  DATABASE_TOO_OLD: {
    status: 503,
    zh: '数据库版本为 {version}，本平台需要 PostgreSQL 15 或更高版本。请升级数据库。',
    en: 'The database server is version {version}; PostgreSQL 15 or later is needed. Upgrade the server.',
  },
  DATABASE_CONFLICT: {
    status: 503,
    zh: '同一数据正被大量同时修改，重试 {attempts} 次后仍未成功，本次操作没有生效。请稍后再试。',
    en: 'The same data is being changed by many at once; after {attempts} attempts nothing was changed. Try again shortly.',
  },
  MIGRATION_CHANGED: {
    status: 503,
    zh: '数据库已执行过的迁移 {migration} 与程序自带的文件不一致（{difference}）。请使用与数据库相符的程序版本；已发布的迁移文件不可修改。',
    en: 'Migration {migration}, already applied to this database, does not agree with the file of this program ({difference}). Run the version of the program that belongs to this database; a released migration is never edited.',
  },
}

export const fail = refuser(DATABASE_ERRORS)

/** The SQLSTATE of an error from either engine, for example '23505', or undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = field(error, 'code')
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && field(error, 'severity') !== undefined ? code : undefined
}

/**
 * The name of the constraint that refused a row (unique, foreign key, check, not null, exclusion), the same on both
 * engines, so that a module can map it to a code of its own; undefined for any other error. A not-null violation has
 * no constraint name in the protocol: it is told as `table.column`.
 */
export function constraintOf(error: unknown): string | undefined {
  const state = sqlStateOf(error)
  if (state === undefined || !state.startsWith('23')) return undefined
  if (state === '23502') return `${field(error, 'table')}.${field(error, 'column')}`
  return field(error, 'constraint')
}

/** Serialization failure (40001) or deadlock (40P01): nothing happened, and the same work may well succeed again. */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01'
}

/** Text or a date that no engine can hold (NUL, half characters, 30 February), which a check before it let through. */
export function isUnstorable(error: unknown): boolean {
  return ['22021', '22P05', '22007', '22008'].includes(sqlStateOf(error) ?? '')
}

function field(error: unknown, name: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  const value = (error as unknown as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
