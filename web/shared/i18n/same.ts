/** The shape of a catalogue whatever its language: text stays text, a function keeps its parameters. */
export type Same<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string ? (...args: A) => string : T[K] extends string ? string : Same<T[K]>
}
