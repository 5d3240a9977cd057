import type { Words } from '../../kernel/errors.ts'

/** A column of a list that people fill in: its name, and the names under which it comes as well. */
export interface ListField extends Words {
  /** Compared without blanks, brackets' width and case. */
  readonly aliases: readonly string[]
  /** A row without it cannot be understood. */
  readonly required?: true
  /** The words that it may hold, where they are a closed set. */
  readonly values?: readonly (Words & { readonly aliases: readonly string[] })[]
}

/** The columns of a kind of list, and how a stranger's titles are understood. */
export class ListFields {
  readonly entries: Readonly<Record<string, ListField>>
  readonly #titles: ReadonlyMap<string, string>

  constructor(entries: Readonly<Record<string, ListField>>) {
    this.entries = entries
    this.#titles = new Map(
      Object.entries(entries).flatMap(([field, { zh, en, aliases }]) =>
        [zh, en, field, ...aliases].map((name) => [titleKey(name), field] as const),
      ),
    )
  }

  get names(): readonly string[] {
    return Object.keys(this.entries)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.entries, name)
  }

  /** The field whose name a header cell is, or undefined. */
  ofTitle(title: string): string | undefined {
    const key = titleKey(title)
    return key === '' ? undefined : this.#titles.get(key)
  }

  /** Which columns of a header row hold which field; the first column of a name wins. */
  recognise(titles: readonly string[]): Record<string, number> {
    const mapping: Record<string, number> = {}
    titles.forEach((title, column) => {
      const field = this.ofTitle(title)
      if (field !== undefined && !(field in mapping)) mapping[field] = column
    })
    return mapping
  }
}

function titleKey(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s*_:：\-()（）[\]【】]/g, '')
}
