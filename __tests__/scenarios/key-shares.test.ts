import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { PATHS } from '../support/invariants.ts'
import { documented } from '../support/policies.ts'
import { expectRun, stateOf, type Told, until } from '../support/story.ts'
import { CEREMONY, type Tale, tale } from '../support/tale.ts'

const VAULT_TOKEN = documented('vault-token')
const WITH_SHARES = documented('vault-token', 'key-shares')

const batch = (world: World, policy: Record<string, string[]> = WITH_SHARES) =>
  world.mintToken({ type: 'batch', policy, ttlSeconds: 3600 })
const shares = (world: World, count = 3) => world.keyShares.slice(0, count).join('\n')

/** The inputs of a run from shares: no DR operation token is given. */
const from = (world: World, more: Record<string, string> = {}) => ({
  operation: 'failover',
  'dr-operation-token': '',
  'vault-token': batch(world),
  'key-shares': shares(world),
  ...more,
})
const ceremonies = ({ requests }: World) =>
  requests
    .filter(({ path, method, applied }) => path === `${CEREMONY}/attempt` && method === 'POST' && applied)
    .map(({ cluster }) => cluster)
const started = ({ requests }: World) =>
  requests.filter(({ path, method }) => path.startsWith(CEREMONY) && method !== 'GET')

for (const version of ['1.9.4+ent', '1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: a failover and its failback from shares alone, with a batch token of the least policy`,
    { version },
    async ({ world, run }) => {
      const ran = await run(from(world))
      expectRun(ran, { outcome: 'done', redundancy: 'protected', 'rpo-entries': '0' })
      // A token is good for one use on one cluster, so each side made its own.
      expect(ceremonies(world)).toEqual(['secondary', 'primary'])
      expect(stateOf(ran, 'key-shares')).toBe('passed')
      expectRun(await run(from(world, { operation: 'failback' })), {
        outcome: 'done',
        'active-addr': world.primary.addr,
      })
    },
  )

  tale(`Vault ${version}: a drill from shares alone`, { version }, async ({ world, run }) => {
    expectRun(await run(from(world, { operation: 'drill' })), { outcome: 'done', 'active-addr': world.primary.addr })
    expect(ceremonies(world)).toEqual(['secondary', 'primary', 'primary', 'secondary'])
  })
}

tale('an ordinary service token as vault-token does before Vault 2.0', {}, async ({ world, run }) => {
  const ran = await run(from(world, { 'vault-token': world.tokens.operator }))
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
})

tale('a token that outlives its use is deleted', { generatedTokenSurvives: true }, async ({ world, run }) => {
  expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
})

tale('the same failover from shares again is unchanged, and makes no token', {}, async ({ world, run }) => {
  expectRun(await run(from(world)), { outcome: 'done' })
  const before = started(world).length
  expectRun(await run(from(world)), { outcome: 'unchanged', changed: 'false' })
  expect(started(world)).toHaveLength(before)
})

/** Without a Vault token that the ceremony of 2.x takes. */
const UNFIT: Readonly<Record<string, (world: World) => string>> = {
  'an ordinary service token': (world) => world.tokens.operator,
  'a batch token whose policy lacks the ceremony': (world) => batch(world, VAULT_TOKEN),
}
for (const [what, token] of Object.entries(UNFIT)) {
  tale(
    `Vault 2.1 with ${what}: refused before the demotion, with what mends it`,
    { version: '2.1.0+ent' },
    async ({ world, run }) => {
      const ran = await run(from(world, { 'vault-token': token(world) }))
      expectRun(ran, {
        outcome: 'blocked',
        changed: 'false',
        'active-addr': world.primary.addr,
        redundancy: 'protected',
      })
      expect(stateOf(ran, 'key-shares')).toBe('failed')
      expect(ran.summary).toMatch(/batch .?vault-token.? whose policy allows/)
      expect(started(world)).toEqual([])
    },
  )
}

tale(
  'Vault 2.1 that opened the ceremony for all takes an ordinary token beside the shares',
  { version: '2.1.0+ent', unauthenticatedCeremony: true },
  async ({ world, run }) => {
    const ran = await run(from(world, { 'vault-token': world.tokens.operator }))
    expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  },
)

const withWrongOne = ({ keyShares }: World) => [...keyShares.slice(0, 2), 'ab'.repeat(33)].join('\n')

