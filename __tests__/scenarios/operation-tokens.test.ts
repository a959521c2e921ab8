import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { withGitHub } from '../support/github.ts'
import { documented } from '../support/policies.ts'
import { expectRun, until } from '../support/story.ts'
import { CEREMONY, DELETE_TOKEN, tale } from '../support/tale.ts'

const NAME = 'vault-dr-operation'
const ISSUER = documented('issue-operation-token')
/** Where somebody made the policy and the role by hand. */
const ISSUER_AGAIN = documented('issue-operation-token-only')
const VAULT_TOKEN = documented('vault-token')
const CEREMONY_TOKEN = documented('key-shares')
const service = (world: World, policy: Record<string, string[]>) => world.mintToken({ type: 'service', policy })
const issue = (world: World, more: Record<string, string> = {}) => ({
  operation: 'issue-operation-token',
  'dr-operation-token': '',
  'vault-token': service(world, ISSUER),
  ...more,
})
const sent = (world: World, path: RegExp) =>
  world.requests.filter((one) => one.method !== 'GET' && path.test(one.path) && one.path !== 'sys/capabilities-self')

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: the policy and the role are made as they are documented, and the token does for the DR side of a failover`,
    { version },
    async ({ world, run }) => {
      const made = await run(issue(world))
      expectRun(made, { outcome: 'done', changed: 'true', 'active-addr': world.primary.addr })
      const token = made.outputs['dr-operation-token'] ?? ''
      expect(token).toMatch(/^hvb\./)
      const [policy] = sent(world, /^sys\/policies/)
      expect(policy?.body).toEqual({ policy: await issuedPolicy() })
      const [role] = sent(world, /^auth\/token\/roles/)
      expect(role?.body).toEqual({ allowed_policies: [NAME], orphan: true, renewable: false, token_type: 'batch' })
      const [create] = sent(world, /^auth\/token\/create/)
      expect(create?.body).toEqual({ ttl: '28800s' })

      const given = { 'vault-token': service(world, VAULT_TOKEN), 'dr-operation-token': token }
      expectRun(await run({ operation: 'failover', ...given }), { outcome: 'done', redundancy: 'protected' })
      const back = { 'vault-token': service(world, VAULT_TOKEN), 'dr-operation-token': token }
      expectRun(await run({ operation: 'failback', ...back }), { outcome: 'done', redundancy: 'protected' })
    },
  )
}

/** What docs/tokens.md shows between its marks. */
async function issuedPolicy(): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(new URL('../../docs/tokens.md', import.meta.url), 'utf8')
  return /<!-- issued[\s\S]*?```hcl\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
}

tale('again it makes another token, and neither policy nor role', {}, async ({ world, run }) => {
  const first = await run(issue(world))
  const second = await run(issue(world, { 'vault-token': service(world, ISSUER_AGAIN), 'token-ttl': '90m' }))
  expectRun(second, { outcome: 'done', changed: 'true' })
  expect(second.outputs['dr-operation-token']).not.toBe(first.outputs['dr-operation-token'])
  expect(sent(world, /^sys\/policies/)).toHaveLength(1)
  expect(sent(world, /^auth\/token\/roles/)).toHaveLength(1)
  expect(sent(world, /^auth\/token\/create/).at(-1)?.body).toEqual({ ttl: '5400s' })
})

tale('it is issued at whichever cluster is primary', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  const ran = await run(issue(world))
  expectRun(ran, { outcome: 'done', 'active-addr': world.secondary.addr })
  expect(new Set(sent(world, /^(sys\/policies|auth\/token\/(roles|create))/).map(({ cluster }) => cluster))).toEqual(
    new Set(['secondary']),
  )
})

tale('a token that was issued makes nobody believe that nobody serves', {}, async ({ world, run }) => {
  const ran = await run(issue(world))
  expectRun(ran, { outcome: 'done', 'rto-ms': '' })
  expect(ran.summary).not.toMatch(/No primary since|no primary :crit/)
})

tale(
  'a role of that name that makes other tokens is left alone, and nothing is written',
  {},
  async ({ world, run }) => {
    const admin = { 'x-vault-token': world.tokens.root, 'content-type': 'application/json' }
    const role = { allowed_policies: [NAME], orphan: true, token_type: 'service' }
    await fetch(`${world.primary.addr}/v1/auth/token/roles/${NAME}`, {
      method: 'POST',
      headers: admin,
      body: JSON.stringify(role),
    })
    const ran = await run(issue(world))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
    expect(ran.outputs['dr-operation-token']).toBeUndefined()
    expect(sent(world, /^sys\/policies/)).toEqual([])
  },
)

