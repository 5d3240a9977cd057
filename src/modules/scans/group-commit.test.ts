import { describe, expect, test } from 'vitest'
import { GroupCommit } from './group-commit.ts'

/** A database that answers when it is told to. */
function slowDatabase() {
  const batches: { input: readonly number[]; answer: (out: string[]) => void; fail: (error: Error) => void }[] = []
  const write = (input: readonly number[]) => new Promise<readonly string[]>((answer, fail) => batches.push({ input, answer, fail }))
  return { batches, write }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('group commit', () => {
  test('sends what arrived in one turn together, and what queued while it was busy as the next statement', async () => {
    const { batches, write } = slowDatabase()
    const commits = new GroupCommit<number, string>({ lanes: 1, maxBatch: 10, capacity: 100, laneOf: () => 0, write })
    const first = [1, 2, 3].map((n) => commits.submit(n)!)
    await turn()
    const second = [4, 5].map((n) => commits.submit(n)!)
    await turn()
    expect(batches.map((b) => b.input)).toEqual([[1, 2, 3]])
    batches[0]!.answer(['a', 'b', 'c'])
    expect(await Promise.all(first)).toEqual(['a', 'b', 'c'])
    await turn()
    expect(batches[1]!.input).toEqual([4, 5])
    batches[1]!.answer(['d', 'e'])
    expect(await Promise.all(second)).toEqual(['d', 'e'])
    expect(commits.waiting).toBe(0)
  })

  test('tells a failure to each of its batch and goes on', async () => {
    const { batches, write } = slowDatabase()
    const commits = new GroupCommit<number, string>({ lanes: 1, maxBatch: 2, capacity: 100, laneOf: () => 0, write })
    const all = [1, 2, 3].map((n) => commits.submit(n)!)
    const settled = Promise.allSettled(all)
    await turn()
    batches[0]!.fail(new Error('cut'))
    await turn()
    batches[1]!.answer(['c'])
    expect((await settled).map((r) => r.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })

  test('keeps one item in one lane, turns away what is over its capacity, and frees the place again', async () => {
    const { batches, write } = slowDatabase()
    const commits = new GroupCommit<number, string>({ lanes: 2, maxBatch: 10, capacity: 3, laneOf: (n) => n, write })
    const taken = [2, 3, 4].map((n) => commits.submit(n)!)
    expect(commits.submit(5)).toBeUndefined()
    await turn()
    expect(batches.map((b) => b.input)).toEqual([[2, 4], [3]])
    for (const b of batches) b.answer(b.input.map(String))
    await Promise.all(taken)
    expect(commits.submit(5)).toBeDefined()
  })
})
