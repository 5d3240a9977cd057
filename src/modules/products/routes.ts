import { matchCountry } from '../../kernel/cn/customs.ts'
import { civilDateOf } from '../../kernel/time.ts'
import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, raw, read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import {
  completenessOf,
  deleteQuery,
  PRODUCT_CATEGORIES,
  PRODUCT_PATHS,
  type Product,
  productBody,
  productCopyBody,
  productDetail,
  productParams,
  productUpdateBody,
} from './contract.ts'
import { fail } from './errors.ts'
import { productsOwnedBy, productsSeenBy } from './policy.ts'
import { deleteProduct, findProductInside, lockProduct } from './repository.ts'
import { productNotes } from './rules.ts'
import { bodyOf, changeProduct, createProduct, type IsInUse } from './save-product.ts'
import { openPicture, PICTURE_KINDS, PICTURE_MAX_BYTES, setPicture } from './set-picture.ts'
import { sameWorld } from '../../kernel/sandbox.ts'

const words = (zh: string, en: string) => ({ zh, en })

const productList = defineListing({
  name: 'products',
  from: sql`product p`,
  key: sql`p.id`,
  defaultSort: '-createdAt',
  search: [sql`p.name_zh`, sql`p.name_en`, sql`p.gtin`, sql`p.filing_number`, sql`p.brand`],
  columns: {
    id: { sql: sql`p.id`, type: 'text', words: words('编号', 'Id'), exported: false },
    gtin: { sql: sql`p.gtin`, type: 'text', words: words('商品条码', 'Barcode') },
    nameZh: { sql: sql`p.name_zh`, type: 'text', words: words('中文名称', 'Chinese name') },
    nameEn: { sql: sql`p.name_en`, type: 'text', words: words('英文名称', 'English name') },
    brand: { sql: sql`p.brand`, type: 'text', words: words('品牌', 'Brand') },
    spec: { sql: sql`p.spec`, type: 'text', words: words('规格', 'Net content') },
    category: {
      sql: sql`p.category`,
      type: 'enum',
      words: words('类别', 'Category'),
      options: { '': words('未填', 'not given'), ...PRODUCT_CATEGORIES },
    },
    special: { sql: sql`p.special`, type: 'boolean', words: words('特殊化妆品', 'Special') },
    origin: { sql: sql`p.origin`, type: 'text', words: words('原产国（地）', 'Origin') },
    filingNumber: { sql: sql`p.filing_number`, type: 'text', words: words('备案/注册编号', 'Filing number') },
    responsiblePerson: { sql: sql`p.responsible_person`, type: 'text', words: words('境内责任人', 'Responsible person') },
    completeness: { sql: sql`p.completeness`, type: 'number', words: words('完整度（一般贸易）', 'Complete % (general trade)') },
    completenessCrossBorder: {
      sql: sql`p.completeness_cross_border`,
      type: 'number',
      words: words('完整度（跨境）', 'Complete % (cross-border)'),
    },
    pictureFileId: { sql: sql`p.picture_file_id`, type: 'text', words: words('图片', 'Picture'), exported: false },
    version: { sql: sql`p.version`, type: 'number', words: words('版本', 'Version'), exported: false },
    createdAt: { sql: sql`p.created_at`, type: 'instant', words: words('建立时间', 'Created') },
    updatedAt: { sql: sql`p.updated_at`, type: 'instant', words: words('更新时间', 'Updated') },
  },
})

const EXAMPLE = {
  gtin: '9521234567899',
  nameZh: '示例保湿面霜',
  nameEn: 'Example Moisturising Cream',
  brand: '示例 Example',
  spec: '50 mL',
  category: 'cream',
  origin: 'FRA',
  filingNumber: '国妆网备进字（浙）2024005219',
  responsiblePerson: '宁波示例进出口有限公司',
  manufacturer: 'Example Laboratoires, 1 Rue de l’Exemple, Grasse',
  ingredients: '水、甘油、丁二醇、角鲨烷',
  directions: '洁面后取适量涂抹于面部。',
  shelfLifeMonths: 36,
  paoMonths: 12,
}

