import { describe, expect, it } from 'vitest'
import { entityOfRequest, entityOfText, levelOf, levelsOf, mayBeRegistered } from './entity.ts'

const entity = (text: string) => {
  const read = entityOfText(text)
  if (!read.ok) throw new Error(read.fault.code)
  return read.entity
}

describe('the entity that somebody names', () => {
  it.each([
    ['/01/09521234567899', '/01/09521234567899'],
    ['/01/9521234567899/', '/01/09521234567899'],
    ['https://id.gs1.org/01/09521234567899/10/A%2fB?17=261231', '/01/09521234567899/10/A%2FB'],
    ['HTTPS://ANY.EXAMPLE/some/stem/01/09521234567899', '/01/09521234567899'],
    ['(01)09521234567899(10)L1(17)261231', '/01/09521234567899/10/L1'],
    ['(10)L1(01)09521234567899(22)V', '/01/09521234567899/22/V/10/L1'],
    ['urn:epc:id:sgtin:9521234.056789.S1', '/01/09521234567899/21/S1'],
    ['/8006/095212345678990102/21/X', '/8006/095212345678990102/21/X'],
    ['/01/09521234567899/235/T?10=L', '/01/09521234567899/235/T'],
    ['/01/09521234567899/21/ehF7', '/01/09521234567899/21/ehF7'],
    ['https://a.example/x/ehf73795211411234538566cb0afc4?linkType=all', '/01/79521141123453/21/32a%2Fb'],
  ])('is kept in one spelling: %s', (text, anchor) => {
    expect(entity(text).anchor).toBe(anchor)
  })

  it.each([
    '',
    '/',
    '09521234567899',
    'https://example.com/',
    '/01/09521234567890',
    '(10)L1',
    '/s/X',
    'javascript:alert(1)',
    '/01/09521234567899/10/',
  ])('is refused when there is none: %j', (text) => {
    expect(entityOfText(text).ok).toBe(false)
  })
})

describe('the entity of a request', () => {
  it('stands at the root: a key behind other segments is none of ours', () => {
    expect(entityOfRequest('/x/01/09521234567899').ok).toBe(false)
    expect(entityOfRequest('/01/09521234567899').ok).toBe(true)
  })

  it.each([
    ['/01/09521234567899/21/ehF7', '/01/09521234567899/21/ehF7', false],
    ['/01/09521234567899/10/ex-A_1/', '/01/09521234567899/10/ex-A_1', false],
    ['/ehf73795211411234538566cb0afc4', '/01/79521141123453/21/32a%2Fb', true],
    ['/ehF73795211411234538566CB0AFC4?17=261231&linkType=all', '/01/79521141123453/21/32a%2Fb', true],
    ['/ex9zeVIRQRI0U4Vmywr8Q/?linkType=all', '/01/79521141123453/21/32a%2Fb', true],
  ])('is compressed only where the address is no Digital Link as it stands: %s', (path, anchor, compressed) => {
    expect(entityOfRequest(path)).toMatchObject({ ok: true, compressed, entity: { anchor } })
  })

  it('carries the attributes of the query through a compressed address', () => {
    expect(entityOfRequest('/ehF7?99999=1').ok).toBe(false)
    expect(entityOfRequest('/ehZZ').ok).toBe(false)
  })
})

describe('levels', () => {
  it('are the six sets for a GTIN, the most specific first', () => {
    expect(levelsOf(entity('/01/09521234567899/22/V/10/L/21/S'))).toEqual([
      '/01/09521234567899/21/S',
      '/01/09521234567899/22/V/10/L',
      '/01/09521234567899/10/L',
      '/01/09521234567899/22/V',
      '/01/09521234567899',
    ])
    expect(levelsOf(entity('/01/09521234567899/235/T'))).toEqual(['/01/09521234567899/235/T', '/01/09521234567899'])
    expect(levelsOf(entity('/01/09521234567899'))).toEqual(['/01/09521234567899'])
  })

  it('have names, and a serial stands alone', () => {
    const named = ['', '/22/V', '/10/L', '/22/V/10/L', '/21/S', '/235/T', '/10/L/21/S'].map((tail) => entity(`/01/09521234567899${tail}`))
    expect(named.map(levelOf)).toEqual(['product', 'variant', 'lot', 'lot', 'item', 'item', 'item'])
    expect(named.map(mayBeRegistered)).toEqual([true, true, true, true, true, true, false])
  })
})