tale(
  'a policy of that name that lets too little is named before a token without worth is made',
  {},
  async ({ world, run }) => {
    await fetch(`${world.primary.addr}/v1/sys/policies/acl/${NAME}`, {
      method: 'POST',
      headers: { 'x-vault-token': world.tokens.root },
      body: JSON.stringify({ policy: 'path "secret/*" { capabilities = ["read"] }' }),
    })
    const ran = await run(issue(world))
    // Whatever it comes to, a token that can't promote is not handed out as if it could.
    if (ran.outcome === 'done') expect(`${ran.summary}${ran.log}`).toMatch(/policy/i)
    else expect(['blocked', 'failed']).toContain(ran.outcome)
  },
)

tale('without the policy for it, it is refused or fails, and hands out nothing', {}, async ({ world, run }) => {
  for (const policy of [VAULT_TOKEN, ISSUER_AGAIN]) {
    const ran = await run(issue(world, { 'vault-token': service(world, policy) }))
    expect(['blocked', 'failed']).toContain(ran.outcome)
    expect(ran.outputs).toMatchObject({ changed: 'false' })
    expect(ran.outputs['dr-operation-token']).toBeUndefined()
  }
})

tale('a batch token as vault-token makes no tokens: that is found, and said', {}, async ({ world, run }) => {
  const token = world.mintToken({ type: 'batch', policy: ISSUER })
  const ran = await run(issue(world, { 'vault-token': token }))
  expect(['blocked', 'failed']).toContain(ran.outcome)
  expect(ran.outputs['dr-operation-token']).toBeUndefined()
  expect(ran.summary).toMatch(/batch/)
})

tale('a dry run says what it would make, and makes nothing', {}, async ({ world, run }) => {
  const ran = await run(issue(world, { 'dry-run': 'true' }))
  expectRun(ran, { outcome: 'planned', changed: 'false' })
  expect(sent(world, /^(sys\/policies|auth\/token\/(roles|create))/)).toEqual([])
  const refused = await run(issue(world, { 'dry-run': 'true', 'vault-token': service(world, VAULT_TOKEN) }))
  expectRun(refused, { outcome: 'blocked', changed: 'false' })
})

for (const [what, path] of Object.entries({
  'the policy': /^sys\/policies/,
  'the role': /^auth\/token\/roles/,
  'the token': /^auth\/token\/create/,
})) {
  tale(`the answer to ${what} is lost: it is made all the same`, {}, async ({ world, run }) => {
    world.fault({ path, method: 'POST', kind: 'reset-after', times: 1 })
    expectRun(await run(issue(world)), { outcome: 'done', changed: 'true' })
  })
}

tale('a single bad answer to a read ends nothing', {}, async ({ world, run }) => {
  world.fault({ path: /^sys\/policies/, method: 'GET', kind: 'status', status: 500, times: 1 })
  world.fault({ path: /^auth\/token\/roles/, method: 'GET', kind: 'reset-before', times: 1 })
  expectRun(await run(issue(world)), { outcome: 'done' })
})

tale('nobody primary: nothing can be issued, and that comes first', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  const ran = await run(issue(world))
  expectRun(ran, { outcome: 'no-primary', changed: 'false' })
})

tale('it is stored as a secret of the repository, sealed', {}, async ({ world, run }) => {
  await withGitHub(async (github) => {
    const given = { 'store-secret': 'DR_TOKEN', 'github-token': 'github_pat_0123456789abcdef' }
    const ran = await run(issue(world, given), { env: github.env })
    expectRun(ran, { outcome: 'done' })
    expect([...github.stored]).toEqual([
      ['/repos/acme/vault/actions/secrets/DR_TOKEN', ran.outputs['dr-operation-token']],
    ])
    expect(new Set(github.asked.map(({ authorization }) => authorization))).toEqual(
      new Set(['token github_pat_0123456789abcdef']),
    )
  })
})

tale('or of an environment, whatever its name', {}, async ({ world, run }) => {
  await withGitHub(async (github) => {
    const given = {
      'store-secret': 'DR_TOKEN',
      'store-environment': 'disaster recovery/eu',
      'github-token': 'github_pat_0123456789abcdef',
    }
    const ran = await run(issue(world, given), { env: github.env })
    expectRun(ran, { outcome: 'done' })
    expect([...github.stored.values()]).toEqual([ran.outputs['dr-operation-token']])
    expect([...github.stored.keys()]).toEqual([
      '/repos/acme/vault/environments/disaster%20recovery%2Feu/secrets/DR_TOKEN',
    ])
  })
})

