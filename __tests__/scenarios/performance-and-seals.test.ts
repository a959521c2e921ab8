import { expect } from '@jest/globals'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const failover = { operation: 'failover' }
const host = ({ addr }: { readonly addr: string }) => new URL(addr).host

for (const role of ['primary', 'secondary'] as const) {
  tale(
    `a performance ${role} moves with the promotion, and the summary says so`,
    {
      performance: { primary: role },
    },
    async ({ world, run }) => {
      const ran = await run(failover)
      expectRun(ran, { outcome: 'done', redundancy: 'protected' })
      expect(stateOf(ran, 'performance-replication')).toBe('warned')
      // Above the folded checks, where a person reads.
      const [read = ''] = ran.summary.split('<details>')
      expect(read).toMatch(new RegExp(`performance ${role}`))
      const { data } = (await (
        await fetch(`${world.secondary.addr}/v1/sys/replication/performance/status`)
      ).json()) as {
        data: { mode: string }
      }
      expect(data.mode).toBe(role)
      expectRun(await run({ operation: 'failback' }), { outcome: 'done', redundancy: 'protected' })
    },
  )
}

tale(
  'a second performance primary in sight blocks, planned or not; waived it goes',
  {
    performance: { primary: 'primary', secondary: 'primary' },
  },
  async ({ world, run }) => {
    const ran = await run(failover)
    expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
    expect(stateOf(ran, 'performance-replication')).toBe('failed')
    expect(ran.summary).toMatch(/performance primar/)
    expectRun(await run({ operation: 'drill' }), { outcome: 'blocked', changed: 'false' })
    expectRun(await run({ ...failover, override: 'performance-replication' }), { outcome: 'done' })
  },
)

tale('a pair without performance replication says nothing of it', {}, async ({ run }) => {
  const ran = await run(failover)
  expectRun(ran, { outcome: 'done' })
  expect(ran.summary.split('<details>')[0]).not.toMatch(/performance/)
})

tale(
  'a single bad answer about performance replication hides nothing of it',
  { performance: { primary: 'primary' } },
  async ({ world, run }) => {
    const path = 'sys/replication/performance/status'
    world.fault({ cluster: 'primary', path, kind: 'status', status: 500, times: 1 })
    const ran = await run(failover)
    expectRun(ran, { outcome: 'done' })
    expect(stateOf(ran, 'performance-replication')).toBe('warned')
  },
)

/* -------------------------------------------------------------------------------------------------------------- seals */

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: nodes of the old primary that come back sealed are named, with what to do`,
    {
      followersSeal: true,
      version,
    },
    async ({ world, run }) => {
      const ran = await run(failover)
      expect(world.primary.followersSealed()).toBe(true)
      expect(['done', 'incomplete']).toContain(ran.outcome)
      expect(ran.outputs).toMatchObject({ redundancy: 'protected', 'active-addr': world.secondary.addr })
      expect(ran.summary).toMatch(/\bunseal\b/i)
      expect(ran.report?.result?.next.concat(ran.report.notes, ran.report.result.reasons).join(' ')).toContain(
        host(world.primary),
      )
    },
  )
}

tale(
  'after a setup the nodes of the new secondary are named the same way',
  {
    enrolled: false,
    followersSeal: true,
  },
  async ({ world, run }) => {
    const ran = await run({
      operation: 'setup',
      'vault-token': world.tokens.operator,
      'secondary-vault-token': world.tokens.secondaryOperator,
      'dr-operation-token': '',
      confirm: host(world.secondary),
    })
    expectRun(ran, { redundancy: 'protected' })
    expect(world.secondary.followersSealed()).toBe(true)
    expect(ran.summary).toMatch(/\bunseal\b/i)
  },
)

tale('nobody is told to unseal where all nodes are well', {}, async ({ run }) => {
  const ran = await run(failover)
  expectRun(ran, { outcome: 'done' })
  expect(ran.summary).not.toMatch(/\bunseal\b/i)
})

tale(
  'a token that may not ask for the nodes is no reason to be incomplete',
  { followersSeal: true },
  async ({ world, run }) => {
    const { 'sys/storage/raft/autopilot/state': _, ...policy } = documented('vault-token', 'dr-operation-token')
    const token = world.mintToken({ type: 'batch', policy })
    expectRun(await run({ ...failover, 'dr-operation-token': token }), { outcome: 'done', redundancy: 'protected' })
  },
)
