import type { Sql } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { parseSscc } from '../../kernel/gs1/sscc.ts'
import { codeId } from '../../kernel/serial/serial-codec.ts'
import type { Batch, Codes } from '../codes/index.ts'
import type { Choice } from './contract.ts'
import { eventsFail } from './errors.ts'
import { type CodeRange, normaliseRanges } from './ranges.ts'

export interface Chosen {
  readonly ranges: readonly CodeRange[]
  readonly containers: readonly string[]
  readonly batches: ReadonlyMap<number, Batch>
  /** Inputs that are nobody's label, or another enterprise's: both look the same to the asker. */
  readonly unknown: readonly { readonly input: string; readonly reason: string }[]
  /** Codes that no label may carry. */
  readonly canaries: readonly bigint[]
}

/**
 * Turns what a person chose into ranges of codes: roll numbers, first and last label of a stretch, single labels,
 * containers. Labels of other organisations are unknown here, unless `anyOwner` (dealers, supervisors).
 * @throws AppError RANGE_CROSSES_BATCHES, NO_SUCH_ROLL, NOT_AN_SSCC
 */
export async function chooseGoods(
  db: Sql,
  codes: Codes,
  choice: Choice,
  actor: Actor,
  options: { readonly anyOwner?: boolean } = {},
): Promise<Chosen> {
  const inputs = [...choice.stretches.flatMap((s) => [s.first, s.last]), ...choice.items]
  const resolved = inputs.length === 0 ? [] : await codes.resolveInputs(db, inputs, actor.organisationId)
  const batches = await codes.batchesOf(db, [
    ...choice.rolls.map((r) => r.batchId),
    ...resolved.flatMap((r) => ('reason' in r ? [] : [r.batch])),
  ])
  const mine = (id: number): Batch | undefined => {
    const batch = batches.get(id)
    return batch !== undefined && (options.anyOwner === true || batch.organisationId === actor.organisationId) ? batch : undefined
  }

  const ranges: CodeRange[] = []
  const unknown: { input: string; reason: string }[] = []
  const canaries: bigint[] = []
  const add = (batch: Batch, from: number, to: number) => {
    const last = Number(batch.quantity) - 1
    for (let i = Math.max(from, last + 1); i <= to; i++) canaries.push(codeId({ batch: batch.id, index: i }))
    if (from <= last)
      ranges.push({ lo: codeId({ batch: batch.id, index: from }), hi: codeId({ batch: batch.id, index: Math.min(to, last) }) })
  }
  for (const roll of choice.rolls) {
    const batch = mine(roll.batchId)
    const first = batch === undefined ? undefined : codes.rollRange(batch, Math.min(roll.from, roll.to))
    const last = batch === undefined ? undefined : codes.rollRange(batch, Math.max(roll.from, roll.to))
    if (batch === undefined || first === undefined || last === undefined)
      throw eventsFail('NO_SUCH_ROLL', { roll: first === undefined ? roll.from : roll.to })
    add(batch, first.from, last.to)
  }
  choice.stretches.forEach((stretch, i) => {
    const ends = [resolved[2 * i]!, resolved[2 * i + 1]!]
    const found = ends.flatMap((end, k) => {
      const batch = 'reason' in end ? undefined : mine(end.batch)
      if ('reason' in end || batch === undefined) {
        unknown.push({ input: k === 0 ? stretch.first : stretch.last, reason: 'reason' in end ? end.reason : 'not-ours' })
        return []
      }
      return [{ batch, index: end.index }]
    })
    const [a, b] = found
    if (a === undefined || b === undefined) return
    if (a.batch.id !== b.batch.id) throw eventsFail('RANGE_CROSSES_BATCHES')
    add(a.batch, Math.min(a.index, b.index), Math.max(a.index, b.index))
  })
  for (const r of resolved.slice(choice.stretches.length * 2)) {
    const batch = 'reason' in r ? undefined : mine(r.batch)
    if ('reason' in r || batch === undefined) unknown.push({ input: r.input, reason: 'reason' in r ? r.reason : 'not-ours' })
    else add(batch, r.index, r.index)
  }
  const containers = choice.containers.map((input) => {
    const sscc = parseSscc(input)
    if (sscc === undefined) throw eventsFail('NOT_AN_SSCC', { input: input.slice(0, 60) })
    return sscc
  })
  return { ranges: normaliseRanges(ranges), containers: [...new Set(containers)], batches, unknown, canaries }
}
