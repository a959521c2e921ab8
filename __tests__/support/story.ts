/** A test as a story: a world, runs of the action in it, and the judgement that each of them has to stand. */
import { expect, test } from '@jest/globals'
import { startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { before, judge, writesSince } from './invariants.ts'
import { type Circumstances, type Given, openJob, pair, type Ran, type Running, startAction } from './run-action.ts'

export interface Story {
  readonly world: World
  /** Runs the action on the world's pair with these inputs, judges the run, and tells what it left behind. */
  run(given: Given, circumstances?: Circumstances): Promise<Told>
  /** The same, while it goes on. */
  start(given: Given, circumstances?: Circumstances): Begun
}

/** A run, and the writes it sent, as `cluster name: last word of the path`. */
export interface Told extends Ran {
  readonly writes: readonly string[]
}

export interface Begun extends Omit<Running, 'ended' | 'post'> {
  readonly ended: Promise<Told>
  post(): Promise<Told>
}

/** Stories of one file run side by side; each has a world of its own. */
export function story(name: string, options: WorldOptions, tell: (story: Story) => Promise<void>): void {
  test.concurrent(name, async () => {
    let asked = () => false
    const world = await startSomewhere(unhurried({ tls: false, ...options }, () => asked()))
    asked = () => world.requests.length > 0
    const job = openJob()
    const children: Running['child'][] = []
    const begin = (given: Given, circumstances: Circumstances = {}): Begun => {
      const was = before(world)
      const running = startAction(job.folder, { ...pair(world), ...given }, circumstances)
      children.push(running.child)
      const judged = async (ran: Promise<Ran>): Promise<Told> => {
        const done = await ran
        judgeWithLog(world, done, was)
        return { ...done, writes: writesSince(world, was).map(({ cluster, path }) => `${cluster}: ${last(path)}`) }
      }
      const ended = judged(running.ended)
      // A story that fails before it waits for the end has its own error to tell.
      ended.catch(() => undefined)
      return { ...running, ended, post: () => judged(running.post()) }
    }
    try {
      await tell({ world, start: begin, run: (given, circumstances) => begin(given, circumstances).ended })
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await world.close()
      job.close()
    }
  }, 60_000)
}

/** Each worker begins somewhere of its own. */
let lastPort = 10_000 + (Number(process.env.JEST_WORKER_ID ?? 1) % 4) * 5000 + 2 * Math.floor(Math.random() * 2000)

/**
 * On ports that no system hands out by itself: a cluster that is stopped must find its port free when it comes back, and
 * nobody may meet another story's cluster there meanwhile.
 */
async function startSomewhere(options: WorldOptions): Promise<World> {
  for (let tries = 1; ; tries += 1) {
    const ports = [1, 2, 3].map((each) => lastPort + 2 * each)
    lastPort = (ports[2] ?? 0) > 31_000 ? 10_000 : (ports[2] ?? 0)
    try {
      return await startWorld({ ...options, ports })
    } catch (error) {
      const taken = Object(error).code === 'EADDRINUSE'
      if (!taken || tries === 20) throw error
    }
  }
}

/**
 * A lag melts from the moment the world begins, and a busy machine may take its time to start the action: so the clock of
 * such a world stands still until the first request comes.
 */
function unhurried(options: WorldOptions, asked: () => boolean): WorldOptions {
  if (options.lag === undefined) return options
  const began = Date.now()
  let late: number | undefined
  const now = (): number => {
    if (late === undefined && !asked()) return began
    late ??= Date.now() - began
    return Date.now() - late
  }
  return { ...options, now }
}

/** A verdict without the run it is about helps nobody: the log goes with it. */
function judgeWithLog(world: World, ran: Ran, was: ReturnType<typeof before>): void {
  try {
    judge(world, ran, was)
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nThe log of the run:\n${ran.log}`
    throw error
  }
}

const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Waits until something comes true: asked every few milliseconds, for 15 seconds at most. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`it never came true: ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 3)
    })
  }
}

/** What a run came to, held against what was expected; on a mismatch its log is shown. */
export function expectRun(ran: Ran, wanted: Readonly<Record<string, unknown>>): void {
  const { code, outcome, outputs } = ran
  try {
    expect({ code, outcome, ...outputs }).toMatchObject(wanted)
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nThe log of the run:\n${ran.log}`
    throw error
  }
}

/** What a check said, by its name. */
export const stateOf = (ran: Ran, check: string): string | undefined =>
  ran.report?.checks.find(({ name }) => name === check)?.state
