import type { Locale } from '../../kernel/errors.ts'

/** What a caller may do, named `object.verb`; the closed set belongs to the identity module. */
export type Permission = string

/**
 * Who is acting. Every query and command receives it, and every repository takes its tenant wall from `sees`.
 */
export interface Actor {
  readonly organisationId: string
  readonly organisationKind: 'importer' | 'brand' | 'dealer' | 'printer' | 'regulator' | 'operator'
  /** Person behind a session; undefined for an API key. */
  readonly personId: string | undefined
  readonly apiKeyId: string | undefined
  readonly sessionId: string | undefined
  readonly name: string
  readonly roles: readonly string[]
  readonly permissions: ReadonlySet<Permission>
  /** Until when a grave act needs no new proof of who is there; undefined for API keys and when it is over. */
  readonly provedUntil?: Date | undefined
  /** `own`: rows of the own organisation only; `all`: supervising organisations (regulator, operator). */
  readonly sees: 'own' | 'all'
}

/** The request as use cases may know it: language, keyed client address, and the instant at which it arrived. */
export interface RequestFacts {
  readonly locale: Locale
  readonly address: string
  readonly requestId: string
  readonly at: Date
}
