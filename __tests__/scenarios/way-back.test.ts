import { expect } from '@jest/globals'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story } from '../support/story.ts'

const failover = { operation: 'failover' }
const refused = {
  cluster: 'secondary',
  path: PATHS.promote,
  kind: 'status',
  status: 403,
  errors: ['1 error occurred:\n\t* permission denied\n\n'],
} as const

story(
  'a promotion that is refused: the old primary serves again, and its secondary streams again',
  {},
  async ({ world, run }) => {
    world.fault(refused)
    const ran = await run(failover)
    expectRun(ran, { outcome: 'restored', code: 22, 'active-addr': world.primary.addr, redundancy: 'protected' })
    expect([world.primary.state(), world.secondary.state()]).toEqual(['running', 'stream-wals'])
    expect(ran.writes.at(-1)).toBe('primary: promote')
    // Nobody took over, so there is no RTO; but nobody served for a while, and that is told.
    expect(ran.outputs['rto-ms']).toBe('')
    expect(ran.summary).toMatch(/^\*\*[\d.]+ m?s\*\* without a primary · /m)
    expect(ran.summary).toMatch(/^ {2}no primary :crit, \d+, \d+$/m)

    world.clearFaults()
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected', 'active-addr': world.secondary.addr })
  },
)

story(
  'a secondary that never catches up enough to be promoted is given up after catch-up-timeout',
  {},
  async ({ world, run }) => {
    const errors = ['replication is still catching up, try again later or provide the "force" argument']
    world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'status', status: 503, errors })
    const ran = await run({ ...failover, 'catch-up-timeout': '1s' })
    expectRun(ran, { outcome: 'restored', 'active-addr': world.primary.addr, redundancy: 'protected' })
  },
)

story('one that catches up after a while is promoted', {}, async ({ world, run }) => {
  const errors = ['replication is still catching up, try again later or provide the "force" argument']
  world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'status', status: 503, errors, times: 3 })
  const ran = await run({ ...failover, 'catch-up-timeout': '10s' })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(ran.writes.filter((write) => write === 'secondary: promote')).toHaveLength(4)
})

story('the way back of a failback', {}, async ({ world, run }) => {
  expectRun(await run(failover), { outcome: 'done' })
  world.fault({ ...refused, cluster: 'primary' })
  const ran = await run({ operation: 'failback' })
  expectRun(ran, { outcome: 'restored', 'active-addr': world.secondary.addr, redundancy: 'protected' })
})

story(
  'a token that may promote nowhere, though its policy was waived, leaves nobody primary, and a good one mends it',
  {},
  async ({ world, run }) => {
    const policy = {
      [PATHS.demote]: ['update'],
      [PATHS.secondaryToken]: ['update', 'sudo'],
      [PATHS.updatePrimary]: ['update'],
      [PATHS.publicKey]: ['update'],
    }
    const token = world.mintToken({ type: 'batch', policy })
    const ran = await run({ ...failover, 'dr-operation-token': token, override: 'capabilities' })
    expectRun(ran, { outcome: 'no-primary', changed: 'true', health: 'critical', 'active-addr': '' })
    expect(ran.summary).toMatch(/operation: fail(over|back)/)
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  },
)

story('after a lost answer to the promotion nobody is made primary again on a guess', {}, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'reset-before' })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'no-primary', 'active-addr': '' })
  expect(ran.writes).not.toContain('primary: promote')
  world.clearFaults()
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

story('a lost answer and then a refusal is still a lost answer', {}, async ({ world, run }) => {
  world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'reset-before', times: 1 })
  world.fault({ ...refused, nth: 2 })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'no-primary' })
  expect(ran.writes).not.toContain('primary: promote')
})

story('a demotion that is refused leaves the roles as they were', {}, async ({ world, run }) => {
  world.fault({ ...refused, cluster: 'primary', path: PATHS.demote })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'failed', code: 20, changed: 'false', 'active-addr': world.primary.addr })
  expect(ran.writes).toEqual(['primary: demote'])
})

story(
  'a re-attachment that is refused leaves the new primary serving, and the next run goes on from there',
  {},
  async ({ world, run }) => {
    world.fault({ ...refused, path: PATHS.secondaryToken })
    const ran = await run(failover)
    expectRun(ran, { outcome: 'incomplete', code: 21, 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
    world.clearFaults()
    const next = await run(failover)
    expectRun(next, { outcome: 'done', redundancy: 'protected' })
    expect(next.writes).not.toContain('secondary: promote')
  },
)

story('activation tokens that nobody used are revoked at the end', {}, async ({ world, run }) => {
  world.fault({ ...refused, cluster: 'primary', path: PATHS.updatePrimary })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'incomplete' })
  const made = world.requests.filter(({ path, applied }) => path === PATHS.secondaryToken && applied)
  const revoked = world.requests.filter(({ path, applied }) => path === PATHS.revoke && applied)
  const ids = (requests: typeof made) =>
    new Set(requests.map(({ body }) => JSON.stringify(body).match(/"id":"([^"]+)"/)?.[1]))
  expect(ids(made).size).toBeGreaterThan(0)
  expect(ids(revoked)).toEqual(ids(made))
})
