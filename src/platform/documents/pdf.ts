import type { Words } from '../../kernel/errors.ts'

/** What a PDF says, without saying how it looks: every word in both languages, Chinese first. */
export interface PdfDocument {
  readonly title: Words
  readonly subtitle: Words
  /** Facts under the title: who made it, when, of what moment. */
  readonly head: readonly PdfFact[]
  readonly sections: readonly PdfSection[]
  /** Stands at the foot of each page beside its number. */
  readonly foot: Words
  /** ISO instant; makes two documents of the same facts the same bytes. */
  readonly madeAt: string
}

/** A text that is the same in both languages (a number, a code) is told once. */
export type PdfText = string | Words

export interface PdfFact {
  readonly label: Words
  readonly value: PdfText
}

export type PdfSection = { readonly heading: Words } & (
  | { readonly kind: 'text'; readonly paragraphs: readonly PdfText[] }
  | { readonly kind: 'facts'; readonly facts: readonly PdfFact[] }
  | {
      readonly kind: 'table'
      readonly columns: readonly { readonly label: Words; readonly share: number; readonly right?: boolean }[]
      readonly rows: readonly (readonly PdfText[])[]
      /** Said under the table: what was left out. */
      readonly note?: Words
    }
  /** Lines to sign on, one for each role. */
  | { readonly kind: 'signatures'; readonly roles: readonly Words[] }
)
