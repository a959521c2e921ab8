import { expect, test } from '@jest/globals'
import { role, serving, strangers, twoPrimaries } from '../src/cluster.ts'
import { readInputs } from '../src/inputs.ts'
import { plan, restore, reunite, type Step } from '../src/plan.ts'
import { Secrets } from '../src/secrets.ts'
import { READINGS, type Reading, world } from './support/worlds.ts'

const READ: readonly Reading[] = Object.keys(READINGS).filter((name): name is Reading => name in READINGS)

function steps(given: Record<string, string>): readonly Step[] {
  const texts: Record<string, string> = {
    'primary-addr': 'https://a.example',
    'secondary-addr': 'https://b.example',
    'dr-operation-token': 'hvb.AAAAAQabcdefgh',
    ...(given.mode === 'emergency' ? { confirm: given.operation === 'failback' ? 'a.example' : 'b.example' } : {}),
    ...given,
  }
  return plan(
    readInputs(
      (name) => texts[name] ?? '',
      new Secrets(),
      () => undefined,
    ),
  )
}

const says = (all: readonly Step[], from: Reading, to: Reading): string =>
  all.map((step) => step.verdict(world(from, to)).is).join(' ')

/** What demote, promote and follow say, in this order, of the cluster that gives the role away and the one that takes it. */
const PLANNED: readonly (readonly [Reading, Reading, string])[] = [
  ['primary', 'follows', 'due later later'],
  ['demoted', 'follows', 'so due later'],
  ['demoted', 'demoted', 'so due later'],
  ['demoted', 'primary', 'so so due'],
  ['joins', 'primary', 'so so underway'],
  ['follows', 'primary', 'so so so'],
  ['follows somebody else', 'primary', 'so so due'],
  ['demoted', 'primary, and sealed', 'so underway due'],
  ['primary', 'primary', 'blocked so later'],
  ['primary', 'of another set', 'blocked blocked blocked'],
  ['never seen', 'follows', 'blocked blocked later'],
  ['never seen', 'primary', 'blocked so blocked'],
  ['answers badly', 'primary', 'blocked so underway'],
  ['gone, was primary', 'follows', 'underway blocked later'],
  ['gone, was secondary', 'follows', 'underway underway later'],
  ['gone, was secondary', 'primary', 'underway so underway'],
  ['primary', 'never seen', 'blocked blocked later'],
  ['demoted', 'gone, was secondary', 'so underway later'],
  ['demoted', 'disabled', 'so blocked blocked'],
  ['disabled', 'primary', 'so so blocked'],
]
const EMERGENCY: readonly (readonly [Reading, Reading, string])[] = [
  ['primary', 'follows', 'blocked later later'],
  ['never seen', 'follows', 'waived due later'],
  ['never seen', 'primary', 'waived so waived'],
  ['gone, was primary', 'follows', 'underway blocked later'],
  ['demoted', 'follows', 'so due later'],
  ['primary', 'primary', 'due so later'],
  ['primary, promoted later', 'primary', 'blocked so later'],
  ['primary', 'primary, promoted later', 'due so later'],
  ['primary', 'of another set', 'blocked blocked blocked'],
  ['follows', 'primary', 'so so so'],
]

test.each(PLANNED)('planned: %s and %s: %s', (from, to, verdicts) => {
  expect(says(steps({ operation: 'failover' }), from, to)).toBe(verdicts)
})

test.each(EMERGENCY)('emergency: %s and %s: %s', (from, to, verdicts) => {
  expect(says(steps({ operation: 'failover', mode: 'emergency' }), from, to)).toBe(verdicts)
})

test('a failback wishes the same in the other direction', () => {
  const names = (operation: string) => steps({ operation }).map(({ name, on }) => `${name} ${on}`)
  expect(names('failback')).toEqual(names('failover'))
})

test.each([
  ['demote', ['demote']],
  ['promote', ['promote']],
  ['update-primary', ['follow']],
  ['failover', ['demote', 'promote', 'follow']],
  ['status', []],
])('%s is %j', (operation, wishes) => {
  expect(steps({ operation }).map(({ name }) => name)).toEqual(wishes)
})

