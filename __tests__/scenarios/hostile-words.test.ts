import { expect } from '@jest/globals'
import type { World } from '../../src/simulator/world.ts'
import { formsOf, PATHS } from '../support/invariants.ts'
import { expectRun, story } from '../support/story.ts'

const COMMANDS = [
  '::set-output name=outcome::done',
  '\n::set-output name=outcome::done\n',
  '\r::add-mask::a',
  '\u2028::stop-commands::x',
  '##[set-env name=PATH]/evil',
  '\u001b[2K\u001b[1A::warning::nothing to see',
  ' ::error::boo',
]
const MARKUP = [
  '</details><script>alert(1)</script>',
  '[click](https://evil.example) ![x](https://evil.example/x.png)',
  '@acme/everyone | a | b |\n|---|',
  '```\n# Heading',
  '<img src=x onerror=alert(1)>',
]
const PLAIN_MARKUP = /<script|<img|\]\(https:\/\/evil|^# Heading/m

/** What a run told anybody, but for the lines that ask for a mask. */
const told = (log: string): string[] => log.split(/\r\n|[\r\n\u2028]/)

function speaksEvil(world: World): void {
  for (const cluster of [world.primary, world.secondary]) {
    cluster.set({
      state: `stream-wals${COMMANDS[1]}`,
      connection_state: COMMANDS[3],
      merkle_root: `${MARKUP[0]}${cluster.name}`,
      secondary_id: MARKUP[1],
    })
    cluster.setHealth({ version: `1.21.1+ent${COMMANDS[1]}`, cluster_name: MARKUP[2] })
  }
}

story('what a status says becomes no command, no markup and no output', {}, async ({ world, run }) => {
  speaksEvil(world)
  for (const operation of ['status', 'failover']) {
    const ran = await run({ operation, 'catch-up-timeout': '200ms' })
    expect(
      told(ran.log).filter((line) => /^\s*::(set-output|add-mask::a|stop-commands|warning::nothing)/.test(line)),
    ).toEqual([])
    expect(ran.summary).not.toMatch(PLAIN_MARKUP)
    expect(ran.summary.replace(/`[^`]*`/g, '')).not.toMatch(/@acme/)
  }
  expect(world.writes()).toEqual([])
})

story('what a refusal says becomes no command, no markup and no output', {}, async ({ world, run }) => {
  const errors = [...COMMANDS, ...MARKUP]
  world.fault({ path: PATHS.demote, kind: 'status', status: 403, errors })
  const ran = await run({ operation: 'failover' })
  expectRun(ran, { outcome: 'failed' })
  expect(
    told(ran.log).filter((line) =>
      /^\s*::(set-output|add-mask::a|stop-commands|warning::nothing|error::boo)/.test(line),
    ),
  ).toEqual([])
  expect(ran.summary.replace(/`[^`]*`/g, '')).not.toMatch(PLAIN_MARKUP)
  expect(ran.log).not.toContain('\u001b')
})

story('a server that sends our tokens back, in any form, finds them redacted', {}, async ({ world, run }) => {
  const { batch } = world.tokens
  const errors = [
    ...formsOf(batch),
    Buffer.from(`token ${batch} was refused`).toString('base64'),
    Buffer.from(`xx${batch}`).toString('base64url'),
    `x-vault-token: ${batch}`,
  ]
  world.fault({ path: PATHS.demote, kind: 'status', status: 400, errors })
  expectRun(await run({ operation: 'failover' }), { outcome: 'failed' })
  world.clearFaults()
  world.fault({ path: 'auth/token/lookup-self', kind: 'status', status: 403, errors })
  expectRun(await run({ operation: 'failover' }), { outcome: 'blocked' })
  world.clearFaults()
  world.secondary.set({ state: batch, secondary_id: batch, connection_state: batch })
  expectRun(await run({ operation: 'status' }), { outcome: 'done', health: 'degraded' })
})

story('every error that Vault is known to give is told in a line that helps', {}, async ({ world, run }) => {
  world.fault({ path: PATHS.demote, kind: 'status', status: 404, errors: ['enterprise-only feature'] })
  const ran = await run({ operation: 'failover' })
  expectRun(ran, { outcome: 'failed' })
  expect(ran.summary).toContain('enterprise-only feature')
})

story('an activation token that comes back in a refusal is redacted too', {}, async ({ world, run }) => {
  const seen = (): string => {
    const body: unknown = world.requests.findLast(({ path }) => path === PATHS.updatePrimary)?.body
    return typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : ''
  }
  world.fault({
    path: PATHS.updatePrimary,
    kind: 'status',
    status: 400,
    times: 1,
    get errors() {
      return formsOf(seen()).map((form) => `bad token ${form}`)
    },
  })
  const ran = await run({ operation: 'failover', activation: 'wrapped' })
  expectRun(ran, { outcome: 'done' })
  expect(ran.log).toContain('bad token [redacted]')
})
