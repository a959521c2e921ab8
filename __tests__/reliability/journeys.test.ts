/** The fault matrix of the operations that are more than a failover: each call of their own meets each mishap. */
import { expect, test } from '@jest/globals'
import type { Fault } from '../../src/simulator/faults.ts'
import { PATHS, visible } from '../support/invariants.ts'
import { judgeWhole } from '../support/tale.ts'
import { MISHAPS } from './cells.ts'
import { figure, WHOLE } from './figures.ts'
import { JOURNEYS, type Journey } from './journeys.ts'
import { trial, withLog } from './trial.ts'

const TIMEOUT = 20_000
/** What a run may take beyond its timeout. In ms. */
const GRACE = 10_000

async function meet({ options, given, first, goal, ends }: Journey, call: string, mishap: string): Promise<void> {
  await trial(options, async ({ world, fault, run }) => {
    await first?.(world)
    const [cluster, method, path] = call.split(' ')
    fault({ ...MISHAPS[mishap], cluster, method, path, times: 1 } as Fault)
    const asked = given(world)
    const ran = await run({ ...asked, timeout: `${TIMEOUT / 1000}s`, 'catch-up-timeout': '3s' }, { judge: judgeWhole })
    const left = world.leftovers()
    withLog(ran, () => {
      expect(ran.ms).toBeLessThan(TIMEOUT + GRACE)
      expect(['', 'invalid', 'planned', 'two-primaries']).not.toContain(ran.outcome)
      // What passes by itself does not keep a run from its goal, unless it was a write that can't be looked for.
      if (method === 'GET' && !/^(400|403)$/.test(mishap)) expect(['done', 'unchanged']).toContain(ran.outcome)
      // Of a token that was in a lost answer nothing is known but that it may be there; one that the run held is told of.
      for (const { what, kind } of left)
        expect([kind, ran.log]).toEqual([
          kind,
          kind === 'login-token'
            ? expect.stringMatching(/a token that nobody holds may be left|token of this run could not be revoked/)
            : expect.stringContaining(what),
        ])
      if (asked.mode === 'emergency') expect(ran.ms).toBeLessThan(15_000)
    })
    world.clearFaults()
    for (const each of world.clusters) await each.start()
    // An attempt that nobody could end is named, and ended as it says.
    if (left.some(({ kind }) => kind === 'attempt'))
      await run({ operation: 'cancel-operation-token', 'vault-token': world.tokens.root }, { judge: judgeWhole })
    const next = await run(asked.operation === 'setup' ? asked : goal(world), { judge: judgeWhole })
    withLog(next, () => {
      expect(['done', 'unchanged']).toContain(next.outcome)
      expect([visible(world, world[ends]), next.outputs.redundancy]).toEqual(['primary', 'protected'])
    })
    figure('cells of other operations', 1)
  })
}

// A refusal in Vault's own words is believed. What was done all the same is found where a cluster tells of it: an id, a role.
const mishaps = Object.keys(MISHAPS).filter((mishap) => mishap !== '400, applied')
/** On every change each call meets a mishap or two that cost no waiting. */
const QUICK = ['reset after', '500', '503', 'garbage', '502, applied', 'reset before', 'truncated', '429']

/** What once did not hold: tokens left behind without a word, and a wait for a primary that was lost. */
const ONCE: readonly string[] = [
  'an approle: primary POST auth/approle/login: reset after',
  'an approle: secondary POST auth/token/revoke-self: a page with 200',
  'an approle: secondary POST auth/token/revoke-self: garbage, not applied',
  `an emergency: secondary POST ${PATHS.promote}: 403`,
]

for (const [name, journey] of Object.entries(JOURNEYS)) {
  for (const [at, call] of journey.calls.entries()) {
    const turn = QUICK[(at * 3 + name.length) % QUICK.length]
    const chosen = mishaps.filter((one) => WHOLE || one === turn || ONCE.includes(`${name}: ${call}: ${one}`))
    for (const mishap of chosen)
      test.concurrent(`${name}: ${call}: ${mishap}`, () => meet(journey, call, mishap), 120_000)
  }

  test.concurrent(`${name}: no call of its own is missing here`, () =>
    trial(journey.options, async ({ world, run }) => {
      await journey.first?.(world)
      const ran = await run(journey.given(world), { judge: judgeWhole })
      withLog(ran, () => expect(ran.outcome).toBe('done'))
      const made = new Set(world.requests.map(({ cluster, method, path }) => `${cluster} ${method} ${path}`))
      const common = [/sys\/health$|dr\/status$|lookup-self$|capabilities-self$|autopilot\/state$|performance\/status$/]
      const own = [...made].filter((call) => !common.some((one) => one.test(call)))
      const plain = [
        `primary POST ${PATHS.demote}`,
        `secondary POST ${PATHS.promote}`,
        `primary POST ${PATHS.publicKey}`,
        `secondary POST ${PATHS.secondaryToken}`,
        `primary POST ${PATHS.updatePrimary}`,
      ]
      expect(own.filter((call) => !plain.includes(call) && !journey.calls.includes(call))).toEqual([])
      expect(journey.calls.filter((call) => !made.has(call))).toEqual([])
    }))
}
