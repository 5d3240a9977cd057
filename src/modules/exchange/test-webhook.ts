import { randomUUID } from 'node:crypto'
import type { Words } from '../../kernel/errors.ts'
import type { Locale } from '../../kernel/errors.ts'
import { webhookSignature } from '../../platform/crypto/webhook-signature.ts'
import { sendOut, type SendFault } from '../../platform/http/send-out.ts'
import type { WebhookTestView } from './contract.ts'

const HEAD_BYTES = 500

/**
 * Sends what a subscription would send, with one event about a label that is nobody's, to try a receiver with.
 * Never throws: what goes wrong is the answer.
 */
export async function testWebhook(
  input: { readonly dest: string; readonly signatureToken?: string | undefined },
  options: { readonly allowedHosts: ReadonlySet<string>; readonly at: Date; readonly locale: Locale },
): Promise<WebhookTestView> {
  const body = JSON.stringify(testDocument(options.at))
  const headers: Record<string, string> = {
    'content-type': 'application/ld+json; charset=utf-8',
    'GS1-EPCIS-Version': '2.0.0',
    'GS1-CBV-Version': '2.0.0',
    'GS1-EPC-Format': 'Always_GS1_Digital_Link',
    ...(input.signatureToken !== undefined && { 'GS1-Signature': webhookSignature(input.signatureToken, body) }),
  }
  const started = performance.now()
  const sent = await sendOut(input.dest, body, headers, { allowedHosts: options.allowedHosts, headBytes: HEAD_BYTES })
  const milliseconds = Math.round(performance.now() - started)
  const meaning = sent.ok ? meaningOf(sent.status) : FAULT_WORDS[sent.fault]
  return {
    ok: sent.ok && sent.status === 200,
    status: sent.ok ? sent.status : null,
    fault: sent.ok ? '' : sent.fault,
    milliseconds,
    // eslint-disable-next-line no-control-regex
    head: sent.ok ? (sent.head ?? '').replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '�') : '',
    says: meaning[options.locale],
    request: { headers, body },
  }
}

/** An EPCISQueryDocument as subscribers get it. Its GTIN is of GS1's demonstration prefix and its serial says what it is. */
export function testDocument(at: Date): object {
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: at.toISOString(),
    epcisBody: {
      queryResults: {
        queryName: 'WebhookTest',
        subscriptionID: 'test',
        resultsBody: {
          eventList: [
            {
              type: 'ObjectEvent',
              eventID: `urn:uuid:${randomUUID()}`,
              eventTime: at.toISOString(),
              eventTimeZoneOffset: '+08:00',
              recordTime: at.toISOString(),
              action: 'OBSERVE',
              bizStep: 'inspecting',
              epcList: ['https://id.gs1.org/01/09521234543213/21/TEST'],
            },
          ],
        },
      },
    },
  }
}

function meaningOf(status: number): Words {
  if (status === 200)
    return { zh: '接收方已确认（200）。订阅会继续推送。', en: 'The receiver confirmed it (200). A subscription would go on.' }
  if (status === 413)
    return {
      zh: '接收方认为内容过大（413）。订阅会把事件分成更小的批。',
      en: 'Too large for the receiver (413). A subscription would send fewer events at a time.',
    }
  if (status >= 200 && status < 300)
    return {
      zh: `接收方答复 ${status}；标准要求 200，其他状态视为未收到并会重发。`,
      en: `The receiver answered ${status}; the standard asks for 200, anything else counts as not received and comes again.`,
    }
  if (status >= 300 && status < 400)
    return {
      zh: `接收方要求转向（${status}）。推送不跟随转向，请直接填写最终地址。`,
      en: `The receiver redirects (${status}). Redirects are not followed: give the final address.`,
    }
  if (status === 401 || status === 403)
    return {
      zh: `接收方拒绝（${status}）。请核对签名校验：对请求体原始字节以令牌计算 HMAC-SHA256。`,
      en: `The receiver refused it (${status}). Compare its check of the signature: HMAC-SHA256 over the raw bytes of the body with the token.`,
    }
  return {
    zh: `接收方答复 ${status}。订阅会以加倍的间隔重发，直到收到 200。`,
    en: `The receiver answered ${status}. A subscription would send it again, waiting twice as long each time, until 200 comes.`,
  }
}

const FAULT_WORDS: Readonly<Record<SendFault, Words>> = {
  'bad-url': {
    zh: '地址无效：须为 http(s)，不含账号，且不是内网地址。',
    en: 'Not an address that can be called: http or https, without credentials, and no address inside.',
  },
  inside: { zh: '该域名指向内网地址，不能推送。', en: 'The name leads to an address inside, which is never called.' },
  'no-address': { zh: '域名无法解析。', en: 'The name has no address.' },
  timeout: { zh: '10 秒内没有答复。请先答复 200 再处理。', en: 'No answer within ten seconds. Answer 200 first and work afterwards.' },
  unreachable: {
    zh: '无法建立连接，或连接中断（检查端口、防火墙和证书）。',
    en: 'No connection, or it broke off: look at port, firewall and certificate.',
  },
}
