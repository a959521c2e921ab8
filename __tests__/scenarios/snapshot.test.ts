import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf, until } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const SNAPSHOT = 'sys/storage/raft/snapshot'
const POLICY = documented('vault-token', 'snapshot-path')
const failover = (world: World, folder: string, more: Record<string, string> = {}) => ({
  operation: 'failover',
  'vault-token': world.mintToken({ type: 'service', policy: POLICY }),
  'snapshot-path': join(folder, 'kept', 'vault.snap'),
  ...more,
})
const kept = (folder: string): string[] => (existsSync(join(folder, 'kept')) ? readdirSync(join(folder, 'kept')) : [])

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: a good one is there before the demotion, with its size and sum in the report`,
    {
      version,
    },
    async ({ world, folder, run }) => {
      const ran = await run(failover(world, folder))
      expectRun(ran, { outcome: 'done', redundancy: 'protected' })
      expect(stateOf(ran, 'snapshot')).toBe('passed')
      const path = join(folder, 'kept', 'vault.snap')
      const bytes = readFileSync(path)
      const evidence = ran.report?.checks.find(({ name }) => name === 'snapshot')?.evidence ?? ''
      expect(evidence).toContain(String(statSync(path).size))
      expect(evidence).toContain(createHash('sha256').update(bytes).digest('hex'))
      expect(kept(folder)).toEqual(['vault.snap'])
      expect(statSync(path).mode & 0o077).toBe(0)
      const order = world.requests.filter(({ path: at }) => at === SNAPSHOT || at === PATHS.demote)
      expect(order.map(({ path: at, cluster }) => [at, cluster])).toEqual([
        [SNAPSHOT, 'primary'],
        [PATHS.demote, 'primary'],
      ])
    },
  )
}

const FLAWS: Readonly<Record<string, Parameters<World['fault']>[0]>> = {
  'cut short': { path: SNAPSHOT, kind: 'snapshot-short' },
  'without its sealed sums': { path: SNAPSHOT, kind: 'snapshot-no-seal' },
  'whose sums do not fit': { path: SNAPSHOT, kind: 'snapshot-corrupt' },
  'broken off on the way': { path: SNAPSHOT, kind: 'truncated' },
  'in whose place a proxy answers': { path: SNAPSHOT, kind: 'html', status: 200 },
  'that is garbage': { path: SNAPSHOT, kind: 'garbage' },
  'refused for want of raft': { path: SNAPSHOT, kind: 'status', status: 400, errors: ['raft storage is not in use'] },
  'for which the server fails': { path: SNAPSHOT, kind: 'status', status: 500 },
  'redirected to another host': {
    path: SNAPSHOT,
    kind: 'redirect',
    location: 'http://127.0.0.1:9/v1/sys/storage/raft/snapshot',
  },
}
for (const [what, fault] of Object.entries(FLAWS)) {
  tale(
    `one ${what}: blocked before the demotion, and what was kept before stays`,
    {},
    async ({ world, folder, run }) => {
      world.fault(fault)
      const path = join(folder, 'vault.snap')
      writeFileSync(path, 'of yesterday')
      const ran = await run(failover(world, folder, { 'snapshot-path': path }))
      expectRun(ran, {
        outcome: 'blocked',
        changed: 'false',
        'active-addr': world.primary.addr,
        redundancy: 'protected',
      })
      expect(stateOf(ran, 'snapshot')).toBe('failed')
      expect(readFileSync(path, 'utf8')).toBe('of yesterday')
      expect(readdirSync(folder).filter((name) => name.startsWith('vault.snap'))).toEqual(['vault.snap'])
    },
  )
}

tale('a single bad answer is asked again', {}, async ({ world, folder, run }) => {
  world.fault({ path: SNAPSHOT, kind: 'status', status: 500, times: 1 })
  expectRun(await run(failover(world, folder)), { outcome: 'done' })
})

tale(
  'without the policy for it: blocked before the demotion, and the path is named',
  {},
  async ({ world, folder, run }) => {
    const { [SNAPSHOT]: _, ...policy } = POLICY
    const ran = await run(failover(world, folder, { 'vault-token': world.mintToken({ type: 'service', policy }) }))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(ran.summary).toContain(SNAPSHOT)
    expect(kept(folder)).toEqual([])
  },
)

tale(
  'a standby behind the address sends on to the active node of the same cluster',
  {},
  async ({ world, folder, run }) => {
    const ran = await run(failover(world, folder, { 'primary-addr': world.primary.standbyAddr }))
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    expect(kept(folder)).toEqual(['vault.snap'])
    expect(world.requests.filter(({ path }) => path === SNAPSHOT).map(({ node }) => node)).toEqual([
      'standby',
      'active',
    ])
  },
)

tale('a standby that sends on to another cluster is not believed', {}, async ({ world, folder, run }) => {
  const location = `${world.secondary.addr}/v1/${SNAPSHOT}`
  world.fault({ path: SNAPSHOT, kind: 'redirect', location })
  const ran = await run(failover(world, folder))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(world.requests.filter(({ cluster, path }) => cluster === 'secondary' && path === SNAPSHOT)).toEqual([])
})

tale('of a failback, it is the other cluster that is saved', {}, async ({ world, folder, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  expectRun(await run(failover(world, folder, { operation: 'failback' })), { outcome: 'done' })
  expect(world.requests.filter(({ path }) => path === SNAPSHOT).map(({ cluster }) => cluster)).toEqual(['secondary'])
})

tale('a dry run, and a run that is refused anyway, saves none', {}, async ({ world, folder, run }) => {
  expectRun(await run(failover(world, folder, { 'dry-run': 'true' })), { outcome: 'planned' })
  world.secondary.set({ connection_state: 'transient_failure' })
  expectRun(await run(failover(world, folder)), { outcome: 'blocked' })
  expect(kept(folder)).toEqual([])
})

tale('a path where nothing can be written: blocked before the demotion', {}, async ({ world, folder, run }) => {
  writeFileSync(join(folder, 'kept'), 'a file, where a folder would have to be')
  const ran = await run(failover(world, folder))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(stateOf(ran, 'snapshot')).toBe('failed')
})

tale(
  'cancelled in the middle of it: nothing is changed, and no half of it is left',
  { snapshotBytes: 60_000_000 },
  async ({ world, folder, start }) => {
    const running = start(failover(world, folder))
    await until('it is on its way', () => world.requests.some(({ path }) => path === SNAPSHOT))
    running.child.kill('SIGINT')
    const ran = await running.ended
    if (ran.outcome === 'done') return
    expectRun(ran, { changed: 'false', 'active-addr': world.primary.addr })
    expect(kept(folder)).toEqual([])
  },
)

tale('a large one needs little memory', { snapshotBytes: 150_000_000 }, async ({ world, folder, run }) => {
  const ran = await run(failover(world, folder, { timeout: '50s' }), {
    env: { NODE_OPTIONS: '--max-old-space-size=64' },
  })
  expectRun(ran, { outcome: 'done' })
  expect(statSync(join(folder, 'kept', 'vault.snap')).size).toBeGreaterThan(150_000_000)
})
