import { z } from 'zod'
import { sql } from '../../platform/db/sql.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, read, type Route } from '../../platform/http/route.ts'
import { disablePerson, editPerson, enablePerson, resetSecondFactor, sendInvitationAgain } from './change-person.ts'
import { adviceOf } from './call-advice.ts'
import { callOf } from './call-log.ts'
import {
  apiKeyView,
  callView,
  choiceView,
  decisionForm,
  editPersonForm,
  idAnswer,
  invitedView,
  invitePersonForm,
  linkView,
  newApiKeyForm,
  newApiKeyView,
  newOrganisationForm,
  optionalDecisionForm,
  organisationEdit,
  organisationView,
  type OrganisationKind,
  registrationForm,
} from './contract.ts'
import { createOwnApiKey, revokeOwnApiKey } from './create-api-key.ts'
import { decide, type Decision, editOrganisation, reapply } from './decide-organisation.ts'
import { invitePerson } from './invite-person.ts'
import { apiKeyList, callList, organisationList, personList } from './lists.ts'
import type { IdentityParts } from './parts.ts'
import { requireStepUp } from './policy.ts'
import { addOrganisation, registerOrganisation } from './register-organisation.ts'
import { apiKeyOf, organisationOf, verifiedOfKind } from './repository.ts'
import { sessionRoutes } from './session-routes.ts'
import { maySee, seenBy } from '../../platform/http/wall.ts'

const ONE_ORGANISATION = z.object({ organisationId: z.uuid() })
const ONE_PERSON = z.object({ personId: z.uuid() })

const ORGANISATION_EXAMPLE = {
  nameZh: '宁波示例进出口有限公司',
  nameEn: 'Ningbo Example Trading Co., Ltd.',
  uscc: '91330206123456788C',
  province: '浙江省',
  city: '宁波市',
  address: '北仑区示例路 1 号',
  contactName: '李明',
  contactPhone: '0574-00000000',
}
const PERSON_EXAMPLE = { account: 'li.ming@example.cn', name: '李明', password: 'a sentence that only I know' }

export function identityRoutes(parts: IdentityParts): Route[] {
  return [...sessionRoutes(parts), ...organisationRoutes(parts), ...peopleRoutes(parts), ...apiKeyRoutes(parts)]
}

