import { expect } from '@jest/globals'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story, until } from '../support/story.ts'

const failover = { operation: 'failover' }
const windows = { demote: 250, promote: 250, attach: 400 }

const KILLS: Readonly<Record<string, { readonly path: string; readonly ends: readonly string[] }>> = {
  demote: { path: PATHS.demote, ends: ['no-primary'] },
  promote: { path: PATHS.promote, ends: ['incomplete'] },
  'secondary-token': { path: PATHS.secondaryToken, ends: ['incomplete'] },
  'update-primary': { path: PATHS.updatePrimary, ends: ['incomplete', 'done'] },
}

for (const [write, { path, ends }] of Object.entries(KILLS)) {
  story(
    `killed right after ${write}: the post step tells what is, and the next run ends at the goal`,
    { windows, tls: true },
    async ({ world, start, run }) => {
      const running = start(failover)
      await until(`${write} is applied`, () => world.writes().some((one) => one.applied && one.path === path))
      running.child.kill('SIGKILL')
      const killed = await running.ended
      expect([killed.code, killed.outcome]).toEqual([null, ''])

      const sent = world.writes().length
      const post = await running.post()
      expect(ends).toContain(post.outcome)
      expect(post.summary).not.toBe('')
      expect(post.report?.result?.outcome).toBe(post.outcome)
      // It changes no role; of what the run left behind it may revoke an id.
      expect(
        new Set(
          world
            .writes()
            .slice(sent)
            .map((one) => one.path),
        ),
      ).toEqual(new Set(world.writes().slice(sent).length === 0 ? [] : [PATHS.revoke]))

      const next = await run(failover)
      expect(['done', 'unchanged']).toContain(next.outcome)
      expectRun(next, { redundancy: 'protected', 'active-addr': world.secondary.addr })
      // No activation id is left that nobody uses, unless its token was on its way to the follower: then it is named.
      for (const { what } of world.leftovers()) expect(post.log).toContain(what)
    },
  )
}

story(
  'killed while it waits, before anything is sent: nothing has happened, and the post step says so',
  {
    lag: 9,
    catchUpPerSecond: 0,
  },
  async ({ world, start }) => {
    const running = start({ ...failover, 'catch-up-timeout': '15s' })
    await until('it looks again and again', () => world.requests.length > 14)
    running.child.kill('SIGKILL')
    await running.ended
    const post = await running.post()
    expect(world.writes()).toEqual([])
    expectRun(post, { changed: 'false', 'active-addr': world.primary.addr, redundancy: 'protected' })
    expect(['blocked', 'failed']).toContain(post.outcome)
  },
)

for (const operation of ['failover', 'status']) {
  story(`the post step of a ${operation} that ended by itself has nothing to do`, {}, async ({ world, start }) => {
    const running = start({ operation })
    await running.ended
    const before = world.requests.length
    const post = await running.post()
    expect([post.code, post.outcome, post.summary, world.requests.length]).toEqual([0, '', '', before])
  })
}

story('the post step of a run with wrong inputs has nothing to do', {}, async ({ world, start }) => {
  const running = start({ operation: 'fail-over' })
  expectRun(await running.ended, { outcome: 'invalid' })
  const post = await running.post()
  expect([post.code, post.outcome, world.requests.length]).toEqual([0, '', 0])
})

story('the state for the post step holds no secret', {}, async ({ world, start }) => {
  const running = start({ ...failover, 'vault-token': world.tokens.operator })
  const ran = await running.ended
  // That no form of a secret is in there is judged after every run; here it is that there is a state at all.
  expect(Object.keys(ran.state)).toContain('report')
})
