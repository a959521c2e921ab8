import { expect, test } from '@jest/globals'
import {
  active,
  attached,
  compareVersions,
  connected,
  describe as described,
  follows,
  heartbeatAge,
  joining,
  lag,
  nobodyPrimary,
  oneCluster,
  primaryOf,
  role,
  serving,
  strangers,
  twoPrimaries,
} from '../src/cluster.ts'
import { health, hides, peer, READINGS, shows, status, world } from './support/worlds.ts'

const A = 'a.example'
const primary = READINGS.primary(A)
const follower = READINGS.follows(A)

test.each([
  ['primary', 'primary'],
  ['secondary', 'secondary'],
  ['disabled', 'none'],
  ['unsupported', 'none'],
] as const)('mode %s is role %s', (mode, expected) => {
  expect(role(shows(A, status({ mode })))).toBe(expected)
})

test('a reading without a status is no role', () => {
  expect(role(hides(A, primary.dr))).toBe('unknown')
})

test.each([
  ['1.21.1+ent', '1.21.1+ent', 0],
  ['1.21.1+ent', '1.21.1+ent.hsm', 0],
  ['1.21.1', '1.21.1+ent', 0],
  ['1.9.10+ent', '1.10.2+ent', -1],
  ['2.0.0+ent', '1.21.9+ent', 1],
  ['2.1.0-rc1+ent', '2.1.0+ent', -1],
  ['2.1.0+ent', '2.1.0-rc1+ent', 1],
  ['2.1.0-rc1+ent', '2.1.0-rc2+ent', -1],
  ['1.21.10+ent', '1.21.9+ent', 1],
])('%s against %s is %i', (a, b, expected) => {
  expect(Math.sign(compareVersions(a, b) ?? Number.NaN)).toBe(expected)
})

test('release candidates are ordered by their number, not by their letters', () => {
  expect(compareVersions('2.1.0-rc10+ent', '2.1.0-rc9+ent')).toBeGreaterThan(0)
})

test.each([
  [undefined, '1.21.1'],
  ['', '1.21.1'],
  ['latest', '1.21.1'],
])('%j can not be compared with %j', (a, b) => {
  expect(compareVersions(a, b)).toBeUndefined()
  expect(compareVersions(b, a)).toBeUndefined()
})

test('a secondary follows by its id, its state and its connection, all of them', () => {
  expect(follows(follower, primary)).toBe(true)
  const without = (fields: object) => shows(A, { ...status({ mode: 'secondary' }), ...follower.dr, ...fields })
  expect(follows(without({ state: 'idle' }), primary)).toBe(false)
  expect(follows(without({ state: 'merkle-sync' }), primary)).toBe(false)
  expect(follows(without({ secondary_id: 'revoked' }), primary)).toBe(false)
  expect(follows(without({ connection_state: 'transient_failure' }), primary)).toBe(false)
  expect(follows(without({ primaries: [peer({ connection_status: 'disconnected' })] }), primary)).toBe(false)
  expect(follows(follower, follower)).toBe(false)
  expect(follows(hides(A, follower.dr), primary)).toBe(false)
  const disconnected = {
    ...status({ mode: 'primary' }),
    ...primary.dr,
    secondaries: [peer({ node_id: 'x', connection_status: 'disconnected' })],
  }
  expect(follows(follower, shows(A, disconnected))).toBe(false)
})

test('what an old server does not report says nothing against it', () => {
  const old = shows(A, status({ mode: 'secondary', state: 'stream-wals' }))
  expect(attached(old, shows(A, status({ mode: 'primary' })))).toBe(true)
  expect(connected(old, shows(A, status({ mode: 'primary' })))).toBe(true)
})

test('a newly demoted cluster follows nobody, whatever its new primary knows', () => {
  const { from, to } = world('demoted', 'primary')
  expect([follows(from, to), joining(from, to)]).toEqual([false, false])
})

test.each(['merkle-diff', 'merkle-sync'])('%s is on its way', (state) => {
  expect(joining(shows(A, { ...status({ mode: 'secondary' }), ...follower.dr, state }), primary)).toBe(true)
})

