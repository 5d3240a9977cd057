/**
 * A streaming parser of XML 1.0 with namespaces, for documents from outside: it takes text in pieces and tells a handler of elements and
 * text. No entities but the five of XML itself and character references; a document type is taken only as a bare name, which declares
 * nothing; depth, attributes and the length of a token are bounded, so memory is too.
 */
import { EpcisProblem } from '../problems.ts'

export interface XmlAttribute {
  readonly namespace: string
  readonly local: string
  readonly value: string
}

export interface XmlHandler {
  /** @param declared prefixes that this element binds; the empty one is the default namespace */
  open(namespace: string, local: string, attributes: readonly XmlAttribute[], declared: ReadonlyMap<string, string>): void
  /** A piece of text; an element's text may come in several. */
  text(text: string): void
  close(): void
}

export interface XmlLimits {
  readonly depth: number
  readonly attributes: number
  /** Characters of one tag, comment or piece of markup. */
  readonly token: number
}

export const XML_LIMITS: XmlLimits = { depth: 64, attributes: 128, token: 1024 * 1024 }

const XMLNS = 'http://www.w3.org/2000/xmlns/'
const XML = 'http://www.w3.org/XML/1998/namespace'

const NAME_START =
  'A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd'
const NAME_REST = `${NAME_START}\\-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040`
/** A name without a colon (Namespaces in XML 1.0, production 4), of the basic plane. */
const NCNAME = `[${NAME_START}][${NAME_REST}]*`
const QNAME = new RegExp(`(?:(${NCNAME}):)?(${NCNAME})`, 'y')
const WHOLE_NCNAME = new RegExp(`^${NCNAME}$`)
export const isNcName = (text: string): boolean => WHOLE_NCNAME.test(text)

