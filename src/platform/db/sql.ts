/** One statement, or a piece of one: text with `$1`, `$2` … and the values they stand for. */
export interface SqlText {
  readonly text: string
  readonly values: readonly unknown[]
  /** A named statement is parsed once per connection by the server and then only bound; for hot statements. */
  readonly name?: string
}

/** Marks pieces made here: a caller's object that merely looks like one must be bound as data, never spliced in. */
const pieces = new WeakSet<object>()

function piece(text: string, values: readonly unknown[], name?: string): SqlText {
  const made = name === undefined ? { text, values } : { text, values, name }
  pieces.add(made)
  return made
}

function isPiece(value: unknown): value is SqlText {
  return typeof value === 'object' && value !== null && pieces.has(value)
}

function build(strings: readonly string[], values: readonly unknown[]): SqlText {
  let text = strings[0] ?? ''
  const bound: unknown[] = []
  values.forEach((value, i) => {
    if (isPiece(value)) {
      const offset = bound.length
      text += offset === 0 ? value.text : value.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`)
      bound.push(...value.values)
    } else {
      bound.push(value)
      text += `$${bound.length}`
    }
    text += strings[i + 1] ?? ''
  })
  return piece(text, bound)
}

function join(parts: readonly SqlText[], separator: SqlText = piece(', ', [])): SqlText {
  const strings = ['']
  const values: unknown[] = []
  parts.forEach((part, i) => {
    if (i > 0) {
      values.push(separator)
      strings.push('')
    }
    values.push(part)
    strings.push('')
  })
  return build(strings, values)
}

function ident(name: string): SqlText {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new TypeError(`not a plain SQL identifier: ${JSON.stringify(name)}`)
  return piece(`"${name}"`, [])
}

/** Binds any value, arrays and scalars included, as one jsonb parameter. A bigint inside becomes a decimal string. */
function json(value: unknown): SqlText {
  return piece('$1::jsonb', [stringifyJson(value)])
}

/** JSON text in which a bigint is written as a decimal string, since a JSON number would lose its low digits. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))
}

/**
 * Writes a statement: ``sql`select name from product where gtin = ${gtin}` ``. A nested piece is spliced in with its
 * parameters renumbered; anything else becomes a bound parameter and can never become text of the statement.
 */
export const sql = Object.assign((strings: TemplateStringsArray, ...values: unknown[]): SqlText => build(strings, values), {
  join,
  ident,
  json,
  empty: piece('', []),
})

/** A hot statement that the server prepares once per connection. `name` must belong to this text alone. */
export function named(name: string, text: string): (values: readonly unknown[]) => SqlText {
  return (values) => piece(text, values, name)
}
