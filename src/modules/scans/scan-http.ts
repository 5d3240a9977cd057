import type { Platform } from '../../platform/platform.ts'
import type { Codes } from '../codes/index.ts'
import type { Events } from '../events/index.ts'
import type { Labels } from '../labels/index.ts'
import type { Products } from '../products/index.ts'
import type { Resolver } from '../resolver/index.ts'
import type { Places } from './place.ts'
import type { Verifier } from './verify-code.ts'
import type { Visitors } from './visitor.ts'
import type { FastifyRequest } from 'fastify'
import { parseItemPath } from '../../kernel/gs1/digital-link.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import { queryText } from '../../platform/http/query-text.ts'
import type { PageFrame } from '../../platform/pages/public-page.tsx'
import type { VerificationAnswer } from './contract.ts'
import type { ScannedCode, Verification } from './verify-code.ts'
import { REASON_WORDS, VERDICT_WORDS } from './words.ts'

/** What the routes of scans are made of. */
export interface ScanParts {
  readonly platform: Platform
  readonly verifier: Verifier
  readonly visitors: Visitors
  readonly places: Places
  readonly codes: Codes
  readonly labels: Labels
  readonly events: Events
  readonly products: Products
  readonly resolver: Resolver
}

export type Frame = Omit<PageFrame, 'title'>

export function frameOf(request: FastifyRequest, facts: RequestFacts, here: string): Frame {
  return { locale: facts.locale, large: queryText(request, 'size') === 'large', here }
}

/** The scan address that a form is about, `?code=/01/…`. */
export function codePath(request: FastifyRequest): string {
  const value = queryText(request, 'code')
  return value !== undefined && value.length < 400 && value.startsWith('/') ? value : '/'
}

export function scannedCodeOf(path: string): ScannedCode | undefined {
  const bare = path.split('?', 1)[0]!
  const blank = /^\/s\/([^/]+)$/.exec(bare)
  if (blank !== null) return { gtin: undefined, serial: blank[1]! }
  const parsed = parseItemPath(bare)
  return parsed === undefined ? undefined : { gtin: parsed.gtin, serial: parsed.serial }
}

export function verificationAnswer(v: Verification, facts: Pick<RequestFacts, 'locale'>, publicUrl: string): VerificationAnswer {
  const { product, lot, importer } = v.card
  const { locale } = facts
  return {
    verdict: v.judgement.verdict,
    sandbox: v.trial !== undefined,
    trial: v.trial === undefined ? null : { verdict: v.trial.verdict, reasons: [...v.trial.reasons] },
    sentence: `${VERDICT_WORDS[v.judgement.verdict][locale]}: ${REASON_WORDS[v.judgement.reasons[0]!].says[locale]}`,
    reasons: v.judgement.reasons.map((code) => ({ code, text: REASON_WORDS[code].says[locale] })),
    scannedAt: v.at.toISOString(),
    serial: v.code.serial,
    gtin: v.code.gtin ?? product?.gtin ?? null,
    product:
      product === undefined
        ? null
        : {
            nameZh: product.nameZh,
            nameEn: product.nameEn,
            brand: product.brand,
            spec: product.spec,
            origin: product.origin,
            filingNumber: product.filingNumber,
            pictureUrl: product.pictureFileId === null ? null : `${publicUrl}/pictures/${product.pictureFileId}`,
          },
    lot:
      lot === undefined
        ? null
        : {
            number: lot.lotNumber,
            producedOn: lot.producedOn,
            expiresOn: lot.expiresOn,
            enteredOn: lot.enteredOn,
            tradeMode: lot.tradeMode,
            transportMode: lot.firstLineTransportMode ?? lot.declarationTransportMode,
          },
    importer: importer === undefined ? null : { nameZh: importer.nameZh, nameEn: importer.nameEn },
    earlier: {
      count: Math.max(0, (v.scan?.scanCount ?? 0) - (v.scan?.counted ? 1 : 0)),
      firstAt: v.scan?.firstScanAt ?? null,
      firstProvince: v.scan?.firstProvince ?? null,
      own: v.scan?.ownBefore ?? 0,
    },
    pin:
      v.pin === undefined
        ? null
        : {
            digits: v.pin.digits,
            firstAt: v.pin.reveal?.at ?? null,
            firstProvince: v.pin.reveal?.province ?? null,
            times: v.pin.reveal?.times ?? 0,
          },
  }
}