/** Shares that make no token; each is found before the demotion. */
const BAD: Readonly<Record<string, { readonly shares: (world: World) => string; readonly says: RegExp }>> = {
  'too few': { shares: (world) => shares(world, 2), says: /3 different key shares, and 2 are given/ },
  'the same one three times': {
    shares: (world) => Array(3).fill(world.keyShares[0]).join('\n'),
    says: /3 different key shares, and 1 is given/,
  },
  'one of them twice, as hex and as base64': {
    shares: ({ keyShares: [one = '', two = ''] }) => [one, Buffer.from(one, 'hex').toString('base64'), two].join('\n'),
    says: /3 different key shares, and 2 are given/,
  },
  'one of them in capitals too': {
    shares: ({ keyShares: [one = '', two = ''] }) => [one, one.toUpperCase(), two].join('\n'),
    says: /3 different key shares, and 2 are given/,
  },
  'a wrong one among them': {
    shares: withWrongOne,
    says: /key shares are wrong/,
  },
}
for (const [what, { shares: bad, says }] of Object.entries(BAD)) {
  for (const version of ['1.21.1+ent', '2.1.0+ent']) {
    tale(
      `Vault ${version}, ${what}: found before the demotion, and nothing is left`,
      { version },
      async ({ world, run }) => {
        const ran = await run(from(world, { 'key-shares': bad(world) }))
        expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
        expect(stateOf(ran, 'key-shares')).toBe('failed')
        expect(ran.summary).toMatch(says)
        expectRun(await run(from(world)), { outcome: 'done' })
      },
    )
  }
}

tale(
  'a server that tells 1 until an attempt has begun: too few shares show before the demotion',
  {},
  async ({ world, run }) => {
    const ran = await run(from(world, { 'key-shares': shares(world, 1) }))
    expectRun(ran, { outcome: 'blocked', changed: 'false' })
  },
)

tale('shares in base64 do, and more of them than are needed', {}, async ({ world, run }) => {
  const given = world.keyShares.map((share) => Buffer.from(share, 'hex').toString('base64')).join('\n')
  expectRun(await run(from(world, { 'key-shares': given })), { outcome: 'done', redundancy: 'protected' })
})

const call = async (world: World, cluster: 'primary' | 'secondary', method: string, path: string, body?: unknown) => {
  const token = world.mintToken({ type: 'batch', policy: WITH_SHARES })
  const answer = await fetch(`${world[cluster].addr}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return text === '' ? {} : JSON.parse(text)
}

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(`Vault ${version}: somebody else's attempt is never touched`, { version }, async ({ world, run }) => {
    const { nonce } = await call(world, 'secondary', 'POST', `${CEREMONY}/attempt`, {})
    const before = started(world).length
    const ran = await run(from(world))
    expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
    expect(stateOf(ran, 'key-shares')).toBe('failed')
    expect(ran.summary).toContain('cancel-operation-token')
    expect(started(world)).toHaveLength(before)
    expect(await call(world, 'secondary', 'GET', `${CEREMONY}/attempt`)).toMatchObject({ started: true, nonce })
    expectRun(
      await run({ operation: 'cancel-operation-token', 'vault-token': batch(world), 'dr-operation-token': '' }),
      {
        outcome: 'done',
        changed: 'true',
      },
    )
    expectRun(await run(from(world)), { outcome: 'done' })
  })
}

tale(
  'an attempt of somebody else on the other side, after the demotion: incomplete, and not touched',
  {},
  async ({ world, start, run }) => {
    // It comes up the moment the old primary is a secondary.
    world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'delay-answer', delayMs: 400 })
    const running = start(from(world), { leaves: ['attempt'] })
    await until('the old primary is a secondary', () => world.primary.role() === 'secondary')
    const { nonce } = await call(world, 'primary', 'POST', `${CEREMONY}/attempt`, {})
    const ran = await running.ended
    if (nonce === undefined) return
    expectRun(ran, { outcome: 'incomplete', 'active-addr': world.secondary.addr })
    expect(await call(world, 'primary', 'GET', `${CEREMONY}/attempt`)).toMatchObject({ nonce })
    await call(world, 'primary', 'DELETE', `${CEREMONY}/attempt`)
    expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
  },
)

tale('a dry run holds no ceremony', {}, async ({ world, run }) => {
  const ran = await run(from(world, { 'dry-run': 'true' }))
  expectRun(ran, { outcome: 'planned', changed: 'false' })
  expect(started(world)).toEqual([])
  const few = await run(from(world, { 'dry-run': 'true', 'key-shares': shares(world, 2) }))
  expectRun(few, { outcome: 'blocked' })
  expect(started(world)).toEqual([])
})

