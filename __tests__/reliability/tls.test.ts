/** TLS goes wrong, from the beginning or in the middle of a failover: nobody is talked to who can't prove who he is. */
import { expect, test } from '@jest/globals'
import { PATHS, visible } from '../support/invariants.ts'
import { until } from '../support/story.ts'
import { figure, WHOLE } from './figures.ts'
import { openAuthority, TLS_FAULTS, type TlsFault } from './tls.ts'
import { failover, trial, withLog } from './trial.ts'

const AUTHORITY = await openAuthority()
/** What has just been sent when it begins; nothing yet. */
const MOMENTS: Readonly<Record<string, string | undefined>> = {
  'from the beginning': undefined,
  'from the demotion on': PATHS.demote,
  'from the promotion on': PATHS.promote,
  'from the activation token on': PATHS.secondaryToken,
}
/** Beyond the timeout. In ms. */
const GRACE = 10_000

interface TlsCell {
  readonly fault: TlsFault
  readonly side: 'primary' | 'secondary'
  readonly moment: string
  /** It passes after a while. */
  readonly passes: boolean
}

const CELLS: readonly TlsCell[] = TLS_FAULTS.flatMap((fault) =>
  (['primary', 'secondary'] as const).flatMap((side) =>
    Object.keys(MOMENTS).flatMap((moment) => [false, true].map((passes) => ({ fault, side, moment, passes }))),
  ),
)
/** Each fault once, at a moment and a side in turn. */
const QUICK = TLS_FAULTS.map((fault, at) => {
  const own = CELLS.filter((cell) => cell.fault === fault)
  return own[(at * 7) % own.length]
}).filter((cell) => cell !== undefined)

async function meet({ fault, side, moment, passes }: TlsCell): Promise<void> {
  await trial({ windows: { demote: 150, promote: 200, attach: 150 } }, async ({ world, start, run }) => {
    const fronts = {
      primary: await AUTHORITY.front(world.primary.addr),
      secondary: await AUTHORITY.front(world.secondary.addr),
    }
    try {
      const given = {
        ...failover,
        'primary-addr': fronts.primary.addr,
        'secondary-addr': fronts.secondary.addr,
        'ca-cert': AUTHORITY.ca,
      }
      const path = MOMENTS[moment]
      const began = path === undefined
      if (began) fronts[side].speak(fault)
      const running = start({ ...given, timeout: '10s', 'catch-up-timeout': '3s' }, { untold: true })
      if (path !== undefined) await until(moment, () => world.requests.some((one) => one.path === path && one.applied))
      fronts[side].speak(fault)
      if (passes) setTimeout(() => fronts[side].speak(undefined), 1200)
      const ran = await running.ended
      withLog(ran, () => {
        expect(ran.ms).toBeLessThan(10_000 + GRACE)
        if (passes) expect(began ? ['done', 'blocked'] : ['done']).toContain(ran.outcome)
        else if (began) {
          expect([ran.outcome, ran.outputs.changed]).toEqual(['blocked', 'false'])
          if (fault !== 'a reset in the middle of an answer') expect(fronts[side].passed()).toBe(0)
        } else expect(['incomplete', 'no-primary', 'unknown', 'failed', 'done']).toContain(ran.outcome)
        if (ran.outcome === 'failed') expect(visible(world, world.primary)).toBe('primary')
        if (ran.outcome === 'incomplete') expect(visible(world, world.secondary)).toBe('primary')
        if (ran.outcome === 'no-primary') expect(visible(world, world.secondary)).toBe('secondary')
      })
      fronts[side].speak(undefined)
      const next = await run(given, { untold: true })
      withLog(next, () => {
        expect(['done', 'unchanged']).toContain(next.outcome)
        expect([visible(world, world.secondary), world.primary.state()]).toEqual(['primary', 'stream-wals'])
      })
      figure('faults of TLS', 1)
    } finally {
      for (const front of Object.values(fronts)) front.close()
    }
  })
}

for (const cell of WHOLE ? CELLS : QUICK) {
  const { fault, side, moment, passes } = cell
  test.concurrent(`TLS of the ${side}: ${fault}, ${moment}${passes ? ', for a while' : ''}`, () => meet(cell), 90_000)
}
