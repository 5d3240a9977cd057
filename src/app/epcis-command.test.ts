import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { epcisCommand } from './epcis-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'suzhen-epcis-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[], values: Record<string, unknown> = {}, content: string | Uint8Array = '') {
  const file = join(folder, 'document')
  writeFileSync(file, content)
  const said: string[] = []
  const complained: string[] = []
  const code = epcisCommand(
    args.map((a) => (a === 'FILE' ? file : a)),
    values,
    { say: (line) => said.push(line), complain: (line) => complained.push(line) },
  )
  return { code, said, complained }
}

const DOCUMENT = {
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { example: 'https://ns.example.com/epcis/' }],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2022-02-17T11:30:47.0Z',
  epcisBody: {
    eventList: [
      {
        type: 'ObjectEvent',
        eventTime: '2020-03-04T11:00:30.000+01:00',
        eventTimeZoneOffset: '+01:00',
        epcList: ['urn:epc:id:sscc:4012345.0000000333'],
        action: 'OBSERVE',
        bizStep: 'departing',
        'example:myField': { 'example:a': 2, 'example:b': ['x', 'y'] },
      },
    ],
  },
}

describe('epcis on the command line', () => {
  it('says that a document is valid, or each of its faults', () => {
    expect(run(['validate', 'FILE'], {}, JSON.stringify(DOCUMENT))).toEqual({
      code: 0,
      said: ['{"ok":true,"kind":"EPCISDocument","events":1}'],
      complained: [],
    })
    const { code, said } = run(['validate', 'FILE'], {}, JSON.stringify({ ...DOCUMENT, schemaVersion: 'two', creationDate: 'today' }))
    expect(code).toBe(1)
    expect(said.map((line) => JSON.parse(line) as { ok: boolean; pointer: string; code: string })).toMatchObject([
      { ok: false, pointer: '/schemaVersion', code: 'not-version' },
      { ok: false, pointer: '/creationDate', code: 'not-date-time' },
    ])
    expect(run(['validate', 'FILE'], {}, '{"type":').code).toBe(1)
    expect(run(['validate', 'FILE'], {}, '<?xml version="1.0"?><a/>').said[0]).toContain('not-epcis')
  })

  it('converts both ways, and the hash of an event stays', () => {
    const xml = run(['convert', 'FILE'], { to: 'xml' }, JSON.stringify(DOCUMENT))
    expect(xml.code).toBe(0)
    expect(xml.said[0]).toContain('<epcis:EPCISDocument')
    const json = run(['convert', 'FILE'], { to: 'json' }, Buffer.from(`\ufeff${xml.said[0]}`, 'utf16le'))
    expect((JSON.parse(json.said[0]!) as typeof DOCUMENT).epcisBody).toEqual(DOCUMENT.epcisBody)
    const old = run(['convert', 'FILE'], { to: 'xml', 'xml-version': '1.2' }, JSON.stringify(DOCUMENT))
    const hashes = [JSON.stringify(DOCUMENT), xml.said[0]!, json.said[0]!, old.said[0]!].map((text) => run(['hash', 'FILE'], {}, text))
    for (const { code, said } of hashes) {
      expect(code).toBe(0)
      expect(said).toEqual(hashes[0]!.said)
      expect(said[0]).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/)
    }
    expect(run(['hash', 'FILE'], { prehash: true }, JSON.stringify(DOCUMENT)).said[0]).toContain(
      'epc=https://id.gs1.org/00/040123450000003338',
    )
  })

  it('refuses to convert what is invalid', () => {
    const { code, said, complained } = run(['convert', 'FILE'], { to: 'xml' }, JSON.stringify({ ...DOCUMENT, epcisBody: {} }))
    expect([code, said]).toEqual([1, []])
    expect(complained[0]).toContain('required')
  })

  it.each<[string[], Record<string, unknown>]>([
    [[], {}],
    [['validate'], {}],
    [['mend', 'FILE'], {}],
    [['convert', 'FILE'], {}],
    [['convert', 'FILE'], { to: 'csv' }],
    [['convert', 'FILE'], { to: 'xml', 'xml-version': '1.1' }],
    [['hash', 'FILE', 'FILE'], {}],
    [['hash', '/no/such/file'], {}],
  ])('answers %j %j with the exit code of a wrong use', (args, values) => {
    expect(run(args, values).code).toBe(2)
  })
})
