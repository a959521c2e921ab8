/** The fault matrix: each call of a planned failover meets each mishap; a part of it here, all of it by `npm run reliability`. */
import { expect, test } from '@jest/globals'
import type { Fault } from '../../src/simulator/faults.ts'
import { PATHS, visible } from '../support/invariants.ts'
import { allowed, CELLS, type Cell, isBlind, MISHAPS, nameOf, QUICK } from './cells.ts'
import { figure, WHOLE } from './figures.ts'
import { failover, trial, withLog } from './trial.ts'

/** Longer than a run that meets something once needs; where it is always met, the run has to end by its own deadline. In ms. */
const TIMEOUT = { once: 25_000, always: 8000 }
/** What a run may take beyond its timeout: a last look, and taking away what is left behind. In ms. */
const MARGIN = 10_000

async function meet(cell: Cell): Promise<void> {
  const { call, mishap, often } = cell
  await trial({}, async ({ world, fault, run, reaches }) => {
    // An id is revoked where the answer that made it was lost.
    if (call.path === PATHS.revoke) fault({ path: PATHS.secondaryToken, kind: 'reset-after', times: 1 })
    const times = often === 'once' ? { times: 1 } : {}
    const { cluster, method, path } = call
    fault({ ...MISHAPS[mishap], cluster, method, path, ...times } as Fault, call.phase)
    const timeout = TIMEOUT[often]
    const given = { ...failover, timeout: `${timeout / 1000}s`, 'catch-up-timeout': '2s' }
    const ran = await run(given, { untold: isBlind(cell) })
    const left = world.leftovers()
    withLog(ran, () => {
      expect(allowed(cell)).toContain(ran.outcome)
      expect(ran.ms).toBeLessThan(timeout + MARGIN)
      // Roles are as they were, or as was asked for, or nobody has one: never anything else.
      if (ran.outcome === 'failed' || ran.outcome === 'blocked') expect(visible(world, world.primary)).toBe('primary')
      // What can't be taken away is named.
      for (const { what } of left) expect(ran.log).toContain(what)
    })
    await reaches(
      failover,
      left.map(({ kind }) => kind),
    )
    figure('cells', 1)
  })
}

const cells = WHOLE ? CELLS : QUICK
for (const cell of cells) test.concurrent(nameOf(cell), () => meet(cell), 150_000)

test('the whole matrix has 250 cells and more, and its quick part every call and every mishap', () => {
  expect(CELLS.length).toBeGreaterThanOrEqual(250)
  const names = (part: (cell: Cell) => string, all: readonly Cell[]) => [...new Set(all.map(part))].sort()
  for (const part of [({ call }: Cell) => call.name, ({ mishap }: Cell) => mishap])
    expect(names(part, QUICK)).toEqual(names(part, CELLS))
})
