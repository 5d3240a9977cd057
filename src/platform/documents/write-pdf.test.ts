import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { writePdf } from './write-pdf.ts'

const words = (zh: string, en: string) => ({ zh, en })

describe('a PDF', () => {
  test('is written in both languages, over as many pages as it needs, with its own font', { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 150 }, (_, i) => [`第 ${i} 行 喆垚龑镕`, words('宁波', 'Ningbo'), String(i)])
    const columns = [
      { label: words('名称', 'Name'), share: 3 },
      { label: words('城市', 'City'), share: 1 },
      { label: words('件数', 'Items'), share: 1, right: true },
    ]
    const pdf = await buffer(
      writePdf({
        title: words('报告', 'Dossier'),
        subtitle: words('示例', 'Example'),
        head: [{ label: words('制作时间', 'Made'), value: '2026-06-15' }],
        sections: [
          { heading: words('说明', 'Words'), kind: 'text', paragraphs: [words('应在宁波。', 'It should be in Ningbo.')] },
          { heading: words('表', 'Table'), kind: 'table', columns, rows },
          { heading: words('签署', 'Signatures'), kind: 'signatures', roles: [words('制作人', 'Prepared by')] },
        ],
        foot: words('页脚', 'Foot'),
        madeAt: '2026-06-15T02:00:00Z',
      }),
    )
    const text = pdf.toString('latin1')
    expect(text.startsWith('%PDF-')).toBe(true)
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true)
    expect(text.match(/\/Type \/Page\b/g)!.length).toBeGreaterThan(3)
    expect(text).toContain('NotoSansHans')
    // a subset, not the eight megabytes of the font
    expect(pdf.length).toBeLessThan(400_000)
    if (process.env['PDF_OUT'] !== undefined) (await import('node:fs')).writeFileSync(process.env['PDF_OUT'], pdf)
  })

  test('waits its turn when many are asked for, and gives its turn back when nobody reads', { timeout: 60_000 }, async () => {
    const small = {
      title: words('一', 'One'),
      subtitle: words('', ''),
      head: [],
      sections: [],
      foot: words('', ''),
      madeAt: '2026-06-15T02:00:00Z',
    }
    const gone = Array.from({ length: 4 }, () => writePdf(small))
    const read = Array.from({ length: 4 }, () => buffer(writePdf(small)))
    for (const stream of gone) stream.destroy()
    expect((await Promise.all(read)).map((pdf) => pdf.subarray(0, 5).toString())).toEqual(['%PDF-', '%PDF-', '%PDF-', '%PDF-'])
  })
})
