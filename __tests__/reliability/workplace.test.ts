/** The workplace fails: the failover still ends at the truth, with its exit code. */
import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
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

test.concurrent("an earlier step asks all of the job for undici's experimental parser, which is left out here", () =>
  trial({}, async (told) => endsWell(told, await told.run(failover, { env: { UNDICI_USE_MILO: 'true' } }))))

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

for (const place of ['/proc/report.json', '/dev/null/report.json', '/']) {
  test.concurrent(`report-path ${place}`, () =>
    trial({}, async (told) => {
      const ran = await told.run({ ...failover, 'report-path': place }, { untold: true })
      if (ran.outcome === 'invalid') expect([ran.code, told.world.requests.length]).toEqual([2, 0])
      else endsWell(told, ran)
    }))
}

/** What is there already where the report is to go; never a device of this machine, which a fault here would replace. */
const pipe = (folder: string): string => {
  const path = join(folder, 'pipe')
  expect(spawnSync('mkfifo', [path]).status).toBe(0)
  return path
}
const linkTo = (path: string, target: string): string => {
  symlinkSync(target, path)
  return path
}

for (const [what, place] of Object.entries<(folder: string) => string>({
  'a named pipe': pipe,
  'a link to a named pipe': (folder) => linkTo(join(folder, 'link'), pipe(folder)),
  'a link to nothing': (folder) => linkTo(join(folder, 'link'), join(folder, 'nothing')),
  'a folder': (folder) => mkdtempSync(join(folder, 'a-folder-')),
})) {
  test.concurrent(`report-path is ${what}: it stays what it is, and that there is no report is said`, () =>
    trial({}, async (told) => {
      const path = place(told.folder)
      const { ino } = lstatSync(path)
      const running = told.start({ ...failover, 'report-path': path }, { untold: true })
      const ran = await running.ended
      endsWell(told, ran)
      expect(ran.log).toContain('Could not write the report.')
      expect(lstatSync(path).ino).toBe(ino)
      // Reading a pipe would wait for whoever writes to it.
      const post = await running.post()
      expect([post.code, post.outcome]).toEqual([0, ''])
    }))
}

test.concurrent('report-path is a link: the report is behind it, whole, and the link stays', () =>
  trial({}, async (told) => {
    const target = join(told.folder, 'kept.json')
    writeFileSync(target, 'an earlier one')
    const path = linkTo(join(told.folder, 'link'), target)
    endsWell(told, await told.run({ ...failover, 'report-path': path }, { untold: true }))
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ schema: 1, result: { outcome: 'done' } })
  }))

test.concurrent('what stands where the report is written first is not written to', () =>
  trial({}, async (told) => {
    const path = join(told.folder, 'report.json')
    const other = join(told.folder, 'other')
    writeFileSync(other, 'of somebody else')
    linkTo(`${path}.part`, other)
    endsWell(told, await told.run({ ...failover, 'report-path': path }, { untold: true }))
    expect(readFileSync(other, 'utf8')).toBe('of somebody else')
  }))

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