export function productRoutes(
  platform: Platform,
  { identity, isInUse }: { identity: Pick<Identity, 'organisationOf'>; isInUse: IsInUse },
): Route[] {
  const checkBrand = async (db: Sql, brandOrganisationId: string | null, organisationId: string): Promise<void> => {
    if (brandOrganisationId === null) return
    if (!sameWorld(brandOrganisationId, organisationId)) throw fail('BRAND_ORGANISATION_UNKNOWN')
    if ((await identity.organisationOf(db, brandOrganisationId))?.kind !== 'brand') throw fail('BRAND_ORGANISATION_UNKNOWN')
  }
  const own = { access: 'products.write', object: { kind: 'product', param: 'productId' } } as const

  return [
    read({
      id: 'products.list',
      url: PRODUCT_PATHS.list,
      summary: words('产品列表', 'List products'),
      policy: { access: 'products.read' },
      query: listQuery,
      answers: { 200: pageOfListing(productList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, productList, query, { where: productsSeenBy(actor), facts, reply }),
    }),
    read({
      id: 'products.get',
      url: PRODUCT_PATHS.one,
      summary: words('产品详情', 'Read a product'),
      policy: { access: 'products.read', object: { kind: 'product', param: 'productId' } },
      params: productParams,
      answers: { 200: productDetail },
      handle: async ({ params, actor, facts }) => {
        const product = await findProductInside(platform.db, params.productId, productsSeenBy(actor))
        if (product === undefined) throw httpFail('NOT_FOUND')
        return detailOf(product, facts.at, await isInUse(platform.db, product.id))
      },
    }),
    act({
      id: 'products.create',
      method: 'POST',
      url: PRODUCT_PATHS.list,
      summary: words('备案产品', 'File a product'),
      policy: { access: 'products.write' },
      idempotency: 'required',
      status: 201,
      body: productBody,
      example: { body: EXAMPLE },
      answers: { 201: productDetail },
      handle: async ({ tx, body, actor, facts, audit }) => {
        await checkBrand(tx, body.brandOrganisationId, actor.organisationId)
        const product = await createProduct(tx, body, { organisationId: actor.organisationId, at: facts.at })
        audit({ objectKind: 'product', objectId: product.id, detail: { gtin: product.gtin, nameZh: product.nameZh } })
        return detailOf(product, facts.at, false)
      },
    }),
    act({
      id: 'products.change',
      method: 'PUT',
      url: PRODUCT_PATHS.one,
      summary: words('修改产品', 'Change a product'),
      policy: own,
      idempotency: 'none',
      params: productParams,
      body: productUpdateBody,
      example: { body: { ...EXAMPLE, version: 1 } },
      answers: { 200: productDetail },
      handle: async ({ tx, params, body: { version, ...body }, actor, facts, audit }) => {
        const before = await lockProduct(tx, params.productId, productsOwnedBy(actor))
        if (before === undefined) throw httpFail('NOT_FOUND')
        if (body.brandOrganisationId !== before.brandOrganisationId) await checkBrand(tx, body.brandOrganisationId, actor.organisationId)
        const { product, changed } = await changeProduct(tx, before, body, {
          organisationId: actor.organisationId,
          at: facts.at,
          version,
          isInUse,
        })
        audit({ objectKind: 'product', objectId: product.id, detail: { changed } })
        return detailOf(product, facts.at, await isInUse(tx, product.id))
      },
    }),
    act({
      id: 'products.copy',
      method: 'POST',
      url: PRODUCT_PATHS.copy,
      summary: words('复制为新规格', 'Copy as a variant'),
      policy: own,
      idempotency: 'required',
      status: 201,
      params: productParams,
      body: productCopyBody,
      example: { body: { gtin: '9521234567905', spec: '100 mL' } },
      answers: { 201: productDetail },
      handle: async ({ tx, params, body, actor, facts, audit }) => {
        const source = await findProductInside(tx, params.productId, productsOwnedBy(actor))
        if (source === undefined) throw httpFail('NOT_FOUND')
        // the picture stays behind: another size looks different
        const product = await createProduct(tx, { ...bodyOf(source), ...body }, { organisationId: actor.organisationId, at: facts.at })
        audit({ objectKind: 'product', objectId: product.id, detail: { copiedFrom: source.id, gtin: product.gtin } })
        return detailOf(product, facts.at, false)
      },
    }),
    act({
      id: 'products.delete',
      method: 'DELETE',
      url: PRODUCT_PATHS.one,
      summary: words('删除未使用的产品', 'Delete a product that nothing uses'),
      policy: own,
      idempotency: 'none',
      params: productParams,
      query: deleteQuery,
      answers: { 204: { mediaType: 'text/plain', description: 'deleted' } },
      handle: async ({ tx, params, query, actor, audit }) => {
        const product = await lockProduct(tx, params.productId, productsOwnedBy(actor))
        if (product === undefined) throw httpFail('NOT_FOUND')
        if (query.version !== undefined && query.version !== product.version) throw httpFail('CONFLICT')
        if (await isInUse(tx, product.id)) throw fail('PRODUCT_IN_USE')
        await deleteProduct(tx, product.id)
        audit({ objectKind: 'product', objectId: product.id, detail: { gtin: product.gtin, nameZh: product.nameZh } })
        return null
      },
    }),
    act({
      id: 'products.set-picture',
      method: 'PUT',
      url: PRODUCT_PATHS.picture,
      summary: words('上传产品图片', 'Upload the picture of a product'),
      policy: own,
      idempotency: 'none',
      params: productParams,
      upload: { maxBytes: PICTURE_MAX_BYTES, kinds: PICTURE_KINDS },
      answers: { 200: productDetail },
      handle: async ({ tx, params, actor, facts, audit, upload }) => {
        const before = await lockProduct(tx, params.productId, productsOwnedBy(actor))
        if (before === undefined) throw httpFail('NOT_FOUND')
        if (upload === undefined) throw fail('PICTURE_MISSING')
        const product = await setPicture(platform, tx, before, upload, {
          organisationId: actor.organisationId,
          at: facts.at,
          by: actor.personId,
        })
        audit({ objectKind: 'product', objectId: product.id, detail: { pictureFileId: product.pictureFileId } })
        return detailOf(product, facts.at, await isInUse(tx, product.id))
      },
    }),
    raw({
      id: 'products.picture',
      method: 'GET',
      url: PRODUCT_PATHS.publicPicture,
      summary: words('产品图片', 'Picture of a product'),
      policy: { access: 'public' },
      answers: { 200: { mediaType: 'image/webp', description: 'the picture; ?size=small is 320 pixels wide' } },
      handle: async ({ request, reply }) => {
        const { fileId } = request.params as { fileId: string }
        const small = (request.query as { size?: unknown }).size === 'small'
        const bytes = await openPicture(platform, fileId, small)
        if (bytes === undefined) throw httpFail('NOT_FOUND')
        return reply
          .type('image/webp')
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header('x-content-type-options', 'nosniff')
          .send(bytes)
      },
    }),
  ]
}

function detailOf(product: Product, at: Date, identityFixed: boolean) {
  return {
    ...product,
    originName: matchCountry(product.origin)?.value ?? null,
    general: completenessOf(product, 'general'),
    crossBorder: completenessOf(product, 'cross-border-retail'),
    notes: productNotes(product, civilDateOf(at)),
    identityFixed,
  }
}
