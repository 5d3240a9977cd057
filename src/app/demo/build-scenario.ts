import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import sharp from 'sharp'
import { addDays, addMonths, type CivilDate, civilDateOf, startOfDay } from '../../kernel/time.ts'
import type { Batch } from '../../modules/codes/index.ts'
import { permissionsOf } from '../../modules/identity/index.ts'
import { bucketOf, recordScans, type ScanRecord } from '../../modules/scans/index.ts'
import { provinces } from '../../kernel/region.ts'
import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Modules } from '../modules.ts'
import { fictitiousUscc, makePlan, type Plan, type PlannedOrganisation, type PlannedProduct } from './plan.ts'
import { Random } from './random.ts'

export interface Story {
  readonly key: 'ordinary' | 'clone' | 'diverted' | 'retired' | 'expired' | 'inert' | 'cross-border' | 'pin'
  readonly zh: string
  readonly en: string
  readonly uri: string
}

export interface Scenario {
  readonly seed: number
  readonly labels: number
  readonly madeAt: string
  readonly stories: readonly Story[]
  /** Person of each role, who gets a sign-in link at every start. */
  readonly people: readonly {
    readonly role: string
    readonly personId: string
    readonly organisationId: string
    readonly organisation: string
    readonly account: string
  }[]
  /** The printer's private age key: of the demonstration only, so that a pack can be opened. */
  readonly printerIdentity: string
  readonly counts: {
    readonly products: number
    readonly consignments: number
    readonly labels: number
    readonly cartons: number
    readonly shipments: number
    readonly scans: number
  }
}

interface BuiltLot {
  readonly product: PlannedProduct
  readonly productId: string
  readonly lotId: string
  readonly batch: Batch
  readonly activatedOn: CivilDate
  /** PIN under the coating of a label, of lots whose labels have one. */
  readonly pinOf: ((index: number) => string) | undefined
  readonly cartons: readonly { readonly sscc: string; readonly from: number; readonly to: number; dealer?: number; soldFrom?: CivilDate }[]
}

const EMPTY = { rolls: [], stretches: [], items: [], containers: [] }
const MOVE = { place: '宁波', reason: '' }
/** Lots whose labels have PINs: some, so that the others show a page without. */
const COATED_LOTS = 12

/**
 * The first phase of Ningbo at its real size, played through the same use cases that people use: filed, ordered,
 * approved, printed, activated, packed, shipped, scanned. Only the clock is in the past.
 */
export async function buildScenario(
  platform: Platform,
  modules: Modules,
  options: { labels: number; seed: number; say: (line: string) => void },
): Promise<Scenario> {
  const { say } = options
  const plan = makePlan(options.labels, options.seed)
  const random = new Random(options.seed ^ 0x5eed)
  const today = civilDateOf(platform.clock.now())
  const start = addDays(today, -215)
  const builder = new Builder(platform, modules, plan, random, today, start)
  await modules.codes.ready()

  say(`  organisations and people …`)
  await builder.organisations()
  say(`  ${plan.products.length} products, consignments by sea and air …`)
  const lots = await builder.goods(say)
  say(`  cartons and shipments to ${plan.dealers.length} dealers …`)
  await builder.logistics(lots)
  say(`  half a year of scans, with four stories …`)
  const stories = await builder.consumers(lots)
  await builder.openWork(lots)
  await platform.jobs.drain()
  return builder.scenario(options.seed, stories)
}

class Builder {
  readonly #platform: Platform
  readonly #modules: Modules
  readonly #plan: Plan
  readonly #random: Random
  readonly #today: CivilDate
  readonly #start: CivilDate
  readonly #ids = { operator: '', regulator: '', printer: '', importers: [] as string[], brands: [] as string[], dealers: [] as string[] }
  readonly #dealerOf: string[][] = []
  readonly #people: Scenario['people'][number][] = []
  #printerIdentity = ''
  #coated = 0
  #consignments = 0
  #cartons = 0
  #shipments = 0
  #scans = 0

  constructor(platform: Platform, modules: Modules, plan: Plan, random: Random, today: CivilDate, start: CivilDate) {
    this.#platform = platform
    this.#modules = modules
    this.#plan = plan
    this.#random = random
    this.#today = today
    this.#start = start
  }

