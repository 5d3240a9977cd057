import type { Locale } from '../../../src/kernel/errors.ts'
import { language, useLanguage } from './language.ts'
import { en } from './en.ts'
import type { Same } from './same.ts'
import { zh } from './zh.ts'

export type Catalogue<T> = Readonly<Record<Locale, Same<T>>>

/** The catalogue of one area. The Chinese one is the type; an English one that lacks or adds a key does not compile. */
export function defineWords<const T extends object>(chinese: T, english: Same<T>): Catalogue<T> {
  return { zh: chinese as unknown as Same<T>, en: english }
}

/** A catalogue that says some things otherwise. */
export function variantOf<T extends object>(words: Catalogue<T>, chinese: Partial<Same<T>>, english: Partial<Same<T>>): Catalogue<T> {
  return { zh: { ...words.zh, ...chinese }, en: { ...words.en, ...english } }
}

export const commonWords: Catalogue<typeof zh> = { zh, en }

/** `const t = useWords(productWords)`, then `t.title` or `t.selected(3)`. */
export function useWords<T>(words: Catalogue<T>): Same<T> {
  return words[useLanguage()]
}

/** The words that every page shares: buttons, table, forms, states. */
export function useCommon(): Same<typeof zh> {
  return useWords(commonWords)
}

export function common(): Same<typeof zh> {
  return commonWords[language()]
}
