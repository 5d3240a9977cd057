import { z } from 'zod'
import type { Words } from '../../kernel/errors.ts'
import { LINK_TYPE_NAMES } from '../../kernel/gs1/link-types.ts'

export const LINK_PATHS = {
  list: '/api/links',
  one: '/api/links/:linkId',
  restore: '/api/links/:linkId/restore',
  preview: '/api/links/preview',
} as const

export const LINK_ROLES = {
  link: { zh: '普通链接', en: 'link' },
  default: { zh: '默认链接', en: 'default link' },
  'default-multi': { zh: '按语言的默认链接', en: 'default by language' },
} as const satisfies Readonly<Record<string, Words>>
export type LinkRole = keyof typeof LINK_ROLES
const roleNames = Object.keys(LINK_ROLES) as [LinkRole, ...LinkRole[]]

/** What a link belongs to; `other`: a key that holds no GTIN. */
export const LINK_LEVELS = {
  product: { zh: '商品', en: 'product' },
  variant: { zh: '变体', en: 'variant' },
  lot: { zh: '批次', en: 'lot' },
  item: { zh: '单品', en: 'item' },
  other: { zh: '其他标识', en: 'other' },
} as const satisfies Readonly<Record<string, Words>>
export type LinkLevel = keyof typeof LINK_LEVELS

/** Media types that are offered first; any other may be given. */
export const COMMON_MEDIA_TYPES = [
  'text/html',
  'application/pdf',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'video/mp4',
] as const

const NO_CONTROLS = 'CONTROL|不能含控制字符|must not contain control characters'
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, NO_CONTROLS)

/** `ll` or `ll-CC`: the published schema of linksets knows no other form of a language. */
const language = z
  .string()
  .trim()
  .transform((tag) =>
    tag.replace(/^([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?$/, (_, ll: string, cc?: string) =>
      cc === undefined ? ll.toLowerCase() : `${ll.toLowerCase()}-${cc.toUpperCase()}`,
    ),
  )
  .pipe(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'LANGUAGE|语言写作 zh 或 zh-CN|a language is written zh or zh-CN'))

const mediaType = z
  .string()
  .trim()
  .toLowerCase()
  .max(100)
  .regex(
    /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/,
    'MEDIA_TYPE|应为媒体类型，如 text/html|must be a media type such as text/html',
  )

const unique = <T>(items: T[]): T[] => [...new Set(items)]

const facts = z.strictObject({
  linkType: z.enum(LINK_TYPE_NAMES).describe('link type of the GS1 Web Vocabulary, without gs1:'),
  href: line(2000).min(1).describe('http or https address of a public host'),
  title: line(200).min(1),
  mediaType: mediaType.default('text/html'),
  hreflang: z.array(language).max(20).transform(unique).default([]),
  context: z.array(line(50).min(1)).max(10).transform(unique).default([]),
  role: z.enum(roleNames).default('link'),
  validFrom: z.iso.datetime({ offset: true }).nullable().default(null),
  validUntil: z.iso.datetime({ offset: true }).nullable().default(null),
})

export const linkBody = facts.extend({
  digitalLink: line(2000)
    .min(1)
    .describe('what the link belongs to: a Digital Link or its path, an element string such as (01)09521234567899(10)L1, or an EPC URN'),
})
export type LinkBody = z.output<typeof linkBody>

export const linkUpdateBody = facts.extend({
  version: z.number().int().min(1).describe('version that was read; a newer one answers CONFLICT'),
})
export type LinkFacts = z.output<typeof facts>

export const linkParams = z.strictObject({ linkId: z.uuid() })
export const linkVersionQuery = z.object({ version: z.coerce.number().int().min(1).optional() })

export const linkView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  anchor: z.string().describe('path of the Digital Link that the link belongs to'),
  gtin: z.string().nullable(),
  level: z.enum(Object.keys(LINK_LEVELS) as [LinkLevel, ...LinkLevel[]]),
  linkType: z.enum(LINK_TYPE_NAMES),
  href: z.string(),
  title: z.string(),
  mediaType: z.string(),
  hreflang: z.array(z.string()),
  context: z.array(z.string()),
  role: z.enum(roleNames),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type LinkView = z.output<typeof linkView>

export const previewQuery = z.object({
  digitalLink: line(2000).min(1),
  linkType: line(200).optional(),
  language: line(200).optional().describe('as Accept-Language'),
  accept: line(500).optional().describe('as Accept'),
  context: line(50).optional(),
})

const previewLink = z.object({
  linkType: z.string(),
  href: z.string(),
  title: z.string(),
  mediaType: z.string(),
  hreflang: z.array(z.string()),
  own: z.boolean().describe('a page of this platform, offered without registration'),
})

export const previewAnswer = z.object({
  anchor: z.string(),
  status: z.number().int().describe('HTTP status that a request would get'),
  location: z.string().nullable(),
  words: z.object({ zh: z.string(), en: z.string() }),
  choices: z.array(previewLink),
  levels: z.array(z.object({ anchor: z.string(), links: z.array(previewLink) })),
})
export type PreviewAnswer = z.output<typeof previewAnswer>
