import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sql } from '../../platform/db/sql.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, raw, read, type Route } from '../../platform/http/route.ts'
import { refuseForeignOrigin } from '../../platform/http/server.ts'
import { validate } from '../../platform/http/validation.ts'
import type { Words } from '../../kernel/errors.ts'
import { SESSION_COOKIE } from './authenticate.ts'
import {
  acceptInvitationForm,
  factorsView,
  invitationView,
  linkForm,
  localeForm,
  newPasskeyForm,
  passkeyOptionsView,
  passkeyProofForm,
  passwordChangeForm,
  recoveryCodesView,
  sandboxForm,
  secondFactorForm,
  sessionView,
  setupForm,
  signInAnswer,
  signInForm,
  stepUpForm,
  totpCodeForm,
  totpEnrolmentView,
} from './contract.ts'
import { acceptInvitation, lookAtInvitation } from './invite-person.ts'
import { sessionList } from './lists.ts'
import { addPasskey, newPasskeyOptions, passkeyOptions, removePasskey } from './passkeys.ts'
import type { IdentityParts } from './parts.ts'
import { renewRecoveryCodes } from './recovery-codes.ts'
import { passkeysOf, personOf, recoveryCodesLeft, setLocale } from './repository.ts'
import { actInSandbox } from './sandbox.ts'
import { type ClientFacts, endOtherSessions, endSession, type OpenedSession, viewSession } from './sessions.ts'
import { setUp } from './set-up.ts'
import { signInByLink, signInByPasskey, signInByPassword, signInBySecondFactor, type SignedInOr } from './sign-in.ts'
import { changePassword, stepUp } from './step-up.ts'
import { deviceCookie, knownDevice } from './throttle.ts'
import { beginTotp, confirmTotp, removeTotp } from './totp.ts'

const DEVICE_COOKIE = 'device'
const DEVICE_SECONDS = 180 * 24 * 3600
/** Doors at which somebody might guess: requests a minute for one address, beside the counting of failures. */
const GUESSING_LIMIT = 60

/**
 * Coming in, going out, and one's own credentials. Ways in speak HTTP themselves: a failed attempt must be counted
 * although it is refused, and a slow hash must not hold a transaction.
 */
