/** The simulator as a step of a job, and the action after it: each started as the runner starts them. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { openJob, type Ran, startAction, type Texts } from '../support/run-action.ts'
import { expectRun, stateOf } from '../support/story.ts'

interface Step {
  readonly code: number | null
  readonly log: string
  readonly outputs: Texts
  readonly state: Texts
}

interface Job {
  readonly folder: string
  /** The main step of the simulator. */
  simulate(inputs: Texts): Promise<Step>
  /** The action, on the pair that the simulator has given. */
  act(sim: Step, given: Texts): Promise<Ran>
  /** The post step of the simulator. */
  stop(state: Texts): Promise<Step>
}

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** A job; what is still running at its end is stopped. */
function job(name: string, tell: (job: Job) => Promise<void>): void {
  test.concurrent(name, async () => {
    const { folder, close } = openJob()
    const begun: Step[] = []
    const step = (started: string, env: Texts) => run(started, mkdtempSync(join(folder, 'sim-')), env)
    const stop = (state: Texts) => step('simulator-post.js', prefixed('STATE_', state))
    try {
      await tell({
        folder,
        simulate: async (inputs) => {
          const upper = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key.toUpperCase(), value]))
          const main = await step('simulator.js', prefixed('INPUT_', upper))
          begun.push(main)
          return main
        },
        act: (sim, given) =>
          startAction(folder, { ...rehearsal(sim), timeout: '60s', 'catch-up-timeout': '1s', ...given }).ended,
        stop,
      })
    } finally {
      for (const { state } of begun) await stop(state)
      close()
    }
  }, 90_000)
}

/** What a workflow hands on from the one step to the other. */
function rehearsal({ outputs }: Step): Texts {
  const names = [
    'primary-addr',
    'secondary-addr',
    'other-secondary-addrs',
    'vault-token',
    'dr-operation-token',
    'ca-cert',
  ]
  return Object.fromEntries(names.map((name) => [name, outputs[name] ?? '']))
}

