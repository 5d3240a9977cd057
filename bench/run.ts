/**
 * The project's figures, each beside its peer or its limit in the same run: `npm run bench`, or single parts by name:
 * `npm run bench -- scan resolver codec epcis epcis-kernel gs1 pack activation movement-files start page trace`. Ratios count; absolute figures belong to the machine.
 */
import { availableParallelism, cpus } from 'node:os'
import { say } from './support.ts'

const PARTS: Record<string, () => Promise<void>> = {
  epcis: async () => (await import('./epcis.ts')).benchEpcis(),
  codec: async () => (await import('./codec.ts')).benchCodec(),
  'epcis-kernel': async () => (await import('./epcis-kernel.ts')).benchEpcisKernel(),
  gs1: async () => (await import('./gs1.ts')).benchGs1(),
  pack: async () => (await import('./pack.ts')).benchPack(),
  activation: async () => (await import('./activation.ts')).benchActivation(),
  'movement-files': async () => (await import('./movement-files.ts')).benchMovementFiles(),
  start: async () => (await import('./start.ts')).benchStart(),
  page: async () => (await import('./page.ts')).benchPage(),
  trace: async () => (await import('./trace.ts')).benchTrace(),
  resolver: async () => (await import('./resolver.ts')).benchResolver(),
  scan: async () => (await import('./scan.ts')).benchScan(),
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  say(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
say(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${new Date().toISOString()}`)
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) await PARTS[name]!()
process.exit(0)