for (const status of [401, 403, 404, 500]) {
  tale(
    `GitHub answers ${status}: that it was not stored is told, and the token is an output`,
    {},
    async ({ world, run }) => {
      await withGitHub(async (github) => {
        github.refuse(status)
        const given = { 'store-secret': 'DR_TOKEN', 'github-token': 'github_pat_0123456789abcdef' }
        const ran = await run(issue(world, given), { env: github.env })
        expectRun(ran, { outcome: 'failed', changed: 'true' })
        expect(ran.outputs['dr-operation-token']).toMatch(/^hvb\./)
        expect(ran.summary).toMatch(/could not be stored/)
      })
    },
  )
}

const withShares = (world: World, operation: string, more: Record<string, string> = {}) => ({
  operation,
  'dr-operation-token': '',
  'vault-token': world.mintToken({ type: 'batch', policy: CEREMONY_TOKEN }),
  'key-shares': world.keyShares.slice(0, 3).join('\n'),
  ...more,
})

for (const version of ['1.9.4+ent', '1.21.1+ent', '2.1.0+ent']) {
  tale(`Vault ${version}: a token is generated, handed out, and revoked`, { version }, async ({ world, run }) => {
    const made = await run(withShares(world, 'generate-operation-token'))
    expectRun(made, { outcome: 'done', 'active-addr': world.primary.addr, redundancy: 'protected' })
    const token = made.outputs['dr-operation-token'] ?? ''
    expect(world.leftovers()).toEqual([{ kind: 'generated-token', cluster: 'secondary', what: token }])

    const vault = version.startsWith('2') ? { 'vault-token': withShares(world, '')['vault-token'] } : {}
    const gone = { operation: 'delete-operation-token', 'dr-operation-token': token, ...vault }
    expectRun(await run({ ...gone, 'dry-run': 'true' }, { leaves: ['generated-token'] }), { outcome: 'planned' })
    expect(world.leftovers()).toHaveLength(1)
    expectRun(await run(gone), { outcome: 'done', changed: 'true' })
    expect(world.leftovers()).toEqual([])
    // The goal holds already.
    const again = await run(gone)
    expect(again.outcome).toBe('unchanged')
  })
}

tale('before 2.0 a token is generated without any Vault token', {}, async ({ world, run }) => {
  expectRun(await run(withShares(world, 'generate-operation-token', { 'vault-token': '' })), { outcome: 'done' })
})

for (const [what, given] of Object.entries<(world: World) => Record<string, string>>({
  'no Vault token': () => ({ 'vault-token': '' }),
  'a service token': (world) => ({ 'vault-token': world.tokens.operator }),
})) {
  tale(
    `Vault 2.1 with ${what}: generating is refused with what mends it`,
    { version: '2.1.0+ent' },
    async ({ world, run }) => {
      const ran = await run(withShares(world, 'generate-operation-token', given(world)))
      expectRun(ran, { outcome: 'blocked', changed: 'false' })
      expect(ran.summary).toMatch(/batch .?vault-token/)
      const cancelled = await run(withShares(world, 'cancel-operation-token', { 'key-shares': '', ...given(world) }))
      expectRun(cancelled, { outcome: 'blocked', changed: 'false' })
    },
  )
}

tale('a dry run of generating begins no attempt; too few shares are found in it', {}, async ({ world, run }) => {
  expectRun(await run(withShares(world, 'generate-operation-token', { 'dry-run': 'true' })), { outcome: 'planned' })
  const few = { 'dry-run': 'true', 'key-shares': world.keyShares[0] ?? '' }
  expectRun(await run(withShares(world, 'generate-operation-token', few)), { outcome: 'blocked' })
  expect(sent(world, /generate-operation-token/)).toEqual([])
})

tale('wrong shares generate nothing, and leave nothing', {}, async ({ world, run }) => {
  const wrong = { 'key-shares': [...world.keyShares.slice(0, 2), 'cd'.repeat(33)].join('\n') }
  expectRun(await run(withShares(world, 'generate-operation-token', wrong)), { outcome: 'blocked', changed: 'false' })
  expect(world.leftovers()).toEqual([])
})

