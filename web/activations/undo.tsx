import { useState } from 'react'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { activationWords } from './words.ts'

/** As the server has it; the server decides. */
export const UNDO_MS = 30 * 60_000

export interface Undoable {
  readonly id: string
  readonly labels: number
}

/** The dialog that takes the reason, and what opens it. */
export function useUndo(onUndone?: () => void) {
  const t = useWords(activationWords)
  const format = useFormat()
  const [asked, setAsked] = useState<Undoable>()
  const undo = useAct<{ id: string; reason: string }>({
    send: ({ id, reason }, key) => api.post(`/api/activations/${id}/undo`, { reason }, { idempotencyKey: key }),
    invalidates: ['/api/activations', '/api/goods', '/api/events'],
    done: t.undone,
    onDone: () => {
      setAsked(undefined)
      onUndone?.()
    },
  })
  const dialog = (
    <ConfirmWithReason
      open={asked !== undefined}
      title={t.undoTitle}
      confirm={t.undo}
      danger
      busy={undo.isPending}
      error={undo.error === null ? undefined : <Failure error={undo.error} />}
      onConfirm={(reason) => undo.mutate({ id: asked!.id, reason })}
      onCancel={() => {
        undo.reset()
        setAsked(undefined)
      }}
    >
      {asked !== undefined && t.undoDetail(format.number(asked.labels))}
    </ConfirmWithReason>
  )
  return { ask: setAsked, dialog }
}
