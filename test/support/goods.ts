import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Batch } from '../../src/modules/codes/index.ts'
import { permissionsOf } from '../../src/modules/identity/index.ts'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import type { Actor } from '../../src/platform/http/actor.ts'
import type { TestApp } from './app.ts'

let counter = 0

/** Somebody of an organisation in a role, as use cases see him; proved for grave acts. */
export function actorOf(organisationId: string, kind: Actor['organisationKind'], role: string): Actor {
  return {
    organisationId,
    organisationKind: kind,
    personId: undefined,
    apiKeyId: undefined,
    sessionId: undefined,
    name: role,
    roles: [role],
    permissions: new Set(permissionsOf([role] as Parameters<typeof permissionsOf>[0])),
    provedUntil: new Date(8.64e15),
    sees: kind === 'operator' || kind === 'regulator' ? 'all' : 'own',
  }
}

export interface Labels {
  readonly lotId: string
  readonly productId: string
  readonly orderId: string
  readonly packId: string
  readonly batch: Batch
  readonly clerk: Actor
  /** Address of a label, as its QR code holds it. */
  uri(index: number): string
}

export type Stage = 'submitted' | 'issued' | 'released' | 'printed' | 'received'
const STAGES: readonly Stage[] = ['submitted', 'issued', 'released', 'printed', 'received']

/** From a filed product to labels that lie in the importer's hands, or to an earlier stage. */
export async function labelsOf(
  t: TestApp,
  organisations: { readonly importer: string; readonly printer: string },
  options: {
    readonly quantity?: number
    readonly spoilage?: number
    readonly rollSize?: number
    readonly until?: Stage
    readonly labelKind?: 'gtin' | 'blank'
  } = {},
): Promise<Labels> {
  const { products, imports, codes } = t.modules
  const { db } = t.platform
  const at = t.clock.now()
  const day = at.toISOString().slice(0, 10)
  const year = Number(day.slice(0, 4))
  const quantity = options.quantity ?? 100
  const spoilage = options.spoilage ?? 0
  const reached = STAGES.indexOf(options.until ?? 'received')
  const n = ++counter
  const clerk = actorOf(organisations.importer, 'importer', 'clerk')
  const operator = actorOf('00000000-0000-7000-8000-000000000000', 'operator', 'operator')
  const printer = actorOf(organisations.printer, 'printer', 'printer-operator')
  await codes.ready()
  const recipient = await identityToRecipient(await generateX25519Identity())
  return db.transaction(async (tx) => {
    const first = `9529${String(n).padStart(8, '0')}`
    const product = await products.createProduct(
      tx,
      {
        gtin: first + checkDigit(first),
        nameZh: `样品${n}`,
        nameEn: `Sample ${n}`,
        brand: '示例',
        spec: '50 mL',
        category: 'cream',
        origin: 'FRA',
        filingNumber: `国妆网备进字(浙)${year - 1}${String(100_000 + n)}`,
        responsiblePerson: '示例',
        manufacturer: 'Example',
        ingredients: '水',
        directions: '外用',
        warnings: '无',
        shelfLifeMonths: 36,
      },
      { organisationId: organisations.importer, at },
    )
    const ago = (days: number) => new Date(at.getTime() - days * 86_400_000).toISOString().slice(0, 10)
    const consignment = await imports.createConsignment(
      tx,
      {
        declarationNumber: `3109${ago(20).slice(0, 4)}1${String(700_000_000 + n)}`,
        tradeMode: '0110',
        declarationTransportMode: '2',
        entryPort: '北仑海关',
        enteredOn: ago(20),
        inspectionCertificate: `31092026000${String(n).padStart(4, '0')}`,
        inspectionPassedOn: ago(15),
        releasedOn: ago(14),
      },
      { organisationId: organisations.importer, at },
    )
    const lot = await imports.addLot(
      tx,
      consignment,
      product,
      { productId: product.id, lotNumber: `L${n}`, producedOn: ago(100), quantity },
      { organisationId: organisations.importer, at },
    )
    await codes.addPrinterKey(tx, organisations.printer, recipient, { personId: null, at })
    const orderId = await codes.submitOrder(
      tx,
      {
        lotId: lot.id,
        labelKind: options.labelKind ?? 'gtin',
        quantity,
        spoilage,
        printerId: organisations.printer,
        rollSize: options.rollSize ?? 50,
      },
      { actor: clerk, at },
    )
    const none = { lotId: lot.id, productId: product.id, orderId, packId: '', batch: undefined as never, clerk, uri: () => '' }
    if (reached < 1) return none
    const batchId = await codes.approveOrder(tx, orderId, '', { actor: operator, at })
    const batchNow = async () => (await codes.batchesOf(tx, [batchId])).get(batchId)!
    let packId = ''
    if (reached >= 2) packId = await codes.releasePack(tx, orderId, { actor: operator, at })
    if (reached >= 3)
      await codes.reportPrinted(tx, orderId, { printed: quantity + spoilage, left: 0, scrapped: [], note: '' }, { actor: printer, at })
    if (reached >= 4) await codes.receiveLabels(tx, orderId, { received: quantity + spoilage, note: '' }, { actor: clerk, at })
    const batch = await batchNow()
    return { lotId: lot.id, productId: product.id, orderId, packId, batch, clerk, uri: (index: number) => codes.uriOf(batch, index) }
  })
}
