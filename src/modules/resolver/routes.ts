import { LINK_TYPES } from '../../kernel/gs1/link-types.ts'
import { sql } from '../../platform/db/sql.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { queryText } from '../../platform/http/query-text.ts'
import { act, type AuditNote, raw, read, type Route } from '../../platform/http/route.ts'
import { sendPublicPage } from '../../platform/pages/public-page.tsx'
import type { Platform } from '../../platform/platform.ts'
import { allowEveryOrigin, type Answerer, answerOptions, linkToLinkset } from './answer-request.ts'
import {
  LINK_LEVELS,
  LINK_PATHS,
  LINK_ROLES,
  linkBody,
  linkParams,
  linkUpdateBody,
  linkVersionQuery,
  linkView,
  type LinkView,
  previewAnswer,
  previewQuery,
} from './contract.ts'
import { descriptionFile } from './description-file.ts'
import { entityOfText, levelOf } from './entity.ts'
import { fail } from './errors.ts'
import type { Sources } from './own-links.ts'
import { productPage } from './pages.tsx'
import { linksSeenBy } from './policy.ts'
import { previewRequest } from './preview-request.ts'
import { findLinkInside, type StoredLink } from './repository.ts'
import { changeLink, registerLink, removeLink, restoreLink } from './save-link.ts'

const words = (zh: string, en: string) => ({ zh, en })

interface Parts {
  readonly platform: Platform
  readonly sources: Sources
  readonly answerer: Answerer
}

export function resolverRoutes(parts: Parts): Route[] {
  return [...publicRoutes(parts), ...consoleRoutes(parts)]
}

/** Where links are asked for. GTINs, labels and EPCs in binary come in by the scans' routes, which ask the answerer. */
const RESOLVED = [
  '/01/*',
  '/s/:serial',
  '/:epc(^(?:e[hx][A-Za-z0-9_-]+|[0-9]{2,4})$)',
  '/:key(^[0-9]{2,4}$)/*',
  '/.well-known/gs1resolver',
] as const

function publicRoutes({ platform, sources, answerer }: Parts): Route[] {
  const { publicUrl } = platform.config
  return [
    raw({
      id: 'resolver.resolve',
      method: 'GET',
      url: '/:key(^[0-9]{2,4}$)/*',
      documentedAs: '/{key}/{value}',
      summary: words('解析 GS1 Digital Link', 'Resolve a GS1 Digital Link'),
      policy: { access: 'public' },
      limitPerMinute: Infinity,
      answers: {
        200: { mediaType: 'application/linkset+json', description: 'linkType=linkset or Accept: application/linkset+json' },
        300: { mediaType: 'application/linkset+json', description: 'several links fit equally well' },
        307: { mediaType: 'text/plain', description: 'the link, with the whole query' },
      },
      handle: ({ facts, request, reply }) => answerer.answer(facts, request, reply),
    }),
    raw({
      id: 'resolver.description',
      method: 'GET',
      url: '/.well-known/gs1resolver',
      summary: words('解析服务说明文件', 'Description file of the resolver'),
      policy: { access: 'public' },
      answers: { 200: { mediaType: 'application/json', description: 'as the schema of GS1-Conformant Resolver 1.2.1 has it' } },
      handle: async ({ reply }) =>
        allowEveryOrigin(reply)
          .type('application/json; charset=utf-8')
          .header('cache-control', 'public, max-age=3600')
          .send(JSON.stringify(descriptionFile(publicUrl))),
    }),
    ...RESOLVED.map((url, i) =>
      raw({
        id: `resolver.options-${i + 1}`,
        method: 'OPTIONS',
        url,
        summary: words('可用的方法', 'Methods that there are'),
        policy: { access: 'public' },
        hidden: true,
        handle: async ({ reply }) => answerOptions(reply),
      }),
    ),
    raw({
      id: 'resolver.product-page',
      method: 'GET',
      url: '/product/:gtin',
      summary: words('商品信息页', 'Page of a product'),
      policy: { access: 'public' },
      hidden: true,
      handle: async ({ facts, request, reply }) => {
        const { gtin } = request.params as { gtin: string }
        const view = { locale: facts.locale, large: queryText(request, 'size') === 'large' }
        const products = /^\d{14}$/.test(gtin) ? await sources.products.of(gtin, facts.at) : []
        if (products.length === 0) throw fail('UNKNOWN_ENTITY')
        reply.header('link', linkToLinkset(publicUrl, `/01/${gtin}`)).header('vary', 'accept-language')
        return sendPublicPage(reply, 200, productPage(products, publicUrl, view))
      },
    }),
  ]
}

