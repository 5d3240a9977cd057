import type { Batch } from '../src/modules/codes/index.ts'
import { openPlatform } from '../src/app/context.ts'
import { createModules, type Modules } from '../src/app/modules.ts'
import { loadConfig } from '../src/platform/config/config.ts'
import type { Platform } from '../src/platform/platform.ts'
import { labelsOf } from '../test/support/goods.ts'
import { fictitiousUscc } from '../src/app/demo/plan.ts'

export interface Filled {
  readonly platform: Platform
  readonly modules: Modules
  readonly lotId: string
  readonly packId: string
  readonly batch: Batch
  /** Address of a label. */
  uri(index: number): string
  activateAll(): Promise<void>
  /** One more order of the same size. */
  another(): Promise<Pick<Filled, 'activateAll'>>
}

/** A platform with one importer whose order of `labels` labels has arrived; used by several parts. */
export async function filledPlatform(env: Record<string, string>, labels: number): Promise<Filled> {
  const platform = await openPlatform(loadConfig({ LOG_LEVEL: 'error', ...env }))
  const modules = createModules(platform)
  const at = platform.clock.now()
  const organisation = (kind: 'importer' | 'printer', n: number) =>
    platform.db.transaction((tx) =>
      modules.identity.registerOrganisation(tx, { kind, nameZh: kind, uscc: fictitiousUscc(n), province: '33', status: 'verified' }, at),
    )
  const importer = await organisation('importer', 901)
  const printer = await organisation('printer', 902)
  const order = async () => {
    const made = await labelsOf(
      { modules, platform, clock: platform.clock } as never,
      { importer, printer },
      { quantity: labels, rollSize: 10_000 },
    )
    const choice = { rolls: [], stretches: [{ first: made.uri(0), last: made.uri(labels - 1) }], items: [], containers: [] }
    return {
      lotId: made.lotId,
      packId: made.packId,
      batch: made.batch,
      uri: (index: number) => made.uri(index),
      activateAll: async () => {
        await platform.db.transaction((tx) =>
          modules.events.activate(tx, { lotId: made.lotId, choice }, { actor: made.clerk, at: platform.clock.now() }),
        )
      },
    }
  }
  return { platform, modules, ...(await order()), another: order }
}
