/**
 * Checks the one direction of imports (ARCHITECTURE.md), and that the check can fail: before the real tree is read, a
 * violation of each rule is planted in an imaginary one and must be caught.
 */
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { posix, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'

const MODULES = [
  'identity',
  'products',
  'imports',
  'codes',
  'labels',
  'events',
  'resolver',
  'scans',
  'feedback',
  'risk',
  'enforcement',
  'credit',
  'exchange',
]
const FREE = ['insight', 'ledger']

/** File → what it imports: project files by path, anything else by its bare name. */
type Graph = ReadonlyMap<string, readonly string[]>

interface Rule {
  readonly name: string
  /** @returns true when this import breaks the rule */
  readonly breaks: (from: string, to: string) => boolean
  readonly planted: readonly [from: string, to: string]
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('test/')
const moduleOf = (file: string) => /^src\/modules\/([^/]+)\//.exec(file)?.[1]
const isFace = (file: string) => /^src\/modules\/[^/]+\/(index|contract)\.ts$/.test(file)
const isProject = (target: string) => /^(src|web|test|bench|scripts|clients)\//.test(target)
const inKernel = (file: string) => file.startsWith('src/kernel/')
const isContract = (file: string) => /^src\/modules\/[^/]+\/contract\.ts$/.test(file)

/** Pure files of a module that its contract may hand on to the browser. */
const isPureRules = (from: string, to: string) =>
  moduleOf(from) === moduleOf(to) && /\/(rules|categories|completeness|[a-z]+-fields)\.ts$/.test(to)

const RULES: readonly Rule[] = [
  {
    name: 'the kernel imports only itself, and nothing of Node',
    breaks: (from, to) => inKernel(from) && !isTest(from) && !inKernel(to),
    planted: ['src/kernel/a.ts', 'node:fs'],
  },
  {
    name: 'platform knows no module',
    breaks: (from, to) => from.startsWith('src/platform/') && !isTest(from) && /^src\/(modules|app|main)/.test(to),
    planted: ['src/platform/a.ts', 'src/modules/codes/index.ts'],
  },
  {
    name: 'modules know no app',
    breaks: (from, to) => moduleOf(from) !== undefined && !isTest(from) && /^src\/(app\/|main)/.test(to),
    planted: ['src/modules/codes/a.ts', 'src/app/b.ts'],
  },
  {
    name: 'a module is entered by its face',
    breaks: (from, to) =>
      !isTest(from) &&
      /^src\/(modules|app|main)/.test(from) &&
      moduleOf(to) !== undefined &&
      moduleOf(from) !== moduleOf(to) &&
      !isFace(to),
    planted: ['src/modules/events/a.ts', 'src/modules/codes/repository.ts'],
  },
  {
    name: 'a module imports only upstream',
    breaks: (from, to) => {
      const [a, b] = [moduleOf(from), moduleOf(to)]
      if (a === undefined || b === undefined || a === b || a === 'insight' || isTest(from)) return false
      return a === 'ledger' || b === 'insight' || b === 'ledger' || MODULES.indexOf(b) > MODULES.indexOf(a)
    },
    planted: ['src/modules/codes/a.ts', 'src/modules/events/index.ts'],
  },
  {
    name: 'the ledger knows no module',
    breaks: (from, to) => moduleOf(from) === 'ledger' && !isTest(from) && moduleOf(to) !== undefined && moduleOf(to) !== 'ledger',
    planted: ['src/modules/ledger/a.ts', 'src/modules/identity/index.ts'],
  },
  {
    name: 'contracts are light: zod, kernel and pure rules',
    breaks: (from, to) => isContract(from) && !(inKernel(to) || isContract(to) || to === 'zod' || isPureRules(from, to)),
    planted: ['src/modules/codes/contract.ts', 'src/platform/b.ts'],
  },
  {
    name: 'the console sees contracts and the kernel',
    breaks: (from, to) => from.startsWith('web/') && to.startsWith('src/') && !inKernel(to) && !isContract(to),
    planted: ['web/a.tsx', 'src/modules/codes/index.ts'],
  },
  {
    name: 'nothing imports tests; benches share their support',
    breaks: (from, to) => !isTest(from) && isTest(to) && !(from.startsWith('bench/') && to.startsWith('test/support/')),
    planted: ['src/platform/a.ts', 'src/platform/b.test.ts'],
  },
  {
    name: 'the application imports no bench and no script',
    breaks: (from, to) => from.startsWith('src/') && /^(bench|scripts)\//.test(to),
    planted: ['src/app/a.ts', 'bench/b.ts'],
  },
  {
    name: 'a client stands alone, as whoever copies it needs it',
    breaks: (from, to) => from.startsWith('clients/') && !to.startsWith('clients/'),
    planted: ['clients/typescript/a.ts', 'src/kernel/errors.ts'],
  },
  {
    name: 'only the command line is a client of the platform',
    breaks: (from, to) =>
      to.startsWith('clients/') && (from.startsWith('web/') || (from.startsWith('src/') && !from.startsWith('src/app/'))),
    planted: ['src/modules/events/a.ts', 'clients/typescript/index.ts'],
  },
]

function violationsOf(graph: Graph): string[] {
  const found: string[] = []
  for (const [from, targets] of graph) {
    const module = moduleOf(from)
    if (module !== undefined && !MODULES.includes(module) && !FREE.includes(module))
      found.push(`unknown module ${module}: give it its place in the order`)
    for (const to of targets) for (const rule of RULES) if (rule.breaks(from, to)) found.push(`${rule.name}: ${from} → ${to}`)
  }
  return [...new Set([...found, ...ringsOf(graph)])]
}

/** Rings of imports, each told once by the path that closes it. */
function ringsOf(graph: Graph): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const rings: string[] = []
  const path: string[] = []
  const visit = (file: string): void => {
    state.set(file, 'open')
    path.push(file)
    for (const to of graph.get(file) ?? []) {
      if (!graph.has(to)) continue
      if (state.get(to) === 'open') rings.push(`ring of imports: ${[...path.slice(path.indexOf(to)), to].join(' → ')}`)
      else if (state.get(to) === undefined) visit(to)
    }
    path.pop()
    state.set(file, 'done')
  }
  for (const file of graph.keys()) if (state.get(file) === undefined) visit(file)
  return rings
}

function readGraph(root: string): Graph {
  const files = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'web', 'test', 'bench', 'scripts', 'clients'],
    {
      cwd: root,
    },
  )
    .toString()
    .split('\n')
    .filter((f) => /\.tsx?$/.test(f))
  return new Map(
    files.map((file) => {
      const { module, errors } = parseSync(file, readFileSync(resolve(root, file), 'utf8'))
      if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`)
      const named = [
        ...module.staticImports.map((i) => i.moduleRequest.value),
        ...module.staticExports.flatMap((e) => e.entries.flatMap((x) => (x.moduleRequest === null ? [] : [x.moduleRequest.value]))),
      ]
      return [
        file,
        [...new Set(named)].map((target) => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target)),
      ] as const
    }),
  )
}

const failures: string[] = []
for (const rule of RULES) {
  const [from, to] = rule.planted
  const caught = violationsOf(new Map([[from, [to]], ...(isProject(to) ? [[to, []] as const] : [])]))
  if (!caught.some((v) => v.startsWith(rule.name))) failures.push(`a planted violation was not caught: ${rule.name}`)
}
if (
  ringsOf(
    new Map([
      ['src/kernel/a.ts', ['src/kernel/b.ts']],
      ['src/kernel/b.ts', ['src/kernel/a.ts']],
    ]),
  ).length !== 1
)
  failures.push('a planted ring was not caught')

const graph = readGraph(resolve(import.meta.dirname, '..'))
const imports = [...graph.values()].reduce((sum, targets) => sum + targets.length, 0)
if (graph.size < 200 || imports < 800) failures.push(`only ${graph.size} files and ${imports} imports were read`)
failures.push(...violationsOf(graph))

if (failures.length > 0) {
  process.stderr.write(`${failures.join('\n')}\n`)
  process.exit(1)
}
process.stdout.write(
  `direction holds: ${graph.size} files, ${imports} imports, ${RULES.length + 1} rules, each caught its planted violation\n`,
)
