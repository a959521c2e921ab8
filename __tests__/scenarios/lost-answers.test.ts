import { expect } from '@jest/globals'
import type { Fault } from '../../src/simulator/faults.ts'
import type { RecordedRequest } from '../../src/simulator/server.ts'
import { call, pause } from '../simulator/stranger.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story, until } from '../support/story.ts'

const failover = { operation: 'failover' }

const LOSSES: Readonly<Record<string, Omit<Fault, 'path'>>> = {
  'is applied and its answer reset': { kind: 'reset-after' },
  'is applied and never answered': { kind: 'silence-after' },
  'is reset before it is read': { kind: 'reset-before' },
  'is applied and answered with 500': { kind: 'status', status: 500, applied: true },
  'is not applied and answered with 500': { kind: 'status', status: 500, applied: false },
}
/** Rarer ways, each met by one write. */
const RARER: Readonly<Record<string, Readonly<Record<string, Omit<Fault, 'path'>>>>> = {
  demote: { 'is applied and answered with a page of a proxy': { kind: 'html', applied: true } },
  promote: {
    'is applied and answered by half': { kind: 'truncated' },
    'is not applied and answered with 429': { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  },
  'secondary-token': { 'is applied and answered with garbage': { kind: 'garbage' } },
  'update-primary': { 'is applied and answered late': { kind: 'delay-answer', delayMs: 1500 } },
}

const WRITES: Readonly<Record<string, string>> = {
  demote: PATHS.demote,
  promote: PATHS.promote,
  'secondary-token': PATHS.secondaryToken,
  'update-primary': PATHS.updatePrimary,
}

for (const [write, path] of Object.entries(WRITES)) {
  for (const [loss, fault] of Object.entries({ ...LOSSES, ...RARER[write] })) {
    story(
      `${write} ${loss}: the failover is done, and no role change was applied twice`,
      { tls: write === 'promote' },
      async ({ world, run }) => {
        world.fault({ ...fault, path, method: 'POST', times: 1 })
        const ran = await run({ ...failover, 'catch-up-timeout': '5s' })
        expectRun(ran, {
          outcome: 'done',
          redundancy: 'protected',
          changed: 'true',
          'active-addr': world.secondary.addr,
        })
        // One id for the secondary that follows; what a lost answer left behind is revoked.
        const applied = world.requests.filter((request) => request.applied)
        const made = applied.filter((request) => request.path === PATHS.secondaryToken).length
        expect(applied.filter((request) => request.path === PATHS.revoke)).toHaveLength(made - 1)
      },
    )
  }
}

for (const [write, path] of Object.entries({ demote: PATHS.demote, promote: PATHS.promote })) {
  story(
    `${write} that is lost on its way and arrives late is not met by a second one`,
    {},
    async ({ world, start }) => {
      world.fault({ path, kind: 'reset-before', times: 1 })
      const running = start(failover)
      const mine = (): RecordedRequest[] => world.requests.filter((request) => request.path === path)
      await until('it is sent', () => mine().length > 0)
      const cluster = write === 'demote' ? world.primary : world.secondary
      const sent = { token: world.tokens.batch, body: { dr_operation_token: world.tokens.batch } }
      // What a proxy held back for half a second. In this time the cluster shows nothing of it.
      await pause(500)
      await call(world, cluster, 'POST', path, sent)
      expectRun(await running.ended, { outcome: 'done', redundancy: 'protected' })
      expect(mine()).toHaveLength(2)
    },
  )
}

for (const [what, fault] of [
  ['its answer lost', { kind: 'reset-after' }],
  ['the answer that it should wait', { kind: 'status', status: 429, headers: { 'retry-after': '3' }, applied: true }],
] as const) {
  story(
    `a demotion with ${what} that a slow look has seen, and somebody has taken back, is not sent again`,
    { windows: { demote: 30, promote: 30 } },
    async ({ world, start }) => {
      world.fault({ path: PATHS.demote, times: 1, ...fault })
      const running = start(failover)
      await until('the demotion is applied', () => world.writes().some(({ applied }) => applied))
      // What is asked while it is a secondary is told when newer looks have shown it primary again.
      world.fault({ cluster: 'primary', path: PATHS.status, kind: 'delay-answer', delayMs: 600 })
      await until('it is a secondary', () => world.primary.role() === 'secondary')
      const looks = () => world.requests.filter(({ cluster, path }) => cluster === 'primary' && path === PATHS.status)
      const before = looks().length
      await until('a look has met it so', () => looks().length > before + 1)
      const body = { dr_operation_token: world.tokens.batch }
      await call(world, world.primary, 'POST', PATHS.promote, { body })
      await until('it is primary again', () => world.primary.role() === 'primary')
      world.clearFaults()
      const ran = await running.ended
      expectRun(ran, { outcome: 'failed', changed: 'true', 'active-addr': world.primary.addr })
      expect(world.requests.filter(({ path }) => path === PATHS.demote)).toHaveLength(1)
      expect(ran.log).toContain('somebody has made it primary again')
    },
  )
}

story('a public key that is not given at first is asked for again', {}, async ({ world, run }) => {
  world.fault({ path: PATHS.publicKey, kind: 'reset-before', times: 1 })
  world.fault({ path: PATHS.publicKey, kind: 'status', status: 500, times: 1 })
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

for (const operation of ['demote', 'promote', 'update-primary'] as const) {
  story(`${operation} alone, applied with its answer lost, is done and not unchanged`, {}, async ({ world, run }) => {
    for (const before of ['demote', 'promote', 'update-primary'].slice(
      0,
      ['demote', 'promote', 'update-primary'].indexOf(operation),
    ))
      expectRun(await run({ operation: before }), { outcome: 'done' })
    world.fault({ path: WRITES[operation] ?? '', kind: 'reset-after', times: 1 })
    expectRun(await run({ operation }), { outcome: 'done', changed: 'true' })
    expectRun(await run({ operation }), { outcome: 'unchanged', changed: 'false' })
  })
}

const READS: Readonly<Record<string, Omit<Fault, 'path'>>> = {
  'a 500': { kind: 'status', status: 500 },
  'a reset': { kind: 'reset-before' },
  'a page of a proxy': { kind: 'html' },
  'bytes that are no JSON': { kind: 'garbage' },
  'half an answer': { kind: 'truncated' },
  'an answer without an end': { kind: 'endless' },
  'a redirect': { kind: 'redirect' },
}

for (const [what, fault] of Object.entries(READS)) {
  story(`${what} to a single read ends no run`, {}, async ({ world, run }) => {
    for (const cluster of ['primary', 'secondary'] as const)
      world.fault({ ...fault, cluster, path: 'sys/health', times: 1 })
    for (const path of ['auth/token/lookup-self', 'sys/capabilities-self', 'sys/storage/raft/autopilot/state'])
      world.fault({ ...fault, path, times: 1 })
    for (const nth of [1, 2, 5, 9]) world.fault({ ...fault, path: PATHS.status, nth })
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  })
}

story('a bad answer makes no bad health', {}, async ({ world, run }) => {
  for (const cluster of ['primary', 'secondary'] as const) {
    world.fault({ kind: 'status', status: 500, cluster, path: PATHS.status, times: 1 })
    world.fault({ kind: 'reset-before', cluster, path: 'sys/health', times: 1 })
  }
  expectRun(await run({ operation: 'status' }), { outcome: 'done', health: 'healthy', redundancy: 'protected' })
})

for (const cluster of ['primary', 'secondary'] as const)
  story(`one health of the ${cluster} that can't be read makes no bad health`, {}, async ({ world, run }) => {
    world.fault({ kind: 'reset-before', cluster, path: 'sys/health', times: 1 })
    expectRun(await run({ operation: 'status' }), { outcome: 'done', health: 'healthy', redundancy: 'protected' })
  })
