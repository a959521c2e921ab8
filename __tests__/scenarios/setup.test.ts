import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf, until } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const ENABLE = 'sys/replication/dr/primary/enable'
const ENROL = 'sys/replication/dr/secondary/enable'
const DETACH = 'sys/replication/dr/secondary/disable'
const DISABLE = 'sys/replication/dr/primary/disable'

const AT_PRIMARY = documented('setup-vault-token')
const AT_SECONDARY = documented('setup-secondary-vault-token')

const host = (cluster: { readonly addr: string }) => new URL(cluster.addr).host
const setup = (world: World, more: Record<string, string> = {}) => ({
  operation: 'setup',
  'dr-operation-token': '',
  'vault-token': world.mintToken({ type: 'service', policy: AT_PRIMARY }, 'primary'),
  'secondary-vault-token': world.mintToken({ type: 'service', policy: AT_SECONDARY }, 'secondary'),
  confirm: host(world.secondary),
  ...more,
})
const NOTHING = { enrolled: false } as const

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: a pair from nothing, with tokens of the least policies; again it is unchanged`,
    {
      ...NOTHING,
      version,
    },
    async ({ world, run }) => {
      const given = setup(world)
      const ran = await run(given)
      expectRun(ran, {
        outcome: 'done',
        changed: 'true',
        health: 'healthy',
        redundancy: 'protected',
        'active-addr': world.primary.addr,
      })
      expect(ran.outputs['cluster-id']).not.toBe('')
      expect(ran.writes).toEqual(['primary: enable', 'primary: secondary-token', 'secondary: enable'])
      expect([world.primary.role(), world.secondary.state()]).toEqual(['primary', 'stream-wals'])
      // Its own tokens are gone with what it held; the same command again needs them no more.
      expectRun(await run(given), { outcome: 'unchanged', changed: 'false', redundancy: 'protected' })
      expectRun(await run({ operation: 'status' }), { outcome: 'done', health: 'healthy' })
    },
  )
}

tale('the pair that was set up fails over and back', NOTHING, async ({ world, run }) => {
  expectRun(await run(setup(world)), { outcome: 'done' })
  const shares = { 'key-shares': world.keyShares.slice(0, 3).join('\n'), 'dr-operation-token': '' }
  const token = { 'vault-token': world.tokens.operator }
  expectRun(await run({ operation: 'failover', ...token, ...shares }), { outcome: 'done', redundancy: 'protected' })
  expectRun(await run({ operation: 'failback', ...token, ...shares }), { outcome: 'done', redundancy: 'protected' })
})

tale(
  'servers without public keys are enrolled by a wrapped token',
  { ...NOTHING, activation: 'wrapped-only' },
  async ({ world, run }) => {
    expectRun(await run(setup(world)), { outcome: 'done', redundancy: 'protected' })
  },
)

tale('a policy without generate-public-key takes the wrapped token too', NOTHING, async ({ world, run }) => {
  const token = world.mintToken({ type: 'service', policy: { [ENROL]: ['update'] } }, 'secondary')
  expectRun(await run(setup(world, { 'secondary-vault-token': token })), { outcome: 'done', redundancy: 'protected' })
})

tale('a dry run sends nothing', NOTHING, async ({ world, run }) => {
  const ran = await run(setup(world, { 'dry-run': 'true' }))
  expectRun(ran, { outcome: 'planned', changed: 'false' })
  expect(world.requests.filter(({ path }) => path === PATHS.publicKey)).toEqual([])
})

for (const confirm of ['', 'vault.example.com']) {
  tale(
    `confirm ${confirm === '' ? 'missing' : 'of another host'}: invalid, and nothing is sent`,
    NOTHING,
    async ({ world, run }) => {
      expectRun(await run(setup(world, { confirm })), { outcome: 'invalid' })
      expect(world.requests).toEqual([])
    },
  )
}

/** What is there already and is somebody else's: nothing of it is erased, and nothing is enabled beside it. */
const FOREIGN: Readonly<Record<string, Parameters<typeof tale>[1]>> = {
  'the secondary is a secondary of another set': { ...NOTHING, foreign: { secondary: 'secondary' } },
  'the secondary is the primary of another set': { ...NOTHING, foreign: { secondary: 'primary' } },
  'the primary is a secondary of another set': { ...NOTHING, foreign: { primary: 'secondary' } },
  'both are primaries of sets of their own': { ...NOTHING, foreign: { primary: 'primary', secondary: 'primary' } },
  'the primary is one already, and the secondary belongs to another set': {
    ...NOTHING,
    foreign: { primary: 'primary', secondary: 'secondary' },
  },
}
for (const [what, options] of Object.entries(FOREIGN)) {
  for (const more of [{}, { override: 'capabilities, vault-token, version' }, { mode: 'emergency' }]) {
    const how = Object.entries(more).map(([name, value]) => ` (${name}: ${value})`)
    tale(`${what}${how}: refused, and nothing is sent`, options, async ({ world, run }) => {
      const ran = await run(setup(world, more))
      expectRun(ran, { outcome: 'blocked', changed: 'false' })
      expect(ran.writes).toEqual([])
      expect(world.clusters.some((cluster) => cluster.erased())).toBe(false)
    })
  }
}

tale('why nothing is erased is said', { ...NOTHING, foreign: { secondary: 'secondary' } }, async ({ world, run }) => {
  const ran = await run(setup(world))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(ran.report?.result?.reasons.join(' ')).toMatch(/not erased/)
  expect(ran.summary).toMatch(/not erased/)
})

tale('a pair that was just set up is not said to be without a primary', NOTHING, async ({ world, run }) => {
  const ran = await run(setup(world))
  expectRun(ran, { outcome: 'done', 'rto-ms': '' })
  expect(ran.summary).not.toMatch(/No primary since|no primary :crit/)
})

tale('the pair stands the other way round: nothing is erased', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  const ran = await run(setup(world, { 'vault-token': world.tokens.root, 'secondary-vault-token': world.tokens.root }))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(world.clusters.some((cluster) => cluster.erased())).toBe(false)
})

tale('a secondary of this very primary that is cut off for now is not erased', {}, async ({ world, run }) => {
  world.cutLink()
  const ran = await run(setup(world, { 'vault-token': world.tokens.root, 'secondary-vault-token': world.tokens.root }))
  expect(['blocked', 'failed', 'incomplete']).toContain(ran.outcome)
  expect(ran.writes).toEqual([])
})

tale('one address twice as two names of a cluster is refused', { ...NOTHING, clusters: 1 }, async ({ world, run }) => {
  const other = world.primary.standbyAddr
  const ran = await run({
    operation: 'setup',
    'secondary-addr': other,
    'vault-token': world.tokens.root,
    confirm: new URL(other).host,
  })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(ran.writes).toEqual([])
})

/** Tokens that will not do; each is refused before anything is enabled. */
const UNFIT: Readonly<Record<string, (world: World) => Record<string, string>>> = {
  'a wrong vault-token': () => ({ 'vault-token': 'hvs.wrongwrongwrongwrongwron' }),
  'a vault-token without enable': (world) => ({
    'vault-token': world.mintToken({ type: 'service', policy: { ...AT_PRIMARY, [ENABLE]: ['read'] } }, 'primary'),
  }),
  'a vault-token without sudo on secondary-token': (world) => ({
    'vault-token': world.mintToken(
      { type: 'service', policy: { ...AT_PRIMARY, [PATHS.secondaryToken]: ['update'] } },
      'primary',
    ),
  }),
  'a wrong secondary-vault-token': () => ({ 'secondary-vault-token': 'hvs.wrongwrongwrongwrongwron' }),
  'a secondary-vault-token without enable': (world) => ({
    'secondary-vault-token': world.mintToken({ type: 'service', policy: {} }, 'secondary'),
  }),
}
for (const [what, given] of Object.entries(UNFIT)) {
  tale(`${what}: refused before anything is enabled`, NOTHING, async ({ world, run }) => {
    const ran = await run(setup(world, given(world)))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(ran.writes).toEqual([])
  })
}

tale(
  'an older secondary is refused before it is erased',
  { ...NOTHING, version: '2.1.0+ent', secondaryVersion: '1.21.1+ent' },
  async ({ world, run }) => {
    const ran = await run(setup(world))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(stateOf(ran, 'version')).toBe('failed')
  },
)

for (const [what, path] of Object.entries({
  enable: ENABLE,
  'secondary-token': PATHS.secondaryToken,
  enrol: ENROL,
})) {
  for (const kind of ['reset-before', 'reset-after'] as const) {
    tale(
      `the answer to ${what} is lost (${kind}): the pair is set up all the same`,
      NOTHING,
      async ({ world, run }) => {
        world.fault({ path, kind, times: 1 })
        expectRun(await run(setup(world)), { outcome: 'done', redundancy: 'protected' })
        expect(world.requests.filter((one) => one.path === ENROL && one.applied)).toHaveLength(1)
      },
    )
  }
  tale(
    `killed right after ${what}: the post step leaves nothing, and the same again ends at the goal`,
    {
      ...NOTHING,
      windows: { promote: 250, attach: 400 },
    },
    async ({ world, start, run }) => {
      const given = setup(world)
      const running = start(given)
      await until(what, () => world.requests.some((one) => one.path === path && one.applied))
      running.child.kill('SIGKILL')
      await running.ended
      const post = await running.post()
      expect(post.outcome).not.toBe('')
      const next = await run(given)
      expect(['done', 'unchanged']).toContain(next.outcome)
      expectRun(next, { redundancy: 'protected', 'active-addr': world.primary.addr })
      expect(world.requests.filter((one) => one.path === ENABLE && one.applied)).toHaveLength(1)
      expect(world.requests.filter((one) => one.path === ENROL && one.applied)).toHaveLength(1)
    },
  )
}

const refusal = { kind: 'status', status: 403, errors: ['1 error occurred:\n\t* permission denied\n\n'] } as const

tale(
  'an enrolment that is refused: the primary is one now, so it is incomplete, and again goes on',
  NOTHING,
  async ({ world, run }) => {
    world.fault({ ...refusal, path: ENROL })
    const given = setup(world)
    const ran = await run(given)
    expectRun(ran, { outcome: 'incomplete', changed: 'true', 'active-addr': world.primary.addr })
    world.clearFaults()
    expectRun(await run(given), { outcome: 'done', redundancy: 'protected' })
  },
)

tale('a primary that refuses to be enabled: it failed, and nothing is erased', NOTHING, async ({ world, run }) => {
  world.fault({ ...refusal, path: ENABLE })
  const ran = await run(setup(world))
  expectRun(ran, { outcome: 'failed', changed: 'false' })
  expect(world.secondary.erased()).toBe(false)
})

/* ------------------------------------------------------------------------------------------------- revoke-secondary */

const ONE_PATH = documented('revoke-secondary')
const revoke = (world: World, id: string) => ({
  operation: 'revoke-secondary',
  'dr-operation-token': '',
  'vault-token': world.mintToken({ type: 'service', policy: ONE_PATH }),
  'secondary-id': id,
})

async function issueId(world: World, cluster: 'primary' | 'secondary', id: string): Promise<void> {
  await fetch(`${world[cluster].addr}/v1/${PATHS.secondaryToken}`, {
    method: 'POST',
    headers: { 'x-vault-token': world.tokens.root },
    body: JSON.stringify({ id }),
  })
}

for (const where of ['primary', 'secondary'] as const) {
  tale(
    `an id is revoked on the ${where}, which is the primary today; again it is unchanged`,
    {},
    async ({ world, run }) => {
      if (where === 'secondary') expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
      await issueId(world, where, 'somebody')
      expectRun(await run({ ...revoke(world, 'somebody'), 'dry-run': 'true' }, { leaves: ['activation-id'] }), {
        outcome: 'planned',
      })
      const ran = await run(revoke(world, 'somebody'))
      expectRun(ran, { outcome: 'done', changed: 'true', 'active-addr': world[where].addr, redundancy: 'protected' })
      expect(ran.writes).toEqual([`${where}: revoke-secondary`])
      expect(ran.summary).toContain('somebody')
      expectRun(await run(revoke(world, 'somebody')), { outcome: 'unchanged', changed: 'false' })
    },
  )
}

tale('the id by which the secondary follows is not revoked: that would be a disable', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover', 'secondary-id': 'mine' }), { outcome: 'done' })
  const ran = await run(revoke(world, 'mine'))
  expectRun(ran, { outcome: 'blocked', changed: 'false', redundancy: 'protected' })
})

tale('an id is revoked while the secondary is down', {}, async ({ world, run }) => {
  await issueId(world, 'primary', 'somebody')
  await world.secondary.stop()
  expectRun(await run(revoke(world, 'somebody')), { outcome: 'done', changed: 'true' })
})

tale('without the policy for it a revocation is refused', {}, async ({ world, run }) => {
  await issueId(world, 'primary', 'somebody')
  const token = world.mintToken({ type: 'service', policy: {} })
  const ran = await run({ ...revoke(world, 'somebody'), 'vault-token': token }, { leaves: ['activation-id'] })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
})

for (const kind of ['reset-before', 'reset-after'] as const) {
  tale(`the answer to a revocation is lost (${kind})`, {}, async ({ world, run }) => {
    await issueId(world, 'primary', 'somebody')
    world.fault({ path: PATHS.revoke, kind, times: 1 })
    expectRun(await run(revoke(world, 'somebody')), { outcome: 'done', changed: 'true' })
  })
}

/* ---------------------------------------------------------------------------------------------------------- disable */

/** docs/tokens.md, `disable`. */
const disable = (world: World, more: Record<string, string> = {}) => ({
  operation: 'disable',
  'vault-token': world.mintToken({
    type: 'service',
    policy: documented('disable-vault-token'),
  }),
  'dr-operation-token': world.mintToken({ type: 'batch', policy: documented('disable-dr-operation-token') }),
  confirm: host(world.secondary),
  ...more,
})

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: the pair is taken apart, the id first, while it can be told; again it is unchanged`,
    { version },
    async ({ world, run }) => {
      const given = disable(world)
      expectRun(await run({ ...given, 'dry-run': 'true' }), { outcome: 'planned', changed: 'false' })
      const ran = await run(given)
      expectRun(ran, { outcome: 'done', changed: 'true', 'active-addr': '', redundancy: 'unprotected' })
      expect([ran.writes[0], ran.writes.at(-1)]).toEqual(['primary: revoke-secondary', 'primary: disable'])
      expect([world.primary.role(), world.secondary.role()]).toEqual(['disabled', 'disabled'])
      expectRun(await run(given), { outcome: 'unchanged', changed: 'false' })
    },
  )

  tale(`Vault ${version}: taken apart with key shares`, { version }, async ({ world, run }) => {
    const policy = documented('disable-vault-token', 'key-shares')
    const given = {
      'vault-token': world.mintToken({ type: 'batch', policy }),
      'dr-operation-token': '',
      'key-shares': world.keyShares.slice(0, 3).join('\n'),
    }
    expectRun(await run(disable(world, given)), { outcome: 'done', changed: 'true' })
  })
}

