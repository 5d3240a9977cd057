/**
 * Errors that the platform tells to people and machines.
 *
 * A refused command throws `AppError` with a code from its module's closed table; the one mapper in
 * `platform/http` turns it into an RFC 9457 problem. An expected answer (an unknown code, an empty list) is a
 * value and never thrown.
 */

export type Locale = 'zh' | 'en'

/** The same fact in both languages. Placeholders are written `{name}` and filled from an error's `params`. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** One row of a module's error table: HTTP status and what to tell the reader, including what to do next. */
export interface ErrorEntry extends Words {
  readonly status: number
}

export type ErrorTable<Code extends string = string> = Readonly<Record<Code, ErrorEntry>>

/** What fills the placeholders; words are told in the reader's language. */
export type ErrorParams = Readonly<Record<string, string | number | bigint | Words>>

/** A fault in one field of a request, as a JSON Pointer (RFC 6901) and a code from the same table. */
export interface FieldFault {
  readonly pointer: string
  readonly code: string
  readonly zh: string
  readonly en: string
}

export class AppError<Code extends string = string> extends Error {
  override readonly name = 'AppError'
  readonly code: Code
  readonly entry: ErrorEntry
  readonly params: ErrorParams
  readonly fields: readonly FieldFault[]

  constructor(code: Code, entry: ErrorEntry, params: ErrorParams = {}, fields: readonly FieldFault[] = []) {
    super(`${code}: ${fill(entry.en, paramsIn(params, 'en'))}`)
    this.code = code
    this.entry = entry
    this.params = params
    this.fields = fields
  }

  words(locale: Locale): string {
    return fill(this.entry[locale], paramsIn(this.params, locale))
  }
}

/**
 * Binds a module's error table to a thrower: `const fail = refuser(CODES_ERRORS)`, then
 * `throw fail('OVER_ORDER', { left: 12 })`. The compiler knows the closed set of codes.
 */
export function refuser<Code extends string>(table: ErrorTable<Code>) {
  return (code: Code, params: ErrorParams = {}, fields: readonly FieldFault[] = []): AppError<Code> =>
    new AppError(code, table[code], params, fields)
}

/** The parameters of an error with their words in one language. */
export function paramsIn(params: ErrorParams, locale: Locale): Record<string, string | number | bigint> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === 'object' ? value[locale] : value]))
}

/** Fills `{name}` placeholders; an unknown placeholder stays visible so that a test can see it. */
export function fill(text: string, params: ErrorParams): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole))
}
