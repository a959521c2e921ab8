import { expect } from '@jest/globals'
import { AUDIENCE, CLAIMS, ISSUER, SIGNED_BY, withGitHub } from '../support/github.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf, until } from '../support/story.ts'
import { type Tale, tale } from '../support/tale.ts'

const POLICY = documented('vault-token')
const DR_POLICY = documented('dr-operation-token')
const ROLE_ID = 'role-id-0123456789'
const SECRET_ID = 'secret-id-0123456789abcdef'
const APPROLE = { approle: { roleId: ROLE_ID, secretId: SECRET_ID, policy: POLICY } } as const

const drToken = ({ world }: Pick<Tale, 'world'>) => world.mintToken({ type: 'batch', policy: DR_POLICY })
const approle = (told: Pick<Tale, 'world'>, more: Record<string, string> = {}) => ({
  operation: 'failover',
  'auth-method': 'approle',
  'approle-role-id': ROLE_ID,
  'approle-secret-id': SECRET_ID,
  'dr-operation-token': drToken(told),
  ...more,
})
const jwt = (told: Pick<Tale, 'world'>, more: Record<string, string> = {}) => ({
  operation: 'failover',
  'auth-method': 'jwt',
  'auth-role': 'failover',
  'auth-audience': AUDIENCE,
  'dr-operation-token': drToken(told),
  ...more,
})
const logins = ({ world }: Tale) =>
  world.requests.filter(({ path, applied }) => /^auth\/.*\/login$/.test(path) && applied).map(({ cluster }) => cluster)

const JWT = {
  jwt: {
    role: 'failover',
    audience: AUDIENCE,
    publicKeyPem: SIGNED_BY,
    issuer: ISSUER,
    claims: CLAIMS,
    policy: POLICY,
  },
} as const

