/**
 * One trial: a world of its own, one thing that goes wrong in it, a run of the built action, and then a run with nothing in
 * its way. Every run of every trial is judged by the same invariants, and the next one has to end at the goal.
 */
import { expect } from '@jest/globals'
import type { Fault } from '../../src/simulator/faults.ts'
import { type SimulatedCluster, startWorld, type World, type WorldOptions } from '../../src/simulator/world.ts'
import { type Before, before, judge, keepsSecrets, PATHS, saysNoCommands, visible } from '../support/invariants.ts'
import { onFreePorts } from '../support/ports.ts'
import {
  type Circumstances,
  type Given,
  openJob,
  pair,
  type Ran,
  type Running,
  startAction,
} from '../support/run-action.ts'
import { judgeHistory } from './history.ts'

/** How far a planned failover has come, by the writes that reached a cluster. */
export const PHASES = ['before', 'demoting', 'promoting', 'attaching'] as const
export type Phase = (typeof PHASES)[number]

export const failover = { operation: 'failover' } as const

export interface Trial {
  readonly world: World
  readonly folder: string
  phase(): Phase
  /** Adds a fault that is met in one phase alone. */
  fault(fault: Fault, phase?: Phase): void
  /** Starts a run; its end is judged. */
  start(given: Given, ways?: Ways): Begun
  run(given?: Given, ways?: Ways): Promise<Ran>
  /** With nothing in its way any more: a failover ends at the goal, and leaves nothing behind but these. */
  reaches(goal?: Given, leaves?: readonly string[]): Promise<Ran>
}

export interface Ways extends Circumstances {
  /** Somebody else changes the world meanwhile, or what it shows can't be read: then what is told is not held against it. */
  readonly untold?: boolean
  /** In place of the common judgement, which knows the operations that switch roles alone. */
  readonly judge?: (world: World, ran: Ran, was: Before) => void
}

export interface Begun extends Omit<Running, 'post'> {
  post(): Promise<Ran>
}

const LAST: Readonly<Record<string, Phase>> = {
  [PATHS.demote]: 'demoting',
  [PATHS.promote]: 'promoting',
  [PATHS.secondaryToken]: 'attaching',
}

export async function trial<T>(options: WorldOptions, tell: (trial: Trial) => Promise<T>): Promise<T> {
  // A cluster that is stopped must find its port free when it comes back.
  const world = await onFreePorts((ports) => startWorld({ tls: false, ...options, ports }))
  const job = openJob()
  const children: Running['child'][] = []
  const phase = (): Phase =>
    world.requests.reduce<Phase>((now, { path, method }) => (method === 'POST' ? (LAST[path] ?? now) : now), 'before')
  const start = (given: Given, ways: Ways = {}): Begun => {
    const was = before(world)
    const running = startAction(job.folder, { ...pair(world), ...given }, ways)
    children.push(running.child)
    const judged = async (ran: Promise<Ran>): Promise<Ran> => {
      const done = await ran
      withLog(done, () => {
        if (ways.untold) judgeApart(world, done)
        else if (ways.judge !== undefined) ways.judge(world, done, was)
        else {
          judge(world, done, was)
          judgeHistory(world, done, was)
        }
      })
      return done
    }
    const ended = judged(running.ended)
    ended.catch(() => undefined)
    const startPost = () => {
      const post = running.startPost()
      children.push(post.child)
      return { ...post, ended: judged(post.ended) }
    }
    return { ...running, ended, startPost, post: () => judged(running.post()) }
  }
  const run = (given: Given = failover, ways?: Ways) => start(given, ways).ended
  try {
    return await tell({
      world,
      folder: job.folder,
      phase,
      fault: (fault, only) =>
        world.fault(
          only === undefined
            ? fault
            : {
                ...fault,
                get path() {
                  return phase() === only ? fault.path : /$^/
                },
              },
        ),
      start,
      run,
      reaches: async (goal = failover, leaves = []) => {
        world.clearFaults()
        for (const cluster of [world.primary, world.secondary]) {
          cluster.unhang()
          await cluster.start()
        }
        const next = await run(goal)
        withLog(next, () => {
          const target = goal.operation === 'failback' ? world.primary : world.secondary
          expect(['done', 'unchanged']).toContain(next.outcome)
          expect([visible(world, target), next.outputs.redundancy]).toEqual(['primary', 'protected'])
          expect(world.leftovers().filter(({ kind }) => !leaves.includes(kind))).toEqual([])
        })
        return next
      },
    })
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await world.close()
    job.close()
  }
}

/** A verdict without the run it is about helps nobody: the log goes with it. */
export function withLog(ran: Ran, claim: () => void): void {
  try {
    claim()
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nThe log of the run:\n${ran.log}`
    throw error
  }
}

/** What holds whoever else is at work, and whatever can be seen. */
function judgeApart(world: World, ran: Ran): void {
  keepsSecrets(world, ran)
  saysNoCommands(ran)
  expect(world.primariesAtOnceMs()).toBe(0)
}

export const roles = (world: World): readonly string[] =>
  [world.primary, world.secondary].map((cluster: SimulatedCluster) => visible(world, cluster))
