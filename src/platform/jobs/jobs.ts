import type { FastifyBaseLogger } from 'fastify'
import { AppError } from '../../kernel/errors.ts'
import type { Clock } from '../clock.ts'
import type { Database, Sql, Tx } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { newId } from '../ids.ts'
import { type Consumer, consume, isBehind } from '../outbox/outbox.ts'

export interface JobProgress {
  readonly done: number
  readonly total: number
  readonly phase?: string
  /** Where a successor goes on after a crash; the handler's own. */
  readonly checkpoint?: unknown
}

export interface Job {
  readonly id: string
  readonly kind: string
  readonly organisationId: string | null
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly progress: Partial<JobProgress>
  readonly result: unknown
  readonly failure: { code: string; zh: string; en: string } | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** One kind of long work. It must be able to run again from `progress.checkpoint` without acting twice. */
export interface JobHandler<Input = unknown> {
  readonly kind: string
  readonly run: (
    job: { id: string; organisationId: string | null; createdBy: string | null; input: Input; progress: Partial<JobProgress> },
    report: ReportProgress,
  ) => Promise<unknown>
}

/** Writes progress, in the handler's own transaction when one is given so that work and checkpoint agree. */
export type ReportProgress = (progress: JobProgress, tx?: Tx) => Promise<void>

export interface Schedule {
  readonly name: string
  readonly everySeconds: number
  readonly run: () => Promise<void>
}

const LEASE_SECONDS = 60
const MAX_ATTEMPTS = 3

/** Queue, schedules and outbox consumers of a process. Without a timer in tests: `drain()` does what is there. */
export class Jobs {
  readonly #db: Database
  readonly #clock: Clock
  readonly #log: Pick<FastifyBaseLogger, 'error' | 'info'>
  readonly #handlers = new Map<string, JobHandler>()
  readonly #consumers: Consumer[] = []
  readonly #schedules: Schedule[] = []
  #timers: NodeJS.Timeout[] = []
  #running = false
  #stopped = false

  constructor(db: Database, clock: Clock, log: Pick<FastifyBaseLogger, 'error' | 'info'>) {
    this.#db = db
    this.#clock = clock
    this.#log = log
  }

  // a handler narrows the input of its own kind
  handle(handler: JobHandler<any>): void {
    this.#handlers.set(handler.kind, handler)
  }

  consume(consumer: Consumer): void {
    this.#consumers.push(consumer)
  }

  schedule(schedule: Schedule): void {
    this.#schedules.push(schedule)
  }

  async enqueue(tx: Tx, job: { kind: string; organisationId: string | null; createdBy: string | null; input: object }): Promise<string> {
    const now = this.#clock.now()
    const id = newId(now)
    await tx.execute(sql`
      insert into job (id, kind, organisation_id, created_by, input, created_at)
      values (${id}, ${job.kind}, ${job.organisationId}, ${job.createdBy}, ${JSON.stringify(job.input)}::jsonb, ${now.toISOString()})`)
    return id
  }

  async find(db: Sql, id: string): Promise<Job | undefined> {
    const [row] = await db.query<JobRow>(sql`
      select id, kind, organisation_id, state, progress, result, failure, created_at, finished_at from job where id = ${id}`)
    return row === undefined ? undefined : jobOf(row)
  }

