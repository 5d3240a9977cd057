/**
 * JSON-LD contexts without ever fetching one: the EPCIS contexts are known, prefixes come inline, everything else is refused.
 * A document means the same here as to a JSON-LD processor, for what EPCIS uses of contexts: prefixes for the names of extension fields
 * and for CURIEs.
 */
import { type ExtensionName, type Namespaces, splitName } from './event.ts'
import { type EpcisFault, faultOf, pointerSegment } from './problems.ts'

/** The official contexts of all releases and of the time before ratification; with and without the ending. */
const EPCIS_CONTEXT =
  /^https?:\/\/(?:ref\.gs1\.org\/standards\/epcis(?:\/2\.\d+(?:\.\d+)?)?|gs1\.github\.io\/EPCIS)\/epcis-context(?:-simple)?(?:\.jsonld)?$/

/** The context that documents are written with. */
export const CONTEXT_URL = 'https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld'

export const CBV_MDA = 'urn:epcglobal:cbv:mda'

/** Prefixes of the EPCIS context itself. */
export const STANDARD_NAMESPACES: Namespaces = new Map([
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['cbvmda', CBV_MDA],
  ['gs1', 'https://ref.gs1.org/voc/'],
  ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
  ['owl', 'http://www.w3.org/2002/07/owl#'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
  ['dcterms', 'http://purl.org/dc/terms/'],
])

/** The prefixes whose meaning the readers of values rely on; releases differ in their spelling, nobody may give them another. */
const GS1_PREFIXES: Readonly<Record<string, RegExp>> = {
  epcis: /^(?:https?:\/\/(?:ref|ns)\.gs1\.org\/epcis\/|urn:epcglobal:epcis:xsd:[12])$/,
  cbv: /^https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\/$/,
  gs1: /^https?:\/\/(?:(?:www\.)?gs1\.org|ref\.gs1\.org|ns\.gs1\.org)\/voc\/$/,
}

const KEYWORDS = new Set(['@version', '@protected', '@propagate', '@base', '@vocab', '@language', '@direction'])

/** Terms of the model that a context may not give another meaning. */
const STANDARD_TERMS = new Set(
  `id type eventID eventTime recordTime eventTimeZoneOffset action bizStep disposition readPoint bizLocation epcList parentID childEPCs
  inputEPCList outputEPCList quantityList childQuantityList inputQuantityList outputQuantityList transformationID persistentDisposition
  bizTransactionList sourceList destinationList sensorElementList errorDeclaration certificationInfo ilmd eventList epcisBody epcisHeader`
    .trim()
    .split(/\s+/),
)

/** The namespaces of a context on top of those around it. Faults are added to `faults`; the rest of the context counts. */
export function resolveContext(context: unknown, around: Namespaces, pointer: string, faults: EpcisFault[]): Namespaces {
  const result = new Map(around)
  const entries = Array.isArray(context) ? context : [context]
  entries.forEach((entry: unknown, i) => {
    const at = Array.isArray(context) ? pointer + pointerSegment(i) : pointer
    if (typeof entry === 'string') {
      if (!EPCIS_CONTEXT.test(entry)) faults.push(faultOf('remote-context', at, { context: entry.slice(0, 200) }))
    } else if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) addPrefixes(entry, result, at, faults)
    else faults.push(faultOf('bad-context', at, { name: String(entry) }))
  })
  return result
}

function addPrefixes(entry: object, into: Map<string, string>, pointer: string, faults: EpcisFault[]): void {
  for (const [name, value] of Object.entries(entry) as [string, unknown][]) {
    const at = pointer + pointerSegment(name)
    if (name === '@import') faults.push(faultOf('remote-context', at, { context: String(value).slice(0, 200) }))
    if (name === '@import' || KEYWORDS.has(name)) continue
    if (name === '__proto__') {
      faults.push(faultOf('forbidden-name', at, { name }))
      continue
    }
    // a term that is a CURIE already, with a type for its values: nothing to resolve
    if (name.includes(':') && typeof value === 'object') continue
    const iri = iriOf(value)
    if (iri === null) into.delete(name)
    else if (iri === undefined || name.startsWith('@')) faults.push(faultOf('bad-context', at, { name }))
    else if (STANDARD_TERMS.has(name) || (Object.hasOwn(GS1_PREFIXES, name) && !GS1_PREFIXES[name]!.test(iri)))
      faults.push(faultOf('protected-term', at, { name }))
    else into.set(name, canonicalNamespace(expandIri(iri, into)))
  }
}

