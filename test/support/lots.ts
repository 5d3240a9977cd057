import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import type { Actor } from '../../src/platform/http/actor.ts'
import type { TestApp } from './app.ts'
import { actorOf } from './goods.ts'
import { freshUscc } from './world.ts'

let counter = 0

export interface Supply {
  readonly importer: string
  readonly printer: string
  /** Opens what is encrypted to the printer. */
  readonly identity: string
  readonly recipient: string
  readonly clerk: Actor
  readonly operator: Actor
  readonly printerOperator: Actor
}

/** A verified importer and a printer with a registered key; nothing is filed or ordered yet. */
export async function openSupply(t: TestApp): Promise<Supply> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const at = t.clock.now()
  await t.modules.codes.ready()
  const { importer, printer } = await t.platform.db.transaction(async (tx) => {
    const register = (kind: 'importer' | 'printer', nameZh: string) =>
      t.modules.identity.registerOrganisation(tx, { kind, nameZh, uscc: freshUscc(), province: '浙江省', status: 'verified' }, at)
    const made = {
      importer: await register('importer', `示例进口商${++counter}`),
      printer: await register('printer', `示例印厂${counter}`),
    }
    await t.modules.codes.addPrinterKey(tx, made.printer, recipient, { personId: null, at })
    return made
  })
  return {
    importer,
    printer,
    identity,
    recipient,
    clerk: actorOf(importer, 'importer', 'clerk'),
    operator: actorOf('00000000-0000-7000-8000-000000000000', 'operator', 'operator'),
    printerOperator: actorOf(printer, 'printer', 'printer-operator'),
  }
}

/** A lot of general trade with its product, declared with that quantity. */
export async function fileLot(
  t: TestApp,
  importer: string,
  quantity: number,
  tradeMode = '0110',
): Promise<{ lotId: string; gtin: string; lotNumber: string }> {
  const at = t.clock.now()
  const n = ++counter
  const first = `9527${String(n).padStart(8, '0')}`
  const gtin = first + checkDigit(first)
  const lotNumber = `S${n}`
  const lotId = await t.platform.db.transaction(async (tx) => {
    const ctx = { organisationId: importer, at }
    const product = await t.modules.products.createProduct(tx, { gtin, nameZh: `供应样品${n}` }, ctx)
    const consignment = await t.modules.imports.createConsignment(
      tx,
      { declarationNumber: `310120261${String(500_000_000 + n)}`, tradeMode, declarationTransportMode: '2', enteredOn: '2026-05-20' },
      ctx,
    )
    return (
      await t.modules.imports.addLot(
        tx,
        consignment,
        product,
        { productId: product.id, lotNumber, producedOn: '2026-01-10', expiresOn: '2029-01-09', quantity },
        ctx,
      )
    ).id
  })
  return { lotId, gtin, lotNumber }
}
