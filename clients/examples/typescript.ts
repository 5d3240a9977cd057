/**
 * From a key to the first events, in a sandbox:
 *   SUZHEN_URL=http://127.0.0.1:8080 SUZHEN_KEY=sz_… npx tsx clients/examples/typescript.ts
 */
import { type EpcisEvent, Suzhen, SuzhenProblem } from '../typescript/index.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)
const suzhen = new Suzhen({
  url: process.env['SUZHEN_URL'] ?? 'http://127.0.0.1:8080',
  key: process.env['SUZHEN_KEY'] ?? '',
  language: 'en',
})

const sandbox = await suzhen.sandbox()
if (sandbox === undefined) throw new Error('this key is of no sandbox: make one in the console, under API keys')
const { example } = sandbox
const now = () => ({ eventTime: new Date().toISOString(), eventTimeZoneOffset: '+08:00' })

// two labels that lie in stock are packed into a carton, by an event of EPCIS 2.0
const [first, second] = example.activeLabels as [string, string]
const carton = `https://id.gs1.org/00/${example.freeSsccs[0]}`
const packing: EpcisEvent = {
  type: 'AggregationEvent',
  ...now(),
  action: 'ADD',
  bizStep: 'packing',
  parentID: carton,
  childEPCs: [first, second],
}
const packed = await suzhen.epcis.capture([packing])
if (!packed.complete) throw new Error(packed.errors.map((e) => e.detail).join('; '))
say(`packed into ${carton}`)

// packing them again is refused, and says why
const again = await suzhen.epcis.capture([{ ...packing, ...now(), parentID: `https://id.gs1.org/00/${example.freeSsccs[1]}` }])
say(`refused: ${again.errors[0]?.detail}`)

// where they are now, and every event of one of them
const where = await suzhen.goods.look(first)
say(`state of the first label: ${JSON.stringify(where['status'] ?? where['state'])}`)
for await (const event of suzhen.epcis.events({ MATCH_anyEPC: first })) say(`${event.eventTime} ${event.type} ${event.bizStep}`)

// a list, as a warehouse keeps it: tried first, then written
const list = `act,label,place\ndestroy,${example.activeLabels[2]},Shelf 7\ndestroy,not-a-label,Shelf 7\n`
const file = await suzhen.movementFiles.waitFor((await suzhen.movementFiles.send(new TextEncoder().encode(list), 'shelf-7.csv')).id)
say(`list: ${file.counts.new} good, ${file.counts.wrong} wrong`)
await suzhen.movementFiles.write(file.id)
say(`list: ${(await suzhen.movementFiles.waitFor(file.id)).counts.committed} written`)

// a refusal that is an exception
try {
  await suzhen.products.get('00000000-0000-7000-8000-000000000000')
} catch (error) {
  if (error instanceof SuzhenProblem) say(`${error.status} ${error.code}`)
  else throw error
}
