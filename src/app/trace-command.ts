import { AppError } from '../kernel/errors.ts'
import { parseInstant } from '../kernel/time.ts'
import { permissionsOf } from '../modules/identity/index.ts'
import type { Actor } from '../platform/http/actor.ts'
import type { Platform } from '../platform/platform.ts'
import type { Modules } from './modules.ts'

const USAGE = 'usage: npm run -s suzhen -- trace CODE … [--forward] [--as-of ISO]\n'

/** Whoever has the machine's shell has its database: the command line sees what a supervisor sees. */
const SHELL: Actor = {
  organisationId: '00000000-0000-0000-0000-000000000000',
  organisationKind: 'operator',
  personId: undefined,
  apiKeyId: undefined,
  sessionId: undefined,
  name: 'command line',
  roles: ['auditor'],
  permissions: permissionsOf(['auditor']),
  sees: 'all',
}

/**
 * Traces each argument and prints one JSON a line: back for an item; forward for an SSCC, papers or a name, and for
 * an item with `--forward`. Exit codes: 0 all found, 1 one was not, 2 used wrongly.
 */
export async function runTrace(
  codes: readonly string[],
  values: Readonly<Record<string, unknown>>,
  withPlatform: <T>(work: (platform: Platform, modules: Modules) => Promise<T>) => Promise<T>,
  say: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<void> {
  const asOf = values['as-of'] === undefined ? undefined : parseInstant(String(values['as-of']))
  if (codes.length === 0 || (values['as-of'] !== undefined && asOf === undefined)) {
    process.stderr.write(USAGE)
    process.exitCode = 2
    return
  }
  await withPlatform(async (_platform, modules) => {
    await modules.codes.ready()
    for (const code of codes) {
      try {
        say(JSON.stringify(await traceOne(modules, code, values['forward'] === true, asOf)))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        say(JSON.stringify({ ok: false, code, error: { code: error.code, zh: error.words('zh'), en: error.words('en') } }))
        process.exitCode = 1
      }
    }
  })
}

async function traceOne(modules: Modules, code: string, forward: boolean, asOf: string | undefined): Promise<object> {
  const { tracing } = modules.events
  const [best] = await tracing.find(code, SHELL)
  if (best === undefined || (best.kind === 'item' && !forward))
    return { ok: true, direction: 'backward', ...(await tracing.backward(code, asOf, SHELL)) }
  return { ok: true, direction: 'forward', ...(await tracing.forward({ kind: best.kind, id: best.id, asOf }, SHELL)) }
}
