/** The workplace fails: the failover still ends at the truth, with its exit code. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { visible } from '../support/invariants.ts'
import type { Ran } from '../support/run-action.ts'
import { until } from '../support/story.ts'
import { failover, type Trial, trial, withLog } from './trial.ts'

const FILES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE'] as const

/** What can be in the place of a file, by name; each gives a path in a job's folder. */
const PLACES: Readonly<Record<string, (folder: string) => string>> = {
  'that is missing': (folder) => join(folder, 'missing'),
  'in a folder that is missing': (folder) => join(folder, 'nowhere', 'file'),
  'that is a folder': (folder) => {
    const path = mkdtempSync(join(folder, 'a-folder-'))
    return path
  },
  'below a file': (folder) => {
    writeFileSync(join(folder, 'file'), '')
    return join(folder, 'file', 'file')
  },
  'that can not be written': () => '/proc/version',
  'on a disk that is full': () => '/dev/full',
}

/** Whatever could not be written: the role has moved, and the exit code says so. */
function endsWell({ world }: Trial, ran: Ran): void {
  withLog(ran, () => {
    expect([ran.code, visible(world, world.secondary), world.primary.state()]).toEqual([0, 'primary', 'stream-wals'])
    expect(ran.log).toContain('outcome: done')
    expect(ran.log).not.toMatch(/at .*\.js:\d+|Error:|ENOENT|ENOSPC|EISDIR|node:internal/)
  })
}

for (const [what, place] of Object.entries(PLACES)) {
  for (const file of [...FILES, 'all of them'] as const) {
    test.concurrent(`${file}: a file ${what}`, () =>
      trial({}, async (told) => {
        const path = place(told.folder)
        const names = file === 'all of them' ? FILES : [file]
        const env = Object.fromEntries(names.map((name) => [name, path]))
        endsWell(told, await told.run(failover, { env, untold: true }))
      }))
  }
}

for (const [what, temp] of Object.entries({
  'is missing': '/nowhere/at/all',
  'is a device': '/dev/null',
  'is a system that is read only': '/proc',
  'is empty': '',
})) {
  test.concurrent(`RUNNER_TEMP ${what}`, () =>
    trial({}, async (told) => {
      endsWell(told, await told.run(failover, { env: { RUNNER_TEMP: temp }, untold: true }))
    }))
}

for (const place of ['/dev/full', '/proc/report.json', '/dev/null/report.json', '/']) {
  test.concurrent(`report-path ${place}`, () =>
    trial({}, async (told) => {
      const ran = await told.run({ ...failover, 'report-path': place }, { untold: true })
      if (ran.outcome === 'invalid') expect([ran.code, told.world.requests.length]).toEqual([2, 0])
      else endsWell(told, ran)
    }))
}

for (const outcome of ['done', 'blocked', 'failed'] as const) {
  test.concurrent(`nobody reads the log any more: ${outcome}`, () =>
    trial({}, async ({ world, fault, start }) => {
      const codes = { done: 0, blocked: 10, failed: 20 }
      if (outcome === 'failed') fault({ path: /dr\/primary\/demote$/, kind: 'status', status: 400, errors: ['no'] })
      if (outcome === 'blocked') world.cutLink()
      const running = start({ ...failover, 'catch-up-timeout': '300ms' }, { untold: true })
      running.child.stdout?.destroy()
      running.child.stderr?.destroy()
      const ran = await running.ended
      expect([ran.code, ran.outcome]).toEqual([codes[outcome], outcome])
      expect(visible(world, world.secondary)).toBe(outcome === 'done' ? 'primary' : 'secondary')
    }))
}

test.concurrent('the disk fills up in the middle', () =>
  trial({ windows: { demote: 400, promote: 400, attach: 400 } }, async (told) => {
    const { world, folder, start } = told
    const temp = mkdtempSync(join(folder, 'temp-'))
    const path = join(temp, 'deep', 'report.json')
    const running = start({ ...failover, 'report-path': path }, { untold: true })
    await until('it has begun', () => world.writes().length > 0)
    // In the place of the file that is written next stands a folder.
    mkdirSync(`${path}.part`, { recursive: true })
    endsWell(told, await running.ended)
  }))

test.concurrent('killed where no state could be kept: the post step says nothing that is not so, the next run ends at the goal', () =>
  trial({ windows: { promote: 400 } }, async ({ world, start, reaches }) => {
    const running = start(failover, { env: { GITHUB_STATE: '/dev/full' }, untold: true })
    await until('it has demoted', () => world.writes().some(({ applied }) => applied))
    running.child.kill('SIGKILL')
    await running.ended
    const post = await running.post()
    expect([post.code, post.outcome]).toEqual([0, ''])
    await reaches()
  }))