tale('it is generated on whichever cluster is the secondary', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'failover' }), { outcome: 'done' })
  expectRun(await run(withShares(world, 'generate-operation-token')), { outcome: 'done' })
  expect(world.leftovers()).toMatchObject([{ kind: 'generated-token', cluster: 'primary' }])
})

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: cancelling ends the attempt, whoever began it, and again is unchanged`,
    { version },
    async ({ world, run }) => {
      const cancel = withShares(world, 'cancel-operation-token', { 'key-shares': '' })
      expectRun(await run(cancel), { outcome: 'unchanged', changed: 'false' })
      await fetch(`${world.secondary.addr}/v1/${CEREMONY}/attempt`, {
        method: 'POST',
        headers: { 'x-vault-token': cancel['vault-token'] },
        body: '{}',
      })
      expectRun(await run({ ...cancel, 'dry-run': 'true' }, { leaves: ['attempt'] }), { outcome: 'planned' })
      expect(world.leftovers()).toHaveLength(1)
      expectRun(await run(cancel), { outcome: 'done', changed: 'true' })
      expect(world.leftovers()).toEqual([])
      expectRun(await run(cancel), { outcome: 'unchanged', changed: 'false' })
    },
  )
}

tale('a cancel whose answer is lost is done, or said not to be known', {}, async ({ world, run }) => {
  const cancel = withShares(world, 'cancel-operation-token', { 'key-shares': '', 'vault-token': '' })
  await fetch(`${world.secondary.addr}/v1/${CEREMONY}/attempt`, { method: 'POST', body: '{}' })
  world.fault({ path: `${CEREMONY}/attempt`, method: 'DELETE', kind: 'reset-after', times: 1 })
  world.fault({ path: `${CEREMONY}/attempt`, method: 'GET', kind: 'status', status: 500, nth: 2 })
  expectRun(await run(cancel), { outcome: 'done', changed: 'true' })
})

tale('a batch token is not revoked, and that is said before anything is sent', {}, async ({ world, run }) => {
  const ran = await run({ operation: 'delete-operation-token' })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(sent(world, /operation-token\/delete/)).toEqual([])
})

tale('a delete whose answer is lost: the token is gone, and that is found out', {}, async ({ world, run }) => {
  const made = await run(withShares(world, 'generate-operation-token'))
  world.fault({ path: DELETE_TOKEN, kind: 'reset-after', times: 1 })
  const token = made.outputs['dr-operation-token'] ?? ''
  const ran = await run({ operation: 'delete-operation-token', 'dr-operation-token': token })
  expect(['done', 'unchanged', 'unknown']).toContain(ran.outcome)
  expect(world.leftovers()).toEqual([])
})

tale('a delete that did not reach the cluster is tried again', {}, async ({ world, run }) => {
  const made = await run(withShares(world, 'generate-operation-token'))
  world.fault({ path: DELETE_TOKEN, kind: 'reset-before', times: 1 })
  const token = made.outputs['dr-operation-token'] ?? ''
  const ran = await run({ operation: 'delete-operation-token', 'dr-operation-token': token })
  expectRun(ran, { outcome: 'done', changed: 'true' })
  expect(world.leftovers()).toEqual([])
})

/* -------------------------------------------------------------------------------------------- a token with nowhere to go */

/** What may stand for `GITHUB_OUTPUT`, into which nothing can be written. */
const NO_OUTPUT: Readonly<Record<string, (folder: string) => string>> = {
  'is not set': () => '',
  'is not there': (folder) => join(folder, 'missing'),
  'is a folder': (folder) => folder,
}
for (const [what, place] of Object.entries(NO_OUTPUT)) {
  for (const operation of ['generate-operation-token', 'issue-operation-token']) {
    tale(
      `GITHUB_OUTPUT ${what}: ${operation} is refused before a token is made`,
      {},
      async ({ world, folder, run }) => {
        const given = operation.startsWith('issue') ? issue(world) : withShares(world, operation)
        for (const dry of ['true', 'false']) {
          const ran = await run({ ...given, 'dry-run': dry }, { env: { GITHUB_OUTPUT: place(folder) } })
          expect(ran.code).toBe(10)
          expect(ran.log).toMatch(/outcome: blocked[\s\S]*GITHUB_OUTPUT/)
        }
        expect(sent(world, /./)).toEqual([])
      },
    )
  }
}

tale('GITHUB_OUTPUT is not set, but the token is stored as a secret: done', {}, async ({ world, run }) => {
  await withGitHub(async (github) => {
    const given = { 'store-secret': 'DR_TOKEN', 'github-token': 'github_pat_0123456789abcdef' }
    const ran = await run(issue(world, given), { env: { ...github.env, GITHUB_OUTPUT: '' } })
    expect([ran.code, github.stored.size]).toEqual([0, 1])
  })
})

for (const deletion of ['works', 'is refused'] as const) {
  tale(
    `GITHUB_OUTPUT goes away while a token is generated, and revoking it ${deletion}: told as it is`,
    {},
    async ({ world, folder, start }) => {
      const output = join(folder, 'output-of-the-step')
      writeFileSync(output, '')
      world.fault({ path: `${CEREMONY}/update`, kind: 'delay-answer', delayMs: 300 })
      if (deletion === 'is refused')
        world.fault({ path: DELETE_TOKEN, kind: 'status', status: 403, errors: ['permission denied'] })
      const running = start(withShares(world, 'generate-operation-token'), { env: { GITHUB_OUTPUT: output } })
      await until('a share is given', () => world.requests.some(({ path }) => path === `${CEREMONY}/update`))
      rmSync(output)
      const ran = await running.ended
      expect(ran.code).toBe(20)
      expect(ran.log).toContain('outcome: failed')
      expect(ran.summary).toMatch(/could not be handed over/)
      expect(ran.summary).toMatch(deletion === 'works' ? /was revoked/ : /did not say that it is revoked/)
      expect(world.leftovers()).toHaveLength(deletion === 'works' ? 0 : 1)
    },
  )
}

tale('GITHUB_OUTPUT goes away while a token is issued: failed, and what is left is named', {}, async (told) => {
  const { world, folder, start } = told
  const output = join(folder, 'output-of-the-step')
  writeFileSync(output, '')
  world.fault({ path: `auth/token/create/${NAME}`, kind: 'delay-answer', delayMs: 400 })
  const running = start(issue(world), { env: { GITHUB_OUTPUT: output } })
  await until('it is asked for', () => sent(world, /^auth\/token\/create/).length > 0)
  rmSync(output)
  const ran = await running.ended
  expect(ran.code).toBe(20)
  expect(ran.summary).toMatch(/could not be handed over[\s\S]*can't be revoked[\s\S]*ends by itself/)
})

/* -------------------------------------------------------------------------------------------- what a server calls a token */

for (const [what, token] of Object.entries({
  'with a line end': 'hvb.AAAAAQ0123456789\n::error::oops',
  'with a line end of Windows': 'hvb.AAAAAQ0123456789\r\noutcome=done',
  'with blanks': 'hvb.AAAAAQ 0123456789 the cluster',
  'that is not ASCII': 'hvb.AAAAAQ0123456789\u2028é',
  'of 60 kB': `hvb.${'A'.repeat(60_000)}`,
  'of three characters': 'hvb',
})) {
  tale(`a token ${what}: no output, no mask, and that one may be left is said`, {}, async ({ world, run }) => {
    const html = JSON.stringify({ auth: { client_token: token, lease_duration: 28800, token_type: 'batch' } })
    world.fault({ path: `auth/token/create/${NAME}`, kind: 'html', status: 200, html, applied: true })
    const ran = await run(issue(world))
    expectRun(ran, { outcome: 'unknown' })
    expect(ran.outputs['dr-operation-token']).toBeUndefined()
    expect(ran.log.match(/::add-mask::.*/g)?.join()).not.toContain('hvb.AAAAAQ0')
    expect(ran.summary).toMatch(/a token that nobody holds may be left/)
  })
}

tale(
  'the answer to the making of a token is lost: another is made, and that one may be left is said',
  {},
  async (told) => {
    const { world, run } = told
    world.fault({ path: `auth/token/create/${NAME}`, kind: 'reset-after', times: 1 })
    const ran = await run(issue(world))
    expectRun(ran, { outcome: 'done' })
    expect(ran.summary).toMatch(/a token that nobody holds may be left/)
  },
)

/** What is told of a run that did not come to its end is true of the clusters, and leaves nothing behind. */
for (const operation of ['issue-operation-token', 'generate-operation-token', 'cancel-operation-token']) {
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    tale(
      `${operation} ended by ${signal} in the middle: nobody is told of a switch, or that it is done`,
      {},
      async ({ world, start }) => {
        const path = {
          'issue-operation-token': 'auth/token/create/vault-dr-operation',
          'generate-operation-token': `${CEREMONY}/update`,
          'cancel-operation-token': `${CEREMONY}/attempt`,
        }[operation]
        world.fault({ path: path ?? '', kind: 'silence-before' })
        const given = operation.startsWith('issue') ? issue(world) : withShares(world, operation)
        const running = start(given)
        await until('it is asked', () => world.requests.some((one) => one.path === path))
        running.child.kill(signal)
        const at = performance.now()
        const ran = await running.ended
        expect(performance.now() - at).toBeLessThan(7000)
        world.clearFaults()
        const told = signal === 'SIGKILL' ? await running.post() : ran
        expect(['done', 'unchanged', 'planned']).not.toContain(told.outcome)
        expect(told.log).not.toContain(`${new URL(world.secondary.addr).host} is the DR primary`)
        await running.post()
        expect(world.leftovers()).toEqual([])
      },
    )
  }
}
