import { expect, test } from 'vitest'
import { pathOfPointer, problemFrom } from './problem.ts'

const json = 'application/problem+json; charset=utf-8'

test('a problem of the server keeps its code, words and faults', () => {
  const error = problemFrom(
    400,
    json,
    JSON.stringify({
      code: 'VALIDATION',
      title: '有误',
      detail: '请修改',
      errors: [{ pointer: '/a', code: 'X', detail: '不对' }, { pointer: 1 }],
    }),
    null,
  )
  expect(error).toMatchObject({ status: 400, code: 'VALIDATION', title: '有误', detail: '请修改', mayRetry: false })
  expect(error.faults).toEqual([{ pointer: '/a', code: 'X', detail: '不对' }])
})

test('an answer that is no problem document never shows its text', () => {
  const error = problemFrom(502, 'text/html', '<script>alert(1)</script>', '7')
  expect(error).toMatchObject({ code: 'HTTP_502', retryAfter: 7, mayRetry: true })
  expect(error.message).not.toContain('script')
  expect(problemFrom(500, json, '{broken', null).code).toBe('HTTP_500')
})

test('only an act whose fate is unknown may be sent again under its key', () => {
  expect([0, 409, 422, 429, 503].map((status) => problemFrom(status, null, '', null).mayRetry)).toEqual([true, false, false, true, true])
})

test('a JSON Pointer becomes the path of a field', () => {
  expect(pathOfPointer('/lots/0/a~1b~0c')).toEqual(['lots', 0, 'a/b~c'])
  expect(pathOfPointer('')).toEqual([])
})
