import type { Tx } from '../../platform/db/database.ts'
import type { SqlText } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import { NEXT_STATES, type ReportState, STATE_WORDS } from './contract.ts'
import { feedbackFail } from './errors.ts'
import { insertMessage, lockReport, setState } from './repository.ts'

/** @throws AppError NOT_FOUND, REPORT_STATE */
export async function startChecking(tx: Tx, id: string, where: SqlText, at: Date): Promise<void> {
  await move(tx, id, where, 'checking', at)
}

/** Answers in the organisation's name; the consumer reads it on the ticket's page. @throws AppError NOT_FOUND, REPORT_STATE */
export async function answerReport(
  tx: Tx,
  id: string,
  where: SqlText,
  input: { text: string; close: boolean },
  actor: Actor,
  at: Date,
): Promise<void> {
  await move(tx, id, where, 'answered', at)
  await insertMessage(tx, {
    id: newId(at),
    reportId: id,
    at,
    organisationId: actor.organisationId,
    personId: actor.personId ?? null,
    text: input.text,
  })
  if (input.close) await move(tx, id, where, 'closed', at)
}

/** @throws AppError NOT_FOUND, REPORT_STATE */
export async function closeReport(tx: Tx, id: string, where: SqlText, at: Date): Promise<void> {
  await move(tx, id, where, 'closed', at)
}

async function move(tx: Tx, id: string, where: SqlText, to: ReportState, at: Date): Promise<void> {
  const report = await lockReport(tx, id, where)
  if (report === undefined) throw httpFail('NOT_FOUND')
  if (!NEXT_STATES[report.state].includes(to))
    throw feedbackFail('REPORT_STATE', { state: `${STATE_WORDS[report.state].zh} / ${STATE_WORDS[report.state].en}` })
  await setState(tx, id, to, at)
}
