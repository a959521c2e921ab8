/** Every distinct call of a planned failover, everything that can happen to it, and where that may end. */
import type { Fault } from '../../src/simulator/faults.ts'
import { PATHS } from '../support/invariants.ts'
import type { Phase } from './trial.ts'

export interface Call {
  readonly name: string
  readonly kind: 'read' | 'write'
  readonly cluster: 'primary' | 'secondary'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly phase?: Phase
}

const AUTOPILOT = 'sys/storage/raft/autopilot/state'
const read = (cluster: Call['cluster'], path: string, phase?: Phase): Call => ({
  name: `${path.replace(/^.*\/(?=.*\/)/, '')} of the ${cluster}${phase === undefined ? '' : `, ${phase}`}`,
  kind: 'read',
  cluster,
  method: 'GET',
  path,
  ...(phase === undefined ? {} : { phase }),
})
const write = (cluster: Call['cluster'], path: string): Call => ({
  name: path.replace(/^.*\//, ''),
  kind: 'write',
  cluster,
  method: 'POST',
  path,
})

export const CALLS: readonly Call[] = [
  ...(['before', 'demoting', 'promoting', 'attaching'] as const).flatMap((phase) => [
    read('primary', PATHS.status, phase),
    read('secondary', PATHS.status, phase),
  ]),
  read('primary', 'sys/health', 'before'),
  read('secondary', 'sys/health', 'before'),
  read('secondary', 'sys/health', 'promoting'),
  read('primary', 'sys/health', 'attaching'),
  read('secondary', 'sys/health', 'attaching'),
  read('primary', 'auth/token/lookup-self'),
  { ...read('primary', 'sys/capabilities-self'), method: 'POST' },
  read('secondary', AUTOPILOT, 'before'),
  read('primary', AUTOPILOT, 'attaching'),
  read('secondary', AUTOPILOT, 'attaching'),
  read('primary', 'sys/replication/performance/status'),
  read('secondary', 'sys/replication/performance/status'),
  write('primary', PATHS.demote),
  write('secondary', PATHS.promote),
  write('primary', PATHS.publicKey),
  write('secondary', PATHS.secondaryToken),
  write('primary', PATHS.updatePrimary),
  write('secondary', PATHS.revoke),
]

export const MISHAPS: Readonly<Record<string, Omit<Fault, 'path'>>> = {
  'connection refused': { kind: 'refuse-connection' },
  'reset before': { kind: 'reset-before' },
  'reset after': { kind: 'reset-after' },
  'no answer, not applied': { kind: 'silence-before' },
  'no answer, applied': { kind: 'silence-after' },
  '400': { kind: 'status', status: 400, errors: ['1 error occurred: no'] },
  '400, applied': { kind: 'status', status: 400, errors: ['1 error occurred: no'], applied: true },
  '403': { kind: 'status', status: 403, errors: ['permission denied'] },
  '412': { kind: 'status', status: 412, errors: ['required index state not present'] },
  '429': { kind: 'status', status: 429, headers: { 'retry-after': '1' }, errors: ['request path quota exceeded'] },
  '500': { kind: 'status', status: 500, errors: ['internal error'] },
  '500, applied': { kind: 'status', status: 500, errors: ['internal error'], applied: true },
  '502': { kind: 'html', status: 502 },
  '502, applied': { kind: 'html', status: 502, applied: true },
  '503': { kind: 'status', status: 503, errors: ['Vault is sealed'] },
  'a page with 200': { kind: 'html', status: 200 },
  'a page with 200, applied': { kind: 'html', status: 200, applied: true },
  garbage: { kind: 'garbage' },
  'garbage, not applied': { kind: 'garbage', applied: false },
  truncated: { kind: 'truncated' },
  drip: { kind: 'drip' },
  endless: { kind: 'endless' },
  'a late answer': { kind: 'delay-answer', delayMs: 1500 },
}
export type Mishap = keyof typeof MISHAPS & string

export interface Cell {
  readonly call: Call
  readonly mishap: string
  readonly often: 'once' | 'always'
}

const refusal = (mishap: string): boolean => mishap === '400' || mishap === '403'
export const isApplied = (mishap: string): boolean =>
  /(^reset after|, applied)$/.test(mishap) ||
  ['garbage', 'truncated', 'drip', 'endless', 'a late answer'].includes(mishap)

/** Where a run that meets it may end. */
export function allowed({ call, mishap, often }: Cell): readonly string[] {
  const done = ['done']
  if (call.kind === 'read') {
    if (often === 'once') return refusal(mishap) ? ['done', 'blocked', 'incomplete'] : done
    return ['done', 'blocked', 'incomplete', 'no-primary', 'unknown', 'failed']
  }
  if (isApplied(mishap)) return often === 'once' ? done : ['done', 'incomplete']
  switch (call.path) {
    case PATHS.demote:
      if (often === 'once') return refusal(mishap) ? ['failed'] : done
      // The last one may still be waited for when the time is up.
      return mishap === 'no answer, not applied' ? ['failed', 'unknown'] : ['failed']
    case PATHS.promote:
      if (refusal(mishap)) return ['restored']
      return often === 'once' ? done : ['no-primary', 'restored']
    default:
      return often === 'once' ? done : ['done', 'incomplete']
  }
}

/** The cluster can't be read from there on, so nobody can be asked to tell what it is. */
export const isBlind = ({ call, often, mishap }: Cell): boolean =>
  often === 'always' && call.path === PATHS.status && mishap !== 'a late answer'

export const nameOf = ({ call, mishap, often }: Cell): string => `${call.name}: ${mishap}, ${often}`

const needless = ({ call, mishap }: Cell): boolean =>
  // For a read it is all the same whether it was applied.
  call.kind === 'read' && /, (not )?applied$|^reset after$/.test(mishap) && mishap !== 'no answer, not applied'

export const CELLS: readonly Cell[] = [
  ...CALLS.flatMap((call) => Object.keys(MISHAPS).map((mishap): Cell => ({ call, mishap, often: 'once' }))),
  ...CALLS.filter(({ kind, phase }) => kind === 'write' || phase === 'promoting').flatMap((call) =>
    Object.keys(MISHAPS).map((mishap): Cell => ({ call, mishap, often: 'always' })),
  ),
].filter((cell) => !needless(cell))

/** Cells that keep a run waiting for many seconds. */
const isSlow = ({ call, mishap, often }: Cell): boolean =>
  often === 'always' || (/^(no answer|drip)/.test(mishap) && call.path !== PATHS.status && call.path !== 'sys/health')

/** Every call and every mishap, paired off so that neither is left out, and none of the slow ones. */
export const QUICK: readonly Cell[] = (() => {
  const quick = CELLS.filter((cell) => !isSlow(cell))
  const mishaps = Object.keys(MISHAPS)
  const chosen = new Set<Cell>()
  const choose = (wanted: (cell: Cell) => boolean) => {
    const found = quick.find((cell) => !chosen.has(cell) && wanted(cell))
    if (found !== undefined) chosen.add(found)
  }
  for (const [at, call] of CALLS.entries()) {
    for (const turn of [0, 11]) {
      // The next mishap in turn that this call can meet quickly.
      const own = quick.filter((cell) => cell.call === call)
      const found = mishaps
        .map((_, step) => mishaps[(at * 5 + turn + step) % mishaps.length])
        .map((mishap) => own.find((cell) => cell.mishap === mishap && !chosen.has(cell)))
        .find((cell) => cell !== undefined)
      if (found !== undefined) chosen.add(found)
    }
  }
  for (const mishap of mishaps) {
    if (![...chosen].some((cell) => cell.mishap === mishap)) choose((cell) => cell.mishap === mishap)
    // One that is slow wherever it is met still has to be met.
    if (![...chosen].some((cell) => cell.mishap === mishap)) {
      const any = CELLS.find((cell) => cell.mishap === mishap && cell.call.path === PATHS.demote)
      if (any !== undefined) chosen.add(any)
    }
  }
  return [...chosen]
})()