test('lag is the distance, 0 where the roots are equal, and unknown where it can not be told', () => {
  const at = (ahead: object, behind: object) => ({
    from: shows(A, { ...status({ mode: 'primary' }), ...primary.dr, ...ahead }),
    to: shows('b.example', { ...status({ mode: 'secondary' }), ...follower.dr, ...behind }),
  })
  expect(lag(at({ merkle_root: 'bb', last_dr_wal: 240 }, {}))).toBe(17)
  expect(lag(at({ merkle_root: 'bb', last_dr_wal: 200 }, {}))).toBe(0)
  expect(lag(at({ last_dr_wal: 900 }, { last_remote_wal: 0 }))).toBe(0)
  expect(lag(at({ merkle_root: 'bb', last_dr_wal: undefined, last_wal: 230 }, {}))).toBe(7)
  expect(lag(at({ merkle_root: 'bb' }, { last_remote_wal: undefined }))).toBeUndefined()
  expect(lag(at({ merkle_root: 'bb' }, { state: 'merkle-sync' }))).toBeUndefined()
  expect(lag(at({ merkle_root: undefined }, { merkle_root: undefined, last_remote_wal: 220 }))).toBe(3)
  expect(lag(world('primary', 'primary'))).toBeUndefined()
})

test('a heartbeat is as old as the cluster’s own clock says, not the runner’s', () => {
  const beats = [peer({ last_heartbeat: Date.parse('2026-11-20T11:58:00Z') })]
  expect(heartbeatAge(primary, beats)).toBe(120_000)
  expect(heartbeatAge(primary, [...beats, peer()])).toBe(1000)
  expect(heartbeatAge(primary, [])).toBeUndefined()
  expect(
    heartbeatAge(shows(A, status({ mode: 'primary' }), { health: health({ server_time_utc: undefined }) }), beats),
  ).toBeUndefined()
  // A clock that runs ahead makes no negative age.
  expect(heartbeatAge(primary, [peer({ last_heartbeat: Date.parse('2026-11-20T12:00:30Z') })])).toBe(0)
})

test('a cluster is active where a node answers that serves', () => {
  const with_ = (fields: object, more: object = {}) =>
    active(shows(A, status({ mode: 'primary' }), { health: health(fields), ...more }))
  expect(with_({})).toBe(true)
  expect(with_({ sealed: true }, { healthCode: 503 })).toBe(false)
  expect(with_({ initialized: false }, { healthCode: 501 })).toBe(false)
  expect(with_({ standby: true }, { healthCode: 429 })).toBe(false)
  expect(with_({ standby: true }, { healthCode: 429, led: false })).toBe(false)
  expect(with_({ standby: true }, { healthCode: 429, led: true })).toBe(true)
  expect(with_({}, { healthCode: 472 })).toBe(false)
  expect(active(hides(A))).toBe(false)
})

test('who is primary, of two', () => {
  expect(primaryOf(world('primary', 'follows'))).toBe('from')
  expect(primaryOf(world('follows', 'primary'))).toBe('to')
  expect(primaryOf(world('primary', 'primary'))).toBeUndefined()
  expect(primaryOf(world('never seen', 'follows'))).toBeUndefined()
  expect([twoPrimaries(world('primary', 'primary')), twoPrimaries(world('primary', 'of another set'))]).toEqual([
    true,
    false,
  ])
  expect([nobodyPrimary(world('demoted', 'follows')), nobodyPrimary(world('never seen', 'follows'))]).toEqual([
    true,
    false,
  ])
  expect([strangers(world('primary', 'of another set')), strangers(world('primary', 'disabled'))]).toEqual([
    true,
    false,
  ])
})

test('two addresses of one cluster show its own id twice', () => {
  const one = (mode: 'primary' | 'secondary') =>
    shows(A, status({ mode }), { health: health({ cluster_id: 'own-id' }) })
  expect(oneCluster({ from: one('primary'), to: one('primary') })).toBe(true)
  expect(oneCluster(world('primary', 'primary'))).toBe(false)
})

test('a primary that is sealed, or not running, serves nobody', () => {
  expect(serving(primary)).toBe(true)
  expect(serving(READINGS['primary, and sealed'](A))).toBe(false)
  expect(serving(shows(A, status({ mode: 'primary', state: 'idle' })))).toBe(false)
  expect(serving(follower)).toBe(false)
})

test('a server’s own words are not repeated', () => {
  const evil = shows(A, status({ mode: 'secondary', state: '::error::x', connection_state: '<b>' }))
  expect(described(evil)).not.toMatch(/error|<b>/)
})