  /** Starts the timers of a serving process. */
  start(pollMilliseconds = 250): void {
    this.#stopped = false
    this.#timers.push(setInterval(() => void this.#tick(), pollMilliseconds))
    for (const schedule of this.#schedules) {
      this.#timers.push(
        setInterval(
          () => void schedule.run().catch((error: unknown) => this.#log.error({ err: error, schedule: schedule.name }, 'schedule failed')),
          schedule.everySeconds * 1000,
        ),
      )
    }
    for (const timer of this.#timers) timer.unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    while (this.#running) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  /** Does everything that is queued or published, until nothing is left. */
  async drain(): Promise<void> {
    for (let worked = true; worked;) {
      worked = await this.#runNext()
      for (const consumer of this.#consumers) {
        while ((await consume(this.#db, consumer)) === 100) worked = true
        if (await isBehind(this.#db, consumer)) {
          // a transaction elsewhere in the same PostgreSQL, of another database even, holds the reading line back
          await new Promise((resolve) => setTimeout(resolve, 5))
          worked = true
        }
      }
    }
  }

  async runSchedules(): Promise<void> {
    for (const schedule of this.#schedules) await schedule.run()
  }

  async #tick(): Promise<void> {
    if (this.#running || this.#stopped) return
    this.#running = true
    try {
      while (!this.#stopped && (await this.#runNext())) {
        // one job after the other: long work must not crowd out the people who wait for a page
      }
      for (const consumer of this.#consumers) {
        while (!this.#stopped && (await consume(this.#db, consumer)) === 100) {
          // a full page: there is more
        }
      }
    } catch (error) {
      this.#log.error({ err: error }, 'job loop failed')
    } finally {
      this.#running = false
    }
  }

  async #runNext(): Promise<boolean> {
    const now = this.#clock.now()
    const kinds = [...this.#handlers.keys()]
    const [row] = await this.#db.query<{
      id: string
      kind: string
      organisation_id: string | null
      created_by: string | null
      input: unknown
      progress: Partial<JobProgress>
      attempts: number
    }>(sql`
      update job set state = 'running', attempts = attempts + 1, leased_until = ${leaseEnd(now)}
      where id = (
        select id from job
        where kind = any(${kinds}::text[]) and (state = 'queued' or (state = 'running' and leased_until < ${now.toISOString()}))
        order by created_at limit 1 for update skip locked)
      returning id, kind, organisation_id, created_by, input, progress, attempts`)
    if (row === undefined) return false
    const handler = this.#handlers.get(row.kind)!
    const report: ReportProgress = async (progress, tx) => {
      await (tx ?? this.#db).execute(sql`
        update job set progress = ${JSON.stringify(progress)}::jsonb, leased_until = ${leaseEnd(this.#clock.now())} where id = ${row.id}`)
    }
    try {
      if (row.attempts > MAX_ATTEMPTS) throw new Error(`gave up after ${MAX_ATTEMPTS} attempts`)
      const result = await handler.run(
        { id: row.id, organisationId: row.organisation_id, createdBy: row.created_by, input: row.input, progress: row.progress },
        report,
      )
      await this.#db.execute(sql`
        update job set state = 'done', result = ${JSON.stringify(result ?? null)}::jsonb, finished_at = ${this.#clock.now().toISOString()}, leased_until = null where id = ${row.id}`)
    } catch (error) {
      const failure =
        error instanceof AppError
          ? { code: error.code, zh: error.words('zh'), en: error.words('en') }
          : {
              code: 'INTERNAL',
              zh: `系统出错，已记录（任务 ${row.id}）。`,
              en: `Something broke on our side; it is recorded as job ${row.id}.`,
            }
      if (!(error instanceof AppError)) this.#log.error({ err: error, job: row.id, kind: row.kind }, 'job failed')
      await this.#db.execute(sql`
        update job set state = 'failed', failure = ${JSON.stringify(failure)}::jsonb, finished_at = ${this.#clock.now().toISOString()}, leased_until = null where id = ${row.id}`)
    }
    return true
  }
}

interface JobRow {
  id: string
  kind: string
  organisation_id: string | null
  state: Job['state']
  progress: Partial<JobProgress>
  result: unknown
  failure: Job['failure']
  created_at: string
  finished_at: string | null
}

function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    organisationId: row.organisation_id,
    state: row.state,
    progress: row.progress,
    result: row.result,
    failure: row.failure,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }
}

function leaseEnd(now: Date): string {
  return new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString()
}