  #tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#platform.db.transaction(work)
  }

  /** An instant in working hours of a day in China. */
  #at(day: CivilDate, hour = 10, minute = 0): Date {
    const at = new Date(startOfDay(day).getTime() + (hour * 60 + minute) * 60_000)
    const now = this.#platform.clock.now()
    return at > now ? now : at
  }

  #actor(kind: Actor['organisationKind'], organisationId: string, name: string, role: string): Actor {
    return {
      organisationId,
      organisationKind: kind,
      personId: undefined,
      apiKeyId: undefined,
      sessionId: undefined,
      name,
      roles: [role],
      permissions: new Set(permissionsOf([role] as Parameters<typeof permissionsOf>[0])),
      provedUntil: new Date(8.64e15),
      sees: kind === 'operator' || kind === 'regulator' ? 'all' : 'own',
    }
  }

  readonly #operator = () => this.#actor('operator', this.#ids.operator, '平台运营（示例）', 'operator')
  readonly #clerk = (importer: number) => this.#actor('importer', this.#ids.importers[importer]!, '单证员（示例）', 'clerk')
  readonly #printer = () => this.#actor('printer', this.#ids.printer, '印厂（示例）', 'printer-operator')

  async organisations(): Promise<void> {
    const { identity, codes, events } = this.#modules
    const at = this.#at(this.#start, 9)
    const register = (tx: Tx, kind: Actor['organisationKind'], o: PlannedOrganisation) =>
      identity.registerOrganisation(
        tx,
        { kind, nameZh: o.nameZh, nameEn: o.nameEn, uscc: o.uscc, province: o.province, city: o.city, status: 'verified' },
        at,
      )
    await this.#tx(async (tx) => {
      this.#ids.operator = await register(tx, 'operator', this.#plan.operator)
      this.#ids.regulator = await register(tx, 'regulator', this.#plan.regulator)
      this.#ids.printer = await register(tx, 'printer', this.#plan.printer)
      for (const o of this.#plan.importers) this.#ids.importers.push(await register(tx, 'importer', o))
      for (const o of this.#plan.brands) this.#ids.brands.push(await register(tx, 'brand', o))
      for (const o of this.#plan.dealers) this.#ids.dealers.push(await register(tx, 'dealer', o))
      const person = async (role: string, organisationId: string, organisation: string, account: string, name: string) => {
        const personId = await identity.addPerson(tx, { organisationId, account, name, roles: [role] as never }, at)
        this.#people.push({ role, personId, organisationId, organisation, account })
      }
      const first = this.#plan.importers[0]!
      await person('operator', this.#ids.operator, this.#plan.operator.nameZh, 'operator', '运营 小溯')
      await person('auditor', this.#ids.operator, this.#plan.operator.nameZh, 'auditor', '审计 小真')
      await person('clerk', this.#ids.importers[0]!, first.nameZh, 'clerk', '单证员 小甬')
      await person('manager', this.#ids.importers[0]!, first.nameZh, 'manager', '经理 小港')
      await person('warehouse', this.#ids.importers[0]!, first.nameZh, 'warehouse', '仓管 小仓')
      await person('printer-operator', this.#ids.printer, this.#plan.printer.nameZh, 'printer', '印厂 小印')
      await person('dealer-clerk', this.#ids.dealers[0]!, this.#plan.dealers[0]!.nameZh, 'dealer', '经销商 小商')
      await person('brand-manager', this.#ids.brands[0]!, this.#plan.brands[0]!.nameZh, 'brand', '品牌 小牌')
      await person('officer', this.#ids.regulator, this.#plan.regulator.nameZh, 'officer', '执法员 小监')
      await person('duty-officer', this.#ids.regulator, this.#plan.regulator.nameZh, 'duty', '值班员 小管')
      // somebody is always waiting to be let in
      await identity.registerOrganisation(
        tx,
        {
          kind: 'importer',
          nameZh: '北仑港示例新客商贸有限公司（虚构）',
          nameEn: 'Beilun Port Newcomer Example (fictitious)',
          uscc: fictitiousUscc(999),
          province: '33',
          city: '宁波',
        },
        this.#at(this.#today, 8),
      )
    })
    const printerIdentity = await generateX25519Identity()
    const recipient = await identityToRecipient(printerIdentity)
    this.#printerIdentity = printerIdentity
    await this.#tx(async (tx) => {
      await codes.addPrinterKey(tx, this.#ids.printer, recipient, { personId: null, at })
      for (const [i, organisationId] of this.#ids.importers.entries()) {
        await codes.grantQuota(
          tx,
          {
            organisationId,
            payer: 'government',
            labels: Math.ceil((this.#plan.labels / 8) * 1.6),
            validFrom: this.#start,
            validTo: addDays(addMonths(this.#start, 12), -1),
            note: '首年免费（示例）',
          },
          { personId: null, at },
        )
        this.#dealerOf[i] = []
        for (const [d, dealer] of this.#plan.dealers.entries()) {
          this.#dealerOf[i].push(
            await events.saveDealer(
              tx,
              {
                name: dealer.nameZh,
                provinces: [...dealer.provinces],
                city: dealer.city,
                contact: '',
                dealerOrganisationId: this.#ids.dealers[d]!,
                active: true,
              },
              { actor: this.#clerk(i), at },
            ),
          )
        }
      }
    })
  }

  /** Products, consignments, orders, printing and activation, importer by importer. */
  async goods(say: (line: string) => void): Promise<BuiltLot[]> {
    const { imports } = this.#modules
    const built: BuiltLot[] = []
    for (let importer = 0; importer < this.#ids.importers.length; importer++) {
      const organisationId = this.#ids.importers[importer]!
      const actor = this.#clerk(importer)
      const own = this.#plan.products.filter((p) => p.importer === importer)
      for (let c = 0; c < 4; c++) {
        const group = own.slice(c * 4, c * 4 + 4)
        const entered = addDays(this.#start, 1 + c * 6 + importer)
        const passed = addDays(entered, 6)
        const orderedOn = addDays(passed, 1)
        const receivedOn = addDays(orderedOn, 4)
        const activatedOn = addDays(receivedOn, 1)
        const crossBorder = group[0]!.crossBorder
        const year = entered.slice(0, 4)
        const consignment = await this.#tx((tx) =>
          imports.createConsignment(
            tx,
            {
              reference: `入境${year}-${importer + 1}-${c + 1}`,
              declarationNumber: crossBorder
                ? `3109${year}I${String(600_000_000 + importer * 1000 + c).padStart(9, '0')}`
                : `3109${year}1${String(100_000_000 + importer * 1000 + c).padStart(9, '0')}`,
              tradeMode: crossBorder ? '1210' : '0110',
              declarationTransportMode: group[0]!.air ? '5' : '2',
              firstLineTransportMode: group[0]!.air ? '5' : '2',
              supplier: `${group[0]!.brandName} Export House (fictitious)`,
              departureCountry: group[0]!.origin,
              departurePort: group[0]!.air ? 'Airport' : 'Seaport',
              entryPort: group[0]!.air ? '宁波机场海关' : '北仑海关',
              enteredOn: entered,
              inspectionCertificate: crossBorder ? '' : `3109${year}${String(10_000_000 + importer * 100 + c).slice(-7)}`,
              inspectionPassedOn: crossBorder ? null : passed,
              releasedOn: passed,
            },
            { organisationId, at: this.#at(passed, 15) },
          ),
        )
        this.#consignments++
        for (const p of group) built.push(await this.#lot(p, consignment, actor, { entered, passed, orderedOn, receivedOn, activatedOn }))
      }
      say(`    ${importer + 1}/8 ${this.#plan.importers[importer]!.nameZh}`)
    }
    return built
  }

  async #lot(
    p: PlannedProduct,
    consignment: Awaited<ReturnType<Modules['imports']['createConsignment']>>,
    actor: Actor,
    days: { entered: CivilDate; passed: CivilDate; orderedOn: CivilDate; receivedOn: CivilDate; activatedOn: CivilDate },
  ): Promise<BuiltLot> {
    const { products, imports, codes, events } = this.#modules
    const { organisationId } = actor
    const filed = this.#at(days.passed, 15, 30)
    const producedOn = p.expired ? addMonths(this.#today, -37) : addDays(days.entered, -this.#random.whole(60, 200))
    const expiresOn = p.expired ? addDays(addMonths(producedOn, 36), 0) : addMonths(producedOn, 36)
    const picture = await productPicture(p)
    const { product, lot } = await this.#tx(async (tx) => {
      const made = await products.createProduct(
        tx,
        {
          gtin: p.gtin,
          nameZh: p.nameZh,
          nameEn: p.nameEn,
          brand: p.brandName,
          brandOrganisationId: this.#ids.brands[p.brand] ?? null,
          spec: p.spec,
          category: p.category as never,
          origin: p.origin,
          filingNumber: p.filingNumber,
          responsiblePerson: this.#plan.importers[p.importer]!.nameZh,
          manufacturer: `${p.nameEn.split(' (')[0]} Laboratories (fictitious)`,
          ingredients: '水、甘油、丁二醇、角鲨烷、烟酰胺、透明质酸钠、苯氧乙醇、香精',
          directions: '取适量均匀涂抹于洁净肌肤。',
          warnings: '避免接触眼睛；如有不适请停止使用。',
          shelfLifeMonths: 36,
          paoMonths: 12,
        },
        { organisationId, at: filed },
      )
      await products.setPicture(tx, made, { bytes: picture }, { organisationId, at: filed, by: undefined })
      const lotMade = await imports.addLot(
        tx,
        consignment,
        made,
        { productId: made.id, lotNumber: p.lotNumber, producedOn, expiresOn, quantity: p.labels },
        { organisationId, at: filed },
      )
      return { product: made, lot: lotMade }
    })

    const spoilage = Math.ceil(p.labels * 0.02)
    const scrapped = Math.floor(spoilage / 3)
    const orderedAt = this.#at(days.orderedOn, 9)
    const batch = await this.#tx(async (tx) => {
      const orderId = await codes.submitOrder(
        tx,
        {
          lotId: lot.id,
          labelKind: 'gtin',
          quantity: p.labels,
          spoilage,
          printerId: this.#ids.printer,
          rollSize: Math.min(500, Math.max(24, p.labels)),
        },
        { actor, at: orderedAt },
      )
      const batchId = await codes.approveOrder(tx, orderId, '', { actor: this.#operator(), at: this.#at(days.orderedOn, 11) })
      await codes.releasePack(tx, orderId, { actor: this.#operator(), at: this.#at(days.orderedOn, 14) })
      const made = (await codes.batchesOf(tx, [batchId])).get(batchId)!
      const last = p.labels + spoilage
      await codes.reportPrinted(
        tx,
        orderId,
        {
          printed: last - scrapped,
          left: 0,
          scrapped: scrapped === 0 ? [] : [{ first: codes.uriOf(made, last - scrapped), last: codes.uriOf(made, last - 1) }],
          note: '',
        },
        { actor: this.#printer(), at: this.#at(addDays(days.orderedOn, 2), 16) },
      )
      await codes.receiveLabels(tx, orderId, { received: last - scrapped, note: '' }, { actor, at: this.#at(days.receivedOn, 10) })
      return (await codes.batchesOf(tx, [batchId])).get(batchId)!
    })
    const pinOf = this.#coated++ < COATED_LOTS ? await this.#coat(batch, this.#at(days.receivedOn, 9)) : undefined
    await this.#tx((tx) =>
      events.activate(
        tx,
        { lotId: lot.id, choice: { ...EMPTY, stretches: [{ first: codes.uriOf(batch, 0), last: codes.uriOf(batch, p.labels - 1) }] } },
        { actor, at: this.#at(days.activatedOn, 9, this.#random.whole(0, 59)) },
      ),
    )
    return { product: p, productId: product.id, lotId: lot.id, batch, activatedOn: days.activatedOn, pinOf, cartons: [] }
  }

  /** Makes the PINs under the coating of a batch, and opens the printer's file, as its printer does. */
  async #coat(batch: Batch, at: Date): Promise<(index: number) => string> {
    const { labels, codes } = this.#modules
    const { runId } = await this.#tx((tx) =>
      labels.requestPins(tx, batch.id, { printerId: this.#ids.printer, digits: 10 }, { actor: this.#operator(), at }),
    )
    await this.#platform.jobs.drain()
    const file = await this.#platform.db.query<{ file_sha256: Buffer }>(sql`select file_sha256 from pin_run where id = ${runId}`)
    const decrypter = new Decrypter()
    decrypter.addIdentity(this.#printerIdentity)
    const text = await decrypter.decrypt(await this.#platform.files.read(file[0]!.file_sha256), 'text')
    const pins = new Map(text.split('\r\n').map((row) => [row.split(',')[2] ?? '', row.split(',')[3] ?? '']))
    return (index) => pins.get(codes.serialsOf(batch, index, 1)[0]!)!
  }

  /** Cartons of 24 (of 240 for large scenarios), shipped to dealers and received a few days later. */
  async logistics(lots: BuiltLot[]): Promise<void> {
    const { codes, events } = this.#modules
    const size = this.#plan.labels > 100_000 ? 240 : 24
    for (const lot of lots) {
      const actor = this.#clerk(lot.product.importer)
      const packedOn = addDays(lot.activatedOn, 1)
      const cartons: BuiltLot['cartons'][number][] = []
      for (let from = 0; from < lot.product.labels; from += size * 50) {
        await this.#tx(async (tx) => {
          for (let k = from; k < Math.min(from + size * 50, lot.product.labels); k += size) {
            const to = Math.min(k + size, lot.product.labels) - 1
            const { sscc } = await events.pack(
              tx,
              { ...MOVE, choice: { ...EMPTY, stretches: [{ first: codes.uriOf(lot.batch, k), last: codes.uriOf(lot.batch, to) }] } },
              { actor, at: this.#at(packedOn, 10 + Math.floor(k / lot.product.labels) * 6) },
            )
            cartons.push({ sscc, from: k, to })
            this.#cartons++
          }
        })
      }
      ;(lot as { cartons: BuiltLot['cartons'] }).cartons = cartons
      if (lot.product.crossBorder) continue
      // three quarters of the cartons leave, to one to three dealers
      const leaving = cartons.slice(0, Math.max(1, Math.floor(cartons.length * 0.75)))
      const dealers = Array.from({ length: Math.min(leaving.length, this.#random.whole(1, 3)) }, () =>
        this.#random.whole(0, this.#plan.dealers.length - 1),
      )
      for (const [i, dealer] of dealers.entries()) {
        const part = leaving.filter((_, k) => k % dealers.length === i)
        const shippedOn = addDays(packedOn, this.#random.whole(2, 20))
        const dealerId = this.#dealerOf[lot.product.importer]![dealer]!
        await this.#tx(async (tx) => {
          const shipment = await events.ship(
            tx,
            {
              ...MOVE,
              choice: { ...EMPTY, containers: part.map((c) => c.sscc) },
              dealerId,
              number: `F${shippedOn.replaceAll('-', '')}-${String(++this.#shipments).padStart(4, '0')}`,
              note: '',
            },
            { actor, at: this.#at(shippedOn, 14) },
          )
          // the last shipments are still on their way
          if (addDays(shippedOn, 4) < this.#today)
            await events.receive(tx, shipment.id, this.#plan.dealers[dealer]!.city, { actor, at: this.#at(addDays(shippedOn, 3), 11) })
        })
        for (const carton of part) {
          carton.dealer = dealer
          carton.soldFrom = addDays(shippedOn, 5)
        }
      }
    }
  }

  /** Half a year of scans: most where the dealer sells, some far away, some by the same phone; and four stories. */
  async consumers(lots: BuiltLot[]): Promise<Story[]> {
    const { codes, events, feedback } = this.#modules
    const random = this.#random
    const now = this.#platform.clock.now()
    const scans: { code: bigint; at: Date; province: string; device: Buffer; after?: () => Promise<void> }[] = []
    const codeOf = (lot: BuiltLot, index: number) => (BigInt(lot.batch.id) << 32n) | BigInt(index)
    const dayAt = (day: CivilDate, spread: number) =>
      this.#at(addDays(day, random.whole(0, spread)), random.whole(8, 22), random.whole(0, 59))
    const everywhere = ['33', '31', '32', '44', '51', '37', '42', '11', '35', '61', '41', '21']

    for (const lot of lots) {
      for (const carton of lot.cartons) {
        const soldFrom = carton.soldFrom ?? (lot.product.crossBorder ? addDays(lot.activatedOn, 6) : undefined)
        if (soldFrom === undefined || soldFrom > this.#today) continue
        const home = carton.dealer === undefined ? everywhere : this.#plan.dealers[carton.dealer]!.provinces
        const left = Math.max(1, Math.round((Date.parse(this.#today) - Date.parse(soldFrom)) / 86_400_000))
        for (let index = carton.from; index <= carton.to; index++) {
          if (!random.chance(this.#plan.labels > 100_000 ? 0.05 : 0.3)) continue
          const device = random.bytes(16)
          const province = random.chance(0.9) ? random.pick(home) : random.pick(everywhere)
          const at = dayAt(soldFrom, left)
          scans.push({ code: codeOf(lot, index), at, province, device })
          if (random.chance(0.2))
            scans.push({
              code: codeOf(lot, index),
              at: new Date(Math.min(now.getTime(), at.getTime() + random.whole(1, 72) * 3_600_000)),
              province,
              device,
            })
          if (random.chance(0.08))
            scans.push({ code: codeOf(lot, index), at: dayAt(soldFrom, left), province: random.pick(everywhere), device: random.bytes(16) })
        }
      }
    }

    const shipped = lots.filter((lot) => lot.cartons.some((c) => c.dealer !== undefined) && !lot.product.expired)
    const uri = (lot: BuiltLot, index: number) => codes.uriOf(lot.batch, index)
    const stories: Story[] = []
    const tell = (key: Story['key'], lot: BuiltLot, index: number, zh: string, en: string) =>
      stories.push({ key, zh, en, uri: uri(lot, index) })

    const ordinary = shipped[3]!
    tell('ordinary', ordinary, ordinary.cartons[0]!.to, '一件普通商品：已登记，未见异常', 'An ordinary item: registered, nothing unusual')

    const coated = shipped.find((lot) => lot.pinOf !== undefined && lot !== ordinary)
    if (coated?.pinOf !== undefined) {
      const index = coated.cartons.find((c) => c.dealer !== undefined)!.to - 1
      const pin = coated.pinOf(index)
      tell('pin', coated, index, `涂层下的验证码是 ${pin}，可输入一次试试`, `The PIN under its coating is ${pin}: enter it and see`)
    }

    const clone = shipped[0]!
    const cloned = clone.cartons[0]!.from
    for (let i = 0; i < 64; i++)
      scans.push({
        code: codeOf(clone, cloned),
        at: this.#at(addDays(this.#today, -random.whole(0, 12)), random.whole(7, 23), random.whole(0, 59)),
        province: random.pick(everywhere),
        device: random.bytes(16),
      })
    tell(
      'clone',
      clone,
      cloned,
      '被复制的标签：十来天里在多个省份被查询六十多次',
      'A copied label: checked over sixty times in many provinces within two weeks',
    )

    const far = shipped.find((lot) => lot.cartons[0]!.dealer === 4) ?? shipped[1]!
    const carton = far.cartons.find((c) => c.dealer !== undefined)!
    for (let index = carton.from; index <= Math.min(carton.to, carton.from + 15); index++) {
      scans.push({
        code: codeOf(far, index),
        at: this.#at(addDays(this.#today, -random.whole(3, 9)), random.whole(9, 21), random.whole(0, 59)),
        province: '44',
        device: random.bytes(16),
      })
    }
    tell(
      'diverted',
      far,
      carton.from + 2,
      `被窜货的一箱：发往${this.#plan.dealers[carton.dealer!]!.city}，却在广东被接连查询`,
      `A diverted carton: shipped to ${this.#plan.dealers[carton.dealer!]!.nameEn}, scanned again and again in Guangdong`,
    )

    const bottle = shipped[2]!
    const emptied = bottle.cartons[0]!.from + 1
    const emptiedAt = this.#at(addDays(this.#today, -20), 20)
    scans.push({
      code: codeOf(bottle, emptied),
      at: new Date(emptiedAt.getTime() - 60_000),
      province: '33',
      device: random.bytes(16),
      after: () => this.#tx((tx) => events.retire(tx, { code: codeOf(bottle, emptied), at: emptiedAt })).then(() => undefined),
    })
    scans.push({ code: codeOf(bottle, emptied), at: this.#at(addDays(this.#today, -4), 16), province: '41', device: random.bytes(16) })
    tell(
      'retired',
      bottle,
      emptied,
      '已注销的空瓶又被扫描：可能被回灌',
      'A bottle that its user retired is scanned again: perhaps refilled',
    )

    const old = lots.find((lot) => lot.product.expired)!
    for (let i = 0; i < 6; i++)
      scans.push({
        code: codeOf(old, i),
        at: this.#at(addDays(this.#today, -random.whole(0, 6)), random.whole(9, 21)),
        province: '33',
        device: random.bytes(16),
      })
    tell('expired', old, 2, '过期批次仍在被查询', 'A lot past its date is still being scanned')

    const web = lots.find((lot) => lot.product.crossBorder)!
    tell('cross-border', web, 0, '跨境电商零售进口商品：仅限自用', 'Imported by cross-border retail: for personal use only')

    scans.sort((a, b) => a.at.getTime() - b.at.getTime())
    await this.#record(scans)

    const reports = [
      {
        lot: clone,
        index: cloned,
        kind: 'counterfeit' as const,
        text: '网店买的，扫码显示被查了很多次，盒子印刷也模糊。',
        boughtAt: '某网店（示例）',
      },
      { lot: old, index: 2, kind: 'mismatch' as const, text: '专柜还在卖，扫码提示已经过期。', boughtAt: '某商场专柜（示例）' },
      { lot: ordinary, index: ordinary.cartons[0]!.to, kind: 'question' as const, text: '请问开封后能用多久？', boughtAt: '' },
    ]
    for (const [i, r] of reports.entries()) {
      await feedback.submit({
        code: new URL(uri(r.lot, r.index)).pathname,
        kind: r.kind,
        text: r.text,
        boughtAt: r.boughtAt,
        contact: '',
        contactConsent: false,
        healthConsent: false,
        once: `demo-${i}`.padEnd(22, '0'),
        photoIds: [],
        province: '33',
        at: this.#at(addDays(this.#today, -3 + i), 15),
      })
    }
    return stories
  }

  async #record(
    scans: readonly { code: bigint; at: Date; province: string; device: Buffer; after?: () => Promise<void> }[],
  ): Promise<void> {
    const bits = new Map(provinces.map((p, i) => [p.code, 1n << BigInt(i)]))
    let batch: ScanRecord[] = []
    const flush = async () => {
      // a batch belongs to one lane: sorted by shard it is what the server would have written
      batch.sort((a, b) => bucketOf(a.code) - bucketOf(b.code) || a.at.getTime() - b.at.getTime())
      await recordScans(this.#platform.db, batch)
      this.#scans += batch.length
      batch = []
    }
    for (const scan of scans) {
      batch.push({
        code: scan.code,
        id: newId(scan.at),
        at: scan.at,
        province: scan.province,
        provinceBit: bits.get(scan.province) ?? 0n,
        device: scan.device,
        visitor: undefined,
        channel: this.#random.chance(0.8) ? 'wechat' : 'browser',
      })
      if (batch.length >= 512 || scan.after !== undefined) await flush()
      await scan.after?.()
    }
    if (batch.length > 0) await flush()
  }

  /** Work that is waiting, so that every role finds something to do: orders in each state, labels to activate. */
  async openWork(lots: BuiltLot[]): Promise<void> {
    const { imports, codes } = this.#modules
    const actor = this.#clerk(0)
    const entered = addDays(this.#today, -9)
    const at = this.#at(addDays(this.#today, -2), 10)
    const year = entered.slice(0, 4)
    const own = lots.filter((lot) => lot.product.importer === 0).slice(0, 5)
    await this.#tx(async (tx) => {
      const consignment = await imports.createConsignment(
        tx,
        {
          reference: `入境${year}-1-5`,
          declarationNumber: `3109${year}1${String(100_000_900)}`,
          tradeMode: '0110',
          declarationTransportMode: '2',
          firstLineTransportMode: '2',
          supplier: 'Example Export House (fictitious)',
          departureCountry: 'FRA',
          entryPort: '北仑海关',
          enteredOn: entered,
          inspectionCertificate: `3109${year}9000001`,
          inspectionPassedOn: addDays(entered, 5),
          releasedOn: addDays(entered, 5),
        },
        { organisationId: actor.organisationId, at },
      )
      this.#consignments++
      for (const [i, lot] of own.entries()) {
        const product = await this.#modules.products.productOf(tx, lot.productId)
        const fresh = await imports.addLot(
          tx,
          consignment,
          product!,
          {
            productId: lot.productId,
            lotNumber: `N${year.slice(2)}${String(i + 1).padStart(4, '0')}`,
            producedOn: addDays(entered, -90),
            expiresOn: addMonths(addDays(entered, -90), 36),
            quantity: 240,
          },
          { organisationId: actor.organisationId, at },
        )
        if (i === 4) continue
        const orderId = await codes.submitOrder(
          tx,
          { lotId: fresh.id, labelKind: 'gtin', quantity: 240, spoilage: 5, printerId: this.#ids.printer, rollSize: 120 },
          { actor, at },
        )
        if (i === 0) continue
        const batchId = await codes.approveOrder(tx, orderId, '', { actor: this.#operator(), at })
        if (i === 1) continue
        await codes.releasePack(tx, orderId, { actor: this.#operator(), at })
        if (i === 2) continue
        const batch = (await codes.batchesOf(tx, [batchId])).get(batchId)!
        await codes.reportPrinted(tx, orderId, { printed: 245, left: 0, scrapped: [], note: '' }, { actor: this.#printer(), at })
        await codes.receiveLabels(tx, orderId, { received: 245, note: '' }, { actor, at })
        this.#inert = codes.uriOf(batch, 0)
      }
    })
  }

  #inert = ''

  scenario(seed: number, stories: readonly Story[]): Scenario {
    return {
      seed,
      labels: this.#plan.labels,
      madeAt: this.#platform.clock.now().toISOString(),
      stories: [...stories, { key: 'inert', zh: '尚未激活的标签', en: 'A label that has not been activated', uri: this.#inert }],
      people: this.#people,
      printerIdentity: this.#printerIdentity,
      counts: {
        products: this.#plan.products.length,
        consignments: this.#consignments,
        labels: this.#plan.labels,
        cartons: this.#cartons,
        shipments: this.#shipments,
        scans: this.#scans,
      },
    }
  }
}

/** A drawn bottle in the brand's colour: no photograph of anybody's product. */
async function productPicture(p: PlannedProduct): Promise<Buffer> {
  const tall = ['serum', 'toner', 'fragrance', 'hair-care', 'bath', 'makeup-remover', 'cleanser', 'body-care'].includes(p.category)
  const [x, y, w, h] = tall ? [150, 120, 100, 220] : [110, 200, 180, 130]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="hsl(${p.hue},28%,93%)"/>
<ellipse cx="200" cy="345" rx="110" ry="14" fill="hsl(${p.hue},20%,82%)"/><rect x="${x + w / 4}" y="${y - 50}" width="${w / 2}" height="56" rx="6" fill="hsl(${p.hue},30%,32%)"/>
<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${tall ? 18 : 30}" fill="hsl(${p.hue},42%,58%)"/><rect x="${x + w * 0.12}" y="${y + 16}" width="${w * 0.1}" height="${h - 32}" rx="5" fill="hsl(${p.hue},60%,80%)"/>
<rect x="${x + w * 0.3}" y="${y + h * 0.4}" width="${w * 0.55}" height="${h * 0.34}" fill="hsl(${p.hue},40%,96%)"/></svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 82 }).toBuffer()
}