/** One bad answer in the ceremony; `done` where it alone must not end the run. */
const LOSSES: Readonly<Record<string, Parameters<World['fault']>[0]>> = {
  'the attempt cannot be read at first': { path: `${CEREMONY}/attempt`, method: 'GET', kind: 'status', status: 500 },
  'the beginning is reset before it is read': { path: `${CEREMONY}/attempt`, method: 'POST', kind: 'reset-before' },
  'the beginning is answered with 503': { path: `${CEREMONY}/attempt`, method: 'POST', kind: 'status', status: 503 },
  'a share is reset before it is read': { path: `${CEREMONY}/update`, kind: 'reset-before' },
  "a share's answer is lost": { path: `${CEREMONY}/update`, kind: 'reset-after' },
  "a share's answer is garbage": { path: `${CEREMONY}/update`, kind: 'garbage' },
  'a share is answered with 429': {
    path: `${CEREMONY}/update`,
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '1' },
  },
  "the last share's answer is lost": { path: `${CEREMONY}/update`, kind: 'reset-after', nth: 3 },
}
for (const [what, fault] of Object.entries(LOSSES)) {
  for (const cluster of ['secondary', 'primary'] as const) {
    tale(`on the ${cluster}, ${what}: done, and nothing is left`, {}, async ({ world, run }) => {
      world.fault({ ...fault, cluster, ...(fault.nth === undefined ? { times: 1 } : {}) })
      expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
    })
  }
}

/** Of an attempt whose beginning was never answered nobody knows whose it is: it is named and left, and then there is a way. */
async function leftAndNamed({ world, run }: Tale, ran: Told, on: 'primary' | 'secondary'): Promise<void> {
  const { host } = new URL(world[on].addr)
  expect(ran.summary).toMatch(/attempt to generate a DR operation token/)
  expect(ran.summary).toContain('cancel-operation-token')
  expect(ran.report?.notes.join(' ')).toContain(host)
  expect(world.requests.filter(({ path, method }) => path === `${CEREMONY}/attempt` && method === 'DELETE')).toEqual([])
  expect(world.leftovers()).toMatchObject([{ kind: 'attempt', cluster: on }])
  world.clearFaults()
  expectRun(await run({ operation: 'cancel-operation-token', 'vault-token': batch(world) }), { outcome: 'done' })
  expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
}

for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  for (const kind of ['reset-after', 'garbage'] as const) {
    tale(
      `Vault ${version}, the answer to the beginning: ${kind}: refused before the demotion, and what is left is named`,
      { version },
      async (told) => {
        const { world, run } = told
        world.fault({ cluster: 'secondary', path: `${CEREMONY}/attempt`, method: 'POST', kind, times: 1 })
        const ran = await run(from(world), { leaves: ['attempt'] })
        expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
        await leftAndNamed(told, ran, 'secondary')
      },
    )
  }
}

for (const on of ['secondary', 'primary'] as const) {
  const begun = ({ requests }: World) =>
    requests.some(({ cluster, path, method, applied }) =>
      Boolean(cluster === on && path === `${CEREMONY}/attempt` && method === 'POST' && applied),
    )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    for (const kind of ['reset-after', 'silence-after', 'delay-answer'] as const) {
      tale(
        `${signal} while the beginning on the ${on} goes unanswered (${kind}): the attempt is named, or ended`,
        {},
        async (told) => {
          const { world, start } = told
          const slow = { delayMs: 20_000 }
          world.fault({ cluster: on, path: `${CEREMONY}/attempt`, method: 'POST', kind, times: 1, ...slow })
          // What a cancelled run can take away is left to the post step; that can't be.
          const running = start(from(world), { leaves: ['attempt', 'activation-id', 'generated-token'] })
          await until('it has begun', () => begun(world))
          running.child.kill(signal)
          const at = performance.now()
          const ran = await running.ended
          expect(performance.now() - at).toBeLessThan(6500)
          if (signal !== 'SIGKILL' && world.leftovers().length > 0)
            expect(ran.summary).toContain('cancel-operation-token')
          const post = await running.post({ leaves: ['attempt'] })
          // A post step has nothing to say where the main step came to its end.
          if (world.leftovers().length > 0) await leftAndNamed(told, post.outcome === '' ? ran : post, on)
        },
      )
    }
  }
}

