import { useSyncExternalStore } from 'react'
import type { Locale } from '../../../src/kernel/errors.ts'

const STORAGE = 'suzhen.language'
const listeners = new Set<() => void>()
let current: Locale = chosenBefore()

function chosenBefore(): Locale {
  const stored = globalThis.localStorage?.getItem(STORAGE)
  if (stored === 'zh' || stored === 'en') return stored
  const preferred = globalThis.navigator?.languages?.find((tag) => /^(zh|en)/i.test(tag))
  return preferred?.toLowerCase().startsWith('en') ? 'en' : 'zh'
}

/** The language of the console at this moment, outside of React. */
export function language(): Locale {
  return current
}

/** Remembers the choice here and, by cookie, for what the server words itself: problems, exports, consumer pages. */
export function chooseLanguage(next: Locale): void {
  current = next
  localStorage.setItem(STORAGE, next)
  tellDocument()
  for (const listener of listeners) listener()
}

export function tellDocument(): void {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en'
  document.cookie = `lang=${current}; path=/; max-age=31536000; samesite=lax`
}

export function useLanguage(): Locale {
  return useSyncExternalStore(subscribe, language)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
