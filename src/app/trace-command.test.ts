import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../test/support/app.ts'
import { labelsOf } from '../../test/support/goods.ts'
import { freshUscc } from '../../test/support/world.ts'
import { runTrace } from './trace-command.ts'

describe('trace on the command line', () => {
  let t: TestApp
  let uri: string
  let declaration: string
  beforeAll(async () => {
    t = await openTestApp()
    const register = (kind: 'importer' | 'printer') =>
      t.platform.db.transaction((tx) =>
        t.modules.identity.registerOrganisation(
          tx,
          { kind, nameZh: kind, uscc: freshUscc(), province: '33', status: 'verified' },
          t.clock.now(),
        ),
      )
    const labels = await labelsOf(t, { importer: await register('importer'), printer: await register('printer') }, { quantity: 10 })
    uri = labels.uri(3)
    declaration = (await t.modules.imports.lotOf(t.platform.db, labels.lotId))!.declarationNumber
  })
  afterAll(() => t.close())
  afterEach(() => {
    process.exitCode = undefined
  })

  const run = async (codes: string[], values: Record<string, unknown> = {}) => {
    const lines: string[] = []
    await runTrace(
      codes,
      values,
      (work) => work(t.platform, t.modules),
      (line) => lines.push(line),
    )
    return { answers: lines.map((line) => JSON.parse(line)), exit: process.exitCode ?? 0 }
  }

  test('prints one JSON a line: back for an item, forward for papers', async () => {
    const { answers, exit } = await run([uri, declaration])
    expect(exit).toBe(0)
    expect(answers.map((a) => [a.ok, a.direction])).toEqual([
      [true, 'backward'],
      [true, 'forward'],
    ])
    expect(answers[0].whereabouts.situation).toBe('inert')
    expect(answers[1].totals.inert).toBe(10)
    expect((await run([uri], { forward: true })).answers[0].totals.labels).toBe(1)
    expect((await run([uri], { 'as-of': '2026-06-01T00:00:00Z' })).answers[0].asOf).toBe('2026-06-01T00:00:00.000Z')
  })

  test('ends with 1 when something was not found, and goes on with the rest', async () => {
    const { answers, exit } = await run(['nothing', uri])
    expect(exit).toBe(1)
    expect(answers[0]).toMatchObject({ ok: false, code: 'nothing', error: { code: 'NOT_FOUND' } })
    expect(answers[1].ok).toBe(true)
  })

  test('ends with 2 when it is used wrongly', async () => {
    expect((await run([])).exit).toBe(2)
    process.exitCode = undefined
    expect((await run([uri], { 'as-of': 'yesterday' })).exit).toBe(2)
  })
})
