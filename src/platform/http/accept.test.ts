import { expect, it } from 'vitest'
import { accepts, preferred, rangesOf } from './accept.ts'

const OFFERED = ['application/json', 'application/xml', 'text/xml'] as const

it.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/xml', 'application/xml'],
  ['application/xml, application/json', 'application/xml'],
  ['application/xml;q=0.5, application/json', 'application/json'],
  ['APPLICATION/XML ; Q=1', 'application/xml'],
  ['text/*', 'text/xml'],
  ['*/*, application/json;q=0', 'application/xml'],
  ['application/*;q=0.2, text/xml;q=0.1', 'application/json'],
  ['text/html', undefined],
  ['application/json;q=0', undefined],
  ['application/json;q=nonsense', undefined],
  [`${'x/y,'.repeat(1000)}application/json`, undefined],
] as const)('of Accept: %s takes %s', (header, type) => {
  expect(preferred(header, OFFERED)).toBe(type)
})

it('tells a type that is named from one that is only let through', () => {
  expect(accepts('application/json, */*', 'application/json')).toBe(true)
  expect(accepts('*/*', 'application/json')).toBe(false)
  expect(accepts('application/json;q=0', 'application/json')).toBe(false)
  expect(rangesOf('zh-CN, en;q=0.5')).toEqual([
    { value: 'zh-cn', quality: 1 },
    { value: 'en', quality: 0.5 },
  ])
})