const prefixed = (prefix: string, texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${prefix}${name}`, text]))

async function run(started: string, folder: string, env: Texts): Promise<Step> {
  const [output, state] = ['output', 'state'].map((name) => join(folder, name))
  for (const path of [output, state]) writeFileSync(path ?? '', '')
  const child = spawn(process.execPath, [file(`dist/${started}`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, GITHUB_OUTPUT: output, GITHUB_STATE: state, ...env },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      log += String(text)
    })
  }
  // `close` and not `exit`: the clusters must not hold the step's streams, or the runner would wait for them.
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, log, outputs: values(output ?? ''), state: values(state ?? '') }
}

function values(path: string): Texts {
  const found = readFileSync(path, 'utf8').matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]))
}

function answers(addr: string): Promise<boolean> {
  const { hostname, port } = new URL(addr)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

const tokensOf = ({ outputs }: Step) =>
  ['vault-token', 'dr-operation-token', 'key-shares'].flatMap((name) => (outputs[name] ?? '').split('\n'))

job('a rehearsal: simulate, status, failover, status, stop', async ({ simulate, act, stop }) => {
  const began = performance.now()
  const sim = await simulate({ scenario: 'healthy', clusters: '2', 'vault-version': '1.21.1+ent' })
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(sim).toMatchObject({ code: 0, outputs: { 'other-secondary-addrs': '' } })
  expect(sim.outputs['primary-addr']).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(sim.outputs['ca-cert']).toMatch(/^-----BEGIN CERTIFICATE-----/)
  const secrets = tokensOf(sim)
  expect(secrets).toHaveLength(7)
  for (const secret of secrets) {
    expect(sim.log).toContain(`::add-mask::${secret}\n`)
    expect(sim.log.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(secret)
    expect(JSON.stringify(sim.state)).not.toContain(secret)
  }
  expectRun(await act(sim, { operation: 'status' }), { outcome: 'done', health: 'healthy', code: 0 })
  const failover = await act(sim, { operation: 'failover' })
  expectRun(failover, { outcome: 'done', 'active-addr': sim.outputs['secondary-addr'], redundancy: 'protected' })
  expect(failover.summary).toMatch(/^\*\*Simulated clusters:\*\*/)
  expect(failover.report?.after?.to.version).toBe('1.21.1+ent+sim')
  expectRun(await act(sim, { operation: 'failback' }), { outcome: 'done', 'active-addr': sim.outputs['primary-addr'] })

  const post = await stop(sim.state)
  expect(post).toMatchObject({ code: 0, outputs: {} })
  expect(post.log).toContain('secondary  POST sys/replication/dr/secondary/promote  200')
  expect(post.log).toContain('0 ms with two primaries')
  for (const secret of secrets) expect(post.log).not.toContain(secret)
  expect(await answers(sim.outputs['primary-addr'] ?? '')).toBe(false)
  expect(await answers(sim.outputs['secondary-addr'] ?? '')).toBe(false)
  // Once more, as nothing is there to be stopped.
  expect(await stop(sim.state)).toMatchObject({ code: 0, log: 'The simulated clusters are gone already.\n' })
})

job('key shares instead of a token', async ({ simulate, act }) => {
  const sim = await simulate({})
  const shares = { 'dr-operation-token': '', 'key-shares': sim.outputs['key-shares'] }
  expectRun(await act(sim, { operation: 'failover', ...shares }), { outcome: 'done', redundancy: 'protected' })
})

job('three clusters, of another version', async ({ simulate, act }) => {
  const sim = await simulate({ clusters: '3', 'vault-version': '2.1.0' })
  expect(sim.outputs['other-secondary-addrs']).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const ran = await act(sim, { operation: 'failover' })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(ran.report?.after?.to.version).toBe('2.1.0+ent+sim')
})

job('primary-lost: an emergency', async ({ simulate, act }) => {
  const sim = await simulate({ scenario: 'primary-lost' })
  expectRun(await act(sim, { operation: 'status' }), { health: 'critical', code: 1 })
  const confirm = new URL(sim.outputs['secondary-addr'] ?? '').host
  const ran = await act(sim, { operation: 'failover', mode: 'emergency', confirm })
  expectRun(ran, { outcome: 'done', 'active-addr': sim.outputs['secondary-addr'], redundancy: 'unprotected' })
})

job('lagging: short for a while', async ({ simulate, act }) => {
  const sim = await simulate({ scenario: 'lagging' })
  expectRun(await act(sim, { operation: 'status' }), { health: 'degraded' })
  const ran = await act(sim, { operation: 'failover', 'catch-up-timeout': '40s' })
  expectRun(ran, { outcome: 'done', 'rpo-entries': '0' })
})

job('never-catches-up: refused', async ({ simulate, act }) => {
  const ran = await act(await simulate({ scenario: 'never-catches-up' }), { operation: 'failover' })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(stateOf(ran, 'lag')).toBe('failed')
})

job('lost-answer: looked for, and not sent again', async ({ simulate, act, stop }) => {
  const sim = await simulate({ scenario: 'lost-answer' })
  expectRun(await act(sim, { operation: 'failover' }), { outcome: 'done', redundancy: 'protected' })
  const { log } = await stop(sim.state)
  expect(log.match(/secondary\/promote .*/g)).toEqual(['secondary/promote  no answer'])
})

job('slow-promotion: waited for', async ({ simulate, act }) => {
  const ran = await act(await simulate({ scenario: 'slow-promotion' }), { operation: 'failover' })
  expectRun(ran, { outcome: 'done', redundancy: 'protected' })
  expect(Number(ran.outputs['rto-ms'])).toBeGreaterThan(12_000)
})

job('wrong-token: refused before anything is changed', async ({ simulate, act }) => {
  const ran = await act(await simulate({ scenario: 'wrong-token' }), { operation: 'failover' })
  expectRun(ran, { outcome: 'blocked', changed: 'false' })
  expect(stateOf(ran, 'dr-operation-token')).toBe('failed')
})

job('inputs that are wrong are named, all at once, and nothing is started', async ({ simulate, stop }) => {
  const step = await simulate({ scenario: '::warning::x', clusters: '9', 'vault-version': 'latest' })
  expect(step).toMatchObject({ code: 2, outputs: {}, state: {} })
  expect(step.log.match(/^::error::.*$/gm)).toHaveLength(3)
  for (const name of ['scenario', 'clusters', 'vault-version']) expect(step.log).toContain(`::error::${name} `)
  expect(step.log).not.toContain('::warning::')
  expect(await stop(step.state)).toMatchObject({ code: 0, log: '' })
})

job('the post step ends nobody but its own', async ({ stop }) => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  try {
    const { pid } = stranger
    expect(await stop({ simulator: JSON.stringify({ pid, port: 9, key: 'k' }) })).toMatchObject({ code: 0 })
    expect(stranger.exitCode).toBeNull()
    expect(stranger.signalCode).toBeNull()
  } finally {
    stranger.kill('SIGKILL')
  }
})

job('whoever does not hold its word can not stop it', async ({ simulate, stop }) => {
  const sim = await simulate({})
  const kept: { pid: number; port: number } = JSON.parse(sim.state.simulator ?? '{}')
  expect(await stop({ simulator: JSON.stringify({ ...kept, key: 'another' }) })).toMatchObject({ code: 0 })
  expect(await answers(sim.outputs['primary-addr'] ?? '')).toBe(true)
  // A signal is a way to ask, too.
  process.kill(kept.pid, 'SIGTERM')
  const end = performance.now() + 10_000
  while ((await answers(sim.outputs['primary-addr'] ?? '')) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(await answers(sim.outputs['primary-addr'] ?? '')).toBe(false)
})

test('simulator/action.yml tells of every input and output, in a sentence, and of files that are there', async () => {
  const described = parse(readFileSync(file('simulator/action.yml'), 'utf8'))
  expect(Object.keys(described.inputs)).toEqual(['scenario', 'clusters', 'vault-version'])
  expect(Object.keys(described.outputs)).toEqual([
    ...['primary-addr', 'secondary-addr', 'other-secondary-addrs'],
    ...['vault-token', 'dr-operation-token', 'key-shares', 'ca-cert'],
  ])
  const texts: { description: string }[] = [
    ...Object.values<{ description: string }>(described.inputs),
    ...Object.values<{ description: string }>(described.outputs),
  ]
  for (const { description } of texts) expect(description).toMatch(/^\S.*\.$/s)
  expect(described.runs).toEqual({ using: 'node24', main: '../dist/simulator.js', post: '../dist/simulator-post.js' })
  for (const name of ['simulator.js', 'simulator-post.js']) {
    expect(readFileSync(file(`dist/${name}`), 'utf8')).toBe("import './index.js'\n")
  }
})
