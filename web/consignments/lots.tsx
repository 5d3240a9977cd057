import { PlusOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { type consignmentDetail, IMPORTS_PATHS } from '../../src/modules/imports/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { FindingsAt } from './findings.tsx'
import { LotForm } from './lot-form.tsx'
import { consignmentWords } from './words.ts'

type Detail = z.output<typeof consignmentDetail>
type DetailLot = Detail['lots'][number]

/** The lots of a consignment with what bars their activation. */
export function Lots({ consignment }: { readonly consignment: Detail }) {
  const t = useWords(consignmentWords)
  const { dash } = useCommon()
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const writes = can('consignments.write')
  const [open, setOpen] = useState<DetailLot | 'new'>()
  const [removing, setRemoving] = useState<DetailLot>()
  const remove = useAct<DetailLot>({
    send: (lot) => api.delete(`${IMPORTS_PATHS.lots}/${lot.id}`, undefined, { query: { version: lot.version } }),
    invalidates: [IMPORTS_PATHS.consignments, IMPORTS_PATHS.lots],
    done: t.lotRemoved,
    onDone: () => setRemoving(undefined),
  })
  const add = writes && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('new')}>
      {t.addLot}
    </Button>
  )
  const { lots } = consignment
  const day = (iso: string | null) => (iso === null ? dash : format.day(iso))
  return (
    <Section
      flush
      title={
        <>
          {t.lots}{' '}
          {lots.length > 0 && <span className="faint">{t.total(format.number(lots.reduce((sum, lot) => sum + lot.quantity, 0)))}</span>}
        </>
      }
      extra={lots.length > 0 && add}
    >
      {lots.length === 0 ? (
        <EmptyState title={t.noLots} detail={t.noLotsDetail} next={add} />
      ) : (
        <div className="plain-scroll">
          <table className="plain">
            <thead>
              <tr>
                {[t.product, t.lot, t.producedOn, t.expiresOn, t.quantity, t.gate].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
                {writes && <th />}
              </tr>
            </thead>
            <tbody>
              {lots.map((lot) => (
                <tr key={lot.id}>
                  <td>
                    <Link to={paths.product(lot.productId)}>
                      {language === 'zh' ? lot.productNameZh : lot.productNameEn || lot.productNameZh}
                    </Link>
                    <div className="faint mono">{lot.gtin.replace(/^0(?=\d{13}$)/, '')}</div>
                  </td>
                  <td className="mono">
                    {lot.lotNumber}
                    <FindingsAt findings={lot.findings} field="lotNumber" />
                  </td>
                  <td>
                    <span className="nowrap">{day(lot.producedOn)}</span>
                    <FindingsAt findings={lot.findings} field="producedOn" />
                    <FindingsAt findings={lot.findings} field="enteredOn" named={t.enteredOn} />
                  </td>
                  <td>
                    <span className="nowrap">{day(lot.expiresOn)}</span>
                    <FindingsAt findings={lot.findings} field="expiresOn" />
                  </td>
                  <td className="num">
                    {format.number(lot.quantity)}
                    <FindingsAt findings={lot.findings} field="quantity" />
                  </td>
                  <td>
                    {lot.gate.length === 0 ? (
                      <StatusTag tone="good">{t.ready}</StatusTag>
                    ) : (
                      lot.gate.map((reason) => (
                        <span key={reason.code} className="live bad">
                          {reason[language]}
                        </span>
                      ))
                    )}
                  </td>
                  {writes && (
                    <td>
                      <span className="row nowrap" style={{ gap: 4, flexWrap: 'nowrap' }}>
                        {can('orders.write') && (
                          <Button size="small" onClick={() => go(paths.orderNew({ lotId: lot.id }))}>
                            {t.order}
                          </Button>
                        )}
                        <Button size="small" type="text" aria-label={`${t.editLot} ${lot.lotNumber}`} onClick={() => setOpen(lot)}>
                          {t.edit}
                        </Button>
                        <Button
                          size="small"
                          type="text"
                          danger
                          aria-label={`${t.removeLot} ${lot.lotNumber}`}
                          onClick={() => setRemoving(lot)}
                        >
                          {t.remove}
                        </Button>
                      </span>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Modal
        open={open !== undefined}
        title={open === 'new' ? t.addLot : t.editLot}
        footer={null}
        width={720}
        onCancel={() => setOpen(undefined)}
        destroyOnHidden
      >
        {open !== undefined && (
          <LotForm consignment={consignment} lot={open === 'new' ? undefined : open} onDone={() => setOpen(undefined)} />
        )}
      </Modal>
      <ConfirmWithReason
        open={removing !== undefined}
        title={t.removeLotTitle(removing?.lotNumber ?? '')}
        confirm={t.removeLot}
        danger
        reason={false}
        busy={remove.isPending}
        error={remove.error !== null && <Failure error={remove.error} />}
        onConfirm={() => removing !== undefined && remove.mutate(removing)}
        onCancel={() => {
          remove.reset()
          setRemoving(undefined)
        }}
      >
        {t.removeLotDetail}
      </ConfirmWithReason>
    </Section>
  )
}
