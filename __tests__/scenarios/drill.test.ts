import { expect } from '@jest/globals'
import type { SimulatedCluster } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, until } from '../support/story.ts'
import { tale } from '../support/tale.ts'

const drill = { operation: 'drill' }

tale(
  'a drill fails over and back, and tells how long each direction took',
  { windows: { demote: 120, promote: 200 } },
  async ({ world, run }) => {
    const ran = await run(drill)
    expectRun(ran, { outcome: 'done', changed: 'true', health: 'healthy', redundancy: 'protected', 'rpo-entries': '0' })
    expect([world.primary.role(), world.secondary.state()]).toEqual(['primary', 'stream-wals'])
    const roles = ran.writes.filter((write) => /demote|promote|update/.test(write))
    expect(roles).toEqual([
      'primary: demote',
      'secondary: promote',
      'primary: update-primary',
      'secondary: demote',
      'primary: promote',
      'secondary: update-primary',
    ])
    const legs = ran.report?.legs ?? []
    expect(legs.map(({ to }) => to)).toEqual([new URL(world.secondary.addr).host, new URL(world.primary.addr).host])
    for (const { rtoMs } of legs) expect(rtoMs).toBeGreaterThanOrEqual(320)
    expect(Number(ran.outputs['rto-ms'])).toBe(Math.max(...legs.map(({ rtoMs = 0 }) => rtoMs)))
    // Both are in the one summary, each with the host it led to.
    for (const { to, rtoMs = 0 } of legs) {
      expect(ran.summary).toContain(`${(rtoMs / 1000).toFixed(1)} s`)
      expect(ran.summary).toContain(to)
    }
  },
)

tale('a drill is done as often as it is asked for', {}, async ({ world, run }) => {
  expectRun(await run(drill), { outcome: 'done' })
  expectRun(await run(drill), { outcome: 'done', 'active-addr': world.primary.addr })
  expect(world.history.some(({ erased }) => erased)).toBe(false)
})

tale('a dry run of a drill sends nothing and says what would go', {}, async ({ world, run }) => {
  const ran = await run({ ...drill, 'dry-run': 'true' })
  expectRun(ran, { outcome: 'planned', changed: 'false', 'active-addr': world.primary.addr })
  expect(ran.writes).toEqual([])
})

tale('a drill that is refused changes nothing', {}, async ({ world, run }) => {
  world.secondary.set({ connection_state: 'transient_failure' })
  const ran = await run(drill)
  expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
})

tale(
  'it stops in between when the old primary does not follow, says how to go on, and goes on from there',
  {},
  async ({ world, run }) => {
    world.fault({ cluster: 'primary', path: PATHS.updatePrimary, kind: 'status', status: 403, errors: ['denied'] })
    const ran = await run(drill)
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
    expect(ran.writes).not.toContain('primary: promote')
    expect(ran.summary).toMatch(/What to do now/)
    world.clearFaults()
    const next = await run(drill)
    expectRun(next, { outcome: 'done', redundancy: 'protected', 'active-addr': world.primary.addr })
    expect(next.writes).not.toContain('secondary: promote')
  },
)

tale(
  'it stops in between when the canary answers something else, and does not fail back onto it',
  { secrets: { 'secret/data/canary': { value: 'yellow' } } },
  async ({ world, run }) => {
    world.secondary.setSecret('secret/data/canary', { value: 'green' })
    const token = world.tokens.root
    const ran = await run({ ...drill, 'vault-token': token, 'verify-path': 'secret/data/canary' })
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'protected' })
    expect(ran.writes).not.toContain('primary: promote')
    expect(ran.summary).toMatch(/verify-path/)
    expect(ran.summary).toMatch(/operation: (failback|drill)/)
  },
)

