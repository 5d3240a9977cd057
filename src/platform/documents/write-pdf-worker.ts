/** The thread that lays out a PDF. Takes the document as `workerData`; sends its bytes in chunks, and at last `done`. */
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import PdfKit from 'pdfkit'
import type { Words } from '../../kernel/errors.ts'
import type { PdfDocument, PdfFact, PdfSection, PdfText } from './pdf.ts'

export type FromPdfWorker = { readonly chunk: Uint8Array } | { readonly done: true }

const MARGIN = 48
const FOOT = 34
const INK = '#16211d'
const SOFT = '#55635d'
const LINE = '#c9d2cd'
const SHADE = '#eef3f0'
const JADE = '#0b6b4f'

const document = workerData as PdfDocument
// Noto Sans SC (SIL OFL 1.1), complete, so that no name of a person or place lacks a character
const fonts = pathToFileURL(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc'))
const fontFile = (weight: string) => fileURLToPath(new URL(`../fonts/NotoSansHans-${weight}.otf`, fonts))

const pdf = new PdfKit({
  size: 'A4',
  margins: { top: MARGIN, bottom: MARGIN + FOOT, left: MARGIN, right: MARGIN },
  bufferPages: true,
  info: {
    Title: `${document.title.zh} / ${document.title.en}`,
    Creator: 'Suzhen',
    Producer: 'Suzhen',
    CreationDate: new Date(document.madeAt),
  },
  lang: 'zh-CN',
})
pdf.registerFont('regular', fontFile('Regular'))
pdf.registerFont('bold', fontFile('Medium'))
pdf.on('data', (chunk: Buffer) => send({ chunk }))
pdf.on('end', () => send({ done: true }))

function send(message: FromPdfWorker): void {
  parentPort!.postMessage(message)
}

const width = pdf.page.width - 2 * MARGIN
const bottom = () => pdf.page.height - MARGIN - FOOT

const same = (words: Words) => words.zh === words.en
const told = (text: PdfText): string => (typeof text === 'string' ? text : same(text) ? text.zh : `${text.zh} / ${text.en}`)

function room(height: number): void {
  if (pdf.y + height > bottom()) pdf.addPage()
}

function title(): void {
  pdf.font('bold').fontSize(19).fillColor(INK).text(document.title.zh, MARGIN, MARGIN, { width })
  pdf.font('regular').fontSize(11).fillColor(SOFT).text(document.title.en, { width })
  pdf.moveDown(0.5).font('bold').fontSize(12).fillColor(JADE).text(told(document.subtitle), { width })
  pdf.moveDown(0.4)
  facts(document.head)
}

function heading(words: Words): void {
  room(60)
  pdf.moveDown(0.9)
  pdf.font('bold').fontSize(12).fillColor(INK).text(words.zh, MARGIN, pdf.y, { width, continued: true })
  pdf.font('regular').fontSize(9.5).fillColor(SOFT).text(`  ${words.en}`)
  pdf
    .moveTo(MARGIN, pdf.y + 2)
    .lineTo(MARGIN + width, pdf.y + 2)
    .lineWidth(0.8)
    .strokeColor(JADE)
    .stroke()
  pdf.y += 7
}

/** Label on the left, value on the right; both may take several lines. */
function facts(rows: readonly PdfFact[]): void {
  const left = width * 0.32
  for (const { label, value } of rows) {
    const text = told(value)
    if (text === '') continue
    pdf.font('regular').fontSize(8.5)
    const labelText = told(label)
    const height =
      Math.max(pdf.heightOfString(labelText, { width: left - 8 }), pdf.fontSize(9.5).heightOfString(text, { width: width - left })) + 3
    room(height)
    const y = pdf.y
    pdf
      .fontSize(8.5)
      .fillColor(SOFT)
      .text(labelText, MARGIN, y, { width: left - 8 })
    pdf
      .fontSize(9.5)
      .fillColor(INK)
      .text(text, MARGIN + left, y, { width: width - left })
    pdf.y = y + height
  }
  pdf.x = MARGIN
}

function table(section: Extract<PdfSection, { kind: 'table' }>): void {
  const shares = section.columns.reduce((sum, c) => sum + c.share, 0)
  const widths = section.columns.map((c) => (c.share / shares) * width)
  const pad = 4
  const cells = (texts: readonly string[], font: 'regular' | 'bold', size: number, shade: boolean) => {
    pdf.font(font).fontSize(size)
    const height = Math.max(...texts.map((text, i) => pdf.heightOfString(text === '' ? ' ' : text, { width: widths[i]! - 2 * pad }))) + 5
    if (pdf.y + height > bottom()) {
      pdf.addPage()
      if (!shade) head()
      pdf.font(font).fontSize(size)
    }
    const y = pdf.y
    if (shade) pdf.rect(MARGIN, y, width, height).fill(SHADE)
    let x = MARGIN
    texts.forEach((text, i) => {
      pdf
        .fillColor(INK)
        .text(text, x + pad, y + 2.5, { width: widths[i]! - 2 * pad, align: section.columns[i]!.right === true ? 'right' : 'left' })
      x += widths[i]!
    })
    pdf
      .moveTo(MARGIN, y + height)
      .lineTo(MARGIN + width, y + height)
      .lineWidth(0.4)
      .strokeColor(LINE)
      .stroke()
    pdf.y = y + height
    pdf.x = MARGIN
  }
  const head = () =>
    cells(
      section.columns.map((c) => (same(c.label) ? c.label.zh : `${c.label.zh}\n${c.label.en}`)),
      'bold',
      8,
      true,
    )
  head()
  for (const row of section.rows)
    cells(
      row.map((text) => (typeof text === 'string' || same(text) ? told(text) : `${text.zh}\n${text.en}`)),
      'regular',
      8,
      false,
    )
  if (section.note !== undefined)
    pdf.moveDown(0.3).font('regular').fontSize(8).fillColor(SOFT).text(told(section.note), MARGIN, pdf.y, { width })
}

function signatures(roles: readonly Words[]): void {
  for (const role of roles) {
    room(46)
    const y = pdf.y + 22
    const half = width * 0.5
    pdf.font('regular').fontSize(9).fillColor(SOFT).text(told(role), MARGIN, y, { width: half })
    pdf.text('日期 / Date', MARGIN + width * 0.68, y, { width: width * 0.14 })
    pdf
      .moveTo(MARGIN + width * 0.34, y + 12)
      .lineTo(MARGIN + width * 0.65, y + 12)
      .moveTo(MARGIN + width * 0.8, y + 12)
      .lineTo(MARGIN + width, y + 12)
    pdf.lineWidth(0.6).strokeColor(INK).stroke()
    pdf.y = y + 16
    pdf.x = MARGIN
  }
}

function feet(): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let i = start; i < start + count; i++) {
    pdf.switchToPage(i)
    // writing below the margin would begin a new page
    pdf.page.margins.bottom = 0
    const y = pdf.page.height - MARGIN - FOOT + 10
    pdf
      .moveTo(MARGIN, y - 5)
      .lineTo(MARGIN + width, y - 5)
      .lineWidth(0.4)
      .strokeColor(LINE)
      .stroke()
    pdf.font('regular').fontSize(7).fillColor(SOFT)
    pdf.text(`${document.foot.zh}\n${document.foot.en}`, MARGIN, y, { width: width * 0.86, height: 48, lineGap: -1 })
    pdf.text(`${i - start + 1} / ${count}`, MARGIN + width * 0.88, y, { width: width * 0.12, align: 'right' })
  }
}

title()
for (const section of document.sections) {
  heading(section.heading)
  switch (section.kind) {
    case 'text':
      for (const paragraph of section.paragraphs)
        for (const text of typeof paragraph === 'string' || same(paragraph) ? [told(paragraph)] : [paragraph.zh, paragraph.en])
          pdf.font('regular').fontSize(10).fillColor(INK).text(text, MARGIN, pdf.y, { width, paragraphGap: 3 })
      break
    case 'facts':
      facts(section.facts)
      break
    case 'table':
      table(section)
      break
    case 'signatures':
      signatures(section.roles)
  }
}
feet()
pdf.end()
