import { maybeOne, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { capture, type Captured } from './capture.ts'
import { chooseGoods } from './choose-goods.ts'
import type { Choice } from './contract.ts'
import { eventsFail } from './errors.ts'
import type { MoveDeps } from './move-goods.ts'
import { EPCIS_SHAPES } from './goods-event.ts'
import { type CodeRange, normaliseRanges } from './ranges.ts'
import { outsideSandboxes } from '../../platform/http/wall.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

/** Freezes, releases or recalls a whole lot or chosen labels. The next scan of any of them says so. */
export async function holdGoods(
  tx: Tx,
  deps: MoveDeps,
  kind: 'freezing' | 'unfreezing' | 'recalling',
  input: { lotId?: string | undefined; choice: Choice; reason: string },
  ctx: { actor: Actor; at: Date },
): Promise<Captured> {
  const chosen = await chooseGoods(tx, deps.codes, input.choice, ctx.actor, { anyOwner: true })
  if (chosen.unknown.length > 0)
    throw eventsFail('CODES_NOT_FOUND', { count: chosen.unknown.length, example: chosen.unknown[0]!.input.slice(0, 120) })
  for (const batch of chosen.batches.values()) if (isSandbox(batch.organisationId)) throw httpFail('NOT_FOUND')
  let ranges: CodeRange[] = [...chosen.ranges]
  if (input.lotId !== undefined) {
    const lot = await maybeOne(tx, sql`select 1 from lot where id = ${input.lotId} and ${outsideSandboxes(sql`organisation_id`)}`)
    if (lot === undefined) throw httpFail('NOT_FOUND')
    const wanted =
      kind === 'unfreezing' ? sql`hold = 'frozen'` : kind === 'freezing' ? sql`hold is null` : sql`hold is distinct from 'recalled'`
    ranges = [
      ...ranges,
      ...(await tx.query<{ lo: bigint; hi: bigint }>(
        sql`select lo, hi from code_range where lot_id = ${input.lotId} and status in ('active', 'retired') and ${wanted}`,
      )),
    ]
  }
  if (ranges.length === 0)
    throw input.lotId === undefined ? eventsFail('NOTHING_CHOSEN') : eventsFail('NOTHING_TO_HOLD', { act: EPCIS_SHAPES[kind].words })
  return capture(
    tx,
    { kind, at: ctx.at, ranges: normaliseRanges(ranges), containers: [], reason: input.reason },
    { actor: ctx.actor, organisationId: ctx.actor.organisationId, at: ctx.at, nameOf: deps.nameOf },
  )
}

export interface RecalledLot {
  readonly lotId: string
  readonly lotNumber: string
  readonly productNameZh: string
  readonly productNameEn: string
  readonly at: string
}

/** Lots of which any label is recalled now, for the public page. */
export async function recalledLots(db: Sql): Promise<RecalledLot[]> {
  const rows = await db.query<{ id: string; lot_number: string; name_zh: string; name_en: string; at: string }>(sql`
    select l.id, l.lot_number, p.name_zh, p.name_en, (select max(e.event_time) from event e join event_code c on c.event_id = e.id where e.kind = 'recalling' and c.codes && int8range(r.lo, r.hi, '[]')) as at
    from (select lot_id, min(lo) as lo, max(hi) as hi from code_range where hold = 'recalled' and lot_id is not null group by lot_id) r
      join lot l on l.id = r.lot_id join product p on p.id = l.product_id order by at desc nulls last limit 500`)
  return rows.map((r) => ({
    lotId: r.id,
    lotNumber: r.lot_number,
    productNameZh: r.name_zh,
    productNameEn: r.name_en,
    at: r.at ?? new Date(0).toISOString(),
  }))
}
