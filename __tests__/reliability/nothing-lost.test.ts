/** Nothing is taken for proven that is not: that the old primary is lost, or that the new one holds all that was written. */
import { expect, test } from '@jest/globals'
import { call } from '../simulator/stranger.ts'
import { PATHS, visible } from '../support/invariants.ts'
import { until } from '../support/story.ts'
import { failover, trial, withLog } from './trial.ts'

/** What a secondary may say of its link that proves no loss. */
const NO_PROOF: Readonly<Record<string, Record<string, unknown>>> = {
  'a new word': { connection_state: 'a_new_word', primaries: [] },
  'another spelling': { connection_state: 'READY', primaries: [] },
  'no word at all': { connection_state: '', primaries: [] },
  'a new word, and no list': { connection_state: 'a_new_word', primaries: null },
  'a link that is up, in another spelling': {
    connection_state: 'idle',
    primaries: [{ connection_status: 'Connected', last_heartbeat: 'not a time' }],
  },
}
for (const [what, fields] of Object.entries(NO_PROOF)) {
  test.concurrent(`an emergency takes ${what} for no proof that the primary is lost`, () =>
    trial({}, async ({ world, run }) => {
      world.primary.hang()
      world.secondary.set(fields)
      const confirm = new URL(world.secondary.addr).host
      const ran = await run({ ...failover, mode: 'emergency', confirm, 'catch-up-timeout': '300ms' }, { untold: true })
      withLog(ran, () => expect([ran.outcome, ran.outputs.changed]).toEqual(['blocked', 'false']))
      expect(visible(world, world.secondary)).toBe('secondary')
    }))
}

/** Moments after the checks at which the link between the clusters can be lost while clients go on writing. */
const CUTS: Readonly<Record<string, string>> = {
  'after the checks': 'auth/token/lookup-self',
  'while the snapshot is saved': 'sys/storage/raft/snapshot',
}
for (const [what, path] of Object.entries(CUTS)) {
  test.concurrent(`the link is lost ${what}: a planned failover loses no write`, () =>
    trial({ writesPerSecond: 500, catchUpPerSecond: 1e9, snapshotBytes: 30_000_000 }, async (told) => {
      const { world, start, reaches, folder } = told
      const snapshot = path.endsWith('snapshot')
        ? { 'snapshot-path': `${folder}/taken.snap`, 'vault-token': world.tokens.root }
        : {}
      const { ended } = start({ ...failover, ...snapshot, timeout: '10s', 'catch-up-timeout': '1s' })
      await until('the checks are under way', () => world.requests.some((one) => one.path === path))
      world.cutLink()
      const ran = await ended
      withLog(ran, () => {
        // Whoever is primary in the end has taken every entry that was written: nobody was promoted who lacked some.
        const promoted = world
          .writes()
          .some((one) => one.path === PATHS.promote && one.applied && one.cluster === 'secondary')
        expect([promoted, ran.outputs['rpo-entries']]).toEqual([promoted, promoted ? '0' : ''])
      })
      world.healLink()
      await reaches(failover, ['activation-id'])
    }))
}

test.concurrent('nobody is primary: the one that was promoted first, and has not followed since, is not promoted over the other', () =>
  trial({ writesPerSecond: 500, windows: { demote: 20, promote: 80, attach: 20 } }, async ({ world, run, reaches }) => {
    const { primary, secondary, tokens } = world
    await call(world, primary, 'POST', PATHS.demote, { token: tokens.operator })
    await until('nobody is primary', () => primary.role() === 'secondary')
    await call(world, secondary, 'POST', PATHS.promote, { body: { dr_operation_token: tokens.batch } })
    await until('the other one is', () => visible(world, secondary) === 'primary')
    await call(world, secondary, 'POST', PATHS.demote, { token: tokens.operator })
    await until('nobody is again', () => secondary.role() === 'secondary')
    const wrong = await run({ operation: 'failback', 'catch-up-timeout': '300ms' })
    withLog(wrong, () => {
      expect([wrong.outcome, wrong.outputs.changed]).toEqual(['no-primary', 'false'])
      expect(wrong.log).toContain(`Make ${new URL(secondary.addr).host} primary, which holds what was written last`)
      expect(wrong.log).toContain('Run `operation: failover`: it makes')
      expect(wrong.log).not.toContain('Run `operation: failback`')
    })
    const right = await run(failover)
    withLog(right, () => expect([right.outcome, visible(world, secondary)]).toEqual(['done', 'primary']))
    await reaches(failover)
  }))

test.concurrent('nobody is primary: what was demoted by mistake is promoted again', () =>
  trial({ writesPerSecond: 500 }, async ({ world, run }) => {
    await call(world, world.primary, 'POST', PATHS.demote, { token: world.tokens.operator })
    await until('nobody is primary', () => world.primary.role() === 'secondary')
    const ran = await run({ operation: 'failback' })
    withLog(ran, () => expect([ran.outcome, visible(world, world.primary)]).toEqual(['done', 'primary']))
  }))

/** Whoever waits to send a demotion again has checked something that is not so any more. */
test.concurrent('the link is lost while a quota puts the demotion off: nothing is demoted before it is back', () =>
  trial({ writesPerSecond: 500 }, async ({ world, start, fault, reaches }) => {
    const quota = { kind: 'status', status: 429, headers: { 'retry-after': '6' }, errors: ['quota'], times: 1 } as const
    fault({ path: PATHS.demote, ...quota })
    const { ended } = start({ ...failover, timeout: '20s', 'catch-up-timeout': '1s' })
    await until('it is put off', () => world.writes().some(({ path }) => path === PATHS.demote))
    world.cutLink()
    const ran = await ended
    withLog(ran, () => {
      expect(['blocked', 'failed']).toContain(ran.outcome)
      expect(visible(world, world.primary)).toBe('primary')
    })
    world.healLink()
    await reaches(failover)
  }))

/** A run that finds nobody primary has checked nothing of a primary: one that shows later is not its to demote as it is. */
test.concurrent('a primary that somebody makes meanwhile is not demoted before its successor holds what was written to it', () =>
  trial({ writesPerSecond: 500, windows: { demote: 20, promote: 200, attach: 20 } }, async (told) => {
    const { world, start, reaches } = told
    const { primary, secondary, tokens } = world
    await call(world, primary, 'POST', PATHS.demote, { token: tokens.operator })
    await until('nobody is primary', () => primary.role() === 'secondary')
    const running = start({ operation: 'failback', timeout: '20s', 'catch-up-timeout': '1s' }, { untold: true })
    await until('it watches', () => running.log().includes('left half way') || running.child.exitCode !== null)
    await call(world, secondary, 'POST', PATHS.promote, { body: { dr_operation_token: tokens.batch } })
    const ran = await running.ended
    withLog(ran, () => {
      expect([ran.outcome, ran.outputs['active-addr']]).toEqual(['blocked', secondary.addr])
      expect(world.writes().filter(({ path }) => path === PATHS.demote)).toHaveLength(1)
    })
    await reaches(failover)
  }))

test.concurrent('an id that was refused once and handed out then is not revoked under the follower that tells no id', () =>
  trial({}, async ({ world, run, fault }) => {
    fault({ path: PATHS.secondaryToken, kind: 'status', status: 400, errors: ['no'], times: 1 })
    world.primary.set({ secondary_id: '' })
    const ran = await run({ ...failover, 'secondary-id': 'site-a', timeout: '8s' }, { untold: true })
    withLog(ran, () => expect(world.writes().map(({ path }) => path)).not.toContain(PATHS.revoke))
    expect(ran.log).not.toContain('was revoked')
  }))
