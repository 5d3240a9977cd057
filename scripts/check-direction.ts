/**
 * Checks the one direction of imports, and that the check can fail: a violation of each rule is planted in a scratch
 * tree and must be reported. (The tool reports "no violations" when it has read nothing at all.)
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const require = createRequire(import.meta.url)
const config = join(root, '.dependency-cruiser.cjs')
const rules = (require(config) as { forbidden: { name: string }[] }).forbidden.map((r) => r.name)

interface Report {
  summary: { totalCruised: number; violations: { from: string; to: string; rule: { name: string; severity: string } }[] }
}

function cruise(folder: string, what: string[]): Report {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  try {
    return JSON.parse(execFileSync(process.execPath, [tool, '--config', config, '--output-type', 'json', ...what], { cwd: folder, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }).toString()) as Report
  } catch (error) {
    // violations make the exit code their number; the report is on standard output all the same
    return JSON.parse((error as { stdout: Buffer }).stdout.toString()) as Report
  }
}

const PLANTED: Record<string, [from: string, to: string]> = {
  'kernel-is-pure': ['src/kernel/a.ts', 'src/platform/b.ts'],
  'platform-knows-no-module': ['src/platform/a.ts', 'src/modules/codes/index.ts'],
  'modules-know-no-app': ['src/modules/codes/a.ts', 'src/app/b.ts'],
  'ledger-knows-no-module': ['src/modules/ledger/a.ts', 'src/modules/codes/index.ts'],
  'a-module-is-entered-by-its-face': ['src/modules/events/a.ts', 'src/modules/codes/repository.ts'],
  'app-enters-modules-by-their-face': ['src/app/a.ts', 'src/modules/codes/repository.ts'],
  'contracts-are-light': ['src/modules/codes/contract.ts', 'src/platform/b.ts'],
  'web-sees-contracts-and-kernel': ['web/a.ts', 'src/modules/codes/index.ts'],
  'nothing-imports-tests': ['src/kernel/a.ts', 'src/kernel/b.test.ts'],
}

function plant(from: string, to: string, back = false): Report {
  const folder = mkdtempSync(join(tmpdir(), 'direction-'))
  try {
    const relative = (a: string, b: string) => `${'../'.repeat(dirname(a).split('/').length)}${b}`
    for (const [file, other] of [[from, to], [to, from]] as const) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), file === to && !back ? 'export const x = 1\n' : `import { x as y } from '${relative(file, other)}'\nexport const x = y\n`)
    }
    return cruise(folder, ['src', ...(from.startsWith('web') ? ['web'] : [])])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const failures: string[] = []
for (const rule of rules) {
  const upstream = /^(\w+)-imports-only-upstream$/.exec(rule)?.[1]
  const report =
    rule === 'no-circular'
      ? plant('src/kernel/a.ts', 'src/kernel/b.ts', true)
      : upstream !== undefined
        ? plant(`src/modules/${upstream}/a.ts`, upstream === 'exchange' ? 'src/modules/insight/index.ts' : 'src/modules/exchange/index.ts')
        : PLANTED[rule] === undefined
          ? undefined
          : plant(...PLANTED[rule])
  if (report === undefined) failures.push(`${rule}: no violation is planted for it`)
  else if (!report.summary.violations.some((v) => v.rule.name === rule)) failures.push(`${rule}: a planted violation was not caught`)
}

const real = cruise(root, ['src', 'web', 'test'])
const expected = Number(execFileSync('git', ['ls-files', 'src/*.ts', 'src/*.tsx'], { cwd: root }).toString().trim().split('\n').length)
if (real.summary.totalCruised < expected / 2) failures.push(`only ${real.summary.totalCruised} files were read, ${expected} are tracked in src`)
for (const v of real.summary.violations) failures.push(`${v.rule.name}: ${v.from} → ${v.to}`)

if (failures.length > 0) {
  process.stderr.write(`${failures.join('\n')}\n`)
  process.exit(1)
}
process.stdout.write(`direction holds: ${real.summary.totalCruised} files read, ${rules.length} rules, each caught its planted violation\n`)
