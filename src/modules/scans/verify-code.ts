import { codeId, type CodeRef } from '../../kernel/serial/serial-codec.ts'
import { type CivilDate, civilDateOf } from '../../kernel/time.ts'
import { newId } from '../../platform/ids.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Batch, Codes } from '../codes/index.ts'
import type { Labels } from '../labels/index.ts'
import { type Reveal, revealOf } from './check-pin.ts'
import { scansFail } from './errors.ts'
import { GroupCommit } from './group-commit.ts'
import type { ItemCard, ItemCards } from './item-card.ts'
import { bucketOf, peekScan, recordScans, type RecordedScan, type ScanRecord } from './repository.ts'
import { type Judgement, judge, type PinProof, type ScanFacts } from './verdict.ts'
import type { Visitor } from './visitor.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

export interface ScannedCode {
  /** 14 digits of AI 01, or undefined for a label that was ordered before its product was known. */
  readonly gtin: string | undefined
  readonly serial: string
}

export interface Verification {
  readonly judgement: Judgement
  /** What a label of a sandbox would have earned in earnest; undefined for every other label. */
  readonly trial: Judgement | undefined
  readonly code: ScannedCode
  /** undefined when the code is not ours. */
  readonly item: { readonly codeId: bigint; readonly scanId: string | undefined; readonly batch: Batch } | undefined
  readonly card: ItemCard
  readonly scan: RecordedScan | undefined
  /** undefined when the label has no PIN under a coating. */
  readonly pin: LabelPin | undefined
  /** undefined for a plain scan. */
  readonly pinProof: PinProof | undefined
  readonly at: Date
}

export interface LabelPin {
  readonly digits: number
  /** The first time that it was proved. */
  readonly reveal: Reveal | undefined
}

const NO_CARD: ItemCard = { product: undefined, lot: undefined, importer: undefined }
const MAX_BATCH = 256

/** A scan at its place in time: the server gives "now", the scenario gives the past. */
export interface ScanPlaceAndTime {
  readonly at: Date
  readonly province: string | undefined
  readonly provinceBit: bigint
}

/**
 * Verifies codes: decode (arithmetic, no database), then one group-committed statement that counts, records and reads
 * the item's state, then the published table of verdicts.
 */
export class Verifier {
  readonly #db: Database
  readonly #codes: Codes
  readonly #labels: Labels
  readonly #cards: ItemCards
  readonly #commits: GroupCommit<ScanRecord, RecordedScan>
  readonly #decoder: TurnDecoder

