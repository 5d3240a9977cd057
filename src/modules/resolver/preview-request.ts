import type { Words } from '../../kernel/errors.ts'
import { locationOf, questionOf } from './answer-request.ts'
import type { PreviewAnswer } from './contract.ts'
import { gatherLinks } from './gather-links.ts'
import type { Link } from './link.ts'
import type { Sources } from './own-links.ts'
import { resolve } from './resolve.ts'
import { readEntity } from './save-link.ts'

const SAYS = {
  redirect: { zh: '跳转到以下网址', en: 'redirects to this address' },
  'scan-page': { zh: '直接显示查询页', en: 'shows the check page of the item itself' },
  choices: { zh: '有多个链接同样符合，由读者选择', en: 'several links fit equally well: the reader chooses' },
  linkset: { zh: '返回全部链接', en: 'answers all links' },
  'no-entity': { zh: '没有关于该标识的链接', en: 'has no links' },
  'no-such-type': { zh: '没有此类型的链接', en: 'has no link of this type' },
} as const satisfies Readonly<Record<string, Words>>

const STATUS = { redirect: 307, choices: 300, linkset: 200, 'no-entity': 404, 'no-such-type': 404 } as const

/** What a request would get, without sending it. @throws AppError LINK_DIGITAL_LINK_INVALID */
export async function previewRequest(
  sources: Sources,
  asked: {
    readonly digitalLink: string
    readonly linkType: string | undefined
    readonly language: string | undefined
    readonly accept: string | undefined
    readonly context: string | undefined
  },
  surroundings: { readonly publicUrl: string; readonly at: Date },
): Promise<PreviewAnswer> {
  const entity = readEntity(asked.digitalLink)
  const { levels } = await gatherLinks(sources, entity, surroundings)
  const { linkType, accept, context, language: acceptLanguage } = asked
  const resolution = resolve(levels, questionOf({ linkType, accept, acceptLanguage, context }))
  const query = linkType === undefined || linkType === '' ? '' : `linkType=${encodeURIComponent(linkType)}`
  const location = resolution.kind === 'redirect' ? locationOf(resolution.link, query) : null
  // the default of an item is the page at its own address
  const atHome = query === '' && location === surroundings.publicUrl + entity.anchor
  return {
    anchor: entity.anchor,
    status: atHome ? 200 : STATUS[resolution.kind],
    location,
    words: SAYS[atHome ? 'scan-page' : resolution.kind],
    choices: resolution.kind === 'choices' ? resolution.links.map(shown) : [],
    levels: levels.map(({ anchor, links }) => ({ anchor, links: links.map(shown) })),
  }
}

const shown = ({ linkType, href, title, mediaType, hreflang, own }: Link) => ({
  linkType,
  href,
  title,
  mediaType,
  hreflang: [...hreflang],
  own,
})
