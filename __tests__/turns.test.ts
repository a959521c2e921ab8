import { expect, test } from '@jest/globals'
import { monotonic, now } from '../src/clock.ts'
import type { Cluster, World } from '../src/cluster.ts'
import { isTurn, NotYet, ownTime } from '../src/turns.ts'
import { health, READINGS } from './support/worlds.ts'

const at = (host: string, id: string | undefined, time: number | undefined): Cluster => ({
  ...READINGS.demoted(host),
  health: health({ cluster_id: id, server_time_utc: time }),
})

/** Two runs in opposite directions see the same two clusters, each from its own end. */
const both = (time: number): readonly [World, World] => {
  const [a, b] = [at('a.example', 'id-a', time), at('b.example', 'id-b', time + 7)]
  return [
    { from: a, to: b },
    { from: b, to: a },
  ]
}

test('two directions never have their turn at once, nor within two seconds of each other', () => {
  for (let time = 1000; time < 1024; time += 1) {
    const [there, back] = both(time)
    const [, next] = both(time + 1)
    const [, after] = both(time + 2)
    if (isTurn(there, 'to'))
      expect([back, next, after].map((world) => isTurn(world, 'to'))).toEqual([false, false, false])
  }
})

test('each has one second of every six, whichever end it is seen from', () => {
  const turns = [0, 1, 2, 3, 4, 5].map((time) =>
    both(time).map((world) => [isTurn(world, 'from'), isTurn(world, 'to')]),
  )
  expect(turns.flat().filter(([, to]) => to)).toHaveLength(2)
  for (const [there, back] of turns) expect(there).toEqual([...(back ?? [])].reverse())
})

test('clusters that tell no time, no id or the same id have no turns', () => {
  const time = 1000
  for (const [one, two] of [
    [at('a', 'id-a', undefined), at('b', 'id-b', undefined)],
    [at('a', undefined, time), at('b', 'id-b', time)],
    [at('a', 'id', time), at('b', 'id', time)],
  ] as const)
    expect(isTurn({ from: one, to: two }, 'to')).toBeUndefined()
})

test('the time of one who saw the demotion is counted from when it did not show yet', () => {
  expect(ownTime(now()).left).toBeGreaterThan(1500)
  expect(ownTime(now() - 1000).left).toBeLessThan(800)
  expect(ownTime(now() - 5000).passed).toBe(true)
})

test('what did not show is counted from when it was asked; a cluster that tells nothing tells nobody', () => {
  const asked = now() + 10
  const notYet = new NotYet({ ...READINGS.primary('a'), askedAt: asked - 10, at: asked })
  expect(notYet.at).toBe(asked - 10)
  notYet.see({ ...READINGS.primary('a'), askedAt: asked, at: asked + 900 })
  expect(notYet.at).toBe(asked)
  notYet.see({ ...READINGS['gone, was primary']('a'), askedAt: asked + 20, at: asked + 2000 })
  expect(notYet.at).toBe(asked + 2000)
})

test('of what was asked before a machine stood still nothing is taken, however it ended', () => {
  const asked = now()
  const notYet = new NotYet({ ...READINGS.primary('a'), askedAt: asked, at: asked })
  notYet.see({ ...READINGS.primary('a'), askedAt: asked, at: asked })
  const until = monotonic() + 1100
  while (monotonic() < until);
  notYet.see({ ...READINGS.primary('a'), askedAt: asked + 1, at: now() })
  notYet.see({ ...READINGS['gone, was primary']('a'), askedAt: asked + 1, at: now() })
  expect(notYet.at).toBe(asked)
})
