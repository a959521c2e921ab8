/** The time is up in the middle: the run ends soon after, begins nothing that it could not end, and leaves nobody without a primary. */
import { expect, test } from '@jest/globals'
import { trial, withLog } from '../reliability/trial.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story, until } from '../support/story.ts'

/** What action.yml allows beyond `timeout`. In ms. */
const GRACE = 10_000
/** What it takes where nothing has to be taken away. In ms. */
const USUAL = 5000
const failover = { operation: 'failover', timeout: '6s' }

for (const [what, path, ends] of [
  ['the promotion', PATHS.promote, { primary: 'no-primary', secondary: 'unknown' }],
  ['the re-attachment', PATHS.updatePrimary, { primary: 'incomplete', secondary: 'unknown' }],
] as const) {
  for (const cluster of ['primary', 'secondary'] as const) {
    test.concurrent(`the ${cluster} hangs from ${what} on`, () =>
      trial({}, async ({ world, start, fault, reaches }) => {
        fault({ path, kind: 'silence-before' })
        const { ended } = start(failover, { untold: true })
        await until(`${what} is sent`, () => world.requests.some((one) => one.path === path))
        world[cluster].hang()
        const ran = await ended
        withLog(ran, () => {
          expect(ran.outcome).toBe(ends[cluster])
          expect(ran.ms).toBeLessThan(6000 + USUAL)
        })
        await reaches({ operation: 'failover' }, ['activation-id'])
      }))
  }
}

story('the answer with the activation token is lost, and that of its revocation too', {}, async ({ world, run }) => {
  world.fault({ path: PATHS.secondaryToken, kind: 'silence-after' })
  world.fault({ path: PATHS.revoke, kind: 'silence-before' })
  const ran = await run(failover)
  expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
  expect(ran.ms).toBeLessThan(6000 + GRACE)
  for (const { what } of world.leftovers()) expect(ran.log).toContain(what)
})

story('a revocation whose answer is lost holds nothing up', {}, async ({ world, run }) => {
  world.fault({ path: PATHS.secondaryToken, kind: 'reset-after', times: 1 })
  world.fault({ path: PATHS.revoke, kind: 'silence-after', times: 1 })
  const ran = await run({ operation: 'failover' })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(ran.ms).toBeLessThan(7000)
  expect(world.leftovers()).toEqual([])
})

story(
  'a demotion that takes what time there is is still followed by the promotion',
  { windows: { demote: 4300, promote: 1500 } },
  async ({ world, run }) => {
    const ran = await run({ ...failover, timeout: '4s' })
    expect(ran.writes).toContain('secondary: promote')
    expectRun(ran, { 'active-addr': world.secondary.addr })
    expect(ran.ms).toBeLessThan(4000 + GRACE)
  },
)

story(
  'a demotion is not begun when no time is left for the promotion',
  { lag: 45, catchUpPerSecond: 10 },
  async ({ world, run }) => {
    const ran = await run({ operation: 'failover', timeout: '6s', 'catch-up-timeout': '6s' })
    expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
    expect(ran.log).toContain('too little time is left')
    expect(ran.writes).toEqual([])
  },
)
