import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parsePolicy } from '../../src/simulator/hcl.ts'
import { capabilitiesOn } from '../../src/simulator/policies.ts'
import { startWorld, type World } from '../../src/simulator/world.ts'
import { call, dr, until } from './stranger.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ tls: false })
})
afterAll(() => world.close())

const hcl = `
# the tutorial's policy, and a little more
path "sys/replication/dr/secondary/promote" {
  capabilities = ["update"] // comment
}
/* another
   one */
path "sys/storage/raft/autopilot/state" { capabilities = ["update", "read"], }
path "/sys/replication/dr/primary/+" {
  capabilities = [ "update", "sudo" ]
  allowed_parameters = { "id" = [], "ttl" = ["30m"] }
  min_wrapping_ttl = "1s"
}
path "secret/data/*" { policy = "read" }
`

describe('policy text', () => {
  test('blocks, comments, lists, old words', () => {
    expect(parsePolicy(hcl)).toEqual({
      rules: {
        'sys/replication/dr/secondary/promote': ['update'],
        'sys/storage/raft/autopilot/state': ['update', 'read'],
        'sys/replication/dr/primary/+': ['update', 'sudo'],
        'secret/data/*': ['read', 'list'],
      },
    })
  })

  test('JSON', () => {
    expect(parsePolicy('{"path":{"a/*":{"capabilities":["read"]}}}')).toEqual({ rules: { 'a/*': ['read'] } })
  })

  test.each([
    'path "a" { capabilities = ["fly"] }',
    'path "a" { capabilities = ["read" }',
    'path "a" { capabilites = ["read"] }',
    'path a',
    'paths "a" {}',
    'path "a/+*" { capabilities = ["read"] }',
    '{"path":',
    `path "a" { allowed_parameters = ${'['.repeat(50_000)} }`,
  ])('%#: refused', (text) => {
    expect(parsePolicy(text)).toEqual({ problem: expect.stringMatching(/^failed to parse policy: /) })
  })

  test('a plus stands for one segment, and wildcards have an order', () => {
    const rules = { 'a/+/c': ['read'], 'a/*': ['list'], 'a/b/*': ['update'], 'z/+/+/d*': ['delete'] }
    expect(capabilitiesOn('a/x/c', [rules])).toEqual(['read'])
    expect(capabilitiesOn('a/x/y', [rules])).toEqual(['list'])
    expect(capabilitiesOn('a/b/c', [rules])).toEqual(['update'])
    expect(capabilitiesOn('z/x/y/doe', [rules])).toEqual(['delete'])
    expect(capabilitiesOn('a', [rules])).toEqual([])
  })
})

const post = (path: string, body: object, token: string = world.tokens.root) =>
  call(world, world.primary, 'POST', path, { token, body })
const get = (path: string, token: string = world.tokens.root) => call(world, world.primary, 'GET', path, { token })

describe('policies', () => {
  test('written, read, listed, deleted; the name is lower-case', async () => {
    expect((await post('sys/policies/acl/DR-promotion', { policy: hcl })).status).toBe(204)
    expect((await get('sys/policies/acl/dr-promotion')).body.data).toEqual({ name: 'dr-promotion', policy: hcl })
    expect((await get('sys/policy/dr-promotion')).body).toMatchObject({ rules: hcl, data: { rules: hcl } })
    expect((await get('sys/policies/acl?list=true')).body.data.keys).toEqual(['default', 'dr-promotion', 'root'])
    const removed = await call(world, world.primary, 'DELETE', 'sys/policies/acl/dr-promotion', {
      token: world.tokens.root,
    })
    expect(removed.status).toBe(204)
    const gone = await get('sys/policies/acl/dr-promotion')
    expect([gone.status, gone.body]).toEqual([404, { errors: [] }])
  })

  test('base64 is taken as well; nonsense, nothing and root are not', async () => {
    const policy = Buffer.from(hcl).toString('base64')
    expect((await post('sys/policies/acl/encoded', { policy })).status).toBe(204)
    expect((await get('sys/policies/acl/encoded')).body.data.policy).toBe(hcl)
    expect((await post('sys/policies/acl/x', {})).body.errors).toEqual(["'policy' parameter not supplied or empty"])
    expect((await post('sys/policies/acl/x', { policy: 'path {' })).status).toBe(400)
    expect((await post('sys/policies/acl/root', { policy: hcl })).status).toBe(400)
    expect((await post('sys/policies/acl/x', { policy: hcl }, world.tokens.operator)).status).toBe(403)
  })
})