tale(
  'the failback that is refused leaves the new primary serving, and says how to go on',
  {},
  async ({ world, run }) => {
    world.fault({ cluster: 'secondary', path: PATHS.demote, kind: 'status', status: 403, errors: ['denied'] })
    const ran = await run(drill)
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr, redundancy: 'protected' })
    expect(ran.summary).toMatch(/operation: failback/)
    // What the first direction took is known, and is told.
    expect(ran.outputs['rto-ms']).not.toBe('')
    world.clearFaults()
    expectRun(await run({ operation: 'failback' }), { outcome: 'done', 'active-addr': world.primary.addr })
  },
)

tale('a promotion that is refused on the way there ends restored', {}, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'status', status: 403, errors: ['denied'] })
  const ran = await run(drill)
  expectRun(ran, { outcome: 'restored', 'active-addr': world.primary.addr, redundancy: 'protected' })
})

tale(
  'a promotion that is refused on the way back ends restored, with the site of the drill serving',
  {},
  async ({ world, run }) => {
    world.fault({ cluster: 'primary', path: PATHS.promote, kind: 'status', status: 403, errors: ['denied'] })
    const ran = await run(drill)
    const [first, second] = [new URL(world.primary.addr).host, new URL(world.secondary.addr).host]
    expect(world.secondary.role()).toBe('primary')
    expect(ran.outputs['active-addr']).toBe(world.secondary.addr)
    expect(['restored', 'incomplete']).toContain(ran.outcome)
    expect(ran.log).toContain(`${first} was refused the role; ${second} is the DR primary again`)
  },
)

/** Where nobody is primary, what is said to do must be what would happen. */
for (const [where, stuck, mended] of [
  ['there', 'secondary', 'failback'],
  ['back', 'primary', 'failover'],
] as const) {
  tale(
    `nobody primary on the way ${where}: what the drill says to run is what brings it about`,
    {},
    async ({ world, run }) => {
      world.fault({ cluster: stuck, path: PATHS.promote, kind: 'reset-before' })
      const ran = await run({ ...drill, timeout: '12s' })
      expectRun(ran, { outcome: 'no-primary', 'active-addr': '' })
      const [to, other] = stuck === 'secondary' ? [world.secondary, world.primary] : [world.primary, world.secondary]
      const said = ran.report?.result?.next.join('\n') ?? ''
      // Making the other one primary again is a failback where the failover got stuck, and a failover where the failback did.
      expect(said).toContain(`operation: ${mended}\`: it makes ${new URL(other.addr).host} primary`)
      // To run a drill again begins with the failover: only there it would promote the cluster that it got stuck at.
      if (where === 'back') expect(said).not.toContain(`same workflow again: it promotes ${new URL(to.addr).host}`)
      world.clearFaults()
      expectRun(await run({ operation: mended }), { outcome: 'done', 'active-addr': other.addr })
    },
  )
}

tale(
  'killed in the middle of the way back: the post step tells what is, and a drill or a failback mends it',
  {
    windows: { demote: 200, promote: 300 },
  },
  async ({ world, start, run }) => {
    const running = start(drill)
    await until('the way back has begun', () =>
      world.requests.some(({ cluster, path, applied }) => cluster === 'secondary' && path === PATHS.demote && applied),
    )
    running.child.kill('SIGKILL')
    await running.ended
    const post = await running.post()
    expect(['no-primary', 'incomplete']).toContain(post.outcome)
    expectRun(await run({ operation: 'failback' }), { outcome: 'done', 'active-addr': world.primary.addr })
  },
)

tale('cancelled in between, a drill begins no way back', { windows: { attach: 900 } }, async ({ world, start }) => {
  const running = start(drill)
  await until('the old primary is being attached', () =>
    world.requests.some(({ path, applied }) => path === PATHS.updatePrimary && applied),
  )
  running.child.kill('SIGINT')
  const ran = await running.ended
  expect(world.secondary.role()).toBe('primary')
  expect(['incomplete', 'done']).toContain(ran.outcome)
  expect(ran.writes).not.toContain('secondary: demote')
})

