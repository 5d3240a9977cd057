import { createHmac } from 'node:crypto'

/** Value of `GS1-Signature`: what the receiver computes from the bytes of the body and the token that it gave. */
export const webhookSignature = (token: string | Buffer, body: string): string =>
  `sha256=${createHmac('sha256', token).update(body).digest('hex')}`