const linkList = defineListing({
  name: 'links',
  from: sql`resolver_link l join organisation o on o.id = l.organisation_id`,
  key: sql`l.id`,
  defaultSort: '-createdAt',
  search: [sql`l.anchor`, sql`l.title`, sql`l.href`],
  columns: {
    id: { sql: sql`l.id`, type: 'text', words: words('编号', 'Id'), exported: false },
    anchor: { sql: sql`l.anchor`, type: 'text', words: words('标识', 'Identifier') },
    gtin: { sql: sql`l.gtin`, type: 'text', words: words('商品条码', 'Barcode') },
    // values are escaped in an anchor, so that each slash divides; the last pair is the finest
    level: {
      sql: sql`case when l.gtin is null then 'other' when l.anchor ~ '^/[0-9]+/[^/]+/(21|235)/[^/]+$' then 'item' when l.anchor ~ '/10/[^/]+$' then 'lot'
        when l.anchor ~ '^/[0-9]+/[^/]+$' then 'product' else 'variant' end`,
      type: 'enum',
      words: words('层级', 'Level'),
      options: LINK_LEVELS,
    },
    linkType: { sql: sql`l.link_type`, type: 'enum', words: words('类型', 'Type'), options: LINK_TYPES },
    title: { sql: sql`l.title`, type: 'text', words: words('标题', 'Title') },
    href: { sql: sql`l.href`, type: 'text', words: words('目标网址', 'Target') },
    mediaType: { sql: sql`l.media_type`, type: 'text', words: words('媒体类型', 'Media type') },
    hreflang: { sql: sql`array_to_string(l.hreflang, ' ')`, type: 'text', words: words('语言', 'Languages') },
    role: { sql: sql`l.role`, type: 'enum', words: words('作用', 'Role'), options: LINK_ROLES },
    validFrom: { sql: sql`l.valid_from`, type: 'instant', words: words('生效时间', 'Valid from') },
    validUntil: { sql: sql`l.valid_until`, type: 'instant', words: words('失效时间', 'Valid until') },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: words('企业', 'Organisation') },
    organisationNameEn: { sql: sql`o.name_en`, type: 'text', words: words('企业（英文）', 'Organisation (English)') },
    version: { sql: sql`l.version`, type: 'number', words: words('版本', 'Version'), exported: false },
    createdAt: { sql: sql`l.created_at`, type: 'instant', words: words('登记时间', 'Registered') },
    updatedAt: { sql: sql`l.updated_at`, type: 'instant', words: words('更新时间', 'Updated') },
  },
})

const FACTS = {
  linkType: 'certificationInfo',
  href: 'https://www.example.com/certificates/L1.pdf',
  title: '检验证书',
  mediaType: 'application/pdf',
  hreflang: ['zh'],
  role: 'link',
}