  constructor(parts: { db: Database; clock: Clock; codes: Codes; labels: Labels; cards: ItemCards; lanes: number }) {
    this.#db = parts.db
    this.#codes = parts.codes
    this.#labels = parts.labels
    this.#cards = parts.cards
    this.#decoder = new TurnDecoder(parts.codes)
    this.#commits = new GroupCommit({
      // one connection means one lane: a second one would only wait behind the first
      lanes: parts.db.engine === 'pglite' ? 1 : parts.lanes,
      maxBatch: MAX_BATCH,
      capacity: 5_000,
      laneOf: (scan) => bucketOf(scan.code),
      write: (batch) => recordScans(parts.db, batch),
    })
  }

  /** @throws AppError BUSY when more scans wait than can be answered in time */
  async verify(code: ScannedCode, visitor: Visitor, place: ScanPlaceAndTime, pin?: PinProof): Promise<Verification> {
    const ref = await this.#decoder.decode(code)
    if (ref === undefined) return notOurs(code, place.at)
    const batch = await this.#codes.batchOf(this.#db, ref.batch)
    if (batch === undefined || ref.index >= Number(batch.quantity) + batch.canaries) return notOurs(code, place.at)

    const id = codeId(ref)
    const scanId = visitor.person ? newId(place.at) : undefined
    const pending =
      scanId === undefined
        ? peekScan(this.#db, id)
        : this.#commits.submit({
            code: id,
            id: scanId,
            at: place.at,
            province: place.province,
            provinceBit: place.provinceBit,
            device: visitor.device,
            visitor: visitor.visitor,
            channel: visitor.channel,
          })
    if (pending === undefined) throw scansFail('BUSY', { seconds: 2 })
    const scan = await pending
    const card = await this.#cards.of({
      lotId: scan.lotId,
      productId: scan.productId ?? batch.productId,
      organisationId: batch.organisationId,
    })
    // a label without a GTIN of its own may be addressed by its product's, and by no other
    if (code.gtin !== undefined && batch.tweakGtin === 0n && card.product?.gtin !== code.gtin) return notOurs(code, place.at)
    const canary = ref.index >= Number(batch.quantity)
    const sandbox = isSandbox(batch.organisationId)
    const found: ScanFacts = {
      sandbox,
      status: scan.status,
      hold: scan.hold,
      canary,
      counted: scan.counted,
      scanCount: scan.scanCount,
      ownBefore: scan.ownBefore,
      provinces: scan.provinces,
      at: place.at,
      previousAt: scan.previousScanAt === null ? undefined : new Date(scan.previousScanAt),
      previousProvince: scan.previousProvince ?? undefined,
      province: place.province,
      today: civilDateOf(place.at),
      expiresOn: (card.lot?.expiresOn ?? undefined) as CivilDate | undefined,
      crossBorderRetail: card.lot?.regime === 'cross-border-retail',
      pin,
    }
    const judgement = judge(found)
    const digits = await this.#labels.pinDigitsOf(batch.id)
    const labelPin = digits === undefined ? undefined : { digits, reveal: await revealOf(this.#db, id) }
    if (canary && scanId !== undefined) await this.#codes.reportCanary(this.#db, id, 'scan', place.at)
    return {
      judgement,
      trial: sandbox ? judge({ ...found, sandbox: false }) : undefined,
      code,
      item: { codeId: id, scanId, batch },
      // whatever a sandbox says of its goods is for its own people
      card: sandbox ? NO_CARD : card,
      scan,
      pin: labelPin,
      pinProof: pin,
      at: place.at,
    }
  }

  /** The label that a code names, or undefined when it is none of ours; nothing is recorded. */
  async labelOf(code: ScannedCode): Promise<{ codeId: bigint; batch: Batch } | undefined> {
    const ref = await this.#decoder.decode(code)
    const batch = ref === undefined ? undefined : await this.#codes.batchOf(this.#db, ref.batch)
    return batch === undefined || ref!.index >= Number(batch.quantity) ? undefined : { codeId: codeId(ref!), batch }
  }

  get waiting(): number {
    return this.#commits.waiting
  }
}

function notOurs(code: ScannedCode, at: Date): Verification {
  return {
    judgement: { verdict: 'not-ours', reasons: ['NOT_OURS'] },
    trial: undefined,
    code,
    item: undefined,
    card: NO_CARD,
    scan: undefined,
    pin: undefined,
    pinProof: undefined,
    at,
  }
}

/** Codes that arrive in one turn of the event loop are deciphered together: ten cipher calls for all of them. */
class TurnDecoder {
  readonly #codes: Codes
  #queue: Waiting[] = []

  constructor(codes: Codes) {
    this.#codes = codes
  }

  decode(code: ScannedCode): Promise<CodeRef | undefined> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ code, resolve, reject })
      if (this.#queue.length === 1) setImmediate(() => this.#flush())
    })
  }

  #flush(): void {
    const queue = this.#queue
    this.#queue = []
    const refs = this.#read(queue)
    const unread = queue.flatMap((q, i) => (refs[i] === undefined ? [q] : []))
    const later = unread.length === 0 ? undefined : this.#codes.newKeysFor(unread.map((q) => q.code.serial))
    queue.forEach((q, i) => {
      if (refs[i] !== undefined || later === undefined) q.resolve(refs[i])
    })
    // a key that another process has just made: its labels are ours, although this process could not read them yet
    later?.then(
      (worthwhile) => {
        const again = worthwhile ? this.#read(unread) : []
        unread.forEach((q, i) => q.resolve(again[i]))
      },
      (error: unknown) => unread.forEach((q) => q.reject(error)),
    )
  }

  #read(queue: readonly Waiting[]): (CodeRef | undefined)[] {
    const own = this.#codes.decodeMany(
      queue.map((q) => q.code.gtin),
      queue.map((q) => q.code.serial),
    )
    // what does not decipher under its GTIN may be a label that was printed without one
    const again = queue.flatMap((q, i) => (own[i] === null && q.code.gtin !== undefined ? [i] : []))
    const blank =
      again.length === 0
        ? []
        : this.#codes.decodeMany(
            again.map(() => undefined),
            again.map((i) => queue[i]!.code.serial),
          )
    again.forEach((i, k) => {
      own[i] = blank[k] ?? null
    })
    return own.map((ref) => ref ?? undefined)
  }
}

interface Waiting {
  readonly code: ScannedCode
  readonly resolve: (ref: CodeRef | undefined) => void
  readonly reject: (error: unknown) => void
}
