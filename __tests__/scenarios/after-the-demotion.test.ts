/**
 * What a demoted cluster shows of its data is known of no real one. The promotion does not wait for it, since nothing
 * comes of waiting; the loss is called as it can be told.
 */
import { describe, expect } from '@jest/globals'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story, until } from '../support/story.ts'

const DEMOTED: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['no merkle root', { merkle_root: undefined }, 'unknown'],
  ['an empty merkle root', { merkle_root: '' }, 'unknown'],
  ['a merkle root of its own', { merkle_root: '2494830f1a1c304829b5742a232d39b5457bce9a' }, 'unknown'],
  ['no merkle root, but where its WAL ends', { merkle_root: undefined, last_dr_wal: 223 }, '0'],
  ['no merkle root, but a WAL that ends further on', { merkle_root: undefined, last_dr_wal: 230 }, '7'],
]
describe('a demoted cluster shows of its data what it will', () => {
  for (const [what, shown, lost] of DEMOTED) {
    // The demotion takes its time, so that the cluster comes back from it with what is said here.
    story(`${what}: all goes well, and the loss is ${lost}`, { windows: { demote: 1500 } }, async (it) => {
      const { world, start } = it
      world.secondary.set({ last_remote_wal: 223 })
      const running = start({ operation: 'failover' })
      await until('it is demoted', () => world.writes().some(({ path, applied }) => path === PATHS.demote && applied))
      world.primary.set(shown)
      await until('it is promoted', () => world.secondary.role() === 'primary')
      world.primary.clearOverrides()
      world.secondary.clearOverrides()
      const ran = await running.ended
      expectRun(ran, { outcome: 'done', redundancy: 'protected', 'rpo-entries': lost })
      expect(ran.writes).toEqual(expect.arrayContaining(['primary: demote', 'secondary: promote']))
      const told = lost === 'unknown' ? /Loss \*\*unknown\*\* \(RPO\)/ : new RegExp(`\\*\\*${lost}\\b.* lost \\(RPO\\)`)
      expect(ran.summary).toMatch(told)
    })
  }
})
