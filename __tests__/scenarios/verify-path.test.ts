import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const CANARY = 'secret/data/canary'
const VALUE = 'a-canary-that-is-a-secret-too'
const WITH = { secrets: { [CANARY]: { value: VALUE, of: ['many', 'birds'] } } }
const POLICY = documented('vault-token', 'verify-path')
const failover = (world: World, more: Record<string, string> = {}) => ({
  operation: 'failover',
  'vault-token': world.mintToken({ type: 'service', policy: POLICY }),
  'verify-path': CANARY,
  ...more,
})
const shown = ({ log, summary, files }: { log: string; summary: string; files: object }) =>
  `${log}${summary}${JSON.stringify(files)}`

tale('the same before and after: done, and what it is is never shown', WITH, async ({ world, run }) => {
  const ran = await run(failover(world))
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(shown(ran)).not.toContain(VALUE)
  const reads = world.requests.filter(({ path }) => path === CANARY)
  expect([reads[0]?.cluster, reads.at(-1)?.cluster]).toEqual(['primary', 'secondary'])
  expect(ran.summary).toMatch(/answers the same/)
  expectRun(await run(failover(world, { operation: 'failback' })), { outcome: 'done' })
})

tale(
  'an engine with leases answers with other ids each time: that is no difference',
  {
    secrets: { 'database/creds': { username: 'u' } },
  },
  async ({ world, run }) => {
    const token = world.mintToken({ type: 'service', policy: { ...POLICY, 'database/creds': ['read'] } })
    expectRun(await run(failover(world, { 'vault-token': token, 'verify-path': 'database/creds' })), {
      outcome: 'done',
    })
  },
)

tale('another answer after it: incomplete, and neither answer is shown', WITH, async ({ world, run }) => {
  world.secondary.setSecret(CANARY, { value: 'something-else-altogether' })
  const ran = await run(failover(world))
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'protected' })
  expect(ran.summary).toMatch(/verify-path/)
  expect(shown(ran)).not.toContain(VALUE)
  expect(shown(ran)).not.toContain('something-else-altogether')
})

tale('gone after it: incomplete', WITH, async ({ world, run }) => {
  world.secondary.setSecret(CANARY, undefined)
  const ran = await run(failover(world))
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  expect(ran.summary).toMatch(/verify-path/)
})

tale('not readable before: blocked; waived it goes', WITH, async ({ world, run }) => {
  const { [CANARY]: _, ...policy } = POLICY
  const given = { 'vault-token': world.mintToken({ type: 'service', policy }) }
  const ran = await run(failover(world, given))
  expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
  expect(stateOf(ran, 'verify-path')).toBe('failed')
  expectRun(await run(failover(world, { 'verify-path': 'secret/data/nothing' })), { outcome: 'blocked' })
  const waived = await run(failover(world, { ...given, override: 'verify-path' }))
  // It goes; that it can't be read afterwards either is told, or was waived with it.
  expect(['done', 'incomplete']).toContain(waived.outcome)
  expect(world.secondary.role()).toBe('primary')
})

tale('a new primary that answers badly for a moment is asked again', WITH, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: CANARY, kind: 'status', status: 503, times: 2 })
  world.fault({ cluster: 'secondary', path: CANARY, kind: 'status', status: 412, times: 1 })
  world.fault({ cluster: 'primary', path: CANARY, kind: 'reset-before', times: 1 })
  expectRun(await run(failover(world)), { outcome: 'done' })
})

tale('a new primary that does not get to it: incomplete', WITH, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: CANARY, kind: 'status', status: 500 })
  expectRun(await run(failover(world)), { outcome: 'incomplete', 'active-addr': world.secondary.addr })
})

tale(
  'in a namespace, with the replication left in the root',
  { ...WITH, namespace: 'team/a' },
  async ({ world, run }) => {
    const ran = await run(failover(world, { namespace: 'team/a' }))
    expectRun(ran, { outcome: 'done' })
    for (const { path, namespace } of world.requests)
      expect([path, namespace]).toEqual([path, path === CANARY ? 'team/a' : ''])
  },
)

tale('with a batch token as the only secret', WITH, async ({ world, run }) => {
  const policy = documented('vault-token', 'dr-operation-token', 'verify-path')
  const token = world.mintToken({ type: 'batch', policy })
  expectRun(await run({ operation: 'failover', 'dr-operation-token': token, 'verify-path': CANARY }), {
    outcome: 'done',
  })
})

tale(
  'in an emergency there is nobody to ask before: that it can be read after is what counts',
  WITH,
  async ({ world, run }) => {
    await world.primary.stop({ heartbeatAgeSeconds: 120 })
    const emergency = { mode: 'emergency', confirm: new URL(world.secondary.addr).host }
    expectRun(await run(failover(world, emergency)), { outcome: 'done', 'active-addr': world.secondary.addr })
    expect(world.requests.filter(({ path }) => path === CANARY).map(({ cluster }) => cluster)).toContain('secondary')
  },
)

tale(
  'run again after a difference: it can be compared with nothing any more, and is read all the same',
  WITH,
  async ({ world, run }) => {
    expectRun(await run(failover(world)), { outcome: 'done' })
    expectRun(await run(failover(world)), { outcome: 'unchanged', changed: 'false' })
  },
)

tale('a dry run reads it before, and nothing after', WITH, async ({ world, run }) => {
  expectRun(await run(failover(world, { 'dry-run': 'true' })), { outcome: 'planned' })
  expectRun(await run(failover(world, { 'dry-run': 'true', 'verify-path': 'secret/data/nothing' })), {
    outcome: 'blocked',
  })
})

for (const path of ['/secret/x', 'v1/secret/x', 'sys/policies/acl/x', 'secret/x?list=true']) {
  tale(`${path} is no verify-path`, WITH, async ({ world, run }) => {
    expectRun(await run(failover(world, { 'verify-path': path })), { outcome: 'invalid' })
  })
}
