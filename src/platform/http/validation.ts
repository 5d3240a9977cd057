import type { z } from 'zod'
import type { FieldFault } from '../../kernel/errors.ts'
import { httpFail } from './errors.ts'

type Issue = z.core.$ZodIssue

/**
 * Checks an input against its schema.
 * @throws AppError VALIDATION with a fault for each field, as JSON Pointers
 */
export function validate<S extends z.ZodType>(schema: S | undefined, input: unknown, part: string): z.output<S> {
  if (schema === undefined) return undefined as z.output<S>
  const unwritable = unwritableText(input)
  if (unwritable !== undefined) {
    throw httpFail('VALIDATION', { part }, [
      { pointer: unwritable, code: 'NOT_TEXT', zh: '含有不可显示的字符', en: 'contains characters that are no text' },
    ])
  }
  // with the input, because what is missing and what has another type are told apart by it
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  throw httpFail(
    'VALIDATION',
    { part },
    result.error.issues.flatMap((issue) => faultsOf(issue)),
  )
}

/**
 * NUL and half characters (lone surrogates) are legal in JSON and in no text that people write; neither engine stores
 * them. @returns pointer of the first place that has one
 */
function unwritableText(input: unknown, path = ''): string | undefined {
  if (typeof input === 'string') return input.includes('\0') || !input.isWellFormed() ? path : undefined
  if (typeof input !== 'object' || input === null) return undefined
  for (const [key, value] of Object.entries(input)) {
    const found = unwritableText(key, `${path}/`) ?? unwritableText(value, `${path}/${escaped(key)}`)
    if (found !== undefined) return found
  }
  return undefined
}

function faultsOf(issue: Issue): FieldFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code: 'UNKNOWN_FIELD',
      zh: '没有这个字段',
      en: 'there is no such field',
    }))
  }
  return [{ pointer: pointerOf(issue.path), ...wordsOf(issue) }]
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((p) => `/${escaped(String(p))}`).join('')
}

/** Levels of objects and arrays in a body; the deepest that this API takes has six. */
const MAX_DEPTH = 64

/**
 * Refuses a body that is nested so deeply that walking it could end the stack. Not recursive itself.
 * @throws AppError JSON_TOO_DEEP
 */
export function refuseDeep(body: unknown): void {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw httpFail('JSON_TOO_DEEP', { limit: MAX_DEPTH })
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value).filter((v) => typeof v === 'object' && v !== null) : [],
    )
  }
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** A schema may give its own words as a message `CODE|中文|English`; the rest are told by kind. */
function wordsOf(issue: Issue): Omit<FieldFault, 'pointer'> {
  const own = issue.message.split('|')
  if (own.length === 3) return { code: own[0]!, zh: own[1]!, en: own[2]! }
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? { code: 'REQUIRED', zh: '必填', en: 'is required' }
        : { code: 'WRONG_TYPE', zh: `类型应为 ${issue.expected}`, en: `must be of type ${issue.expected}` }
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) <= 1
        ? { code: 'REQUIRED', zh: '必填', en: 'is required' }
        : { code: 'TOO_SMALL', zh: `不得小于 ${issue.minimum}`, en: `must be at least ${issue.minimum}` }
    case 'too_big':
      return { code: 'TOO_BIG', zh: `不得大于 ${issue.maximum}`, en: `must be at most ${issue.maximum}` }
    case 'invalid_format':
      if (issue.format === 'date')
        return { code: 'WRONG_FORMAT', zh: '应为真实存在的日期，写作 2026-06-15', en: 'must be a day of the calendar, written 2026-06-15' }
      if (issue.format === 'datetime')
        return {
          code: 'WRONG_FORMAT',
          zh: '应为带时区的时间，写作 2026-06-15T10:00:00+08:00',
          en: 'must be a time with its zone, written 2026-06-15T10:00:00+08:00',
        }
      if (issue.format === 'uuid') return { code: 'WRONG_FORMAT', zh: '应为编号（UUID）', en: 'must be an id (UUID)' }
      return { code: 'WRONG_FORMAT', zh: '格式不正确', en: 'has the wrong form' }
    case 'invalid_value':
      return { code: 'NOT_ALLOWED', zh: `应为以下之一：${issue.values.join('、')}`, en: `must be one of ${issue.values.join(', ')}` }
    default:
      return { code: 'INVALID', zh: '无效', en: 'is not valid' }
  }
}
