#!/usr/bin/env -S node --import tsx
import { parseArgs } from 'node:util'
import { AppError } from './kernel/errors.ts'
import { COMMANDS, usage } from './app/commands.ts'
import { ConfigError } from './platform/config/config.ts'

const [name = 'help', ...rest] = process.argv.slice(2)
const command = COMMANDS[name]
if (command === undefined) {
  process.stdout.write(usage())
  process.exitCode = name === 'help' || name === '--help' ? 0 : 2
} else {
  try {
    const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true, strict: true })
    await command.run({ values, positionals })
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`)
    else if (error instanceof AppError) process.stderr.write(`${error.code}: ${error.words('en')}\n${error.words('zh')}\n`)
    else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      process.stderr.write(`${error.message}\n${usage()}`)
    else throw error
    process.exitCode = error instanceof TypeError ? 2 : 1
  }
}
