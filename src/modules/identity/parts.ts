import type { Config } from '../../platform/config/config.ts'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import type { Database } from '../../platform/db/database.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import type { CallLog } from './call-log.ts'

/** What the use cases of this module are given. */
export interface IdentityParts {
  readonly config: Config
  readonly db: Database
  readonly keys: KeyVault
  readonly audit: AuditWriter
  readonly calls: CallLog
}