function consoleRoutes({ platform, sources }: Parts): Route[] {
  const { upstream } = sources
  const { publicUrl } = platform.config
  const own = { access: 'links.write', object: { kind: 'link', param: 'linkId' } } as const
  const noteOf = (link: StoredLink): AuditNote => ({
    objectKind: 'link',
    objectId: link.id,
    organisationId: link.organisationId,
    detail: { anchor: link.anchor, linkType: link.linkType, href: link.href, role: link.role },
  })

  return [
    read({
      id: 'resolver.list-links',
      url: LINK_PATHS.list,
      summary: words('解析链接列表', 'List links'),
      policy: { access: 'links.read' },
      query: listQuery,
      answers: { 200: pageOfListing(linkList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, linkList, query, { where: sql`l.deleted_at is null and ${linksSeenBy(actor)}`, facts, reply }),
    }),
    read({
      id: 'resolver.preview',
      url: LINK_PATHS.preview,
      summary: words('预览一次请求会得到什么', 'Preview what a request would get'),
      policy: { access: 'links.read' },
      // it tells whether a serial is ours: no faster than strangers may try them
      limitPerMinute: 60,
      query: previewQuery,
      answers: { 200: previewAnswer },
      // it says what anybody may ask the resolver itself
      handle: ({ query: { digitalLink, linkType, language, accept, context }, facts }) =>
        previewRequest(sources, { digitalLink, linkType, language, accept, context }, { publicUrl, at: facts.at }),
    }),
    read({
      id: 'resolver.get-link',
      url: LINK_PATHS.one,
      summary: words('链接详情', 'Read a link'),
      policy: { access: 'links.read', object: { kind: 'link', param: 'linkId' } },
      params: linkParams,
      answers: { 200: linkView },
      handle: async ({ params, actor }) => {
        const link = await findLinkInside(platform.db, params.linkId, linksSeenBy(actor))
        if (link === undefined || link.deletedAt !== null) throw httpFail('NOT_FOUND')
        return viewOf(link)
      },
    }),
    act({
      id: 'resolver.register-link',
      method: 'POST',
      url: LINK_PATHS.list,
      summary: words('登记链接', 'Register a link'),
      policy: { access: 'links.write' },
      idempotency: 'required',
      status: 201,
      body: linkBody,
      example: { body: { digitalLink: '/01/09521234567899/10/L1', ...FACTS } },
      answers: { 201: linkView },
      handle: async ({ tx, body, actor, facts, audit }) => {
        const link = await registerLink(tx, body, { actor, at: facts.at, publicUrl, upstream })
        audit(noteOf(link))
        return viewOf(link)
      },
    }),
    act({
      id: 'resolver.change-link',
      method: 'PUT',
      url: LINK_PATHS.one,
      summary: words('修改链接', 'Change a link'),
      policy: own,
      idempotency: 'none',
      params: linkParams,
      body: linkUpdateBody,
      example: { body: { ...FACTS, version: 1 } },
      answers: { 200: linkView },
      handle: async ({ tx, params, body, actor, facts, audit }) => {
        const link = await changeLink(tx, params.linkId, body, { actor, at: facts.at, publicUrl, upstream })
        audit(noteOf(link))
        return viewOf(link)
      },
    }),
    act({
      id: 'resolver.remove-link',
      method: 'DELETE',
      url: LINK_PATHS.one,
      summary: words('删除链接', 'Take a link away'),
      policy: own,
      idempotency: 'none',
      params: linkParams,
      query: linkVersionQuery,
      answers: { 204: { mediaType: 'text/plain', description: 'taken away; `restore` brings it back' } },
      handle: async ({ tx, params, query, actor, facts, audit }) => {
        audit(noteOf(await removeLink(tx, params.linkId, query.version, { actor, at: facts.at, publicUrl, upstream })))
        return null
      },
    }),
    act({
      id: 'resolver.restore-link',
      method: 'POST',
      url: LINK_PATHS.restore,
      summary: words('恢复已删除的链接', 'Bring a link back'),
      policy: own,
      idempotency: 'required',
      params: linkParams,
      answers: { 200: linkView },
      handle: async ({ tx, params, actor, facts, audit }) => {
        const link = await restoreLink(tx, params.linkId, { actor, at: facts.at, publicUrl, upstream })
        audit(noteOf(link))
        return viewOf(link)
      },
    }),
  ]
}

function viewOf(link: StoredLink): LinkView {
  const { id, organisationId, anchor, gtin, linkType, href, title, mediaType, role, validFrom, validUntil, version, createdAt, updatedAt } =
    link
  const read = entityOfText(anchor)
  return {
    id,
    organisationId,
    anchor,
    gtin,
    level: read.ok ? levelOf(read.entity) : 'other',
    linkType,
    href,
    title,
    mediaType,
    hreflang: [...link.hreflang],
    context: [...link.context],
    role,
    validFrom,
    validUntil,
    version,
    createdAt,
    updatedAt,
  }
}
