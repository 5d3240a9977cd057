import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** What the environment decides. Every variable is read here once; nothing else looks at `process.env`. */
export interface Config {
  readonly host: string
  readonly port: number
  /** Origin under which people reach the platform, without a trailing slash. It is printed on labels. */
  readonly publicUrl: string
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly databasePool: number
  /** 32 bytes in base64 or hex, or undefined: then a file under `dataDir/keys` is used, and made at the first start. */
  readonly rootKey: Buffer | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Hops of trusted reverse proxies whose X-Forwarded-For is believed; 0 believes none. */
  readonly trustProxy: number
  readonly sessionIdleMinutes: number
  readonly sessionAbsoluteHours: number
  /** Statements of group commit that may be in flight at once. One serves more scans than one process can answer; more make smaller batches. */
  /** Hosts inside (`host` or `host:port`) that subscriptions may call nevertheless. */
  readonly outgoingHosts: readonly string[]
  readonly scanLanes: number
  /** Scans a client address may make in a minute before it is asked to wait; thousands of phones share one address of a mobile network. */
  readonly scanLimitPerMinute: number
  /** Code of the block cipher of serials: AES by default, SM4 where commercial cryptography is demanded. */
  readonly serialCipher: 'aes-256-ecb' | 'sm4-ecb'
  readonly secureCookies: boolean
}

export interface ConfigFault {
  readonly variable: string
  readonly zh: string
  readonly en: string
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super(['Configuration has faults / 配置有误:', ...faults.map((f) => `  ${f.variable}: ${f.en} / ${f.zh}`)].join('\n'))
    this.faults = faults
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const CIPHERS = ['aes-256-ecb', 'sm4-ecb'] as const

/**
 * Reads the environment with safe defaults and tells all faults at once.
 * @throws ConfigError listing every faulty variable in both languages
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: ConfigFault[] = []
  const fault = (variable: string, en: string, zh: string) => faults.push({ variable, en, zh })

  const text = (name: string): string | undefined => {
    const value = env[name]?.trim()
    return value === undefined || value === '' ? undefined : value
  }
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name)
    if (value === undefined) return fallback
    const n = Number(value)
    if (!Number.isInteger(n) || n < min || n > max) {
      fault(name, `must be a whole number from ${min} to ${max}, not "${value}"`, `应为 ${min} 至 ${max} 的整数，而不是「${value}」`)
      return fallback
    }
    return n
  }
  const choice = <T extends string>(name: string, options: readonly T[], fallback: T): T => {
    const value = text(name)
    if (value === undefined) return fallback
    if ((options as readonly string[]).includes(value)) return value as T
    fault(name, `must be one of ${options.join(', ')}`, `应为以下之一：${options.join('、')}`)
    return fallback
  }

  const port = whole('PORT', 8080, 0, 65535)
  const publicUrl = (text('PUBLIC_URL') ?? `http://localhost:${port}`).replace(/\/+$/, '')
  if (!isOrigin(publicUrl)) {
    fault('PUBLIC_URL', 'must be an http or https origin in lower case without a path', '应为小写的 http 或 https 源，不带路径')
  }
  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    fault('DATABASE_URL', 'must begin with postgres:// or postgresql://', '应以 postgres:// 或 postgresql:// 开头')
  }

  const config: Config = {
    host: text('HOST') ?? '127.0.0.1',
    port,
    publicUrl,
    dataDir: resolve(text('DATA_DIR') ?? 'data'),
    databaseUrl,
    databasePool: whole('DATABASE_POOL', 12, 2, 200),
    rootKey: readRootKey(text('ROOT_KEY'), text('ROOT_KEY_FILE'), fault),
    logLevel: choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    trustProxy: whole('TRUST_PROXY', 0, 0, 10),
    sessionIdleMinutes: whole('SESSION_IDLE_MINUTES', 60, 5, 24 * 60),
    sessionAbsoluteHours: whole('SESSION_ABSOLUTE_HOURS', 12, 1, 24 * 30),
    outgoingHosts: (text('OUTGOING_HOSTS') ?? '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    scanLanes: whole('SCAN_LANES', 1, 1, 16),
    scanLimitPerMinute: whole('SCAN_LIMIT_PER_MINUTE', 3000, 1, 10_000_000),
    serialCipher: choice('SERIAL_CIPHER', CIPHERS, 'aes-256-ecb'),
    secureCookies: publicUrl.startsWith('https://'),
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

function isOrigin(value: string): boolean {
  try {
    const url = new URL(value)
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === value
  } catch {
    return false
  }
}

function readRootKey(
  inline: string | undefined,
  file: string | undefined,
  fault: (variable: string, en: string, zh: string) => void,
): Buffer | undefined {
  if (inline !== undefined) {
    const key = parseRootKey(inline)
    if (key === undefined) fault('ROOT_KEY', 'must be 32 bytes in base64 or hex', '应为 32 字节的 base64 或十六进制')
    return key
  }
  if (file !== undefined) {
    if (!existsSync(file)) {
      fault('ROOT_KEY_FILE', `file ${file} does not exist`, `文件 ${file} 不存在`)
      return undefined
    }
    const key = parseRootKey(readFileSync(file, 'utf8').trim())
    if (key === undefined) fault('ROOT_KEY_FILE', 'must hold 32 bytes in base64 or hex', '内容应为 32 字节的 base64 或十六进制')
    return key
  }
  return undefined
}

/** 32 bytes from hex (64 digits) or base64/base64url; undefined when it is neither. */
export function parseRootKey(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) {
    const key = Buffer.from(text, 'base64url')
    return key.length === 32 ? key : undefined
  }
  return undefined
}
