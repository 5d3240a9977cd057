import { type ErrorTable, refuser } from '../../kernel/errors.ts'

/** Why a file that should be a table was not taken. Nothing of it was kept or executed. */
export const DOCUMENTS_ERRORS = {
  FILE_TOO_LARGE: {
    status: 413,
    zh: '文件超过 {limit} MB，请拆分后再传。',
    en: 'The file is larger than {limit} MB: split it and send the parts.',
  },
  NOT_A_SHEET: {
    status: 422,
    zh: '这不是可以打开的表格文件。请另存为 Excel 工作簿（.xlsx）或 CSV 后再传。',
    en: 'This is not a table that can be opened. Save it as an Excel workbook (.xlsx) or as CSV and send it again.',
  },
  ZIP_BOMB: {
    status: 422,
    zh: '表格解压后异常庞大，已拒绝打开。请把数据复制到新的工作簿再传。',
    en: 'The workbook is abnormally large when unpacked and was not opened. Copy its data into a new workbook and send that.',
  },
  TOO_MANY_ROWS: {
    status: 422,
    zh: '表格超过 {limit} 行，请拆分后再传。',
    en: 'The table has more than {limit} rows: split it and send the parts.',
  },
  TOO_MANY_COLUMNS: {
    status: 422,
    zh: '第 {row} 行超过 {limit} 列，请删去多余的列。',
    en: 'Row {row} has more than {limit} columns: remove those that are not needed.',
  },
  SHEET_TIMEOUT: {
    status: 422,
    zh: '表格过于复杂，未能在规定的时间或内存内读完。请拆分，或把数据复制到新的工作簿再传。',
    en: 'The table is too complex to be read within the time or memory allowed. Split it, or copy its data into a new workbook.',
  },
  SHEET_ENCRYPTED: {
    status: 422,
    zh: '表格设有打开密码，请取消密码后再传。',
    en: 'The table is protected by a password: remove the password and send it again.',
  },
  SHEET_OLD_FORMAT: {
    status: 422,
    zh: '这是旧版 Excel 格式（.xls），请另存为 .xlsx 后再传。',
    en: 'This is the old Excel format (.xls): save it as .xlsx and send it again.',
  },
  SHEET_MISSING: { status: 422, zh: '文件里没有名为「{sheet}」的工作表。', en: 'The file has no sheet named "{sheet}".' },
  QUOTE_OPEN: {
    status: 422,
    zh: '第 {row} 行有一个双引号没有成对，之后的内容无法分列。请补上或删去后再传。',
    en: 'Row {row} has a double quote without its partner, so the cells after it cannot be told apart. Add or remove it and send the file again.',
  },
  CELL_TOO_LONG: {
    status: 422,
    zh: '第 {row} 行有一格超过 {limit} 个字，这不像一张明细表。请检查文件后再传。',
    en: 'A cell of row {row} is longer than {limit} characters, which no entry list has: look at the file and send it again.',
  },
  EMPTY_SHEET: { status: 422, zh: '表格里没有内容。', en: 'The table is empty.' },
  HEADER_NOT_FOUND: {
    status: 422,
    zh: '没有找到表头：前 {rows} 行中没有一行含有所需的列名。请使用模板，或指定表头所在的行。',
    en: 'No header was found: none of the first {rows} rows has the column names that are needed. Use the template, or tell which row is the header.',
  },
  BAD_ENCODING: {
    status: 422,
    zh: '文字编码无法识别或已损坏。请另存为 UTF-8 编码的 CSV，或存为 .xlsx 后再传。',
    en: 'The encoding of the text is unknown or damaged. Save it as CSV in UTF-8, or as .xlsx, and send it again.',
  },
} as const satisfies ErrorTable

export type DocumentsErrorCode = keyof typeof DOCUMENTS_ERRORS

export const documentsFail = refuser(DOCUMENTS_ERRORS)
