import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { companyPrefixOfSandbox, exampleGtinOf } from '../../kernel/sandbox.ts'
import { addDays, addMonths, civilDateOf } from '../../kernel/time.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import type { Codes } from '../codes/index.ts'
import type { Events } from '../events/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Imports } from '../imports/index.ts'
import type { Products } from '../products/index.ts'
import type { NewSandboxView, SandboxExample } from './contract.ts'

export interface SandboxDeps {
  readonly identity: Identity
  readonly products: Products
  readonly imports: Imports
  readonly codes: Codes
  readonly events: Events
}

const NOTHING = { rolls: [], stretches: [], items: [], containers: [] }
/** Labels of the example: active in a carton, active and loose, received. */
const PACKED = 24
const LOOSE = 16
const FRESH = 60
const SHOWN = 10

/**
 * Makes a sandbox and fills it through the same use cases that people use: a product on file, a consignment with a lot,
 * labels that were ordered, printed and received, some of them active, a carton and a dealer; and a key for the first
 * system. What was there before is closed.
 * @throws AppError SANDBOX_IMPORTERS_ONLY, SANDBOX_TOO_OFTEN
 */
export async function makeSandbox(
  tx: Tx,
  deps: SandboxDeps,
  input: { readonly keyName: string },
  actor: Actor,
  facts: RequestFacts,
): Promise<NewSandboxView & { readonly parentId: string }> {
  const { identity, codes } = deps
  const { at } = facts
  const made = await identity.openSandbox(tx, actor, at)
  // the printer of a sandbox prints nothing: its key is there because an order asks for one, and its private half is nowhere
  const recipient = await identityToRecipient(await generateX25519Identity())
  await codes.addPrinterKey(tx, made.printerId, recipient, { personId: null, at })
  const inside: Actor = { ...actor, organisationId: made.organisationId, sees: 'own' }
  const example = await fill(tx, deps, made.number, made.printerId, { actor: inside, at })
  await identity.noteExample(tx, made.number, example)
  const key = await identity.createApiKey(
    tx,
    {
      organisationId: made.organisationId,
      name: input.keyName,
      roles: ['manager'],
      createdBy: actor.personId,
    },
    at,
  )
  return {
    parentId: made.parentId,
    sandbox: {
      organisationId: made.organisationId,
      companyPrefix: companyPrefixOfSandbox(made.number),
      madeAt: made.madeAt,
      example,
    },
    key,
  }
}

async function fill(
  tx: Tx,
  { products, imports, codes, events }: SandboxDeps,
  sandbox: number,
  printerId: string,
  ctx: { readonly actor: Actor; readonly at: Date },
): Promise<SandboxExample> {
  const { at } = ctx
  const { organisationId } = ctx.actor
  const today = civilDateOf(at)
  const year = today.slice(0, 4)
  const owner = { organisationId, at }
  const product = await products.createProduct(
    tx,
    {
      gtin: exampleGtinOf(sandbox),
      nameZh: '沙盒示例精华液（测试）',
      nameEn: 'Sandbox Example Serum (test)',
      brand: 'Sandbox 沙盒',
      spec: '30 mL',
      category: 'serum',
      origin: 'FRA',
      filingNumber: '国妆网备进字(浙)2025000001',
      responsiblePerson: '沙盒示例企业（测试）',
      manufacturer: 'Sandbox Laboratories (test)',
      ingredients: '水、甘油、丁二醇',
      directions: '仅供系统对接测试。',
      warnings: '非真实商品。',
      shelfLifeMonths: 36,
      paoMonths: 12,
    },
    owner,
  )
  const entered = addDays(today, -20)
  const passed = addDays(today, -12)
  const consignment = await imports.createConsignment(
    tx,
    {
      reference: 'SANDBOX-1',
      declarationNumber: `3109${entered.slice(0, 4)}1${String(sandbox).padStart(9, '0')}`,
      tradeMode: '0110',
      declarationTransportMode: '2',
      firstLineTransportMode: '2',
      supplier: 'Sandbox Export House (test)',
      departureCountry: 'FRA',
      entryPort: '北仑海关',
      enteredOn: entered,
      inspectionCertificate: `3109${entered.slice(0, 4)}0000001`,
      inspectionPassedOn: passed,
      releasedOn: passed,
    },
    owner,
  )
  const producedOn = addDays(today, -120)
  const lot = await imports.addLot(
    tx,
    consignment,
    product,
    {
      productId: product.id,
      lotNumber: `SB${year}01`,
      producedOn,
      expiresOn: addMonths(producedOn, 36),
      quantity: 1000,
    },
    owner,
  )
  const labels = PACKED + LOOSE + FRESH
  const orderId = await codes.submitOrder(
    tx,
    { lotId: lot.id, labelKind: 'gtin', quantity: labels, spoilage: 0, printerId, rollSize: 50 },
    ctx,
  )
  await codes.fulfilInSandbox(tx, orderId, organisationId, at)
  const batch = await codes.batchOfOrder(tx, orderId)
  const uris = codes.urisOf(batch, 0, labels)
  const stretch = (from: number, to: number) => ({ ...NOTHING, stretches: [{ first: uris[from]!, last: uris[to]! }] })
  await events.activate(tx, { lotId: lot.id, choice: stretch(0, PACKED + LOOSE - 1) }, ctx)
  const { sscc } = await events.pack(tx, { choice: stretch(0, PACKED - 1), place: '宁波', reason: '' }, ctx)
  const dealerId = await events.saveDealer(
    tx,
    { name: '沙盒经销商 Sandbox dealer', provinces: ['33'], city: '杭州', contact: '', dealerOrganisationId: null, active: true },
    ctx,
  )
  const freeSsccs: string[] = []
  for (let i = 0; i < SHOWN; i++) freeSsccs.push(await events.drawSscc(tx, organisationId))
  return {
    gtin: product.gtin,
    productId: product.id,
    consignmentId: consignment.id,
    lotId: lot.id,
    lotNumber: lot.lotNumber,
    orderId,
    printerId,
    dealerId,
    carton: sscc,
    activeLabels: uris.slice(PACKED, PACKED + SHOWN),
    freshLabels: uris.slice(PACKED + LOOSE, PACKED + LOOSE + 2 * SHOWN),
    freeSsccs,
  }
}
