import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Why } from '../shared/ui/why.tsx'
import { shipmentWords } from './words.ts'

interface Shipment {
  readonly id: string
  readonly number: string
  readonly dealerName: string
  readonly labels: number
  readonly containerCount: number
  readonly shippedAt: string
  readonly receivedAt: string | null
  readonly note: string
  readonly containers: readonly string[]
}

export function ShipmentPage() {
  const t = useWords(shipmentWords)
  const format = useFormat()
  const can = useCan()
  const id = usePathParam('shipmentId')
  const placeId = useId()
  const answer = useGet<Shipment>(`/api/shipments/${id}`)
  const [asking, setAsking] = useState(false)
  const [place, setPlace] = useState('')
  const receive = useAct<{ place: string }>({
    send: (input, key) => api.post(`/api/shipments/${id}/receive`, input, { idempotencyKey: key }),
    invalidates: ['/api/shipments', '/api/containers', '/api/goods', '/api/home', '/api/events'],
    done: t.receivedDone,
    onDone: () => setAsking(false),
  })
  return (
    <Answer of={answer} rows={6}>
      {(s) => (
        <>
          <PageHeader
            title={s.number}
            crumbs={[{ label: t.title, to: paths.shipments() }]}
            tag={<StatusTag tone={s.receivedAt === null ? 'info' : 'good'}>{s.receivedAt === null ? t.onTheWay : t.received}</StatusTag>}
            actions={
              can('goods.write') && (
                <Why reason={s.receivedAt === null ? undefined : t.already}>
                  <Button type="primary" disabled={s.receivedAt !== null} onClick={() => setAsking(true)}>
                    {t.receive}
                  </Button>
                </Why>
              )
            }
          />
          <Section title={t.facts}>
            <Facts
              items={[
                { label: t.dealer, value: s.dealerName },
                { label: t.labels, value: format.number(s.labels) },
                { label: t.containers, value: format.number(s.containerCount) },
                { label: t.shippedAt, value: format.instant(s.shippedAt) },
                { label: t.receivedAt, value: s.receivedAt === null ? null : format.instant(s.receivedAt) },
                { label: t.note, value: s.note },
              ]}
            />
          </Section>
          <Section title={t.cartons}>
            {s.containers.length === 0 ? (
              <p className="soft">{t.loose}</p>
            ) : (
              <ul className="row">
                {s.containers.map((sscc) => (
                  <li key={sscc}>
                    <Link to={paths.container(sscc)}>
                      <span className="mono">{sscc}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <ConfirmWithReason
            open={asking}
            title={t.receiveTitle}
            confirm={t.receive}
            reason={false}
            busy={receive.isPending}
            error={receive.error === null ? undefined : <Failure error={receive.error} />}
            onConfirm={() => receive.mutate({ place: place.trim() })}
            onCancel={() => {
              receive.reset()
              setAsking(false)
            }}
          >
            <div className="stack">
              <p>{t.receiveDetail(format.number(s.labels), format.number(s.containerCount))}</p>
              <div>
                <label htmlFor={placeId}>{t.place}</label>
                <Input
                  id={placeId}
                  autoFocus
                  maxLength={100}
                  placeholder={t.placeHint}
                  value={place}
                  onChange={(event) => setPlace(event.target.value)}
                />
              </div>
            </div>
          </ConfirmWithReason>
        </>
      )}
    </Answer>
  )
}