tale(
  'killed while the beginning goes unanswered, and nothing came of it: the post step leaves nothing, and names nothing',
  {},
  async ({ world, start, run }) => {
    world.fault({ path: `${CEREMONY}/attempt`, method: 'POST', kind: 'silence-before', times: 1 })
    const running = start(from(world))
    await until('it is asked', () => started(world).length > 0)
    running.child.kill('SIGKILL')
    await running.ended
    const post = await running.post()
    expect(post.log).not.toContain('cancel-operation-token')
    expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
  },
)

tale(
  'killed while the beginning goes unanswered, and the cluster can not be asked: the post step says what may be left',
  {},
  async ({ world, start }) => {
    world.fault({ path: `${CEREMONY}/attempt`, method: 'POST', kind: 'silence-after', times: 1 })
    const running = start(from(world), { leaves: ['attempt'] })
    await until('it has begun', () => ceremonies(world).length > 0)
    running.child.kill('SIGKILL')
    await running.ended
    world.fault({ path: `${CEREMONY}/attempt`, kind: 'status', status: 500 })
    const post = await running.post({ leaves: ['attempt'] })
    expect(post.summary).toContain('cancel-operation-token')
  },
)

const refusal = { kind: 'status', status: 403, errors: ['1 error occurred:\n\t* permission denied\n\n'] } as const
for (const version of ['1.21.1+ent', '2.1.0+ent']) {
  tale(
    `Vault ${version}: a promotion that is refused is undone with a token made on the other side`,
    { version },
    async ({ world, run }) => {
      world.fault({ ...refusal, cluster: 'secondary', path: PATHS.promote })
      const ran = await run(from(world))
      expectRun(ran, { outcome: 'restored', 'active-addr': world.primary.addr, redundancy: 'protected' })
      expect(ceremonies(world)).toEqual(['secondary', 'primary'])
      world.clearFaults()
      expectRun(await run(from(world)), { outcome: 'done', redundancy: 'protected' })
    },
  )
}

tale('one that is still catching up keeps its token until it is promoted', {}, async ({ world, run }) => {
  const errors = ['replication is still catching up, try again later or provide the "force" argument']
  world.fault({ cluster: 'secondary', path: PATHS.promote, kind: 'status', status: 503, errors, times: 3 })
  expectRun(await run(from(world, { 'catch-up-timeout': '10s' })), { outcome: 'done', redundancy: 'protected' })
  expect(ceremonies(world)).toEqual(['secondary', 'primary'])
})

tale('an emergency from shares: the primary is lost, and later it is taken in again', {}, async ({ world, run }) => {
  await world.primary.stop({ heartbeatAgeSeconds: 120 })
  const emergency = from(world, { mode: 'emergency', confirm: new URL(world.secondary.addr).host })
  expectRun(await run(emergency), { outcome: 'done', redundancy: 'unprotected', 'active-addr': world.secondary.addr })
  await world.primary.start()
  // Both believe to be primary: the confirmed one is kept, and a token made on the other takes it in.
  expectRun(await run(emergency), { outcome: 'done', redundancy: 'protected', 'active-addr': world.secondary.addr })
})

for (const operation of ['promote', 'update-primary']) {
  tale(`the phase ${operation} from shares`, {}, async ({ world, run }) => {
    expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
    if (operation === 'update-primary') expectRun(await run({ operation: 'promote' }), { outcome: 'done' })
    expectRun(await run(from(world, { operation })), { outcome: 'done', 'active-addr': world.secondary.addr })
  })
}

tale('update-primary with wrong shares is refused, and leaves nothing', {}, async ({ world, run }) => {
  expectRun(await run({ operation: 'demote' }), { outcome: 'done' })
  expectRun(await run({ operation: 'promote' }), { outcome: 'done' })
  const ran = await run(from(world, { operation: 'update-primary', 'key-shares': withWrongOne(world) }))
  expect(['incomplete', 'blocked']).toContain(ran.outcome)
})

const submitted = ({ requests }: World, on: string) =>
  requests.some(({ cluster, path }) => cluster === on && path === `${CEREMONY}/update`)

