import { defineConfig } from 'vitest/config'

const shared = {
  pool: 'forks' as const,
  maxWorkers: 2,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  globalSetup: ['./test/support/global-setup.ts'],
  setupFiles: ['./test/support/property-seed.ts'],
}

/** The slow suites run when the command line names them: `vitest run --project browser`, or a path inside. */
const asked = (name: string) => process.argv.slice(2).some((argument) => argument.includes(name))

const slow = (['browser', 'faults'] as const).filter(asked).map((name) => ({
  test: { ...shared, name, include: [`test/${name}/**/*.test.ts`], testTimeout: 300_000, fileParallelism: false },
}))

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'test/browser/**', 'test/faults/**'],
        },
      },
      ...slow,
    ],
  },
})
