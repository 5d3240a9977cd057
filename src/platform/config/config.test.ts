import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

test('an empty environment has safe defaults', () => {
  expect(loadConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    publicUrl: 'http://localhost:8080',
    databaseUrl: undefined,
    rootKey: undefined,
    trustProxy: 0,
    secureCookies: false,
  })
})

test('all faults are told at once, in both languages', () => {
  try {
    loadConfig({
      PORT: '80.5',
      PUBLIC_URL: 'https://Example.org/path',
      DATABASE_URL: 'mysql://x',
      ROOT_KEY: 'short',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: '-1',
    })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).faults.map((f) => f.variable).sort()).toEqual([
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_URL',
      'ROOT_KEY',
      'TRUST_PROXY',
    ])
    for (const fault of (error as ConfigError).faults) expect(fault.zh).toMatch(/[\u4e00-\u9fff]/)
  }
})

test('a root key is 32 bytes in hex or base64', () => {
  const hex = 'ab'.repeat(32)
  expect(loadConfig({ ROOT_KEY: hex }).rootKey).toEqual(Buffer.from(hex, 'hex'))
  expect(loadConfig({ ROOT_KEY: Buffer.from(hex, 'hex').toString('base64') }).rootKey).toEqual(Buffer.from(hex, 'hex'))
})

test('https makes cookies secure', () => {
  expect(loadConfig({ PUBLIC_URL: 'https://sz.example' }).secureCookies).toBe(true)
})
