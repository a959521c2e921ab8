import { expect } from '@jest/globals'
import type { SimulatedCluster, World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import { expectRun, until } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const THREE = { clusters: 3 } as const
const failover = { operation: 'failover' }

function third({ clusters }: World): SimulatedCluster {
  const [, , found] = clusters
  if (found === undefined) throw new Error('a world of three has no third cluster')
  return found
}
const host = ({ addr }: { readonly addr: string }) => new URL(addr).host
const others = (world: World) => ({ 'other-secondary-addrs': third(world).addr })

/** It follows this cluster, by its own status and by the primary's list. */
async function followed(world: World, primary: SimulatedCluster): Promise<boolean> {
  const data = async ({ addr }: SimulatedCluster) => {
    const { data: told } = (await (await fetch(`${addr}/v1/${PATHS.status}`)).json()) as {
      data: Record<string, unknown>
    }
    return told
  }
  const [mine, theirs] = [await data(third(world)), await data(primary)]
  const known = Array.isArray(theirs.known_secondaries) ? theirs.known_secondaries : []
  return mine.state === 'stream-wals' && mine.connection_state === 'ready' && known.includes(mine.secondary_id)
}

tale('status watches them: all stream, or one does not and is named', THREE, async ({ world, run }) => {
  expectRun(await run({ operation: 'status', ...others(world) }), { outcome: 'done', health: 'healthy' })
  third(world).set({ state: 'idle', connection_state: 'transient_failure' })
  const ran = await run({ operation: 'status', 'fail-on': 'degraded', ...others(world) })
  expectRun(ran, { outcome: 'done', health: 'degraded', code: 1, redundancy: 'protected' })
  expect(ran.summary).toContain(host(third(world)))
})

tale(
  'status with one that is down: degraded, with its name, and the rest is still told',
  THREE,
  async ({ world, run }) => {
    await third(world).stop()
    const ran = await run({ operation: 'status', ...others(world) })
    expectRun(ran, { outcome: 'done', health: 'degraded', 'active-addr': world.primary.addr, redundancy: 'protected' })
    expect(ran.summary).toContain(host(third(world)))
  },
)

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: after a failover the third follows the new primary, and again after the failback`,
    {
      ...THREE,
      version,
    },
    async ({ world, run }) => {
      const ran = await run({ ...failover, ...others(world) })
      expectRun(ran, {
        outcome: 'done',
        health: 'healthy',
        redundancy: 'protected',
        'active-addr': world.secondary.addr,
      })
      expect(await followed(world, world.secondary)).toBe(true)
      // Each has a line of its own, with its result.
      expect(ran.report?.steps.map(({ name, host: at, state }) => [name, at, state])).toContainEqual([
        'follow',
        host(third(world)),
        'done',
      ])
      expectRun(await run({ ...failover, ...others(world) }), { outcome: 'unchanged', changed: 'false' })
      expectRun(await run({ operation: 'failback', ...others(world) }), { outcome: 'done', redundancy: 'protected' })
      expect(await followed(world, world.primary)).toBe(true)
      expect(world.clusters.some((cluster) => cluster.erased())).toBe(false)
    },
  )
}

tale('a drill takes them there and back', THREE, async ({ world, run }) => {
  expectRun(await run({ operation: 'drill', ...others(world) }), { outcome: 'done', 'active-addr': world.primary.addr })
  expect(await followed(world, world.primary)).toBe(true)
})

tale(
  'servers without public keys: by a wrapped token',
  { ...THREE, activation: 'wrapped-only' },
  async ({ world, run }) => {
    expectRun(await run({ ...failover, ...others(world) }), { outcome: 'done', redundancy: 'protected' })
    expect(await followed(world, world.secondary)).toBe(true)
  },
)

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: with key shares each cluster makes its own token`,
    { ...THREE, version },
    async ({ world, run }) => {
      const policy = documented('vault-token', 'key-shares')
      const given = {
        'dr-operation-token': '',
        'vault-token': world.mintToken({ type: 'batch', policy }),
        'key-shares': world.keyShares.slice(0, 3).join('\n'),
      }
      expectRun(await run({ ...failover, ...given, ...others(world) }), { outcome: 'done', redundancy: 'protected' })
      expect(await followed(world, world.secondary)).toBe(true)
    },
  )
}