export function sessionRoutes(parts: IdentityParts): Route[] {
  const own = { access: 'sessions.own' } as const
  const { config } = parts

  const cookieOptions = (): CookieSerializeOptions => ({ path: '/', httpOnly: true, sameSite: 'lax', secure: config.secureCookies })
  const setSession = (reply: FastifyReply, token: string, maxAge = config.sessionAbsoluteHours * 3600) =>
    void reply.setCookie(SESSION_COOKIE, token, { ...cookieOptions(), maxAge })
  const setLanguage = (reply: FastifyReply, locale: 'zh' | 'en') =>
    void reply.setCookie('lang', locale, { ...cookieOptions(), httpOnly: false, maxAge: DEVICE_SECONDS })

  const clientOf = (request: FastifyRequest, facts: RequestFacts): ClientFacts => ({
    address: facts.address,
    userAgent: request.headers['user-agent'] ?? '',
    device: request.cookies[DEVICE_COOKIE],
  })

  const welcome = (outcome: SignedInOr, request: FastifyRequest, reply: FastifyReply) => {
    if (outcome.state === 'second-factor') return outcome
    const { session, account, locale }: { session: OpenedSession; account: string; locale: 'zh' | 'en' } = outcome
    setSession(reply, session.token)
    setLanguage(reply, locale)
    if (knownDevice(parts, account, request.cookies[DEVICE_COOKIE]) === undefined) {
      void reply.setCookie(DEVICE_COOKIE, deviceCookie(parts, account), { ...cookieOptions(), maxAge: DEVICE_SECONDS })
    }
    return { state: 'signed-in' as const }
  }

  /** A public door: the origin is checked, the body validated, and the answer never cached. */
  const door = <B extends z.ZodType>(
    route: { id: string; url: string; summary: Words; body?: B; answer: z.ZodType; example?: unknown },
    handle: (
      body: z.output<B>,
      at: { request: FastifyRequest; reply: FastifyReply; facts: RequestFacts; client: ClientFacts },
    ) => Promise<unknown>,
  ): Route =>
    raw({
      id: route.id,
      method: 'POST',
      url: route.url,
      summary: route.summary,
      policy: { access: 'public' },
      limitPerMinute: GUESSING_LIMIT,
      ...(route.body !== undefined && { body: route.body, example: { body: route.example } }),
      answers: { 200: route.answer },
      handle: async ({ facts, request, reply }) => {
        refuseForeignOrigin(request, config)
        const answer = await handle(validate(route.body, request.body ?? {}, 'body') as z.output<B>, {
          request,
          reply,
          facts,
          client: clientOf(request, facts),
        })
        return reply.header('cache-control', 'no-store').send(answer)
      },
    })

  /** An act on the own session that counts attempts, so that it keeps its own transactions. */
  const proving = <B extends z.ZodType>(
    route: { id: string; url: string; summary: Words; body: B; example: unknown },
    handle: (body: z.output<B>, at: { actor: Actor; client: ClientFacts; facts: RequestFacts; reply: FastifyReply }) => Promise<void>,
  ): Route =>
    raw({
      id: route.id,
      method: 'POST',
      url: route.url,
      summary: route.summary,
      policy: own,
      limitPerMinute: GUESSING_LIMIT,
      body: route.body,
      example: { body: route.example },
      answers: { 204: { mediaType: 'application/json', description: 'done' } },
      handle: async ({ actor, facts, request, reply }) => {
        const body = validate(route.body, request.body ?? {}, 'body')
        await handle(body, { actor: actor!, client: clientOf(request, facts), facts, reply })
        return reply.code(204).send()
      },
    })

  return [
    read({
      id: 'identity.get-session',
      url: '/api/session',
      summary: { zh: '当前登录', en: 'The current session' },
      policy: own,
      answers: { 200: sessionView },
      handle: ({ actor, facts }) => viewSession(parts, parts.db, actor, facts),
    }),
    act({
      id: 'identity.act-in-sandbox',
      method: 'PUT',
      url: '/api/session/sandbox',
      summary: { zh: '进入或离开本企业的沙盒', en: 'Step into the own organisation’s sandbox, or out of it' },
      policy: own,
      idempotency: 'none',
      status: 204,
      body: sandboxForm,
      example: { body: { inside: true } },
      handle: async ({ tx, body, actor, audit }) => {
        await actInSandbox(tx, actor, body.inside)
        audit({ objectKind: 'session', ...(actor.sessionId !== undefined && { objectId: actor.sessionId }), detail: body })
      },
    }),
    door(
      {
        id: 'identity.sign-in',
        url: '/api/session',
        summary: { zh: '以账号和密码登录', en: 'Sign in by account and password' },
        body: signInForm,
        answer: signInAnswer,
        example: { account: 'clerk@example.cn', password: 'a sentence that only I know' },
      },
      async (body, { request, reply, facts, client }) => welcome(await signInByPassword(parts, body, client, facts), request, reply),
    ),
    door(
      {
        id: 'identity.sign-in-second-factor',
        url: '/api/session/second-factor',
        summary: { zh: '提交二次验证', en: 'Give the second factor' },
        body: secondFactorForm,
        answer: signInAnswer,
        example: { challenge: 'from the first step', code: '123456' },
      },
      async (body, { request, reply, facts, client }) => welcome(await signInBySecondFactor(parts, body, client, facts), request, reply),
    ),
    door(
      {
        id: 'identity.passkey-options',
        url: '/api/session/passkey-options',
        summary: { zh: '获取通行密钥的挑战', en: 'A challenge for a passkey' },
        answer: passkeyOptionsView,
      },
      (_, { facts }) => passkeyOptions(parts, facts.at),
    ),
    door(
      {
        id: 'identity.sign-in-passkey',
        url: '/api/session/passkey',
        summary: { zh: '以通行密钥登录', en: 'Sign in by passkey' },
        body: passkeyProofForm,
        answer: signInAnswer,
        example: { challenge: 'from passkey-options', response: { id: 'AQ', rawId: 'AQ', type: 'public-key', response: {} } },
      },
      async (body, { request, reply, facts, client }) => welcome(await signInByPasskey(parts, body, client, facts), request, reply),
    ),
    door(
      {
        id: 'identity.sign-in-link',
        url: '/api/session/link',
        summary: { zh: '以一次性链接登录', en: 'Sign in by a one-time link' },
        body: linkForm,
        answer: signInAnswer,
        example: { token: 'the part of the link after #' },
      },
      async ({ token }, { request, reply, facts, client }) => welcome(await signInByLink(parts, token, client, facts), request, reply),
    ),
    door(
      {
        id: 'identity.look-at-invitation',
        url: '/api/invitations/look',
        summary: { zh: '查看邀请', en: 'Whom an invitation is for' },
        body: linkForm,
        answer: invitationView,
        example: { token: 'the part of the link after #' },
      },
      ({ token }, { facts }) => lookAtInvitation(parts, token, facts),
    ),
    door(
      {
        id: 'identity.accept-invitation',
        url: '/api/invitations/accept',
        summary: { zh: '接受邀请并设置密码', en: 'Accept an invitation and set a password' },
        body: acceptInvitationForm,
        answer: signInAnswer,
        example: { token: 'the part of the link after #', password: 'a sentence that only I know' },
      },
      async (body, { request, reply, facts, client }) => welcome(await acceptInvitation(parts, body, client, facts), request, reply),
    ),
    door(
      {
        id: 'identity.set-up',
        url: '/api/setup',
        summary: { zh: '首次设置平台运营方', en: 'First run: make the operator' },
        body: setupForm,
        answer: signInAnswer,
        example: {
          token: 'the part of the printed link after #',
          organisation: { nameZh: '示例保税区', uscc: '1133020000298877XT', province: '浙江省', city: '宁波市' },
          person: { account: 'operator@example.cn', name: '周敏', password: 'a sentence that only I know' },
        },
      },
      async (body, { request, reply, facts, client }) => welcome(await setUp(parts, body, client, facts), request, reply),
    ),
    act({
      id: 'identity.sign-out',
      method: 'DELETE',
      url: '/api/session',
      summary: { zh: '退出登录', en: 'Sign out' },
      policy: own,
      idempotency: 'none',
      status: 204,
      handle: async ({ tx, actor, reply }) => {
        await endSession(tx, actor, actor.sessionId!)
        setSession(reply, '', 0)
      },
    }),
    act({
      id: 'identity.set-locale',
      method: 'PATCH',
      url: '/api/session/locale',
      summary: { zh: '设置语言', en: 'Set the language' },
      policy: own,
      idempotency: 'none',
      status: 204,
      body: localeForm,
      example: { body: { locale: 'en' } },
      handle: async ({ tx, actor, body, reply }) => {
        await setLocale(tx, actor.personId!, body.locale)
        setLanguage(reply, body.locale)
      },
    }),
    proving(
      {
        id: 'identity.step-up',
        url: '/api/session/step-up',
        summary: { zh: '再次验证身份', en: 'Prove anew who you are' },
        body: stepUpForm,
        example: { password: 'a sentence that only I know', code: '123456' },
      },
      async (body, { actor, client, facts, reply }) => {
        const { token } = await stepUp(parts, body, actor, client, facts)
        setSession(reply, token)
      },
    ),
    proving(
      {
        id: 'identity.change-password',
        url: '/api/session/password',
        summary: { zh: '修改密码', en: 'Change the password' },
        body: passwordChangeForm,
        example: { current: 'a sentence that only I know', next: 'another sentence that only I know' },
      },
      (body, { actor, client, facts }) => changePassword(parts, body, actor, client, facts),
    ),
    read({
      id: 'identity.get-factors',
      url: '/api/session/factors',
      summary: { zh: '自己的登录方式', en: 'One’s own ways to sign in' },
      policy: own,
      answers: { 200: factorsView },
      handle: async ({ actor }) => {
        const person = await personOf(parts.db, actor.personId!)
        return {
          password: person?.passwordHash !== null,
          totp: person?.totpSecret !== null,
          recoveryCodesLeft: await recoveryCodesLeft(parts.db, actor.personId!),
          passkeys: (await passkeysOf(parts.db, actor.personId!)).map(({ id, name, createdAt, lastUsedAt }) => ({
            id,
            name,
            createdAt,
            lastUsedAt,
          })),
        }
      },
    }),
    act({
      id: 'identity.begin-totp',
      method: 'POST',
      url: '/api/session/totp',
      summary: { zh: '开始绑定动态验证码', en: 'Begin to set up an authenticator app' },
      policy: own,
      idempotency: 'none',
      answers: { 200: totpEnrolmentView },
      handle: ({ tx, actor, facts }) => beginTotp(parts, tx, actor, facts),
    }),
    act({
      id: 'identity.confirm-totp',
      method: 'POST',
      url: '/api/session/totp/confirm',
      summary: { zh: '确认动态验证码', en: 'Confirm the authenticator app by a code' },
      policy: own,
      idempotency: 'none',
      limitPerMinute: GUESSING_LIMIT,
      body: totpCodeForm,
      example: { body: { code: '123456' } },
      answers: { 200: recoveryCodesView },
      handle: async ({ tx, actor, facts, body, reply }) => {
        const { recoveryCodes, token } = await confirmTotp(parts, tx, body.code, actor, facts)
        setSession(reply, token)
        return { recoveryCodes }
      },
    }),
    act({
      id: 'identity.remove-totp',
      method: 'DELETE',
      url: '/api/session/totp',
      summary: { zh: '解除动态验证码', en: 'Remove the authenticator app' },
      policy: own,
      idempotency: 'none',
      status: 204,
      handle: ({ tx, actor, facts }) => removeTotp(tx, actor, facts),
    }),
    act({
      id: 'identity.renew-recovery-codes',
      method: 'POST',
      url: '/api/session/recovery-codes',
      summary: { zh: '重新生成恢复码', en: 'Make new recovery codes' },
      policy: own,
      // the answer is a secret and is not kept: sent twice, the second list holds
      idempotency: 'none',
      answers: { 200: recoveryCodesView },
      handle: async ({ tx, actor, facts }) => ({ recoveryCodes: await renewRecoveryCodes(parts, tx, actor, facts) }),
    }),
    act({
      id: 'identity.new-passkey-options',
      method: 'POST',
      url: '/api/session/passkeys/options',
      summary: { zh: '获取新通行密钥的选项', en: 'Options for a new passkey' },
      policy: own,
      idempotency: 'none',
      answers: { 200: passkeyOptionsView },
      handle: ({ tx, actor, facts }) => newPasskeyOptions(parts, tx, actor, facts),
    }),
    act({
      id: 'identity.add-passkey',
      method: 'POST',
      url: '/api/session/passkeys',
      summary: { zh: '添加通行密钥', en: 'Add a passkey' },
      policy: own,
      idempotency: 'none',
      body: newPasskeyForm,
      example: {
        body: { challenge: 'from options', name: '办公室电脑', response: { id: 'AQ', rawId: 'AQ', type: 'public-key', response: {} } },
      },
      answers: { 200: recoveryCodesView.extend({ id: z.string() }) },
      handle: async ({ tx, actor, facts, body, reply, audit }) => {
        const { id, recoveryCodes, token } = await addPasskey(parts, tx, body, actor, facts)
        audit({ objectKind: 'person', objectId: actor.personId!, detail: { passkey: id } })
        setSession(reply, token)
        return { id, recoveryCodes }
      },
    }),
    act({
      id: 'identity.remove-passkey',
      method: 'DELETE',
      url: '/api/session/passkeys/:passkeyId',
      summary: { zh: '移除通行密钥', en: 'Remove a passkey' },
      policy: own,
      idempotency: 'none',
      status: 204,
      params: z.object({ passkeyId: z.string().max(2000) }),
      handle: async ({ tx, actor, facts, params, audit }) => {
        await removePasskey(tx, params.passkeyId, actor, facts)
        audit({ objectKind: 'person', objectId: actor.personId!, detail: { passkey: params.passkeyId } })
      },
    }),
    read({
      id: 'identity.list-sessions',
      url: '/api/sessions',
      summary: { zh: '自己的全部登录', en: 'One’s own sessions' },
      policy: own,
      query: listQuery,
      answers: { 200: pageOfListing(sessionList) },
      handle: ({ query, actor, facts, reply }) => {
        const idle = new Date(facts.at.getTime() - config.sessionIdleMinutes * 60_000).toISOString()
        const where = sql`s.person_id = ${actor.personId} and s.expires_at > ${facts.at.toISOString()} and s.last_seen_at > ${idle}`
        return respondWithList(parts.db, sessionList, query, { where, facts, reply })
      },
    }),
    act({
      id: 'identity.end-session',
      method: 'DELETE',
      url: '/api/sessions/:sessionId',
      summary: { zh: '结束一个登录', en: 'End one session' },
      policy: { ...own, object: { kind: 'session', param: 'sessionId' } },
      idempotency: 'none',
      status: 204,
      params: z.object({ sessionId: z.uuid() }),
      handle: async ({ tx, actor, params, audit }) => {
        await endSession(tx, actor, params.sessionId)
        audit({ objectKind: 'session', objectId: params.sessionId })
      },
    }),
    act({
      id: 'identity.end-other-sessions',
      method: 'DELETE',
      url: '/api/sessions',
      summary: { zh: '结束其他全部登录', en: 'End all other sessions' },
      policy: own,
      idempotency: 'none',
      answers: { 200: z.object({ ended: z.number().int() }) },
      handle: async ({ tx, actor }) => ({ ended: await endOtherSessions(tx, actor) }),
    }),
  ]
}
