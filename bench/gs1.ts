import { checkDigit } from '../src/kernel/gs1/check-digit.ts'
import { parseDigitalLink } from '../src/kernel/gs1/digital-link.ts'
import { buildElementString, parseElementString } from '../src/kernel/gs1/element-string.ts'
import { epcUrnToDigitalLink } from '../src/kernel/gs1/epc-urn.ts'
import { fixed, median, say, table } from './support.ts'

const ROUNDS = 7
const MILLISECONDS = 300
const COUNT = 5000

const gtin = (i: number): string => {
  const body = `0952${String(100_000_000 + i)}`
  return body + checkDigit(body)
}
const sscc = (i: number): string => {
  const body = `0952${String(1_000_000_000_000 + i)}`
  return body + checkDigit(body)
}
const serial = (i: number): string => (i * 2_654_435_761).toString(36).toUpperCase().padStart(14, '0').slice(0, 14)

const SHAPES: Readonly<Record<string, (i: number) => string>> = {
  'item (01+21)': (i) => `https://sz.example/01/${gtin(i)}/21/${serial(i)}`,
  'lot with date and weight': (i) => `https://id.gs1.org/01/${gtin(i)}/10/L${i}?17=261231&3103=000195`,
  'escaped, all qualifiers': (i) => `https://brand.example/p/01/${gtin(i)}/22/2A/10/L%2F${i}/21/${serial(i)}?linkType=gs1:pip`,
  'logistic unit': (i) => `https://id.gs1.org/00/${sscc(i)}?02=${gtin(i)}&37=25&10=L${i}`,
}

/**
 * Digital Links parsed and checked a second on one core: every check of the dictionary, associations included. The limit is
 * the engine's own `new URL()` over the same strings, which looks at nothing but the parts of an address.
 */
export function benchGs1(): Promise<void> {
  say(`\nGS1 Digital Links: parsed and wholly checked a second on one core (median of ${ROUNDS}); "URL" is new URL() over the same strings`)
  const rows = Object.entries(SHAPES).map(([name, shape]) =>
    row(
      name,
      Array.from({ length: COUNT }, (_, i) => shape(i)),
    ),
  )
  const shapes = Object.values(SHAPES)
  rows.push(
    row(
      'all in turn',
      Array.from({ length: COUNT }, (_, i) => shapes[i % shapes.length]!(i)),
    ),
  )
  table(['shape', 'URL', 'parseDigitalLink', 'ratio'], rows)

  const links = Array.from({ length: COUNT }, (_, i) => SHAPES['item (01+21)']!(i))
  const strings = links.map((uri) => {
    const parsed = parseDigitalLink(uri)
    return buildElementString(parsed.ok ? parsed.link.elements : [])
  })
  const urns = Array.from({ length: COUNT }, (_, i) => `urn:epc:id:sgtin:9521000.0${String(i).padStart(5, '0')}.${serial(i)}`)
  say(`element strings (01+21) a second: ${fixed(rate(strings, (text) => parseElementString(text).ok))}`)
  say(`EPC URNs to Digital Links a second: ${fixed(rate(urns, (urn) => epcUrnToDigitalLink(urn).ok))}`)
  return Promise.resolve()
}

function row(name: string, uris: readonly string[]): string[] {
  const limit = rate(uris, (uri) => new URL(uri).pathname !== '')
  const mine = rate(uris, (uri) => parseDigitalLink(uri).ok)
  return [name, fixed(limit), fixed(mine), fixed(mine / limit, 2)]
}

/** Strings a second; each must pass, or the figure would be that of refusing. */
function rate(texts: readonly string[], passes: (text: string) => boolean): number {
  for (const text of texts) if (!passes(text)) throw new Error(`refused: ${text}`)
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    let done = 0
    let now = from
    while (now - from < MILLISECONDS) {
      for (const text of texts) passes(text)
      done += texts.length
      now = performance.now()
    }
    rates.push((done * 1000) / (now - from))
  }
  return median(rates)
}
