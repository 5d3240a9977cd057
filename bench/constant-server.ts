/** The limit beside the scan: the same framework answering a constant of about the same size. */
import Fastify from 'fastify'

const app = Fastify({ logger: false })
const answer = JSON.stringify({ verdict: 'registered', text: 'x'.repeat(900) })
app.get('/*', async (_request, reply) => reply.type('application/json; charset=utf-8').send(answer))
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`listening ${url}\n`)
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