const FORBIDDEN = /[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const SPACE_ONLY = /^[\t\n\r ]*$/
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' }

interface Open {
  readonly qname: string
  readonly scope: ReadonlyMap<string, string>
}

export class XmlParser {
  readonly #handler: XmlHandler
  readonly #limits: XmlLimits
  #buffer = ''
  #at = 0
  /** Lines and, behind the last of them, characters that were dropped from the front of the buffer. */
  #lines = 0
  #columns = 0
  readonly #stack: Open[] = []
  #started = false
  #rootSeen = false
  #doctypeSeen = false
  #carriage = false

  constructor(handler: XmlHandler, limits: XmlLimits = XML_LIMITS) {
    this.#handler = handler
    this.#limits = limits
  }

  /** @throws EpcisProblem `not-xml`, `xml-document-type`, `xml-entity`, `xml-limit`, `document-too-deep` */
  write(piece: string): void {
    if (this.#at > 0 && this.#started) {
      const { line, column } = this.#place()
      this.#lines = line - 1
      this.#columns = column - 1
      this.#buffer = this.#buffer.slice(this.#at)
      this.#at = 0
    }
    this.#buffer += piece
    if (!this.#started && this.#buffer.length > 0) {
      this.#started = true
      if (this.#buffer.charCodeAt(0) === 0xfeff) {
        // the mark is no character of the document
        this.#at = 1
        this.#columns = -1
      }
    }
    while (this.#step(false));
    if (this.#buffer.length - this.#at > this.#limits.token) this.#limit('token', this.#limits.token)
  }

  end(): void {
    while (this.#step(true));
    if (this.#stack.length > 0) this.#fail(`the element ${this.#stack.at(-1)!.qname} is not closed`)
    if (!this.#rootSeen) this.#fail('there is no element')
  }

  /** Line and column of the current place, from 1: counted only when asked for, in what is left of the text. */
  #place(): { line: number; column: number } {
    let line = this.#lines + 1
    let start = -this.#columns
    for (let i = this.#buffer.indexOf('\n'); i >= 0 && i < this.#at; i = this.#buffer.indexOf('\n', i + 1)) {
      line++
      start = i + 1
    }
    return { line, column: this.#at - start + 1 }
  }

  get #line(): number {
    return this.#place().line
  }

  #fail(reason: string): never {
    throw new EpcisProblem('not-xml', { ...this.#place(), reason })
  }

  #limit(what: string, limit: number): never {
    throw new EpcisProblem('xml-limit', { what, limit, line: this.#line })
  }

  /** Takes one token; false when more text is needed. */
  #step(last: boolean): boolean {
    const buffer = this.#buffer
    if (this.#at >= buffer.length) return false
    if (buffer.charCodeAt(this.#at) !== 60 /* < */) return this.#text(last)
    if (buffer.startsWith('<!--', this.#at)) return this.#comment(last)
    if (buffer.startsWith('<![CDATA[', this.#at)) return this.#cdata(last)
    if (buffer.startsWith('<?', this.#at)) return this.#instruction(last)
    if (buffer.startsWith('<!', this.#at)) {
      // perhaps only the beginning of one of the above
      if (!last && ['<!--', '<![CDATA[', '<!DOCTYPE'].some((s) => s.startsWith(buffer.slice(this.#at)))) return false
      return this.#doctype(last)
    }
    return this.#tag(last)
  }

  #until(mark: string, from: number, last: boolean): number {
    const end = this.#buffer.indexOf(mark, from)
    if (end < 0 && last) this.#fail(`${mark} is missing`)
    return end
  }

  #comment(last: boolean): boolean {
    const end = this.#until('--', this.#at + 4, last)
    if (end < 0 || (end + 2 >= this.#buffer.length && !last)) return false
    if (this.#buffer[end + 2] !== '>') this.#fail('two hyphens in a comment')
    this.#at = end + 3
    return true
  }

  #cdata(last: boolean): boolean {
    const end = this.#until(']]>', this.#at + 9, last)
    if (end < 0) return false
    if (this.#stack.length === 0) this.#fail('text outside the root element')
    const text = this.#buffer.slice(this.#at + 9, end)
    if (FORBIDDEN.test(text)) this.#fail('a character that XML does not allow')
    if (text !== '') this.#handler.text(this.#lineEnds(text))
    this.#carriage = false
    this.#at = end + 3
    return true
  }

  #instruction(last: boolean): boolean {
    const end = this.#until('?>', this.#at + 2, last)
    if (end < 0) return false
    const target = /^[^\s?]+/.exec(this.#buffer.slice(this.#at + 2, end))?.[0]
    if (target === undefined) this.#fail('a processing instruction without a target')
    if (/^xml$/i.test(target)) {
      const { line, column } = this.#place()
      const misplaced = line > 1 || column > 1
      if (target !== 'xml' || misplaced || !/^<\?xml\s+version\s*=\s*(["'])1\.[0-9]\1[^<&]*\?>/.test(this.#buffer.slice(this.#at, end + 2)))
        this.#fail('a wrong or misplaced XML declaration')
    }
    this.#at = end + 2
    return true
  }

  #doctype(last: boolean): boolean {
    if (!this.#buffer.startsWith('<!DOCTYPE', this.#at)) this.#fail('unknown markup')
    const end = this.#buffer.slice(this.#at).search(/[>["']/)
    if (end < 0) {
      if (last) this.#fail('> is missing')
      return false
    }
    const text = this.#buffer.slice(this.#at, this.#at + end + 1)
    if (!/^<!DOCTYPE\s+[^\s>["']+\s*>$/.test(text) || this.#rootSeen || this.#doctypeSeen)
      throw new EpcisProblem('xml-document-type', { line: this.#line })
    this.#doctypeSeen = true
    this.#at = this.#at + end + 1
    return true
  }

  #text(last: boolean): boolean {
    const next = this.#buffer.indexOf('<', this.#at)
    let end = next < 0 ? this.#buffer.length : next
    if (next < 0 && !last) {
      // what may be the beginning of a reference or of ]]> waits for the rest
      const ampersand = this.#buffer.lastIndexOf('&')
      if (ampersand >= this.#at && !this.#buffer.includes(';', ampersand)) end = ampersand
      while (end > this.#at && this.#buffer.charCodeAt(end - 1) === 93 /* ] */) end--
      if (end <= this.#at) return false
    }
    const raw = this.#buffer.slice(this.#at, end)
    if (this.#stack.length === 0) {
      if (!SPACE_ONLY.test(raw)) this.#fail('text outside the root element')
    } else {
      if (raw.includes(']]>')) this.#fail(']]> in text')
      this.#handler.text(this.#references(this.#lineEnds(raw)))
    }
    this.#at = end
    return true
  }

  /** CR LF and CR are LF (XML 1.0 section 2.11), also when the two come in different pieces. */
  #lineEnds(text: string): string {
    if (!this.#carriage && !text.includes('\r')) return text
    let from = text
    if (this.#carriage && from.startsWith('\n')) from = from.slice(1)
    this.#carriage = from.endsWith('\r')
    return from.replace(/\r\n?/g, '\n')
  }

  #references(text: string): string {
    if (FORBIDDEN.test(text)) this.#fail('a character that XML does not allow')
    if (!text.includes('&')) return text
    return text.replace(/&([^;&\s]{0,40});?/g, (whole, name: string) => {
      if (!whole.endsWith(';')) this.#fail('an ampersand that begins no reference')
      if (Object.hasOwn(PREDEFINED, name)) return PREDEFINED[name]!
      const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name)
      if (number === null) {
        if (name.startsWith('#') || name === '') this.#fail('a wrong character reference')
        throw new EpcisProblem('xml-entity', { name, line: this.#line })
      }
      const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16)
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) this.#fail('a wrong character reference')
      const character = String.fromCodePoint(code)
      if (FORBIDDEN.test(character)) this.#fail('a character that XML does not allow')
      return character
    })
  }

  #tag(last: boolean): boolean {
    const end = this.#endOfTag(last)
    if (end < 0) return false
    if (this.#buffer.charCodeAt(this.#at + 1) === 47 /* / */) this.#close(this.#buffer.slice(this.#at + 2, end))
    else this.#open(this.#buffer.slice(this.#at + 1, end))
    this.#carriage = false
    this.#at = end + 1
    return true
  }

  /** Where the `>` of the tag is, outside quotes. */
  #endOfTag(last: boolean): number {
    const buffer = this.#buffer
    for (let i = this.#at + 1; i < buffer.length; i++) {
      const c = buffer.charCodeAt(i)
      if (c === 62 /* > */) return i
      if (c === 60 /* < */) this.#fail('a < inside a tag')
      if (c === 34 || c === 39) {
        i = buffer.indexOf(buffer[i]!, i + 1)
        if (i < 0) break
      }
    }
    if (last) this.#fail('> is missing')
    return -1
  }

  #close(text: string): void {
    const open = this.#stack.pop()
    if (open === undefined) this.#fail('an end tag without its start')
    if (text.trimEnd() !== open.qname) this.#fail(`${open.qname} is open, not ${text.slice(0, 80)}`)
    this.#handler.close()
  }

  #open(text: string): void {
    if (text.length > this.#limits.token) this.#limit('token', this.#limits.token)
    if (this.#stack.length === 0 && this.#rootSeen) this.#fail('a second root element')
    if (this.#stack.length >= this.#limits.depth) throw new EpcisProblem('document-too-deep', { limit: this.#limits.depth })
    this.#rootSeen = true
    const empty = text.endsWith('/')
    const body = empty ? text.slice(0, -1) : text
    QNAME.lastIndex = 0
    const name = QNAME.exec(body)
    if (name === null) this.#fail('an element without a name')
    const { attributes, declared } = this.#attributes(body, QNAME.lastIndex)
    const around = this.#stack.at(-1)?.scope ?? BUILT_IN
    const scope = declared.size === 0 ? around : new Map([...around, ...declared])
    const resolved: XmlAttribute[] = []
    const seen = new Set<string>()
    for (const { prefix, local, value } of attributes) {
      const namespace = prefix === undefined ? '' : this.#namespace(prefix, scope)
      const key = `${namespace} ${local}`
      if (seen.has(key)) this.#fail(`the attribute ${local} twice`)
      seen.add(key)
      resolved.push({ namespace, local, value })
    }
    this.#handler.open(name[1] === undefined ? (scope.get('') ?? '') : this.#namespace(name[1], scope), name[2]!, resolved, declared)
    if (empty) this.#handler.close()
    else this.#stack.push({ qname: name[0], scope })
  }

  #namespace(prefix: string, scope: ReadonlyMap<string, string>): string {
    return scope.get(prefix) ?? this.#fail(`the prefix ${prefix} is not declared`)
  }

  #attributes(
    body: string,
    from: number,
  ): { attributes: { prefix: string | undefined; local: string; value: string }[]; declared: ReadonlyMap<string, string> } {
    const attributes: { prefix: string | undefined; local: string; value: string }[] = []
    const declared = new Map<string, string>()
    let at = from
    for (let count = 0; ; count++) {
      const space = skipSpace(body, at)
      if (space === body.length) break
      if (space === at) this.#fail('no space before an attribute')
      if (count >= this.#limits.attributes) this.#limit('attributes', this.#limits.attributes)
      QNAME.lastIndex = space
      const name = QNAME.exec(body)
      if (name === null) this.#fail('an attribute without a name')
      at = skipSpace(body, QNAME.lastIndex)
      if (body[at] !== '=') this.#fail(`the attribute ${name[0]} has no value`)
      at = skipSpace(body, at + 1)
      const quote = body[at]
      if (quote !== '"' && quote !== "'") this.#fail(`the value of ${name[0]} is not in quotes`)
      const close = body.indexOf(quote, at + 1)
      if (close < 0) this.#fail(`the value of ${name[0]} does not end`)
      const raw = body.slice(at + 1, close)
      if (raw.includes('<')) this.#fail('a < in an attribute')
      // XML 1.0 section 3.3.3: white space is a space, unless it came as a reference
      const value = this.#references(raw.replace(/\r\n|[\t\n\r]/g, ' '))
      at = close + 1
      const [, prefix, local] = name as unknown as [string, string | undefined, string]
      if (prefix === 'xmlns') this.#declare(declared, local, value)
      else if (prefix === undefined && local === 'xmlns') this.#declare(declared, '', value)
      else attributes.push({ prefix, local, value })
    }
    return { attributes, declared }
  }

  #declare(into: Map<string, string>, prefix: string, namespace: string): void {
    if (into.has(prefix)) this.#fail(`the prefix ${prefix} twice`)
    if (prefix === 'xmlns' || namespace === XMLNS || (prefix === 'xml') !== (namespace === XML) || (prefix !== '' && namespace === ''))
      this.#fail(`a wrong declaration of the prefix ${prefix}`)
    into.set(prefix, namespace)
  }
}

const BUILT_IN: ReadonlyMap<string, string> = new Map([['xml', XML]])

function skipSpace(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c !== 32 && c !== 9 && c !== 10 && c !== 13) break
  }
  return at
}

/**
 * Bytes as text in pieces: UTF-8, or UTF-16 by its byte order mark or first character.
 * @throws EpcisProblem `encoding-not-supported`, or `not-xml` for bytes that are not in the encoding
 */
export function decodeXml(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new EpcisProblem('not-xml', { line: 1, column: 1, reason: `bytes that are not ${encoding}` })
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [a, b] = bytes
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const start = String.fromCharCode(...bytes.subarray(0, 200))
  const declared = /^(?:ï»¿)?<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1] ?? 'utf-8'
  if (!/^(?:utf-?8|us-ascii|ascii)$/i.test(declared)) throw new EpcisProblem('encoding-not-supported', { encoding: declared })
  return 'utf-8'
}
