import { Button, Form, Input } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { provinceCode, provinces } from '../../src/kernel/region.ts'
import type { Choice } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { GoodsChoice, isNothing, NOTHING } from '../shared/goods/goods-choice.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { Link } from '../shared/ui/link.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { Why } from '../shared/ui/why.tsx'
import { shipmentWords } from './words.ts'

interface Dealer {
  readonly id: string
  readonly name: string
  readonly provinces: string
  readonly city: string
}

interface Shipped {
  readonly id: string
  readonly number: string
  readonly labels: number
}

export function ShipmentNewPage() {
  const t = useWords(shipmentWords)
  const zh = useLanguage() === 'zh'
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const given = (useSearch({ strict: false }) as { sscc?: string }).sscc
  const [dealerId, setDealerId] = useState<string>()
  const [number, setNumber] = useState('')
  const [place, setPlace] = useState('')
  const [note, setNote] = useState('')
  const [choice, setChoice] = useState<Choice>(given === undefined ? NOTHING : { ...NOTHING, containers: [given] })
  const ship = useAct<{ dealerId: string; number: string; note: string; place: string; choice: Choice }, Shipped>({
    send: (input, key) => api.post('/api/shipments', input, { idempotencyKey: key }),
    invalidates: ['/api/shipments', '/api/containers', '/api/goods', '/api/events'],
    done: ({ number: made, labels }) => t.shipped(made, format.number(labels)),
    onDone: ({ id }) => go(paths.shipment(id)),
  })
  const missing = dealerId === undefined ? t.chooseDealer : isNothing(choice) ? t.chooseGoods : undefined
  const where = (row: Dealer): string =>
    row.provinces
      .split(' ')
      .map((part) => provinces.find((p) => p.code === provinceCode(part)))
      .map((p) => (zh ? p?.shortZh : p?.nameEn) ?? '')
      .slice(0, 8)
      .join(zh ? '、' : ', ')
  return (
    <>
      <PageHeader title={t.ship} crumbs={[{ label: t.title, to: paths.shipments() }]} lead={t.lead} />
      <Section title={t.dealer} extra={can('dealers.write') && <Link to={paths.dealers()}>{t.addDealer}</Link>}>
        <Form layout="vertical" className="form two">
          <Form.Item label={t.dealer} required className="wide">
            <RemoteSelect<Dealer>
              path="/api/dealers"
              query={{ 'f.active': 'is:true' }}
              valueOf={(row) => row.id}
              labelOf={(row) => [row.name, row.city].filter((part) => part !== '').join(' · ')}
              noteOf={(row) => t.territory(where(row))}
              placeholder={t.dealerHint}
              label={t.dealer}
              value={dealerId}
              onChange={setDealerId}
              autoFocus={given !== undefined}
            />
          </Form.Item>
          <Form.Item label={t.number} extra={t.numberHelp} htmlFor="shipment-number">
            <Input id="shipment-number" maxLength={60} value={number} onChange={(event) => setNumber(event.target.value)} />
          </Form.Item>
          <Form.Item label={t.shippedFrom} htmlFor="shipment-place">
            <Input
              id="shipment-place"
              maxLength={100}
              placeholder={t.placeHint}
              value={place}
              onChange={(event) => setPlace(event.target.value)}
            />
          </Form.Item>
          <Form.Item label={t.note} className="wide" htmlFor="shipment-note">
            <Input id="shipment-note" maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          </Form.Item>
        </Form>
      </Section>
      <Section title={t.goods}>
        <div className="stack">
          <GoodsChoice value={choice} onChange={setChoice} autoFocus={false} />
          {ship.error !== null && <Failure error={ship.error} />}
          <div>
            <Why reason={missing}>
              <Button
                type="primary"
                size="large"
                disabled={missing !== undefined}
                loading={ship.isPending}
                onClick={() => ship.mutate({ dealerId: dealerId!, number: number.trim(), note: note.trim(), place: place.trim(), choice })}
              >
                {t.run}
              </Button>
            </Why>
          </div>
        </div>
      </Section>
    </>
  )
}
