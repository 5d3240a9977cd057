import { z } from 'zod'

export const VERDICTS = ['registered', 'verified', 'recheck', 'high-risk', 'recalled', 'inactive', 'test', 'not-ours'] as const

export const REASONS = [
  'REGISTERED',
  'REPEAT',
  'OWN_REPEAT',
  'MANY_SCANS',
  'FAR_APART',
  'SPREAD',
  'EXPIRED',
  'EXPIRES_SOON',
  'RETIRED',
  'VOID',
  'DESTROYED',
  'REPLACED',
  'FROZEN',
  'RECALLED',
  'INACTIVE',
  'LEAKED',
  'TEST_LABEL',
  'NOT_OURS',
  'CROSS_BORDER_RETAIL',
  'PIN_FIRST',
  'PIN_OWN_REPEAT',
  'PIN_REPEAT',
] as const

/** What an app is told about a scanned code. The page says the same things in the same order. */
export const VerificationAnswer = z.object({
  verdict: z.enum(VERDICTS),
  /** A label of a sandbox: nothing is claimed about any item. `trial` is for whoever tests with it. */
  sandbox: z.boolean(),
  /** What the same scan would have said in earnest; null outside of sandboxes. */
  trial: z.object({ verdict: z.enum(VERDICTS), reasons: z.array(z.enum(REASONS)) }).nullable(),
  sentence: z.string(),
  reasons: z.array(z.object({ code: z.enum(REASONS), text: z.string() })),
  scannedAt: z.string(),
  serial: z.string(),
  gtin: z.string().nullable(),
  product: z
    .object({
      nameZh: z.string(),
      nameEn: z.string(),
      brand: z.string(),
      spec: z.string(),
      origin: z.string(),
      filingNumber: z.string(),
      pictureUrl: z.string().nullable(),
    })
    .nullable(),
  lot: z
    .object({
      number: z.string(),
      producedOn: z.string().nullable(),
      expiresOn: z.string().nullable(),
      enteredOn: z.string(),
      tradeMode: z.string(),
      transportMode: z.string(),
    })
    .nullable(),
  importer: z.object({ nameZh: z.string(), nameEn: z.string() }).nullable(),
  earlier: z.object({
    count: z.number().int(),
    firstAt: z.string().nullable(),
    firstProvince: z.string().nullable(),
    own: z.number().int(),
  }),
  /** null when the label has no PIN under a coating; `firstAt` tells when it was first proved. */
  pin: z
    .object({
      digits: z.number().int(),
      firstAt: z.string().nullable(),
      firstProvince: z.string().nullable(),
      times: z.number().int(),
    })
    .nullable(),
})

export type VerificationAnswer = z.infer<typeof VerificationAnswer>

/** `code` as a scanner or a person gives it: the address of the QR code, its path, or the serial of a label without GTIN. */
export const PinCheckInput = z.strictObject({ code: z.string().min(1).max(400), pin: z.string().max(100) })

export const PinCheckAnswer = z.object({
  result: z.enum(['first', 'repeat', 'no-match', 'not-activated']),
  sentence: z.string(),
  next: z.string(),
  /** null for `no-match`, which says nothing about the code. */
  verification: VerificationAnswer.nullable(),
})
export type PinCheckAnswer = z.infer<typeof PinCheckAnswer>

/** Patterns of guessing at PINs. */
export const PIN_ALARMS = ['many-labels', 'neighbours', 'one-label', 'not-activated', 'repeated'] as const
