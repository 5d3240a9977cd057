import { describe, expect, it } from 'vitest'
import { hashPassword, passwordFaults, passwordMatches } from './passwords.ts'

const codes = (password: string, account = 'clerk@example.cn') => passwordFaults(password, account).map((f) => f.code)

describe('a new password', () => {
  it('is a sentence or a random string of twelve characters', () => {
    expect(codes('海关放行以后才贴标签所以不急')).toEqual([])
    expect(codes('vX7-kQ2mzT9e')).toEqual([])
  })
  it('is refused with the reason when it is short, common, monotonous or like the account', () => {
    expect(codes('vX7-kQ2mz')).toEqual(['TOO_SHORT'])
    expect(codes('Password1234')).toEqual(['TOO_COMMON'])
    expect(codes('ｐassword1234')).toEqual(['TOO_COMMON'])
    expect(codes('aaaaaaaaaaaaaaa')).toEqual(['TOO_COMMON'])
    expect(codes('234567890123')).toEqual(['TOO_COMMON'])
    expect(codes('li.mingzhu2026', 'li.mingzhu')).toEqual(['LIKE_ACCOUNT'])
    expect(codes('clerk@example.cn!')).toEqual(['LIKE_ACCOUNT'])
  })
})

describe('a stored password', () => {
  it('is argon2id with the recommended cost and matches any width of the same letters', async () => {
    const stored = await hashPassword('ａ long sentence')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwordMatches(stored, 'a long sentence')).toBe(true)
    expect(await passwordMatches(stored, 'a long sentence.')).toBe(false)
  })
  it('matches nothing when there is none', async () => {
    expect(await passwordMatches(null, 'a password that nobody has')).toBe(false)
  })
})