/** Moments at which a run with shares may be killed; of an attempt it knows as soon as it submits a share to it. */
const KILLS: Readonly<Record<string, (world: World) => boolean>> = {
  'the attempt has begun': (world) => submitted(world, 'secondary'),
  'the demotion is sent': ({ requests }) => requests.some(({ path }) => path === PATHS.demote),
  'the promotion is sent': ({ requests }) => requests.some(({ path }) => path === PATHS.promote),
  'the attempt on the other side has begun': (world) => submitted(world, 'primary'),
  'the old primary is being attached': ({ requests }) => requests.some(({ path }) => path === PATHS.updatePrimary),
}
for (const [moment, reached] of Object.entries(KILLS)) {
  tale(
    `killed when ${moment}: the post step leaves nothing behind, and the next run ends at the goal`,
    {
      windows: { demote: 300, promote: 300 },
    },
    async ({ world, start, run }) => {
      // Slow answers, so that there is a middle to be killed in.
      world.fault({ path: new RegExp(`^${CEREMONY}`), kind: 'delay-answer', delayMs: 250 })
      const running = start(from(world))
      await until(moment, () => reached(world))
      running.child.kill('SIGKILL')
      await running.ended
      world.clearFaults()
      await running.post()
      expect(world.leftovers()).toEqual([])
      const next = await run(from(world))
      expect(['done', 'unchanged']).toContain(next.outcome)
      expectRun(next, { redundancy: 'protected', 'active-addr': world.secondary.addr })
    },
  )
}

const generated = async ({ world, run }: Tale, where: 'secondary' | 'primary' = 'secondary'): Promise<string> => {
  const given = from(world, { operation: 'generate-operation-token' })
  const ran = await run(
    where === 'secondary'
      ? given
      : { ...given, 'primary-addr': world.secondary.addr, 'secondary-addr': world.primary.addr },
  )
  expectRun(ran, { outcome: 'done' })
  return ran.outputs['dr-operation-token'] ?? ''
}

for (const operation of ['failover', 'drill']) {
  for (const version of ['1.21.1+ent', '2.1.0+ent']) {
    tale(
      `Vault ${version}: a generated token given to a ${operation}, which needs two, is refused before anything`,
      {
        version,
      },
      async (told) => {
        const { world, run } = told
        const token = await generated(told)
        const ran = await run(
          { operation, 'vault-token': world.tokens.operator, 'dr-operation-token': token },
          { leaves: ['generated-token'] },
        )
        expectRun(ran, { outcome: 'blocked', changed: 'false', 'active-addr': world.primary.addr })
        expect(stateOf(ran, 'dr-operation-token')).toBe('failed')
        // It was not spent by being looked at.
        expect(world.leftovers()).toHaveLength(1)
      },
    )
  }
}

tale('a generated token as the only secret is refused as well', {}, async (told) => {
  const { run } = told
  const token = await generated(told)
  const ran = await run({ operation: 'failover', 'dr-operation-token': token }, { leaves: ['generated-token'] })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
})

tale('the phases take a generated token each', {}, async (told) => {
  const { world, run } = told
  const token = await generated(told)
  const vault = { 'vault-token': world.tokens.operator }
  expectRun(await run({ operation: 'demote', ...vault, 'dr-operation-token': '' }, { leaves: ['generated-token'] }), {
    outcome: 'done',
  })
  expectRun(await run({ operation: 'promote', ...vault, 'dr-operation-token': token }), { outcome: 'done' })
  const second = await generated(told, 'primary')
  expectRun(await run({ operation: 'update-primary', ...vault, 'dr-operation-token': second }), {
    outcome: 'done',
    redundancy: 'protected',
  })
})

for (const [what, kind] of Object.entries({
  'is never answered': 'silence-before',
  'is put off for ever': 'status',
} as const)) {
  tale(
    `a share that ${what}: a cancel ends the run in time, and nothing is left after the post step`,
    {},
    async ({ world, start }) => {
      world.fault({ path: `${CEREMONY}/update`, kind, status: 429 })
      const running = start(from(world), { leaves: ['attempt'] })
      await until('a share is sent', () => world.requests.some(({ path }) => path === `${CEREMONY}/update`))
      const at = performance.now()
      running.child.kill('SIGINT')
      const ran = await running.ended
      expect(performance.now() - at).toBeLessThan(7000)
      expectRun(ran, { changed: 'false', 'active-addr': world.primary.addr })
      world.clearFaults()
      await running.post()
      expect(world.leftovers()).toEqual([])
    },
  )

  tale(`a share that ${what}: the run ends within its timeout, before the demotion`, {}, async ({ world, run }) => {
    world.fault({ path: `${CEREMONY}/update`, kind, status: 429 })
    const ran = await run(from(world, { timeout: '4s' }), { leaves: ['attempt'] })
    expectRun(ran, { changed: 'false', 'active-addr': world.primary.addr })
    expect(ran.ms).toBeLessThan(15_000)
  })
}
