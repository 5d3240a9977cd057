import type { Locale } from '../../kernel/errors.ts'

/**
 * The reader's language: what was chosen (`?lang=`, cookie), else the first of zh and en that Accept-Language
 * ranks highest (RFC 9110 section 12.5.4), else Chinese.
 */
export function localeOf(chosen: string | undefined, acceptLanguage: string | undefined): Locale {
  if (chosen === 'zh' || chosen === 'en') return chosen
  let best: Locale = 'zh'
  let bestQuality = 0
  for (const part of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...options] = part.trim().toLowerCase().split(';')
    const quality = Number(
      options
        .map((o) => o.trim())
        .find((o) => o.startsWith('q='))
        ?.slice(2) ?? 1,
    )
    const locale = tag.startsWith('zh') ? 'zh' : tag.startsWith('en') ? 'en' : undefined
    if (locale !== undefined && quality > bestQuality) {
      best = locale
      bestQuality = quality
    }
  }
  return best
}
