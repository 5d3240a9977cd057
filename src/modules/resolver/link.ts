import type { LinkType } from '../../kernel/gs1/link-types.ts'
import type { LinkRole } from './contract.ts'
import type { Offer } from './negotiate.ts'

/** A link that answers requests: registered by an owner, or a page that the platform has itself. */
export interface Link extends Offer {
  readonly linkType: LinkType
  readonly href: string
  readonly title: string
  readonly role: LinkRole
  /** Offered without registration: a page of this platform. */
  readonly own: boolean
}

/** The links of one entity among those that answer a request. */
export interface LinkedLevel {
  /** Path of its Digital Link. */
  readonly anchor: string
  readonly links: readonly Link[]
}