/** The IRI of a term definition; null takes the prefix away. */
function iriOf(value: unknown): string | null | undefined {
  if (value === null || typeof value === 'string') return value
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const id = (value as Record<string, unknown>)['@id']
  return id === null || typeof id === 'string' ? id : undefined
}

/** XML writes the namespace of master data without the colon at its end, the JSON-LD context with it. */
const canonicalNamespace = (iri: string): string => (iri === `${CBV_MDA}:` ? CBV_MDA : iri)

function expandIri(iri: string, namespaces: Namespaces): string {
  const colon = iri.indexOf(':')
  const base = colon < 0 || iri.startsWith('//', colon + 1) ? undefined : namespaces.get(iri.slice(0, colon))
  return base === undefined ? iri : base + iri.slice(colon + 1)
}

/**
 * `{namespace}local` of a name in JSON. An IRI in full is cut behind its last `/`, `#` or `:`, unless a known namespace is its beginning;
 * an undeclared prefix stands for itself with its colon, as it does for a JSON-LD processor.
 * @returns the name itself when it has no colon
 */
export function modelName(name: string, namespaces: Namespaces): ExtensionName | string {
  const colon = name.indexOf(':')
  if (colon < 0 || name.startsWith('{')) return name
  const prefix = name.slice(0, colon)
  const namespace = name.startsWith('//', colon + 1) ? undefined : (namespaces.get(prefix) ?? STANDARD_NAMESPACES.get(prefix))
  if (namespace !== undefined) return `{${namespace}}${name.slice(colon + 1)}`
  const cut = Math.max(name.lastIndexOf('/'), name.lastIndexOf('#'), name.lastIndexOf(':')) + 1
  return `{${canonicalNamespace(name.slice(0, cut))}}${name.slice(cut)}`
}

/** A CURIE with a declared prefix as a full URI; anything else as it is. */
export function expandCurie(text: string, namespaces: Namespaces): string {
  const colon = text.indexOf(':')
  if (colon < 1 || text.startsWith('//', colon + 1)) return text
  const namespace = namespaces.get(text.slice(0, colon))
  return namespace === undefined ? text : namespace + text.slice(colon + 1)
}

/**
 * Gives every namespace of the names that it is asked for a prefix: the one that the document declared, that of the standard, or `ns1`,
 * `ns2` … for one that has none.
 */
export class PrefixTable {
  readonly #prefixes = new Map<string, string>()
  readonly #used = new Map<string, string>()

  constructor(declared: Namespaces, standard: Namespaces) {
    // the prefixes of the standard keep their meaning, whatever a document of an older release bound them to
    for (const [prefix, namespace] of declared) if (isPrefix(prefix) && !standard.has(prefix)) this.#prefixes.set(namespace, prefix)
    for (const [prefix, namespace] of standard) this.#prefixes.set(namespace, prefix)
  }

  /** The prefix of a namespace; it is then among `used`. */
  prefixOf(namespace: string): string {
    let prefix = this.#prefixes.get(namespace)
    if (prefix === undefined) {
      const taken = new Set(this.#prefixes.values())
      for (let n = 1; prefix === undefined || taken.has(prefix); n++) prefix = `ns${n}`
      this.#prefixes.set(namespace, prefix)
    }
    this.#used.set(prefix, namespace)
    return prefix
  }

  /** `prefix:local` of a name of the model; a name without a namespace stays. */
  nameOf(name: string): string {
    const { namespace, local } = splitName(name)
    return namespace === '' ? name : `${this.prefixOf(namespace)}:${local}`
  }

  get used(): Namespaces {
    return this.#used
  }
}

/** An NCName of ASCII that XML leaves to documents. */
const isPrefix = (text: string): boolean => /^[A-Za-z_][\w.-]*$/.test(text) && !/^xml/i.test(text)
