import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Upload } from '../../platform/files/upload.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { Route } from '../../platform/http/route.ts'
import type { JobHandler } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import type { Product, Products } from '../products/index.ts'
import { commitJob } from './commit-import.ts'
import { consignmentRoutes } from './consignment-routes.ts'
import type { Consignment, Lot, LotFacts } from './contract.ts'
import { importRoutes } from './import-routes.ts'
import { type Import, importsWaiting } from './import-repository.ts'
import { entryListKind } from './entry-list.ts'
import type { ListKind } from './list-kind.ts'
import { readJob } from './read-import.ts'
import { type ConsignmentDocument, findConsignments, findLotFacts } from './repository.ts'
import { type ConsignmentInput, createConsignment, type ImportsContext, type LotIsInUse } from './save-consignment.ts'
import { addLot, type LotInput } from './save-lot.ts'
import { startImport } from './start-import.ts'
import type { Surroundings } from './stored.ts'
import { type DocumentInput, uploadDocument } from './upload-document.ts'

export type { Consignment, Lot, LotFacts } from './contract.ts'
export { IMPORTS_CONSTRAINTS } from './errors.ts'
export { activationGate, type GateReason } from './rules.ts'
export type { ConsignmentInput, ImportsContext, LotIsInUse } from './save-consignment.ts'
export type { LotInput } from './save-lot.ts'
export type { ListKind, ListReader, Sender } from './list-kind.ts'
export { type ListField, ListFields } from './list-fields.ts'
export { findRows, type Import, markCommitted, refuseRow, type StoredRow } from './import-repository.ts'
export { type JudgedRow, reasonAt } from './judge-row.ts'
export type { ComparedRow } from './compare-rows.ts'
export { cellText, understandText, type Understood } from './understand-cell.ts'
export type { RowReason } from './contract.ts'

export interface Imports {
  readonly routes: readonly Route[]
  readonly jobs: readonly JobHandler<any>[]
  lotOf(db: Sql, lotId: string): Promise<LotFacts | undefined>
  lotsOf(db: Sql, lotIds: readonly string[]): Promise<Map<string, LotFacts>>
  consignmentOf(db: Sql, consignmentId: string): Promise<Consignment | undefined>
  /** Lots of a consignment with its facts, in the order in which they were filed. */
  lotsOfConsignment(db: Sql, consignmentId: string): Promise<LotFacts[]>
  /** @throws AppError CONSIGNMENT_INVALID, DECLARATION_TAKEN */
  createConsignment(tx: Tx, input: ConsignmentInput, ctx: ImportsContext): Promise<Consignment>
  /** @throws AppError LOT_INVALID, LOT_TAKEN */
  addLot(tx: Tx, consignment: Consignment, product: Product, input: LotInput, ctx: ImportsContext): Promise<Lot>
  /** Takes an entry list in and starts to read it; `POST …/commit` then writes its good rows. */
  startImport(
    tx: Tx,
    file: Omit<Upload, 'field'>,
    ctx: { readonly actor: Pick<Actor, 'organisationId' | 'personId' | 'name'>; readonly at: Date },
  ): Promise<Import>
  /** Previews that wait for somebody to commit or discard them. */
  importsWaiting(db: Sql, organisationId: string): Promise<number>
  uploadDocument(
    tx: Tx,
    consignment: Consignment,
    input: DocumentInput,
    ctx: { readonly at: Date; readonly by: Pick<Actor, 'personId' | 'name'> },
  ): Promise<ConsignmentDocument>
}

export interface ImportsUpstream {
  readonly identity?: Identity
  readonly products: Products
  /** Whether labels of a lot are active; modules downstream know, so the composition root tells. */
  readonly lotIsInUse?: LotIsInUse
}

export function createImports(platform: Platform, upstream: ImportsUpstream): Imports {
  const { products } = upstream
  const lotIsInUse: LotIsInUse = upstream.lotIsInUse ?? (async () => false)
  const around: Surroundings = {
    productsByGtin: (db: Tx | Database, organisationId, gtins) => products.productsByGtin(db, organisationId, gtins),
    productIsInUse: (db, productId) => products.isInUse(db, productId),
    lotIsInUse,
  }
  const entryLists = entryListKind(platform, products, around)
  const lists = twoStepImport(platform, entryLists)
  return {
    routes: [...consignmentRoutes(platform, { products, lotIsInUse }), ...lists.routes],
    jobs: lists.jobs,
    lotOf: async (db, lotId) => (await findLotFacts(db, sql`l.id = ${lotId}`))[0],
    lotsOf: async (db, lotIds) =>
      new Map(lotIds.length === 0 ? [] : (await findLotFacts(db, sql`l.id = any(${lotIds}::uuid[])`)).map((lot) => [lot.id, lot])),
    consignmentOf: async (db, consignmentId) => (await findConsignments(db, sql`id = ${consignmentId}`))[0],
    lotsOfConsignment: (db, consignmentId) => findLotFacts(db, sql`l.consignment_id = ${consignmentId}`),
    createConsignment: (tx, input, ctx) => createConsignment(platform.db, tx, input, ctx),
    addLot: (tx, consignment, product, input, ctx) => addLot(platform.db, tx, consignment, product, input, ctx),
    startImport: async (tx, file, ctx) => (await startImport(platform, entryLists, tx, file, ctx)).import,
    importsWaiting,
    uploadDocument: (tx, consignment, input, ctx) =>
      uploadDocument(platform, tx, consignment, input, { at: ctx.at, by: { personId: ctx.by.personId, name: ctx.by.name } }),
  }
}

/** Routes and jobs of a kind of list that comes in by file, for modules that know others than entry lists. */
export function twoStepImport(
  platform: Platform,
  kind: ListKind,
): { readonly routes: readonly Route[]; readonly jobs: readonly JobHandler<any>[] } {
  return { routes: importRoutes(platform, kind), jobs: [readJob(platform, kind), commitJob(platform, kind)] }
}