tale('other secondaries are left alone, and so is their primary', { clusters: 3 }, async ({ world, run }) => {
  const ran = await run(disable(world))
  expectRun(ran, { outcome: 'done', changed: 'true', 'active-addr': world.primary.addr })
  expect(world.clusters.map((cluster) => cluster.role())).toEqual(['primary', 'disabled', 'secondary'])
  expect(world.clusters[2]?.state()).toBe('stream-wals')
  expect(ran.writes).toEqual(['primary: revoke-secondary', 'secondary: disable'])
  expectRun(await run(disable(world)), { outcome: 'unchanged', changed: 'false' })
})

tale('the secondary is primary today: refused, it may hold what nobody else has', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  const ran = await run(disable(world))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
})

tale('the primary is out of sight: refused, the secondary may hold the only copy', {}, async ({ world, run }) => {
  await world.primary.stop()
  const ran = await run(disable(world))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  const hard = await run(disable(world, { mode: 'emergency', override: 'emergency-evidence' }))
  expectRun(hard, { outcome: 'blocked', changed: 'false' })
})

tale('a cluster of another set is not taken apart', { foreign: { secondary: 'secondary' } }, async ({ world, run }) => {
  const ran = await run(disable(world))
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(world.secondary.erased()).toBe(false)
})

tale('without confirm nothing is sent', {}, async ({ world, run }) => {
  expectRun(await run(disable(world, { confirm: '' })), { outcome: 'invalid' })
  expect(world.requests).toEqual([])
})

