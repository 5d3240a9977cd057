import { describe, expect, it } from 'vitest'
import { checkTarget } from './target.ts'

const OWN = 'https://id.example.com'
const codeOf = (href: string): string => {
  try {
    checkTarget(href, OWN)
    return 'taken'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('targets of links', () => {
  it.each([
    ['https://www.example.com/产品?x=中#a', 'https://www.example.com/%E4%BA%A7%E5%93%81?x=%E4%B8%AD#a'],
    ['HTTP://WWW.EXAMPLE.COM', 'http://www.example.com/'],
    ['https://例子.中国/', 'https://xn--fsqu00a.xn--fiqs8s/'],
    ['https://id.example.com/recalls', 'https://id.example.com/recalls'],
    ['https://id.example.com.evil.example.org/01/1', 'https://id.example.com.evil.example.org/01/1'],
  ])('are kept in one spelling: %s', (href, kept) => {
    expect(checkTarget(href, OWN)).toBe(kept)
  })

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://www.example.com/',
    '//www.example.com/',
    '/relative',
    'https:www.example.com',
    'https:///www.example.com',
    'https://user:secret@www.example.com/',
    'https://www.example.com@evil.example.org/',
    'https://www.example.com/a b',
    'https://www.example.com/\u0000',
    'https://www.example.com\\@evil.example.org',
    'https://localhost/',
    'https://intranet/',
    'https://printer.local/',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://169.254.169.254/latest',
    'https://',
    '',
  ])('are refused: %j', (href) => {
    expect(codeOf(href)).toBe('LINK_HREF_INVALID')
  })

  it.each([
    '/01/09521234567899',
    '/00/395212345000000014',
    '/8006/1',
    '/s/ABC',
    '/fwm.do?id=1',
    '/ehF7',
    '/ex9w',
    '/%30%31/09521234567899',
    '/x/../01/1',
    '/01',
  ])('are refused when they come back here: %s', (path) => {
    expect(codeOf(OWN + path)).toBe('LINK_HREF_LOOPS')
    expect(codeOf(`HTTPS://ID.EXAMPLE.COM.:443${path}`)).toBe('LINK_HREF_LOOPS')
  })
})
