import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld, type World } from '../support/world.ts'

/** Answers that exist for the console alone: to-dos, a pack without prices, rolls to choose from, what a container holds. */
describe('answers for the console', () => {
  let t: TestApp
  let world: World
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
  })
  afterAll(() => t.close())

  const countOf = async (role: Parameters<World['newPerson']>[0], key: string): Promise<number | undefined> => {
    const { client } = await world.newPerson(role)
    const home = await client.get('/api/home')
    expect(home.status).toBe(200)
    return (home.json.todos as { key: string; count: number }[]).find((todo) => todo.key === key)?.count
  }
  const places = () => ({ importer: world.organisations.importer.own, printer: world.organisations.printer.own })

  it('the home page counts what each role must do, and the list behind a number holds as many', async () => {
    await labelsOf(t, places(), { until: 'submitted' })
    await labelsOf(t, places(), { until: 'released' })
    const { client: operator } = await world.newPerson('operator')
    const waiting = await countOf('operator', 'orders-submitted')
    expect(waiting).toBe((await operator.get('/api/orders?f.status=in:submitted')).json.total)
    expect(waiting).toBeGreaterThan(0)
    expect(await countOf('printer-operator', 'packs-to-download')).toBeGreaterThan(0)
    expect(await countOf('printer-operator', 'orders-submitted')).toBeUndefined()
    expect(await countOf('warehouse', 'orders-to-receive')).toBeUndefined()
  })

  it('a printer sees its pack without prices, another printer sees none', async () => {
    const labels = await labelsOf(t, places(), { quantity: 100, until: 'printed' })
    const { client } = await world.newPerson('printer-operator')
    const pack = await client.get(`/api/packs/${labels.packId}`)
    expect(pack.json).toMatchObject({ labels: 100, printed: 100, orderStatus: 'printed', state: 'released' })
    expect(pack.text).not.toContain('Fen')
    const { client: stranger } = await world.newPerson('printer-operator', 'foreign')
    expect((await stranger.get(`/api/packs/${labels.packId}`)).status).toBe(404)
  })

  it('rolls of a lot and of blank labels are offered, those of other enterprises are not', async () => {
    const labels = await labelsOf(t, places(), { quantity: 120, rollSize: 50 })
    const blank = await labelsOf(t, places(), { quantity: 60, rollSize: 20, labelKind: 'blank' })
    const { client } = await world.newPerson('warehouse')
    const found = (await client.get(`/api/activations/lots?lotId=${labels.lotId}`)).json.items
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ declared: 120, activated: 0 })
    expect(found[0].batches).toContainEqual(expect.objectContaining({ batchId: labels.batch.id, rolls: 3, received: true, blank: false }))
    expect(found[0].batches.map((b: { batchId: number }) => b.batchId)).not.toContain(blank.batch.lotId === null ? -1 : blank.batch.id)
    const { client: stranger } = await world.newPerson('warehouse', 'foreign')
    expect((await stranger.get(`/api/activations/lots?lotId=${labels.lotId}`)).json.items).toEqual([])
  })

  it('a container tells what it holds and what is around it', async () => {
    const labels = await labelsOf(t, places())
    const { client } = await world.newPerson('clerk')
    const nothing = { rolls: [], stretches: [], items: [], containers: [] }
    await client.post('/api/activations', {
      lotId: labels.lotId,
      choice: { ...nothing, rolls: [{ batchId: labels.batch.id, from: 1, to: 1 }] },
    })
    const carton = (await client.post('/api/goods/pack', { choice: { ...nothing, items: [labels.uri(0), labels.uri(1)] } })).json.sscc
    const pallet = (await client.post('/api/goods/pack', { choice: { ...nothing, containers: [carton] } })).json.sscc
    const inside = (await client.get(`/api/containers/${carton}`)).json
    expect(inside).toMatchObject({ around: [pallet], children: [], inTransit: false })
    expect(inside.goods).toEqual([expect.objectContaining({ labels: 2, status: 'active' })])
    expect((await client.get(`/api/containers/${pallet}`)).json.children).toEqual([carton])
    expect((await client.get(`/api/goods?code=${encodeURIComponent(labels.uri(0))}`)).json.containers).toEqual([carton, pallet])
    const { client: stranger } = await world.newPerson('clerk', 'foreign')
    expect((await stranger.get(`/api/containers/${carton}`)).status).toBe(404)
  })
})
