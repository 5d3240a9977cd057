import { fsyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * A file system for PGlite in which fsync happens.
 *
 * Emscripten's NODEFS has no fsync operation, so PostgreSQL's calls succeed without reaching the disk and a commit
 * would not survive a power cut. This gives NODEFS the missing operation. It leans on an internal of Emscripten:
 * the version of PGlite is pinned, and a test counts the calls that each commit makes.
 */
export class DurableNodeFS extends NodeFS {
  /** Calls of fsync since the start. */
  syncs = 0

  override async init(...[pglite, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options)
    const addFsync = ({ NODEFS }: { NODEFS: unknown }) => {
      const { stream_ops } = NODEFS as { stream_ops: { fsync?: (stream: { nfd: number }) => number } }
      stream_ops.fsync = (stream) => {
        fsyncSync(stream.nfd)
        this.syncs++
        return 0
      }
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } }
  }
}

/**
 * Parameters the embedded server starts with. PGlite's own defaults hold `-F`, which turns fsync off; and of the
 * ways to sync the log only `fsync` exists in WebAssembly (fdatasync is a stub that always succeeds).
 */
export function startParameters(durable: boolean): string[] {
  const settings = ['timezone=UTC', 'datestyle=ISO,YMD', 'max_wal_size=64MB', ...(durable ? ['wal_sync_method=fsync'] : [])]
  const defaults = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F' || !durable)
  return [...defaults, ...settings.flatMap((setting) => ['-c', setting])]
}
