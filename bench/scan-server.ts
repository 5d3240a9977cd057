/** The real server on a free port, without the limit of scans for one address. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrationSets } from '../src/app/migrations.ts'
import { createCluster } from '../src/platform/db/template.ts'
import { openPlatform } from '../src/app/context.ts'
import { createModules } from '../src/app/modules.ts'
import { serve } from '../src/app/serve.ts'
import { loadConfig } from '../src/platform/config/config.ts'

// the very first start on a machine: no template of the embedded database is there yet
const cache = process.env['TEMPLATE_CACHE']
if (cache !== undefined) {
  mkdirSync(process.env['DATA_DIR']!, { recursive: true })
  await createCluster(join(process.env['DATA_DIR']!, 'database'), migrationSets, { durable: true, cache })
}
const platform = await openPlatform(loadConfig({ ...process.env, PORT: '0', LOG_LEVEL: 'error', SCAN_LIMIT_PER_MINUTE: '10000000' }))
const modules = createModules(platform)
await modules.codes.ready()
const running = await serve(platform, modules)
process.stdout.write(`listening ${running.url.replace('localhost', '127.0.0.1')}\n`)
process.once('SIGTERM', () => void running.close().then(() => process.exit(0)))
