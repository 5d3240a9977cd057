import { describe, expect, it } from 'vitest'
import { rank } from './negotiate.ts'

const link = (name: string, offer: { type?: string; lang?: string[]; context?: string[] } = {}) => ({
  name,
  mediaType: offer.type ?? 'text/html',
  hreflang: offer.lang ?? [],
  context: offer.context ?? [],
})
const zh = link('zh', { lang: ['zh'] })
const en = link('en', { lang: ['en'] })
const enUs = link('en-US', { lang: ['en-US'] })
const pdf = link('pdf', { type: 'application/pdf', lang: ['zh'] })

const best = (links: ReturnType<typeof link>[], wishes: { accept?: string; language?: string; context?: string } = {}) =>
  rank(links, { accept: wishes.accept, acceptLanguage: wishes.language, context: wishes.context }).best.map(({ name }) => name)

describe('choosing among links of one type', () => {
  it('leaves it open when nothing is wished for', () => {
    expect(best([zh, en])).toEqual(['zh', 'en'])
    expect(best([zh, en], { accept: '*/*', language: '*' })).toEqual(['zh', 'en'])
    expect(best([zh, en], { language: 'de' })).toEqual(['zh', 'en'])
  })

  it('takes the language that is wished for most, the exact tag before one that shares it', () => {
    expect(best([zh, en], { language: 'en, zh;q=0.9' })).toEqual(['en'])
    expect(best([zh, en], { language: 'en;q=0.1, zh-TW;q=0.2' })).toEqual(['zh'])
    expect(best([en, enUs], { language: 'en-US' })).toEqual(['en-US'])
    expect(best([en, enUs], { language: 'en-GB' })).toEqual(['en', 'en-US'])
    expect(best([zh, enUs], { language: 'zh;q=0.9, en-US;q=0.8' })).toEqual(['zh'])
  })

  it('never takes a language that is refused while another is there', () => {
    expect(best([zh, en], { language: 'zh;q=0, *' })).toEqual(['en'])
    expect(best([zh, link('any')], { language: 'fr' })).toEqual(['any'])
  })

  it('looks at the media type before the language, and at the context last', () => {
    expect(best([en, pdf], { accept: 'application/pdf', language: 'en' })).toEqual(['pdf'])
    expect(best([zh, pdf], { accept: 'text/html,*/*;q=0.8', language: 'zh' })).toEqual(['zh'])
    expect(best([zh, pdf], { accept: 'text/*;q=0.1, application/*' })).toEqual(['pdf'])
    const cn = link('CN', { lang: ['zh'], context: ['CN'] })
    const fr = link('FR', { lang: ['zh'], context: ['FR'] })
    expect(best([cn, fr, zh], { context: 'fr' })).toEqual(['FR'])
    expect(best([cn, fr, zh], { context: 'DE' })).toEqual(['zh'])
  })

  it('knows whether the best agrees with the request or merely does not contradict it', () => {
    expect(rank([zh], { accept: '*/*', acceptLanguage: 'zh', context: undefined }).agrees).toBe(true)
    expect(rank([zh], { accept: '*/*', acceptLanguage: undefined, context: undefined }).agrees).toBe(false)
    expect(rank([zh], { accept: '*/*', acceptLanguage: 'de', context: undefined }).agrees).toBe(false)
  })

  it.each(['', ',', ';;;', 'q=1', 'en;q=abc', 'en;q=-1', 'en;q=9', `${'a,'.repeat(100_000)}`, '\u0000', '*/*;q=1;x'])(
    'survives the header %j',
    (header) => {
      expect(best([zh, en], { language: header, accept: header }).length).toBeGreaterThan(0)
    },
  )
})
