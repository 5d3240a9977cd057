import { type AddressInfo, createServer as createNetServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ConfigError } from '../platform/config/config.ts'
import { constraintOf } from '../platform/db/errors.ts'
import { createServer } from '../platform/http/server.ts'
import { faultPage, PAGE_POLICY } from '../modules/scans/index.ts'
import type { Platform } from '../platform/platform.ts'
import { serveConsoleFiles } from './console.ts'
import type { Modules } from './modules.ts'

export interface RunningServer {
  readonly app: FastifyInstance
  readonly url: string
  close(): Promise<void>
}

const NEXT_STEP = {
  zh: '可以回到查询页，扫码或手动输入标签上的码。',
  en: 'Go back to the check page and scan the label, or type its code.',
}

/** The server over all modules, not yet listening; tests inject requests into it. */
export async function buildServer(platform: Platform, modules: Modules): Promise<FastifyInstance> {
  const app = await createServer({
    config: platform.config,
    db: platform.db,
    clock: platform.clock,
    keys: platform.keys,
    log: platform.log,
    routes: modules.routes,
    authenticate: modules.identity.authenticate,
    onKeyCall: modules.identity.calls.note,
    audit: modules.ledger.writeAudit,
    constraints: modules.constraints,
    constraintOf,
    errorPage: (error, locale) => ({
      html: faultPage({ locale, large: false, here: '/' }, error.words(locale), NEXT_STEP[locale]),
      policy: PAGE_POLICY,
    }),
  })
  app.addHook('onClose', () => modules.identity.calls.flush())
  await serveConsoleFiles(app)
  return app
}

/**
 * Told before any work is done, and again when somebody was quicker.
 * @throws ConfigError when another process listens on the port already
 */
export async function refuseTakenPort({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  if (port === 0) return
  const probe = createNetServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(port, host, resolve)).catch((error: unknown) => {
    throw portFault(error, port)
  })
  await new Promise<void>((resolve) => probe.close(() => resolve()))
}

function portFault(error: unknown, port: number): unknown {
  const code = (error as { code?: unknown }).code
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  return new ConfigError([
    {
      variable: 'PORT',
      en: `${port} ${code === 'EACCES' ? 'may not be used' : 'is in use by another process'}: give another one, for example PORT=8090`,
      zh: `端口 ${port} ${code === 'EACCES' ? '不允许使用' : '已被其他进程占用'}，请换一个，例如 PORT=8090`,
    },
  ])
}

/** Listens, runs the jobs in the same process, and closes in the order in which nothing acknowledged is lost. */
export async function serve(platform: Platform, modules: Modules): Promise<RunningServer> {
  const app = await buildServer(platform, modules)
  await app.listen({ host: platform.config.host, port: platform.config.port }).catch(async (error: unknown) => {
    await platform.db.close()
    throw portFault(error, platform.config.port)
  })
  platform.jobs.start()
  const { port } = app.server.address() as AddressInfo
  const url = platform.config.port === 0 ? `http://localhost:${port}` : platform.config.publicUrl
  let closing: Promise<void> | undefined
  const close = () =>
    (closing ??= (async () => {
      await app.close()
      await platform.jobs.stop()
      await platform.db.close()
    })())
  return { app, url, close }
}
