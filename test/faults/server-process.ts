/** The real server as a process that can be killed; prints `listening URL` when it answers. */
import { openPlatform } from '../../src/app/context.ts'
import { createModules } from '../../src/app/modules.ts'
import { serve } from '../../src/app/serve.ts'
import { loadConfig } from '../../src/platform/config/config.ts'

const platform = await openPlatform(loadConfig({ ...process.env, PORT: '0', LOG_LEVEL: 'error', SCAN_LIMIT_PER_MINUTE: '10000000' }))
const modules = createModules(platform)
await modules.codes.ready()
const running = await serve(platform, modules)
process.stdout.write(`listening ${running.url.replace('localhost', '127.0.0.1')}\n`)