/* ------------------------------------------------------------------------------------------------------------ approle */

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: approle, beside a batch token for the secondary alone: logged in on the primary, revoked at the end`,
    { ...APPROLE, version },
    async (told) => {
      const { world, run } = told
      expectRun(await run(approle(told)), { outcome: 'done', redundancy: 'protected' })
      expect(logins(told)).toEqual(['primary'])
      expect(world.requests.filter(({ path }) => path === 'auth/token/revoke-self')).not.toEqual([])
      expectRun(await run(approle(told, { operation: 'failback' })), { outcome: 'done', redundancy: 'protected' })
      expect(logins(told)).toEqual(['primary', 'secondary'])
    },
  )
}

tale('approle with key shares, before Vault 2.0', APPROLE, async (told) => {
  const { world, run } = told
  const given = { 'dr-operation-token': '', 'key-shares': world.keyShares.slice(0, 3).join('\n') }
  expectRun(await run(approle(told, given)), { outcome: 'done', redundancy: 'protected' })
})

tale(
  'approle with key shares on Vault 2.1: a token of the login does not do on a secondary, which is found before the demotion',
  { ...APPROLE, version: '2.1.0+ent' },
  async (told) => {
    const { world, run } = told
    const given = { 'dr-operation-token': '', 'key-shares': world.keyShares.slice(0, 3).join('\n') }
    const ran = await run(approle(told, given))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(stateOf(ran, 'key-shares')).toBe('failed')
  },
)

tale(
  'a login that gives a batch token does for both, and that it stays is said',
  {
    approle: { ...APPROLE.approle, tokenType: 'batch', policy: { ...POLICY, ...DR_POLICY } },
  },
  async (told) => {
    const ran = await told.run(approle(told))
    expectRun(ran, { outcome: 'done' })
    expect(ran.summary).toMatch(/batch token, which can't be revoked/)
  },
)

for (const [what, given] of Object.entries({
  'a wrong secret id': { 'approle-secret-id': 'wrong-secret-id-0123456789' },
  'another mount': { 'auth-mount': 'elsewhere' },
  'another namespace': { namespace: 'team' },
})) {
  tale(`${what}: blocked before the demotion, with what mends it`, APPROLE, async (told) => {
    const ran = await told.run(approle(told, given))
    expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': told.world.primary.addr })
    expect(stateOf(ran, 'vault-token')).toBe('failed')
  })
}

tale(
  'a role whose policy is too narrow: found before the demotion, and the login is revoked',
  {
    approle: { ...APPROLE.approle, policy: { [PATHS.demote]: ['update'] } },
  },
  async (told) => {
    const ran = await told.run(approle(told))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(stateOf(ran, 'capabilities')).toBe('failed')
  },
)

tale(
  'in a namespace, at a mount of another name',
  {
    approle: { ...APPROLE.approle, mount: 'ci/approle' },
    namespace: 'team/a',
  },
  async (told) => {
    const given = { 'auth-mount': 'ci/approle', namespace: 'team/a' }
    expectRun(await told.run(approle(told, given)), { outcome: 'done', redundancy: 'protected' })
    const spaced = told.world.requests.filter(({ namespace }) => namespace !== '')
    for (const { path } of spaced) expect(path).toMatch(/^auth\//)
  },
)

tale('a dry run logs in, looks, and revokes', APPROLE, async (told) => {
  expectRun(await told.run(approle(told, { 'dry-run': 'true' })), { outcome: 'planned', changed: 'false' })
  expect(logins(told)).toHaveLength(1)
})

tale('nothing to do, nothing to log in for', APPROLE, async (told) => {
  expectRun(await told.run(approle(told)), { outcome: 'done' })
  const before = logins(told).length
  expectRun(await told.run(approle(told)), { outcome: 'unchanged', changed: 'false' })
  expect(logins(told)).toHaveLength(before)
})

tale('a login whose answer is lost is asked for again', APPROLE, async (told) => {
  told.world.fault({ path: 'auth/approle/login', kind: 'reset-before', times: 1 })
  told.world.fault({ path: 'auth/approle/login', kind: 'status', status: 503, times: 1 })
  expectRun(await told.run(approle(told)), { outcome: 'done' })
})

tale('a revocation that is answered badly is asked for again', APPROLE, async (told) => {
  told.world.fault({ path: 'auth/token/revoke-self', kind: 'reset-before', times: 1 })
  expectRun(await told.run(approle(told)), { outcome: 'done' })
})

tale('a token that the new primary does not know any more: it logs in there again', APPROLE, async (told) => {
  const { world, run } = told
  // The link is slow enough that the lease has not come through, which looks like any unknown token.
  world.fault({
    cluster: 'secondary',
    path: PATHS.secondaryToken,
    kind: 'status',
    status: 403,
    errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'],
    times: 1,
  })
  expectRun(await run(approle(told)), { outcome: 'done', redundancy: 'protected' })
  expect(logins(told)).toEqual(['primary', 'secondary'])
})

tale('a drill logs in, goes both ways, and leaves nothing', APPROLE, async (told) => {
  expectRun(await told.run(approle(told, { operation: 'drill' })), { outcome: 'done' })
})

tale('going on from nobody primary: it logs in once there is a primary', APPROLE, async (told) => {
  const { run } = told
  expectRun(await run(approle(told, { operation: 'demote' }), { leaves: ['login-token'] }), { outcome: 'done' })
  expectRun(await run(approle(told)), { outcome: 'done', redundancy: 'protected' })
  expect(logins(told).at(-1)).toBe('secondary')
})

tale(
  'an emergency with a login: none is to be had where the primary is lost, and none is needed to promote',
  APPROLE,
  async (told) => {
    const { world, run } = told
    await world.primary.stop({ heartbeatAgeSeconds: 120 })
    const ran = await run(approle(told, { mode: 'emergency', confirm: new URL(world.secondary.addr).host }))
    expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr, redundancy: 'unprotected' })
  },
)

for (const operation of ['demote', 'setup', 'issue-operation-token', 'revoke-secondary']) {
  tale(
    `${operation} by a login, which is revoked`,
    {
      ...(operation === 'setup' ? { enrolled: false } : {}),
      approle: {
        ...APPROLE.approle,
        policy: documented('vault-token', 'setup-vault-token', 'issue-operation-token'),
      },
    },
    async (told) => {
      const { world, run } = told
      const more = {
        demote: {},
        setup: { confirm: new URL(world.secondary.addr).host, 'secondary-vault-token': world.tokens.secondaryOperator },
        'issue-operation-token': {},
        'revoke-secondary': { 'secondary-id': 'nobody' },
      }[operation]
      // Nobody is primary after a demotion, and nobody takes the revocation: then it is named.
      const leaves = operation === 'demote' ? (['login-token'] as const) : []
      const ran = await run(approle(told, { operation, 'dr-operation-token': '', ...more }), { leaves })
      if (world.leftovers().length > 0) expect(ran.summary).toMatch(/token of this run could not be revoked/)
      expectRun(ran, { outcome: operation === 'revoke-secondary' ? 'unchanged' : 'done' })
    },
  )
}

for (const [moment, path] of Object.entries({
  'logged in': 'sys/capabilities-self',
  demoted: PATHS.demote,
  promoted: PATHS.promote,
})) {
  tale(
    `killed when ${moment}: the post step revokes the login`,
    {
      ...APPROLE,
      windows: { demote: 200, promote: 200 },
    },
    async (told) => {
      const { world, start, run } = told
      const running = start(approle(told))
      await until(moment, () => world.requests.some((one) => one.path === path && one.applied))
      running.child.kill('SIGKILL')
      await running.ended
      expect(world.leftovers().map(({ kind }) => kind)).toContain('login-token')
      const post = await running.post({ leaves: ['login-token'] })
      // Where nobody is primary nobody takes a revocation; then it is named.
      if (world.leftovers().length > 0) {
        expect(post.outcome).toBe('no-primary')
        expect(post.summary).toMatch(/token of this run could not be revoked/)
      }
      const next = await run(approle(told))
      expect(['done', 'unchanged']).toContain(next.outcome)
    },
  )
}

tale(
  'cancelled after the login: it is revoked all the same, by the post step at the latest',
  {
    ...APPROLE,
    windows: { demote: 500 },
  },
  async (told) => {
    const { world, start } = told
    const running = start(approle(told), { leaves: ['login-token'] })
    await until('the demotion is applied', () =>
      world.requests.some(({ path, applied }) => path === PATHS.demote && applied),
    )
    running.child.kill('SIGINT')
    await running.ended
    const post = await running.post({ leaves: ['login-token'] })
    if (post.outcome !== 'no-primary') expect(world.leftovers()).toEqual([])
  },
)

/* ---------------------------------------------------------------------------------------------------------------- jwt */

tale("jwt by GitHub's id token: with the audience, revoked at the end, and nothing of it shown", JWT, async (told) => {
  await withGitHub(async (github) => {
    const ran = await told.run(jwt(told), { env: github.env })
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
    expect(logins(told)).toEqual(['primary'])
    const [asked] = github.asked
    expect(asked?.path).toBe(`/id?api-version=2.0&audience=${encodeURIComponent(AUDIENCE)}`)
    expect(asked?.authorization).toMatch(/^Bearer /)
    expect(ran.log).not.toContain(github.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
  })
})

const WRONG: Readonly<Record<string, { readonly given: Record<string, string>; readonly says: RegExp }>> = {
  'a wrong audience': { given: { 'auth-audience': 'https://elsewhere.example' }, says: /audience/ },
  'no audience': { given: { 'auth-audience': '' }, says: /auth-audience/ },
  'a wrong role': { given: { 'auth-role': 'nobody' }, says: /auth-role/ },
  'no role': { given: { 'auth-role': '' }, says: /auth-role/ },
}
for (const [what, { given, says }] of Object.entries(WRONG)) {
  tale(`jwt with ${what}: blocked before the demotion, with what mends it`, JWT, async (told) => {
    await withGitHub(async (github) => {
      const ran = await told.run(jwt(told, given), { env: github.env })
      expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': told.world.primary.addr })
      expect(stateOf(ran, 'vault-token')).toBe('failed')
      expect(ran.summary).toMatch(says)
    })
  })
}

tale(
  'jwt from another environment than the role is bound to: which claim does not fit is said',
  {
    jwt: { ...JWT.jwt, claims: { sub: 'repo:acme/vault:environment:production' } },
  },
  async (told) => {
    await withGitHub(async (github) => {
      const ran = await told.run(jwt(told), { env: github.env })
      expectRun(ran, { outcome: 'blocked', changed: 'false' })
      expect(ran.summary).toMatch(/sub/)
    })
  },
)

tale('jwt without id-token: write says exactly that', JWT, async (told) => {
  const ran = await told.run(jwt(told))
  expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': told.world.primary.addr })
  expect(`${ran.summary}`).toContain('id-token: write')
  expect(ran.log).toMatch(/::error::.*id-token: write/)
})

/* -------------------------------------------------------------------------- a login that was made, and never answered */

const LOST = {
  'is reset': { kind: 'reset-after' },
  'is an error': { kind: 'status', status: 500, applied: true },
  'is garbage': { kind: 'garbage' },
  'never comes': { kind: 'silence-after' },
} as const
for (const method of ['approle', 'jwt'] as const) {
  for (const [what, fault] of Object.entries(LOST)) {
    for (const ending of ['goes on', 'SIGINT', 'SIGKILL'] as const) {
      tale(
        `${method}: the answer to the login ${what}, and the run ${ending === 'goes on' ? ending : `meets ${ending}`}: the token is named`,
        { ...APPROLE, ...JWT },
        async (told) => {
          const { world, start } = told
          await withGitHub(async (github) => {
            world.fault({ path: `auth/${method}/login`, ...fault, times: 1 })
            const given = method === 'approle' ? approle(told) : jwt(told)
            const leaves = ['login-token', 'login-token'] as const
            const running = start(given, { env: github.env, leaves })
            await until('it is logged in', () => logins(told).length > 0)
            if (ending !== 'goes on') running.child.kill(ending)
            const ran = await running.ended
            const post = await running.post({ leaves })
            const names = /token that nobody holds may be left there/
            if (ending !== 'SIGKILL') expect(ran.summary).toMatch(names)
            if (post.outcome !== '') expect(post.summary).toMatch(names)
            expect(`${ran.summary}${post.summary}`).toMatch(names)
            // The one whose answer was lost; what the run held was revoked.
            expect(world.leftovers()).toHaveLength(1)
          })
        },
      )
    }
  }
}

for (const moment of ['demoted', 'promoted'] as const) {
  tale(
    `jwt, killed when ${moment}: the post step, which has the same id to log in with, leaves nothing`,
    {
      ...JWT,
      windows: { promote: 300 },
    },
    async (told) => {
      const { world, start, run } = told
      await withGitHub(async (github) => {
        const running = start(jwt(told), { env: github.env })
        const path = moment === 'demoted' ? PATHS.demote : PATHS.promote
        await until(moment, () => world.requests.some((one) => one.path === path && one.applied))
        running.child.kill('SIGKILL')
        await running.ended
        await running.post({ leaves: moment === 'demoted' ? ['login-token'] : [] })
        expectRun(await run(jwt(told), { env: github.env }), { outcome: 'done', redundancy: 'protected' })
      })
    },
  )
}

tale('jwt as the only credential, with key shares', JWT, async (told) => {
  await withGitHub(async (github) => {
    const given = { 'dr-operation-token': '', 'key-shares': told.world.keyShares.slice(0, 3).join('\n') }
    expectRun(await told.run(jwt(told, given), { env: github.env }), { outcome: 'done', redundancy: 'protected' })
  })
})
