/**
 * The one table of colours and sizes. Text pairs keep 4.5:1 on their grounds (tokens.test.ts measures them); ink and
 * jade carry the whole interface, so that the four tones of state are the only other colours on a page.
 */
export interface Palette {
  readonly ground: string
  readonly surface: string
  readonly raised: string
  readonly sunken: string
  readonly ink: string
  readonly inkSoft: string
  readonly inkFaint: string
  readonly line: string
  readonly lineSoft: string
  readonly jade: string
  readonly jadeStrong: string
  readonly jadeSoft: string
  readonly onJade: string
  readonly good: string
  readonly goodSoft: string
  readonly warn: string
  readonly warnSoft: string
  readonly bad: string
  readonly badSoft: string
  readonly info: string
  readonly infoSoft: string
  readonly quiet: string
  readonly quietSoft: string
}

export const light: Palette = {
  ground: '#f4f6f5',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#f0f3f2',
  ink: '#16211f',
  inkSoft: '#475552',
  inkFaint: '#5f6d6a',
  line: '#d3dbd8',
  lineSoft: '#e6ebe9',
  jade: '#0b6b5f',
  jadeStrong: '#084f47',
  jadeSoft: '#e2f1ee',
  onJade: '#ffffff',
  good: '#1a6b3c',
  goodSoft: '#e3f3e8',
  warn: '#8a4b00',
  warnSoft: '#fdf0dc',
  bad: '#b3261e',
  badSoft: '#fce8e6',
  info: '#1d5a96',
  infoSoft: '#e5f0fa',
  quiet: '#4f5c59',
  quietSoft: '#eaefed',
}

export const dark: Palette = {
  ground: '#0e1514',
  surface: '#151e1c',
  raised: '#1c2725',
  sunken: '#111918',
  ink: '#e7eeec',
  inkSoft: '#b4c1bd',
  inkFaint: '#93a29e',
  line: '#34423f',
  lineSoft: '#26322f',
  jade: '#5cc9b5',
  jadeStrong: '#86dccb',
  jadeSoft: '#14332e',
  onJade: '#06231f',
  good: '#7fd39b',
  goodSoft: '#15301f',
  warn: '#f0b968',
  warnSoft: '#38280f',
  bad: '#ff9d94',
  badSoft: '#3c1a18',
  info: '#8fc1f2',
  infoSoft: '#152c42',
  quiet: '#b0bdb9',
  quietSoft: '#243130',
}

export const fonts = {
  text: "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif",
  title: "'Songti SC', 'STSong', 'Noto Serif CJK SC', 'Source Han Serif SC', 'SimSun', Georgia, serif",
  code: "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'Noto Sans Mono', monospace",
} as const
