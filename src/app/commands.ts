import { writeFileSync } from 'node:fs'
import type { ParseArgsConfig } from 'node:util'
import { loadConfig } from '../platform/config/config.ts'
import type { Platform } from '../platform/platform.ts'
import { openPlatform } from './context.ts'
import { DROP_OPTIONS, dropCommand } from './drop-command.ts'
import { EPCIS_OPTIONS, epcisCommand } from './epcis-command.ts'
import { GS1_OPTIONS, gs1Parse, parseOptions } from './gs1-parse.ts'
import { createModules, type Modules } from './modules.ts'
import { openapiOf } from './openapi.ts'
import { serve } from './serve.ts'
import { runTrace } from './trace-command.ts'
import { runDemo } from './demo/run-demo.ts'
import { VERSION } from './version.ts'

interface Given {
  readonly values: Record<string, string | boolean | (string | boolean)[] | undefined>
  readonly positionals: readonly string[]
}

interface Command {
  readonly does: string
  readonly options?: ParseArgsConfig['options']
  readonly run: (given: Given) => Promise<void>
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Opens the platform for one piece of work. */
async function withPlatform<T>(work: (platform: Platform, modules: Modules) => Promise<T>): Promise<T> {
  const platform = await openPlatform(loadConfig())
  try {
    return await work(platform, createModules(platform))
  } finally {
    await platform.db.close()
  }
}

/** What the platform can be told to do from a shell. One process serves, works and maintains. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    does: 'start the server with its jobs (HOST, PORT, DATA_DIR, DATABASE_URL, PUBLIC_URL …)',
    run: async () => {
      const platform = await openPlatform(loadConfig())
      const modules = createModules(platform)
      const running = await serve(platform, modules)
      say(`溯真 Suzhen: ${running.url}  (console ${running.url}/console)`)
      const setup = await modules.identity.setupLink(platform.db, platform.clock.now())
      if (setup !== undefined)
        say(`First run: make the operator with this one-time link / 首次运行，请用此一次性链接创建运营方账号:\n  ${setup}`)
      stopOnSignal(running.close)
    },
  },
  demo: {
    does: 'serve the Ningbo scenario: --labels N, --seed N, --keys FILE, --fresh, --days N',
    options: {
      labels: { type: 'string' },
      seed: { type: 'string' },
      keys: { type: 'string' },
      fresh: { type: 'boolean' },
      'no-serve': { type: 'boolean' },
    },
    run: async ({ values }) => {
      const close = await runDemo({
        labels: values['labels'] === undefined ? undefined : Number(values['labels']),
        seed: values['seed'] === undefined ? undefined : Number(values['seed']),
        keysFile: values['keys'] as string | undefined,
        fresh: values['fresh'] === true,
        serve: values['no-serve'] !== true,
        say,
      })
      if (close !== undefined) stopOnSignal(close)
    },
  },
  migrate: {
    does: 'bring the database to this version and stop',
    run: () => withPlatform(async (platform) => say(`${platform.db.engine}: migrated`)),
  },
  fsck: {
    does: 'rebuild every projection from the events and compare; exit code 1 when something differs',
    run: () =>
      withPlatform(async (platform, modules) => {
        const findings = await modules.fsck(platform.db)
        for (const finding of findings) say(JSON.stringify(finding))
        say(findings.length === 0 ? 'clean' : `${findings.length} findings`)
        if (findings.length > 0) process.exitCode = 1
      }),
  },
  keys: {
    does: 'keys rotate: new labels use a new serial key, old ones go on resolving',
    run: ({ positionals }) =>
      withPlatform(async (platform, modules) => {
        if (positionals[0] !== 'rotate') {
          say('keys rotate')
          process.exitCode = 2
          return
        }
        const version = await platform.db.transaction((tx) => modules.codes.rotateSerialKey(tx, platform.clock.now()))
        say(`serial key version ${version} is active`)
      }),
  },
  drop: {
    does: 'send the lists of movements that an ERP leaves in FOLDER: --url URL, --key-file FILE, --once, --settle SECONDS',
    options: DROP_OPTIONS!,
    run: ({ values, positionals }) => dropCommand(positionals, values),
  },
  trace: {
    does: 'trace CODE … [--forward] [--as-of ISO]: one JSON a line; CODE is a code, ticket, SSCC, lot, declaration or name; exit code 1 when not found',
    options: { forward: { type: 'boolean' }, 'as-of': { type: 'string' } },
    run: ({ positionals, values }) => runTrace(positionals, values, withPlatform),
  },
  gs1: {
    does: 'gs1 parse: Digital Links, element strings or scan data of stdin, a JSON a line; --strict --companions --short-gtins --alphas --unknown-ais',
    options: GS1_OPTIONS,
    run: async ({ values, positionals }) => {
      if (positionals.length !== 1 || positionals[0] !== 'parse') {
        process.stderr.write('usage: gs1 parse [--strict] [--companions] [--short-gtins] [--alphas] [--unknown-ais] < LINES\n')
        process.exitCode = 2
        return
      }
      // A reader that has seen enough (`| head`) is no fault of ours.
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error
        process.exit()
      })
      const { bad } = await gs1Parse(process.stdin, process.stdout, parseOptions(values))
      if (bad > 0) process.exitCode = 1
    },
  },
  epcis: {
    does: 'epcis validate FILE (faults, a JSON a line), epcis hash FILE (a hash an event), epcis convert --to xml|json FILE',
    options: EPCIS_OPTIONS,
    run: ({ values, positionals }) => {
      process.exitCode = epcisCommand(positionals, values, { say, complain: (line) => void process.stderr.write(`${line}\n`) })
      return Promise.resolve()
    },
  },
  'setup-link': {
    does: 'print a new one-time link that makes the first operator',
    run: () =>
      withPlatform(async (platform, modules) => {
        say((await modules.identity.setupLink(platform.db, platform.clock.now())) ?? 'There is an operator already.')
      }),
  },
  openapi: {
    does: 'write docs/openapi.json from the route table (openapi FILE)',
    run: async ({ positionals }) => {
      await withPlatform(async (_platform, modules) => {
        const text = `${JSON.stringify(openapiOf(modules.routes, VERSION), null, 2)}\n`
        if (positionals[0] === undefined) process.stdout.write(text)
        else writeFileSync(positionals[0], text)
      })
    },
  },
}

export function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, c]) => `  ${name.padEnd(12)}${c.does}`)
  return `溯真 Suzhen ${VERSION}\nusage: npm run -s suzhen -- COMMAND\n${lines.join('\n')}\n`
}

function stopOnSignal(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void close().then(() => process.exit(0))
    })
  }
}
