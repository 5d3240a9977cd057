import { z } from 'zod'
import { civilDateOf } from '../kernel/time.ts'
import type { Codes } from '../modules/codes/index.ts'
import type { Events } from '../modules/events/index.ts'
import type { Feedback } from '../modules/feedback/index.ts'
import type { Identity } from '../modules/identity/index.ts'
import type { Imports } from '../modules/imports/index.ts'
import { read, type Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'

const Home = z.object({
  todos: z.array(
    z.object({
      key: z.string(),
      count: z.number().int(),
      /** Path of the console whose list holds what is counted. */
      to: z.string(),
      tone: z.enum(['good', 'warn', 'bad', 'info', 'quiet']),
    }),
  ),
})
type Todo = z.infer<typeof Home>['todos'][number]

interface Deps {
  readonly identity: Identity
  readonly imports: Imports
  readonly codes: Codes
  readonly events: Events
  readonly feedback: Feedback
}

/** What waits for whoever asks, each with the list that it counts. */
export function homeRoutes({ db }: Platform, { identity, imports, codes, events, feedback }: Deps): Route[] {
  return [
    read({
      id: 'home.get',
      url: '/api/home',
      summary: { zh: '待办事项', en: 'What waits for the person' },
      policy: { access: 'signed-in' },
      answers: { 200: Home },
      handle: async ({ actor, facts }) => {
        const may = (permission: string): boolean => actor.permissions.has(permission)
        const todos: Todo[] = []
        const add = (key: string, count: number, to: string, tone: Todo['tone']) => todos.push({ key, count, to, tone })
        const labels = await codes.todosOf(db, actor, civilDateOf(facts.at))
        if (may('organisations.verify')) add('registrations-waiting', await identity.registrationsWaiting(db), '/registrations', 'warn')
        if (may('orders.approve')) add('orders-submitted', labels.ordersToDecide, '/orders?f.status=in:submitted', 'warn')
        if (may('packs.release')) add('packs-to-release', labels.ordersToRelease, '/orders?f.status=in:issued', 'info')
        if (may('packs.download')) add('packs-to-download', labels.packsWaiting, '/packs?f.state=in:released', 'warn')
        if (may('prints.report')) add('prints-to-report', labels.printsToReport, '/packs?f.orderStatus=in:released', 'info')
        if (may('orders.write')) {
          add('orders-to-reconcile', labels.ordersBlocked, '/orders?f.status=in:printed,received', 'bad')
          add('orders-to-receive', labels.ordersToReceive, '/orders?f.status=in:printed', 'info')
        }
        if (may('consignments.write'))
          add('imports-waiting', await imports.importsWaiting(db, actor.organisationId), '/imports?f.state=in:ready', 'warn')
        if (may('quota.read') && (actor.organisationKind === 'importer' || may('quota.write')))
          add('quota-expiring', labels.quotaEnding, '/quota', 'info')
        if (actor.organisationKind === 'dealer')
          add('shipments-to-receive', await events.shipmentsToReceive(db, actor), '/shipments?f.receivedAt=empty:', 'warn')
        if (may('reports.answer'))
          add('reports-waiting', await feedback.openReports(db, actor), '/reports?f.state=in:received,checking', 'warn')
        return { todos }
      },
    }),
  ]
}
