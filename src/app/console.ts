import { existsSync, readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { httpFail } from '../platform/http/errors.ts'
import { raw, type Route } from '../platform/http/route.ts'

const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url))

/** True when `npm run build` has made the console's files. */
export const consoleIsBuilt = (): boolean => existsSync(join(CONSOLE_FOLDER, 'index.html'))

/** Gives replies `sendFile` over the console's folder; the routes below decide what may be asked for. */
export async function serveConsoleFiles(app: FastifyInstance): Promise<void> {
  if (!consoleIsBuilt()) return
  await app.register(fastifyStatic, { root: CONSOLE_FOLDER, serve: false, preCompressed: true })
}

/** The console: hashed assets for ever, and one page for every address of its router with a nonce of its own. */
export function consoleRoutes(): Route[] {
  let page: string | undefined
  return [
    raw({
      id: 'console.asset',
      method: 'GET',
      url: '/console/assets/*',
      summary: { zh: '控制台资源', en: 'Console assets' },
      policy: { access: 'public' },
      hidden: true,
      limitPerMinute: 6000,
      handle: async ({ request, reply }) => {
        const name = (request.params as { '*': string })['*']
        if (!consoleIsBuilt()) throw httpFail('NO_ROUTE')
        return reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${name}`, { cacheControl: false })
      },
    }),
    ...['/console', '/console/*'].map((url) =>
      raw({
        id: url === '/console' ? 'console.root' : 'console.page',
        method: 'GET',
        url,
        summary: { zh: '控制台', en: 'Console' },
        policy: { access: 'public' },
        hidden: true,
        handle: async ({ reply }) => {
          if (!consoleIsBuilt()) {
            return reply
              .code(503)
              .type('text/plain; charset=utf-8')
              .send('控制台尚未构建，请运行 npm run build。\nThe console is not built: run npm run build.\n')
          }
          page ??= readFileSync(join(CONSOLE_FOLDER, 'index.html'), 'utf8')
          const nonce = randomBytes(16).toString('base64')
          return reply
            .header('content-security-policy', contentPolicy(nonce))
            .header('cache-control', 'no-store')
            .type('text/html; charset=utf-8')
            .send(page.replaceAll('__CSP_NONCE__', nonce))
        },
      }),
    ),
  ]
}

/**
 * Scripts only from our own files. Style elements need the nonce; style attributes are allowed because the component
 * library positions its layers by them and an attribute cannot load anything under this policy.
 */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    // the decoder of photos is WebAssembly of our own; evaluating text as script stays refused
    "script-src 'self' 'wasm-unsafe-eval'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