tale('a token without the policy is refused before anything is taken apart', {}, async ({ world, run }) => {
  for (const given of [
    { 'vault-token': world.mintToken({ type: 'service', policy: { [PATHS.revoke]: ['update'] } }) },
    { 'dr-operation-token': world.mintToken({ type: 'batch', policy: {} }) },
  ]) {
    expectRun(await run(disable(world, given)), { outcome: 'blocked', changed: 'false', redundancy: 'protected' })
  }
})

for (const [what, path] of Object.entries({ detaching: DETACH, revoking: PATHS.revoke, disabling: DISABLE })) {
  for (const kind of ['reset-before', 'reset-after'] as const) {
    tale(`the answer to ${what} is lost (${kind}): taken apart all the same`, {}, async ({ world, run }) => {
      world.fault({ path, kind, times: 1 })
      expectRun(await run(disable(world)), { outcome: 'done', changed: 'true' })
      expect(world.primary.role()).toBe('disabled')
    })
  }
  tale(
    `killed right after ${what}: the same again ends at the goal, or says what is in its way`,
    {
      windows: { demote: 250 },
    },
    async ({ world, start, run }) => {
      const running = start(disable(world))
      await until(what, () => world.requests.some((one) => one.path === path && one.applied))
      running.child.kill('SIGKILL')
      await running.ended
      await running.post()
      const next = await run(disable(world))
      expect(['done', 'unchanged']).toContain(next.outcome)
      expect([world.secondary.role(), world.primary.role()]).toEqual(['disabled', 'disabled'])
    },
  )
}

tale('a revocation that is refused comes before anything is taken apart', {}, async ({ world, run }) => {
  world.fault({ ...refusal, path: PATHS.revoke })
  const ran = await run(disable(world))
  expectRun(ran, { outcome: 'failed', changed: 'false', 'active-addr': world.primary.addr })
  expect(world.secondary.state()).toBe('stream-wals')
})
