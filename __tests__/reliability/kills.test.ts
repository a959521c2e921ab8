/** The kill matrix: a signal at each call of a failover, before and after it was applied, and after it was answered. */
import { expect, test } from '@jest/globals'
import { PATHS, visible } from '../support/invariants.ts'
import type { Ran } from '../support/run-action.ts'
import { until } from '../support/story.ts'
import { CALLS, type Call } from './cells.ts'
import { figure, WHOLE } from './figures.ts'
import { failover, roles, trial, withLog } from './trial.ts'

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const
type Signal = (typeof SIGNALS)[number]
const MOMENTS = ['arrives', 'is applied', 'is answered'] as const
type Moment = (typeof MOMENTS)[number]

interface Kill {
  readonly call: Call
  readonly moment: Moment
  readonly signal: Signal
  /** How long Vault takes to change a role: a kill meets another phase of the world. In ms. */
  readonly window: number
}

/** GitHub kills 7.5 seconds after the first signal. In ms. */
const WITHIN = 6000
/** What was being sent when the signal came is under way, not new. In ms. */
const UNDER_WAY = 400
/** A call of its own for each of them is what a cancel may still begin, or what does not change a role. */
const ALLOWED_AFTER: readonly string[] = [PATHS.promote, PATHS.publicKey]

const KILLS: readonly Kill[] = CALLS.filter(({ path }) => path !== PATHS.revoke).flatMap((call) =>
  (call.kind === 'write' ? MOMENTS : MOMENTS.slice(0, 1)).flatMap((moment) =>
    SIGNALS.flatMap((signal) => [80, 900].map((window): Kill => ({ call, moment, signal, window }))),
  ),
)

/** Each write at each moment, and each signal by turns; a few reads. */
const QUICK = KILLS.filter(({ call, moment, signal, window }, at) =>
  call.kind === 'write'
    ? SIGNALS[(CALLS.indexOf(call) + MOMENTS.indexOf(moment)) % SIGNALS.length] === signal && window === 80
    : at % 13 === 0,
)

const nameOf = ({ call, moment, signal, window }: Kill): string =>
  `${signal} when ${call.name} ${moment}, role changes taking ${window} ms`

async function strike({ call, moment, signal, window }: Kill): Promise<void> {
  const windows = { demote: window, promote: window, attach: window }
  await trial({ windows }, async ({ world, fault, phase, start, reaches }) => {
    const { cluster, method, path } = call
    if (moment !== 'is answered' && call.kind === 'write') {
      const kind = moment === 'arrives' ? 'silence-before' : 'silence-after'
      fault({ cluster, method, path, kind, times: 1 })
    }
    const running = start({ ...failover, 'catch-up-timeout': '5s' })
    const met = () =>
      world.requests.some(
        (one) =>
          one.cluster === cluster &&
          one.path === path &&
          (call.phase === undefined || phase() === call.phase) &&
          (moment === 'arrives' || (one.applied && (moment === 'is applied' || one.status !== 0))),
      )
    await until(`${call.name} ${moment}`, () => met() || running.child.exitCode !== null)
    const [at, now] = [performance.now(), Date.now()]
    running.child.kill(signal)
    const ran = await running.ended
    const took = performance.now() - at
    if (signal === 'SIGKILL') withLog(ran, () => expect([ran.outcome === '', ran.code]).toContain(ran.code))
    else {
      withLog(ran, () => {
        expect(ran.code).not.toBeNull()
        expect(took).toBeLessThan(WITHIN)
        const later = world.writes().filter((one) => one.at > now + UNDER_WAY)
        expect(later.map((one) => one.path).filter((one) => !ALLOWED_AFTER.includes(one))).toEqual([])
        endsNoPrimary(ran, moment, call)
      })
    }
    const post = await running.post()
    withLog(post, () => {
      if (ran.outcome === '' && ran.state.report !== undefined) expect(post.outcome).not.toBe('')
      expect(roles(world).filter((role) => role === 'primary').length).toBeLessThan(2)
    })
    // What a killed run left behind is taken away, or named.
    const left = world.leftovers()
    withLog(post, () => {
      for (const { what } of left) expect(post.outcome === '' ? ran.log : post.log).toContain(what)
    })
    await reaches(
      failover,
      left.map(({ kind }) => kind),
    )
    figure('kill points', 1)

    /** One short call more would have ended it, unless the promotion itself was what nobody answered. */
    function endsNoPrimary({ outcome }: Ran, when: Moment, { path: last }: Call): void {
      if (last === PATHS.promote && when === 'arrives') return
      if (outcome !== 'no-primary') return
      expect([visible(world, world.primary), visible(world, world.secondary)]).toContain('primary')
    }
  })
}

for (const kill of WHOLE ? KILLS : QUICK) test.concurrent(nameOf(kill), () => strike(kill), 90_000)

test('the whole matrix has a kill at every call, and the quick one every write, moment and signal', () => {
  expect(KILLS.length).toBeGreaterThanOrEqual(150)
  const writes = QUICK.filter(({ call }) => call.kind === 'write')
  expect(new Set(writes.map(({ call, moment }) => `${call.name} ${moment}`)).size).toBe(15)
  expect(new Set(writes.map(({ signal }) => signal)).size).toBe(3)
})
