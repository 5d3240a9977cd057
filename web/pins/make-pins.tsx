import { Modal } from 'antd'
import { api } from '../shared/api/client.ts'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { NumberField, SelectField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { pinWords } from './words.ts'

interface Values {
  readonly printerId: string
  readonly digits: number
}

/** Asks for the PINs of all labels of a pack, sealed to the printer of the coating. */
export function MakePins({
  pack,
  onClose,
}: {
  readonly pack: { readonly id: string; readonly orderNumber: string }
  readonly onClose: () => void
}) {
  const t = useWords(pinWords)
  const language = useLanguage()
  const go = useGo()
  const printers = useGet<{ items: readonly { id: string; nameZh: string; nameEn: string }[] }>('/api/printers')
  const make = useAct<Values, { pinRunId: string }>({
    send: (input, key) => api.post(`/api/packs/${pack.id}/pins`, input, { idempotencyKey: key }),
    invalidates: ['/api/pin-runs'],
    done: t.made,
    onDone: () => {
      onClose()
      go(paths.pins())
    },
  })
  return (
    <Modal open title={t.makeTitle(pack.orderNumber)} footer={null} onCancel={onClose} destroyOnHidden>
      <p className="soft">{t.makeDetail}</p>
      <AppForm<Values, Values, { pinRunId: string }>
        act={make}
        submit={t.make}
        guard={false}
        onCancel={onClose}
        initial={{ digits: 10 }}
        toInput={(values) => values}
      >
        <SelectField
          name="printerId"
          label={t.printer}
          required
          placeholder={t.choosePrinter}
          help={t.sameHint}
          choices={(printers.data?.items ?? []).map((p) => ({ value: p.id, label: language === 'zh' ? p.nameZh : p.nameEn || p.nameZh }))}
        />
        <NumberField name="digits" label={t.digits} required min={8} max={16} help={t.digitsHelp} />
      </AppForm>
    </Modal>
  )
}
