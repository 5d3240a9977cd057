import { expect, test } from 'vitest'
import { dark, light, type Palette } from './tokens.ts'

/** Relative luminance and contrast of WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const pairs: readonly (readonly [keyof Palette, keyof Palette])[] = [
  ...(['ink', 'inkSoft', 'inkFaint', 'jade', 'bad', 'good', 'warn', 'info'] as const).flatMap((text) =>
    (['ground', 'surface', 'raised', 'sunken'] as const).map((on) => [text, on] as const),
  ),
  ['onJade', 'jade'],
  ['jade', 'jadeSoft'],
  ['jadeStrong', 'jadeSoft'],
  ['ink', 'jadeSoft'],
  ['good', 'goodSoft'],
  ['warn', 'warnSoft'],
  ['bad', 'badSoft'],
  ['info', 'infoSoft'],
  ['quiet', 'quietSoft'],
]

test.each([
  ['light', light],
  ['dark', dark],
] as const)('every text colour of the %s palette reads at 4.5:1 on its grounds', (_, palette) => {
  const weak = pairs.map(([text, on]) => ({ text, on, ratio: contrast(palette[text], palette[on]) })).filter((p) => p.ratio < 4.5)
  expect(weak).toEqual([])
})
