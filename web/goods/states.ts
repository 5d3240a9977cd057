import type { Locale } from '../../src/kernel/errors.ts'
import type { EnumOption } from '../shared/table/column.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { goodsWords } from './words.ts'

const TONES: Readonly<Record<string, Tone>> = {
  inert: 'quiet',
  active: 'good',
  void: 'bad',
  replaced: 'quiet',
  destroyed: 'bad',
  retired: 'quiet',
  frozen: 'warn',
  recalled: 'bad',
}

export const toneOfState = (state: string): Tone => TONES[state] ?? 'quiet'

export const goodsStates = (locale: Locale): EnumOption[] =>
  Object.entries(goodsWords[locale].status).map(([value, label]) => ({ value, label, tone: toneOfState(value) }))

export const holdStates = (locale: Locale): EnumOption[] =>
  Object.entries(goodsWords[locale].holds).map(([value, label]) => ({ value, label, tone: toneOfState(value) }))

export const eventKinds = (locale: Locale): EnumOption[] =>
  Object.entries(goodsWords[locale].kinds).map(([value, label]) => ({
    value,
    label,
    tone: value === 'recalling' || value === 'voiding' || value === 'destroying' ? 'bad' : value === 'freezing' ? 'warn' : 'info',
  }))