function organisationRoutes(parts: IdentityParts): Route[] {
  const object = { kind: 'organisation', param: 'organisationId' }

  const deciding = (decision: Decision, zh: string, en: string, body: typeof decisionForm | typeof optionalDecisionForm): Route =>
    act({
      id: `identity.${decision}-organisation`,
      method: 'POST',
      url: `/api/organisations/:organisationId/${decision}`,
      summary: { zh, en },
      policy: { access: 'organisations.verify', object },
      idempotency: 'required',
      params: ONE_ORGANISATION,
      body,
      example: { body: { reason: '营业执照与申请一致' } },
      answers: { 200: organisationView },
      handle: async ({ tx, params, body: { reason }, actor, facts, audit }) => {
        const organisation = await decide(tx, params.organisationId, decision, reason, actor, facts)
        audit({
          objectKind: 'organisation',
          objectId: organisation.id,
          organisationId: organisation.id,
          detail: { status: organisation.status, reason },
        })
        return organisation
      },
    })

  const choice = (id: string, url: string, kind: OrganisationKind, zh: string, en: string): Route =>
    read({
      id,
      url,
      summary: { zh, en },
      policy: { access: 'organisations.read' },
      answers: { 200: choiceView },
      handle: async ({ actor }) => ({
        items: (await verifiedOfKind(parts.db, kind, actor.organisationId)).map((o) => ({
          id: o.id,
          nameZh: o.nameZh,
          nameEn: o.nameEn,
          province: o.province,
          city: o.city,
        })),
      }),
    })

  return [
    act({
      id: 'identity.register',
      method: 'POST',
      url: '/api/registrations',
      summary: { zh: '企业自助注册', en: 'An enterprise registers itself' },
      policy: { access: 'public' },
      idempotency: 'required',
      limitPerMinute: 10,
      status: 201,
      body: registrationForm,
      example: { body: { organisation: { kind: 'importer', ...ORGANISATION_EXAMPLE }, person: PERSON_EXAMPLE } },
      answers: { 201: idAnswer },
      handle: async ({ tx, body, facts, audit }) => {
        const { organisationId } = await registerOrganisation(tx, body, facts.at)
        audit({
          objectKind: 'organisation',
          objectId: organisationId,
          organisationId,
          detail: { kind: body.organisation.kind, uscc: body.organisation.uscc },
        })
        return { id: organisationId }
      },
    }),
    read({
      id: 'identity.list-organisations',
      url: '/api/organisations',
      summary: { zh: '企业列表', en: 'Organisations' },
      policy: { access: 'organisations.read' },
      query: listQuery,
      answers: { 200: pageOfListing(organisationList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(parts.db, organisationList, query, {
          where: seenBy(actor, sql`o.id`),
          facts,
          reply,
        }),
    }),
    act({
      id: 'identity.add-organisation',
      method: 'POST',
      url: '/api/organisations',
      summary: { zh: '运营方直接添加企业或部门', en: 'The operator adds an organisation' },
      policy: { access: 'organisations.verify' },
      idempotency: 'required',
      status: 201,
      body: newOrganisationForm,
      example: {
        body: { kind: 'regulator', ...ORGANISATION_EXAMPLE, nameZh: '示例市场监督管理局', nameEn: '', uscc: '1133020000298877XT' },
      },
      answers: { 201: idAnswer },
      handle: async ({ tx, body, actor, facts, audit }) => {
        requireStepUp(actor, facts.at)
        const id = await addOrganisation(tx, { ...body, status: 'verified' }, facts.at)
        audit({ objectKind: 'organisation', objectId: id, organisationId: id, detail: { kind: body.kind, uscc: body.uscc } })
        return { id }
      },
    }),
    read({
      id: 'identity.get-organisation',
      url: '/api/organisations/:organisationId',
      summary: { zh: '企业资料', en: 'One organisation' },
      policy: { access: 'organisations.read', object },
      params: ONE_ORGANISATION,
      answers: { 200: organisationView },
      handle: async ({ params, actor }) => {
        const mine = maySee(actor, params.organisationId)
        const organisation = mine ? await organisationOf(parts.db, params.organisationId) : undefined
        if (organisation === undefined) throw httpFail('NOT_FOUND')
        return organisation
      },
    }),
    act({
      id: 'identity.edit-organisation',
      method: 'PATCH',
      url: '/api/organisations/:organisationId',
      summary: { zh: '修改企业资料', en: 'Edit an organisation’s profile' },
      policy: { access: 'people.manage', object },
      idempotency: 'none',
      params: ONE_ORGANISATION,
      body: organisationEdit,
      example: { body: { contactName: '王芳', contactPhone: '0574-00000001' } },
      answers: { 200: organisationView },
      handle: async ({ tx, params, body, actor, audit }) => {
        const organisation = await editOrganisation(tx, params.organisationId, body, actor)
        audit({
          objectKind: 'organisation',
          objectId: organisation.id,
          organisationId: organisation.id,
          detail: { fields: Object.keys(body) },
        })
        return organisation
      },
    }),
    act({
      id: 'identity.reapply',
      method: 'POST',
      url: '/api/organisations/:organisationId/reapply',
      summary: { zh: '修改后重新申请', en: 'Apply again after a refusal' },
      policy: { access: 'organisations.read', object },
      idempotency: 'required',
      status: 204,
      params: ONE_ORGANISATION,
      body: z.strictObject({}),
      example: { body: {} },
      handle: async ({ tx, params, actor, facts, audit }) => {
        await reapply(tx, params.organisationId, actor, facts)
        audit({ objectKind: 'organisation', objectId: params.organisationId, organisationId: params.organisationId })
      },
    }),
    deciding('approve', '通过企业审核', 'Verify an organisation', optionalDecisionForm),
    deciding('refuse', '不通过企业审核', 'Refuse an organisation', decisionForm),
    deciding('suspend', '暂停企业', 'Suspend an organisation', decisionForm),
    deciding('reinstate', '恢复企业', 'Reinstate an organisation', optionalDecisionForm),
    choice('identity.list-printers', '/api/printers', 'printer', '可选的印厂', 'Verified printers to choose from'),
    choice('identity.list-brands', '/api/brands', 'brand', '可选的品牌方', 'Verified brand owners to choose from'),
    choice(
      'identity.list-dealer-organisations',
      '/api/dealer-organisations',
      'dealer',
      '可选的经销企业',
      'Verified dealer organisations to choose from',
    ),
  ]
}

function peopleRoutes(parts: IdentityParts): Route[] {
  const policy = { access: 'people.manage', object: { kind: 'person', param: 'personId' } }
  return [
    read({
      id: 'identity.list-people',
      url: '/api/people',
      summary: { zh: '人员列表', en: 'People' },
      policy: { access: 'people.manage' },
      query: listQuery,
      answers: { 200: pageOfListing(personList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(parts.db, personList, query, {
          where: seenBy(actor, sql`p.organisation_id`),
          facts,
          reply,
        }),
    }),
    act({
      id: 'identity.invite-person',
      method: 'POST',
      url: '/api/people',
      summary: { zh: '邀请人员', en: 'Invite a person' },
      policy: { access: 'people.manage' },
      // the answer holds a secret and is not kept; a second request meets the account that exists
      idempotency: 'none',
      status: 201,
      body: invitePersonForm,
      example: { body: { account: 'wang.fang@example.cn', name: '王芳', roles: ['clerk'] } },
      answers: { 201: invitedView },
      handle: async ({ tx, body, actor, facts, audit }) => {
        const invited = await invitePerson(parts, tx, body, actor, facts)
        audit({
          objectKind: 'person',
          objectId: invited.id,
          organisationId: body.organisationId ?? actor.organisationId,
          detail: { account: body.account, roles: body.roles },
        })
        return invited
      },
    }),
    act({
      id: 'identity.edit-person',
      method: 'PATCH',
      url: '/api/people/:personId',
      summary: { zh: '修改人员姓名与岗位', en: 'Change a person’s name and roles' },
      policy,
      idempotency: 'none',
      status: 204,
      params: ONE_PERSON,
      body: editPersonForm,
      example: { body: { name: '王芳' } },
      handle: async ({ tx, params, body, actor, facts, audit }) => {
        await editPerson(tx, params.personId, body, actor, facts)
        audit({ objectKind: 'person', objectId: params.personId, detail: body })
      },
    }),
    act({
      id: 'identity.disable-person',
      method: 'POST',
      url: '/api/people/:personId/disable',
      summary: { zh: '停用人员', en: 'Disable a person' },
      policy,
      idempotency: 'required',
      status: 204,
      params: ONE_PERSON,
      body: optionalDecisionForm,
      example: { body: { reason: '离职' } },
      handle: async ({ tx, params, body, actor, facts, audit }) => {
        await disablePerson(tx, params.personId, actor, facts)
        audit({ objectKind: 'person', objectId: params.personId, detail: body })
      },
    }),
    act({
      id: 'identity.enable-person',
      method: 'POST',
      url: '/api/people/:personId/enable',
      summary: { zh: '恢复人员', en: 'Enable a person' },
      policy,
      idempotency: 'required',
      status: 204,
      params: ONE_PERSON,
      body: z.strictObject({}),
      example: { body: {} },
      handle: async ({ tx, params, actor, facts, audit }) => {
        await enablePerson(tx, params.personId, actor, facts)
        audit({ objectKind: 'person', objectId: params.personId })
      },
    }),
    act({
      id: 'identity.renew-invitation',
      method: 'POST',
      url: '/api/people/:personId/invitation',
      summary: { zh: '重新生成邀请或重设密码的链接', en: 'A new link to set a password by' },
      policy,
      idempotency: 'none',
      params: ONE_PERSON,
      body: z.strictObject({}),
      example: { body: {} },
      answers: { 200: linkView },
      handle: async ({ tx, params, actor, facts, audit }) => {
        const link = await sendInvitationAgain(parts, tx, params.personId, actor, facts)
        audit({ objectKind: 'person', objectId: params.personId })
        return link
      },
    }),
    act({
      id: 'identity.reset-second-factor',
      method: 'POST',
      url: '/api/people/:personId/reset-second-factor',
      summary: { zh: '清除人员的二次验证', en: 'Take a person’s second factors away' },
      policy,
      idempotency: 'required',
      status: 204,
      params: ONE_PERSON,
      body: z.strictObject({}),
      example: { body: {} },
      handle: async ({ tx, params, actor, facts, audit }) => {
        await resetSecondFactor(tx, params.personId, actor, facts)
        audit({ objectKind: 'person', objectId: params.personId })
      },
    }),
  ]
}

function apiKeyRoutes(parts: IdentityParts): Route[] {
  const object = { kind: 'api-key', param: 'apiKeyId' }
  return [
    read({
      id: 'identity.list-api-keys',
      url: '/api/api-keys',
      summary: { zh: '接口密钥', en: 'API keys' },
      policy: { access: 'api-keys.manage' },
      query: listQuery,
      answers: { 200: pageOfListing(apiKeyList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(parts.db, apiKeyList, query, { where: sql`a.organisation_id = ${actor.organisationId}`, facts, reply }),
    }),
    read({
      id: 'identity.get-api-key',
      url: '/api/api-keys/:apiKeyId',
      summary: { zh: '一把接口密钥', en: 'One API key' },
      policy: { access: 'api-keys.manage', object },
      params: z.object({ apiKeyId: z.uuid() }),
      answers: { 200: apiKeyView },
      handle: async ({ params, actor }) => {
        const key = await apiKeyOf(parts.db, actor.organisationId, params.apiKeyId)
        if (key === undefined) throw httpFail('NOT_FOUND')
        return key
      },
    }),
    read({
      id: 'identity.list-calls',
      url: '/api/api-keys/:apiKeyId/calls',
      summary: {
        zh: '一把密钥最近的调用（最多约 1000 次、30 天），新的在前',
        en: 'The last calls of a key (about a thousand, of 30 days at most), newest first',
      },
      policy: { access: 'api-keys.manage', object },
      params: z.object({ apiKeyId: z.uuid() }),
      query: listQuery,
      answers: { 200: pageOfListing(callList) },
      handle: async ({ params, query, actor, facts, reply }) => {
        if ((await apiKeyOf(parts.db, actor.organisationId, params.apiKeyId)) === undefined) throw httpFail('NOT_FOUND')
        await parts.calls.flush()
        const where = sql`c.api_key_id = ${params.apiKeyId} and a.organisation_id = ${actor.organisationId}`
        return respondWithList(parts.db, callList, query, { where, facts, reply })
      },
    }),
    read({
      id: 'identity.get-call',
      url: '/api/api-keys/:apiKeyId/calls/:callId',
      summary: { zh: '一次调用：错在哪里，怎么办', en: 'One call: what was wrong with it and what to do' },
      policy: { access: 'api-keys.manage', object },
      params: z.object({ apiKeyId: z.uuid(), callId: z.uuid() }),
      answers: { 200: callView },
      handle: async ({ params, actor, facts }) => {
        const call = await callOf(parts.db, actor.organisationId, params.apiKeyId, params.callId)
        if (call === undefined) throw httpFail('NOT_FOUND')
        const { problem, ...rest } = call
        return {
          ...rest,
          detail: problem?.[facts.locale] ?? '',
          errors: (problem?.fields ?? []).map((f) => ({ pointer: f.pointer, code: f.code, detail: f[facts.locale] })),
          advice: adviceOf(call.status, call.code)?.[facts.locale] ?? '',
        }
      },
    }),
    act({
      id: 'identity.create-api-key',
      method: 'POST',
      url: '/api/api-keys',
      summary: { zh: '创建接口密钥（仅显示一次）', en: 'Make an API key, shown once' },
      policy: { access: 'api-keys.manage' },
      // the answer holds the secret and is not kept: sent twice, there are two keys, and the list shows both
      idempotency: 'none',
      status: 201,
      body: newApiKeyForm,
      example: { body: { name: 'WMS', scopes: ['organisations.read'], expiresAt: null, allowedAddresses: ['192.0.2.0/24'] } },
      answers: { 201: newApiKeyView },
      handle: async ({ tx, body, actor, facts, audit }) => {
        const key = await createOwnApiKey(parts, tx, body, actor, facts)
        audit({ objectKind: 'api-key', objectId: key.id, detail: { name: body.name, scopes: body.scopes } })
        return key
      },
    }),
    act({
      id: 'identity.revoke-api-key',
      method: 'DELETE',
      url: '/api/api-keys/:apiKeyId',
      summary: { zh: '撤销接口密钥', en: 'Revoke an API key' },
      policy: { access: 'api-keys.manage', object },
      idempotency: 'none',
      status: 204,
      params: z.object({ apiKeyId: z.uuid() }),
      handle: async ({ tx, params, actor, facts, audit }) => {
        await revokeOwnApiKey(tx, params.apiKeyId, actor, facts)
        audit({ objectKind: 'api-key', objectId: params.apiKeyId })
      },
    }),
  ]
}
