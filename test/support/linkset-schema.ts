/**
 * The rules of the published JSON schemas for linksets and resolver description files (GS1-Conformant Resolver 1.2.1,
 * artefacts), written down anew, and those of the standard's prose that a schema cannot say.
 */

const ANCHOR = /^https?:\/\/[a-zA-z0-9./]+/
/** A relation is an address or a registered word. */
const RELATION = /^(?:https?:\/\/[a-zA-Z0-9./]+|[a-z]+)$/
const LANGUAGE = /^[a-z]{2}(?:-[A-Z]{2})?$/
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/
const VOCABULARIES = ['https://ref.gs1.org/voc/', 'https://gs1.org/voc/']

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isUri = (value: unknown): boolean => typeof value === 'string' && URL.canParse(value) && !/[^\x21-\x7e]/.test(value)

/** @returns what is wrong with a linkset, a line each */
export function linksetFaults(document: unknown): string[] {
  if (!isObject(document) || !Array.isArray(document['linkset'])) return ['/linkset is not an array']
  return document['linkset'].flatMap((context, i) => contextFaults(context, `/linkset/${i}`))
}

function contextFaults(context: unknown, at: string): string[] {
  if (!isObject(context)) return [`${at} is not an object`]
  const faults: string[] = []
  const targets = new Map<string, Record<string, unknown>[]>()
  for (const [name, value] of Object.entries(context)) {
    if (name === 'anchor') {
      if (typeof value !== 'string' || !ANCHOR.test(value)) faults.push(`${at}/anchor: ${String(value)}`)
      if (typeof value === 'string' && /\?|#|\/e[hx][\w-]+$/.test(value))
        faults.push(`${at}/anchor is not an uncompressed Digital Link: ${value}`)
    } else if (name === 'description' || name === 'itemDescription') {
      if (typeof value !== 'string') faults.push(`${at}/${name} is no text`)
    } else if (!RELATION.test(name)) faults.push(`${at}: no relation: ${name}`)
    else if (!Array.isArray(value) || value.length === 0) faults.push(`${at}/${name} is not a list of targets`)
    else {
      targets.set(name, value as Record<string, unknown>[])
      value.forEach((target, i) => faults.push(...targetFaults(target, name, `${at}/${name}/${i}`)))
    }
  }
  if (!('anchor' in context)) faults.push(`${at} has no anchor`)
  return [...faults, ...defaultFaults(targets, at)]
}

const isType = (relation: string, type: string): boolean => VOCABULARIES.some((vocabulary) => relation === vocabulary + type)

function targetFaults(target: unknown, relation: string, at: string): string[] {
  if (!isObject(target)) return [`${at} is not an object`]
  const faults: string[] = []
  if (!isUri(target['href'])) faults.push(`${at}/href: ${String(target['href'])}`)
  if (typeof target['title'] !== 'string' || target['title'] === '') faults.push(`${at}/title is missing`)
  if (isType(relation, 'defaultLink')) {
    const more = Object.keys(target).filter((name) => name !== 'href' && name !== 'title')
    if (more.length > 0) faults.push(`${at}: a default link has a title only, not ${more.join(', ')}`)
  } else if (typeof target['type'] !== 'string' || !MEDIA_TYPE.test(target['type'])) faults.push(`${at}/type: ${String(target['type'])}`)
  const { hreflang, context } = target
  if (hreflang !== undefined && !(Array.isArray(hreflang) && hreflang.length > 0 && hreflang.every((tag) => LANGUAGE.test(String(tag)))))
    faults.push(`${at}/hreflang: ${JSON.stringify(hreflang)}`)
  if (context !== undefined && !(Array.isArray(context) && context.every((one) => typeof one === 'string'))) faults.push(`${at}/context`)
  return faults
}

function defaultFaults(targets: ReadonlyMap<string, readonly Record<string, unknown>[]>, at: string): string[] {
  const named = (type: string) => [...targets].filter(([relation]) => isType(relation, type)).flatMap(([, list]) => list)
  const defaults = named('defaultLink')
  if (defaults.length !== 1) return [`${at} has ${defaults.length} default links`]
  const descriptive = [...targets].filter(([relation]) => !isType(relation, 'defaultLink') && !isType(relation, 'defaultLinkMulti'))
  const found = [...defaults, ...named('defaultLinkMulti')].every(({ href }) =>
    descriptive.some(([, list]) => list.some((one) => one['href'] === href)),
  )
  return found ? [] : [`${at}: a default link stands under no descriptive type`]
}

const PRIMARY_KEYS = 'all 01 8006 8013 8010 410 411 412 413 414 415 417 8017 8018 255 00 253 401 402 8003 8004'.split(' ')

/** @returns what is wrong with a resolver description file, a line each */
export function descriptionFaults(document: unknown): string[] {
  if (!isObject(document)) return ['not an object']
  const faults: string[] = []
  const { resolverRoot, supportedPrimaryKeys: keys, supportedLinkType: types } = document
  if (!isUri(resolverRoot)) faults.push('/resolverRoot')
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => PRIMARY_KEYS.includes(key as string)))
    faults.push('/supportedPrimaryKeys')
  if (typeof document['name'] !== 'string') faults.push('/name')
  for (const type of Array.isArray(types) ? types : []) {
    if (!isObject(type) || !isUri(type['namespace']) || !/^[a-zA-Z_][A-Za-z0-9_-]*?:$/.test(String(type['prefix'])))
      faults.push('/supportedLinkType')
  }
  if (!['undefined', 'boolean'].includes(typeof document['linkTypeDefaultCanBeLinkset'])) faults.push('/linkTypeDefaultCanBeLinkset')
  if (document['jsonLdContextLocation'] !== undefined && !isUri(document['jsonLdContextLocation'])) faults.push('/jsonLdContextLocation')
  for (const list of (document['supportedContextValuesExternal'] ?? []) as unknown[])
    if (!isObject(list) || typeof list['nameOfList'] !== 'string' || !isUri(list['url'])) faults.push('/supportedContextValuesExternal')
  return faults
}