tale('with key shares, a third that refuses: its unused token is not left behind', THREE, async ({ world, run }) => {
  world.fault({ cluster: 'tertiary', path: PATHS.updatePrimary, kind: 'status', status: 400, errors: ['no'] })
  const given = {
    'dr-operation-token': '',
    'vault-token': world.tokens.operator,
    'key-shares': world.keyShares.slice(0, 3).join('\n'),
  }
  const ran = await run({ ...failover, ...given, ...others(world) })
  expectRun(ran, { outcome: 'incomplete', redundancy: 'protected', 'active-addr': world.secondary.addr })
  expect(ran.summary).toContain(host(third(world)))
})

tale(
  'one that is down makes it incomplete, with its name, and the same again mends it',
  THREE,
  async ({ world, run }) => {
    third(world).hang()
    const ran = await run({ ...failover, ...others(world) })
    expectRun(ran, { outcome: 'incomplete', code: 21, redundancy: 'protected', 'active-addr': world.secondary.addr })
    expect(ran.report?.result?.reasons.join(' ')).toContain(host(third(world)))
    third(world).unhang()
    const next = await run({ ...failover, ...others(world) })
    expectRun(next, { outcome: 'done', changed: 'true', redundancy: 'protected', health: 'healthy' })
    expect(await followed(world, world.secondary)).toBe(true)
    expect(next.writes).not.toContain('secondary: promote')
  },
)

tale('one that is sealed is named so', THREE, async ({ world, run }) => {
  third(world).seal()
  const ran = await run({ ...failover, ...others(world) })
  expectRun(ran, { outcome: 'incomplete', redundancy: 'protected' })
  expect(ran.summary).toContain(host(third(world)))
  expect(ran.summary).toMatch(/sealed/)
})

tale('a drill stops in between when one does not follow', THREE, async ({ world, run }) => {
  third(world).hang()
  const ran = await run({ operation: 'drill', ...others(world) })
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  expect(ran.writes).not.toContain('primary: promote')
})

for (const [what, path] of Object.entries({
  'secondary-token': PATHS.secondaryToken,
  'update-primary': PATHS.updatePrimary,
})) {
  for (const kind of ['reset-before', 'reset-after'] as const) {
    tale(
      `the answer to ${what} for the third is lost (${kind}): it follows all the same`,
      THREE,
      async ({ world, run }) => {
        world.fault(what === 'update-primary' ? { cluster: 'tertiary', path, kind, times: 1 } : { path, kind, nth: 2 })
        expectRun(await run({ ...failover, ...others(world) }), { outcome: 'done', redundancy: 'protected' })
        expect(await followed(world, world.secondary)).toBe(true)
      },
    )
  }
}

tale(
  'killed while the third is being attached: nothing is left behind, and again mends it',
  {
    ...THREE,
    windows: { attach: 400 },
  },
  async ({ world, start, run }) => {
    const running = start({ ...failover, ...others(world) })
    await until('a token for the third is made', () =>
      world.requests.some(
        ({ path, applied, cluster }) => cluster === 'tertiary' && path === PATHS.updatePrimary && applied,
      ),
    )
    running.child.kill('SIGKILL')
    await running.ended
    await running.post()
    const next = await run({ ...failover, ...others(world) })
    expect(['done', 'unchanged']).toContain(next.outcome)
    expect(await followed(world, world.secondary)).toBe(true)
  },
)

tale(
  'a cluster of another set is neither attached nor erased',
  {
    ...THREE,
    foreign: { tertiary: 'secondary' },
  },
  async ({ world, run }) => {
    const ran = await run({ ...failover, ...others(world) })
    expectRun(ran, { outcome: 'incomplete', redundancy: 'protected' })
    expect(
      world.requests.filter(
        ({ cluster, method, path }) => cluster === 'tertiary' && method !== 'GET' && path !== PATHS.publicKey,
      ),
    ).toEqual([])
  },
)

tale('an emergency points them to the new primary too', THREE, async ({ world, run }) => {
  await world.primary.stop({ heartbeatAgeSeconds: 120 })
  const ran = await run({ ...failover, mode: 'emergency', confirm: host(world.secondary), ...others(world) })
  expect(['done', 'incomplete']).toContain(ran.outcome)
  expect(ran.outputs['active-addr']).toBe(world.secondary.addr)
  expect(await followed(world, world.secondary)).toBe(true)
})

tale('a dry run sends nothing to them', THREE, async ({ world, run }) => {
  expectRun(await run({ ...failover, 'dry-run': 'true', ...others(world) }), { outcome: 'planned' })
  expect(world.requests.filter(({ cluster, method }) => cluster === 'tertiary' && method !== 'GET')).toEqual([])
})