/** Every pair of readings, for each way to be asked for a failover. */
const WAYS = [
  { operation: 'failover' },
  { operation: 'failover', mode: 'emergency' },
  { operation: 'failover', mode: 'emergency', override: 'emergency-evidence' },
]
const everywhere = WAYS.flatMap((given) =>
  READ.flatMap((from) => READ.map((to) => ({ given, from, to, at: `${JSON.stringify(given)}: ${from}, ${to}` }))),
)
/** The cases in which `step` may be sent. */
function due(name: Step['name']) {
  return everywhere.filter(({ given, from, to }) => {
    const step = steps(given).find((each) => each.name === name)
    return step?.verdict(world(from, to)).is === 'due'
  })
}

test('a promotion is never due while the old primary is primary, or may be for all that this run saw', () => {
  expect(due('promote').length).toBeGreaterThan(0)
  for (const { given, from, to, at } of due('promote')) {
    const { from: old } = world(from, to)
    expect([at, role(old)]).not.toEqual([at, 'primary'])
    expect([at, old.last !== undefined && role(old) === 'unknown' && old.last.dr.mode === 'primary']).toEqual([
      at,
      false,
    ])
    if (given.mode === undefined && role(old) === 'unknown') expect([at, old.last?.dr.mode]).toEqual([at, 'secondary'])
  }
})

test('a demotion is due of a primary alone, and never where nobody could take over', () => {
  expect(due('demote').length).toBeGreaterThan(0)
  for (const { given, from, to, at } of due('demote')) {
    const seen = world(from, to)
    expect([at, role(seen.from)]).toEqual([at, 'primary'])
    if (given.mode === undefined) expect([at, role(seen.to)]).not.toEqual([at, 'unknown'])
  }
})

test('a cluster is attached to a primary alone, and only one that is secondary', () => {
  expect(due('follow').length).toBeGreaterThan(0)
  for (const { from, to, at } of due('follow')) {
    const seen = world(from, to)
    expect([at, role(seen.from), role(seen.to)]).toEqual([at, 'secondary', 'primary'])
  }
})

test('nothing is due between clusters of different sets, nor, in a planned run, between two primaries', () => {
  for (const { given, from, to, at } of everywhere) {
    const seen = world(from, to)
    const any = steps(given).some((step) => step.verdict(seen).is === 'due')
    if (strangers(seen) || (given.mode === undefined && twoPrimaries(seen))) expect([at, any]).toEqual([at, false])
  }
})

test('at most one thing is due at a time', () => {
  for (const { given, from, to, at } of everywhere) {
    const due = steps(given).filter((step) => step.verdict(world(from, to)).is === 'due')
    // A new primary that does not serve yet is waited for before anybody is attached to it.
    const first = steps(given).find((step) => !['so', 'waived'].includes(step.verdict(world(from, to)).is))
    expect([at, due.filter((step) => step === first || first === undefined).length <= 1]).toEqual([at, true])
  }
})

test('all wishes hold only where one serves and the other follows it, or is lost in an emergency', () => {
  for (const { given, from, to, at } of everywhere) {
    const seen = world(from, to)
    if (!steps(given).every((step) => ['so', 'waived'].includes(step.verdict(seen).is))) continue
    expect([at, serving(seen.to)]).toEqual([at, true])
    if (given.mode === undefined) expect([at, from]).toEqual([at, 'follows'])
    else expect([at, role(seen.from)]).not.toEqual([at, 'primary'])
  }
})

test.each<readonly [Reading, Reading, string]>([
  ['demoted', 'follows', 'due'],
  ['demoted', 'primary', 'blocked'],
  ['demoted', 'gone, was secondary', 'blocked'],
  ['demoted', 'never seen', 'blocked'],
  ['primary', 'follows', 'so'],
  ['gone, was secondary', 'follows', 'underway'],
])('the way back: %s and %s: %s', (from, to, verdict) => {
  expect(restore.verdict(world(from, to)).is).toBe(verdict)
})

test.each<readonly [Reading, Reading, string]>([
  ['primary', 'follows', 'so'],
  ['primary', 'demoted', 'underway'],
  ['demoted', 'demoted', 'blocked'],
])('after the way back: %s and %s: %s', (from, to, verdict) => {
  expect(reunite.verdict(world(from, to)).is).toBe(verdict)
})