describe('roles and tokens', () => {
  const role = { allowed_policies: 'dr-role', orphan: true, renewable: false, token_type: 'batch' }

  test('a new role takes create, a known one update', async () => {
    const path = 'auth/token/roles/capable'
    const creator = world.mintToken({ type: 'service', policy: { [path]: ['create'] } })
    expect((await post(path, role, creator)).status).toBe(204)
    expect((await post(path, role, creator)).status).toBe(403)
    expect((await get(path)).body.data).toMatchObject({
      name: 'capable',
      allowed_policies: ['dr-role'],
      orphan: true,
      renewable: false,
      token_type: 'batch',
    })
    expect((await get('auth/token/roles/none')).status).toBe(404)
  })

  test.each([
    [{ orphan: false }, /non-orphan/],
    [{ renewable: true }, /renewable/],
    [{ token_period: '1h' }, /periodic/],
    [{ token_type: 'odd' }, /invalid 'token_type' value/],
  ])('a batch role cannot have %j', async (spoilt, words) => {
    const seen = await post('auth/token/roles/spoilt', { ...role, ...spoilt })
    expect([seen.status, seen.body.errors]).toEqual([400, [expect.stringMatching(words)]])
  })

  test('a batch token by role, that promotes, and whose policy is looked up at every use', async () => {
    const pair = await startWorld({ tls: false, windows: { promote: 0 } })
    const ask = (path: string, body: object) =>
      call(pair, pair.primary, 'POST', path, { token: pair.tokens.root, body })
    await ask('auth/token/roles/handler', { ...role, allowed_policies: ['late'], token_no_default_policy: true })
    const made = await ask('auth/token/create/handler', { ttl: '8h' })
    expect(made.body.warnings).toEqual(['Policy "late" does not exist'])
    expect(made.body.auth).toMatchObject({
      accessor: '',
      policies: ['late'],
      token_type: 'batch',
      renewable: false,
      orphan: true,
      lease_duration: 28_800,
      client_token: expect.stringMatching(/^hvb\./),
    })
    const body = { dr_operation_token: made.body.auth.client_token }
    expect((await call(pair, pair.secondary, 'POST', dr.promote, { body })).status).toBe(403)
    await ask('sys/policies/acl/late', { policy: hcl })
    expect((await call(pair, pair.secondary, 'POST', dr.promote, { body })).status).toBe(200)
    await until(() => pair.secondary.role() === 'primary')
    // Roles and policies came along, and from now on go their own way.
    const read = { token: pair.tokens.root }
    expect((await call(pair, pair.secondary, 'GET', 'auth/token/roles/handler', read)).status).toBe(200)
    await call(pair, pair.secondary, 'DELETE', 'sys/policies/acl/late', read)
    expect((await call(pair, pair.primary, 'GET', 'sys/policies/acl/late', read)).status).toBe(200)
    await pair.close()
  })

  test('what a role does not allow, what it does not know, who may not', async () => {
    await post('auth/token/roles/narrow', { allowed_policies: ['a'] })
    expect((await post('auth/token/create/narrow', { policies: ['b'] })).status).toBe(400)
    expect((await post('auth/token/create/nobody', {})).body.errors).toEqual(['unknown role nobody'])
    const path = 'auth/token/create/narrow'
    const batch = world.mintToken({ type: 'batch', policy: { [path]: ['update'] } })
    expect((await post(path, {}, batch)).body.errors).toEqual(['batch tokens cannot create more tokens'])
    expect((await post(path, {}, world.tokens.operator)).status).toBe(403)
    const limited = world.mintToken({ type: 'service', numUses: 3, policy: { [path]: ['update'] } })
    expect((await post(path, {}, limited)).body.errors).toEqual(['restricted use token cannot generate child tokens'])
  })

  test('without a role: a subset of the parent’s policies, and an end with the parent', async () => {
    const policy = { 'auth/token/create': ['update'], [dr.demote]: ['update'] }
    const parent = world.mintToken({ type: 'service', policy })
    expect((await post('auth/token/create', { policies: ['other'] }, parent)).body.errors).toEqual([
      'child policies must be subset of parent',
    ])
    const made = await post('auth/token/create', { ttl: 90, display_name: 'ci' }, parent)
    const child = made.body.auth.client_token
    expect(made.body.auth).toMatchObject({ lease_duration: 90, orphan: false, policies: ['default', 'simulated'] })
    expect((await get('auth/token/lookup-self', child)).body.data).toMatchObject({
      display_name: 'token-ci',
      creation_ttl: 90,
      path: 'auth/token/create',
    })
    await post('auth/token/revoke-self', {}, parent)
    expect((await get('auth/token/lookup-self', child)).status).toBe(403)
  })

  test('an orphan without a role takes sudo', async () => {
    const policy = { 'auth/token/create': ['update'], 'auth/token/create-orphan': ['update'] }
    const plain = world.mintToken({ type: 'service', policy })
    expect((await post('auth/token/create', { no_parent: true }, plain)).status).toBe(400)
    expect((await post('auth/token/create-orphan', {}, plain)).status).toBe(403)
    const made = await post('auth/token/create-orphan', { policies: ['a'], type: 'batch', ttl: '1h' })
    expect(made.body.auth).toMatchObject({ orphan: true, token_type: 'batch', policies: ['a', 'default'] })
  })

  test('on a DR secondary all of it is disabled', async () => {
    for (const path of ['sys/policies/acl/x', 'auth/token/roles/x', 'auth/token/create']) {
      const seen = await call(world, world.secondary, 'POST', path, { token: world.tokens.root, body: {} })
      expect([seen.status, seen.body.errors]).toEqual([400, ['path disabled in replication DR secondary mode']])
    }
  })
})
