import type { Tone } from './tone.ts'

/** A state in a word. Tone has a shape as well as a colour, and the word always says it too. */
export function StatusTag({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`tag ${tone}`}>{children}</span>
}