for (const [what, dies] of [
  ['refuses connections', (cluster: SimulatedCluster) => cluster.stop()],
  ['hangs', (cluster: SimulatedCluster) => cluster.hang()],
] as const) {
  tale(
    `the new primary ${what} while the way back is checked: the failover took place, and is told`,
    {},
    async ({ world, start }) => {
      const [home, site] = [world.primary, world.secondary]
      // Long enough for its end to come in the middle of the checks of the way back.
      world.fault({ cluster: 'secondary', path: 'sys/capabilities-self', kind: 'delay-answer', delayMs: 800 })
      const running = start({ ...drill, timeout: '6s' })
      await until('the way back is checked', () =>
        world.requests.some(({ cluster, path }) => cluster === 'secondary' && path === 'sys/capabilities-self'),
      )
      await dies(site)
      const ran = await running.ended
      expectRun(ran, { outcome: 'unknown', changed: 'true', 'active-addr': '' })
      const { host } = new URL(site.addr)
      expect(ran.report?.result?.verdict).toContain(`The failover to ${host} is done`)
      expect(ran.log).not.toMatch(/nothing was changed/i)
      const next = ran.report?.result?.next.join(' ')
      expect(next).toContain(`operation: failback\` with \`mode: emergency\` and \`confirm: ${new URL(home.addr).host}`)
    },
  )
}

tale(
  'cancelled after the second promotion: main and post say that the home site serves alone, and what attaches the other',
  { windows: { demote: 200, promote: 200 } },
  async ({ world, start, run }) => {
    const running = start(drill)
    await until('the way back has begun', () =>
      world.requests.some(({ cluster, path, applied }) => cluster === 'secondary' && path === PATHS.demote && applied),
    )
    running.child.kill('SIGTERM')
    const told = [await running.ended, await running.post()]
    const [home, site] = [world.primary, world.secondary].map(({ addr }) => new URL(addr).host)
    for (const ran of told) {
      expectRun(ran, { outcome: 'incomplete', 'active-addr': world.primary.addr, redundancy: 'unprotected' })
      const { verdict = '', next = [] } = ran.report?.result ?? {}
      expect(verdict).toContain(`${home} is the DR primary, but ${site} does not follow it`)
      expect(next.join(' ')).toContain('operation: failback')
      // Both directions are told, also by the step that saw neither.
      expect(ran.report?.legs?.map(({ to }) => to)).toEqual([site, home])
    }
    // The same again can't begin, and says by what it could.
    const again = await run(drill)
    expectRun(again, { outcome: 'blocked', changed: 'false' })
    expect(again.report?.result?.next.join(' ')).toContain('operation: failback')
    expectRun(await run({ operation: 'failback' }), { outcome: 'done', redundancy: 'protected' })
    expectRun(await run(drill), { outcome: 'done' })
  },
)

tale(
  'killed before the way back has sent anything: the post step tells that the failover took place',
  {},
  async ({ world, start, run }) => {
    world.fault({ cluster: 'secondary', path: 'sys/capabilities-self', kind: 'delay-answer', delayMs: 800 })
    const running = start(drill)
    await until('the way back is checked', () =>
      world.requests.some(({ cluster, path }) => cluster === 'secondary' && path === 'sys/capabilities-self'),
    )
    running.child.kill('SIGKILL')
    await running.ended
    const post = await running.post()
    expectRun(post, { outcome: 'incomplete', changed: 'true', 'active-addr': world.secondary.addr })
    expect(post.report?.result?.next.join(' ')).toContain('operation: failback')
    world.clearFaults()
    expectRun(await run({ operation: 'failback' }), { outcome: 'done' })
  },
)

tale(
  'cancelled with the demotion of the way back unanswered: nobody knows how it ends',
  {},
  async ({ world, start }) => {
    world.fault({ cluster: 'secondary', path: PATHS.demote, kind: 'silence-before' })
    const running = start(drill)
    await until('the demotion is sent', () =>
      world.requests.some(({ cluster, path }) => cluster === 'secondary' && path === PATHS.demote),
    )
    running.child.kill('SIGINT')
    const ran = await running.ended
    expectRun(ran, { outcome: 'unknown', changed: 'true', 'active-addr': world.secondary.addr })
    expect(ran.summary).not.toContain('No primary since')
  },
)
