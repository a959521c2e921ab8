import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { expectRun, story } from '../support/story.ts'

const failover = { operation: 'failover' }
const bodies = (world: World, path: string) =>
  world.requests.filter((one) => one.path === path).map(({ body }) => JSON.parse(JSON.stringify(body)))
const handed = (world: World): string => bodies(world, PATHS.updatePrimary).at(-1)?.token ?? ''
/** A wrapped token is a JWT, one for a public key is not. */
const WRAPPED = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/

story('auto takes the public key, where there is one', {}, async ({ world, run }) => {
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  expect(handed(world)).not.toMatch(WRAPPED)
  expect(bodies(world, PATHS.secondaryToken)).toEqual([
    expect.objectContaining({ secondary_public_key: expect.any(String) }),
  ])
})

story(
  'auto falls back to the wrapped token on a server without public keys',
  { activation: 'wrapped-only' },
  async ({ world, run }) => {
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
    expect(handed(world)).toMatch(WRAPPED)
  },
)

story('auto falls back to the wrapped token where the policy lacks the public key', {}, async ({ world, run }) => {
  const policy = {
    [PATHS.demote]: ['update'],
    [PATHS.promote]: ['update'],
    [PATHS.secondaryToken]: ['update', 'sudo'],
    [PATHS.updatePrimary]: ['update'],
  }
  const token = world.mintToken({ type: 'batch', policy })
  expectRun(await run({ ...failover, 'dr-operation-token': token }), { outcome: 'done', redundancy: 'protected' })
  expect(handed(world)).toMatch(WRAPPED)
})

story('auto falls back to the wrapped token where the public key is to be waited for', {}, async ({ world, run }) => {
  world.fault({ path: PATHS.publicKey, kind: 'status', status: 429, headers: { 'retry-after': '3600' } })
  const ran = await run({ ...failover, timeout: '10s' })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(ran.ms).toBeLessThan(10_000)
  expect(handed(world)).toMatch(WRAPPED)
})

story('wrapped asks for no public key', {}, async ({ world, run }) => {
  expectRun(await run({ ...failover, activation: 'wrapped' }), { outcome: 'done', redundancy: 'protected' })
  expect(handed(world)).toMatch(WRAPPED)
  expect(bodies(world, PATHS.publicKey)).toEqual([])
})

story('public-key takes nothing else', {}, async ({ world, run }) => {
  expectRun(await run({ ...failover, activation: 'public-key' }), { outcome: 'done', redundancy: 'protected' })
  expect(handed(world)).not.toMatch(WRAPPED)
})

story(
  'public-key on a server without public keys ends with the new primary serving, and auto mends it',
  {
    activation: 'wrapped-only',
  },
  async ({ world, run }) => {
    const ran = await run({ ...failover, activation: 'public-key' })
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
    expect(handed(world)).toBe('')
    expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  },
)

story('a token that the follower can not use is followed by another, under another id', {}, async ({ world, run }) => {
  const errors = ['1 error occurred:\n\t* error response unwrapping secondary token; status code is 400\n\n']
  world.fault({ path: PATHS.updatePrimary, kind: 'status', status: 400, errors, times: 1 })
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
  const ids = bodies(world, PATHS.secondaryToken).map(({ id }) => id)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(2)
})

story('cluster and API addresses are passed on as they are', {}, async ({ world, run }) => {
  const ran = await run({
    ...failover,
    activation: 'wrapped',
    'primary-cluster-addr': 'https://lb.example:8201',
    'primary-api-addr': world.secondary.addr,
  })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(bodies(world, PATHS.promote)).toEqual([
    { dr_operation_token: world.tokens.batch, primary_cluster_addr: 'https://lb.example:8201' },
  ])
  expect(bodies(world, PATHS.updatePrimary)).toEqual([
    expect.objectContaining({ primary_api_addr: world.secondary.addr }),
  ])
})

story('a primary that is not ready to make tokens is asked again', {}, async ({ world, run }) => {
  const errors = ['required index state not present']
  world.fault({ path: PATHS.secondaryToken, kind: 'status', status: 412, errors, times: 2 })
  expectRun(await run(failover), { outcome: 'done', redundancy: 'protected' })
})

story('ids are never used twice, whatever the run is called', {}, async ({ world, run }) => {
  for (const operation of ['failover', 'failback', 'failover']) expectRun(await run({ operation }), { outcome: 'done' })
  const ids = bodies(world, PATHS.secondaryToken).map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
})
