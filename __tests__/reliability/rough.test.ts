import { expect, test } from '@jest/globals'
import { PATHS } from '../support/invariants.ts'
import { CELLS, MISHAPS, allowed, type Cell } from './cells.ts'
import { trial, withLog, failover } from './trial.ts'
import { appendFileSync } from 'node:fs'

const OUT = process.env.OUT ?? '/tmp/rel/cells.tsv'
export async function cell(one: Cell) {
  const { call, mishap, often } = one
  await trial({}, async ({ world, fault, run, reaches }) => {
    if (call.path === PATHS.revoke) fault({ path: PATHS.secondaryToken, kind: 'reset-after', times: 1 })
    let met = 0
    fault({ ...MISHAPS[mishap]!, cluster: call.cluster, method: call.method, path: call.path, ...(often==='once'?{times:1}:{}) } as any, call.phase)
    const ran = await run({ ...failover, timeout: often === 'once' ? '25s' : '8s', 'catch-up-timeout': '2s' })
    let next: any
    try {
    withLog(ran, () => expect(allowed(one)).toContain(ran.outcome))
    next = await reaches()
    } finally { appendFileSync(OUT, `${call.name}\t${mishap}\t${often}\t${ran.outcome}\t${Math.round(ran.ms)}\t${next?.outcome}\t${Math.round(next?.ms)}\n`) }
  })
}
const re = new RegExp(process.env.ONLY ?? '')
for (const one of CELLS) {
  const name = `${one.call.name} × ${one.mishap} × ${one.often}`
  if (re.test(name)) test.concurrent(name, () => cell(one), 120_000)
}
