/**
 * `status` of many pairs in one step. Each pair is read once, side by side with the others, on connections that are closed
 * at once; a pair that hangs gives its place to the next one while it waits for its deadline, so hanging pairs cost that
 * deadline once and not one after another.
 */
import { readFileSync } from 'node:fs'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { Deadline, now, sleep } from './clock.ts'
import { type Cluster, lag, other, primaryOf, type World } from './cluster.ts'
import { address, hostOf, InvalidInputs } from './inputs.ts'
import { healthOf, reading } from './lookout.ts'
import { diagnose } from './outcome.ts'
import type { FleetPair, Health } from './report.ts'
import type { Session } from './session.ts'
import { Vault } from './vault/client.ts'

/** Pairs that are read at the same time, not counting those that hang. */
const AT_ONCE = 64
/** A pair that takes longer than that gives its place away. In ms. */
const HANGS_AFTER = 100
/** For everything about one pair. In ms. */
const PAIR_WITHIN = 5000

const pair = z.strictObject({
  name: z
    .string('is missing: a name for the pair')
    .check(z.regex(/^[\w.-][\w .:/-]{0,98}[\w.-]?$/, 'may hold letters, digits, blanks and . : / _ -, at most 100')),
  'primary-addr': z.pipe(
    z.string('is missing: the address of the cluster that is the DR primary in normal running'),
    address,
  ),
  'secondary-addr': z.pipe(z.string('is missing: the address of the cluster at the DR site'), address),
})
type Pair = z.output<typeof pair>

/**
 * The pairs of a fleet file, YAML or JSON.
 *
 * @throws InvalidInputs with every mistake and its line
 */
export function readFleet(path: string): Pair[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new InvalidInputs(['fleet names a file that can not be read'])
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const line = (offset: number | undefined) => `line ${lines.linePos(offset ?? 0).line}`
  // The parser quotes the text, which may be a file that was never meant to be a fleet.
  const [broken] = document.errors
  if (broken !== undefined)
    throw new InvalidInputs([
      `fleet ${line(broken.pos[0])}: is not valid YAML (${broken.code.toLowerCase().replaceAll('_', ' ')})`,
    ])
  const items = isSeq(document.contents) ? document.contents.items : undefined
  if (items === undefined || items.length === 0)
    throw new InvalidInputs(['fleet must be a list of pairs, each with name, primary-addr and secondary-addr'])
  const mistakes: string[] = []
  const names = new Map<string, string>()
  const pairs = items.flatMap((item) => {
    const start = isMap(item) ? item.range?.[0] : undefined
    const read = pair.safeParse(isMap(item) ? item.toJSON() : undefined)
    if (!read.success) {
      for (const issue of read.error.issues) {
        const key = String(issue.path[0] ?? '')
        const value = isMap(item) && key !== '' ? item.get(key, true) : undefined
        const what =
          issue.code === 'unrecognized_keys'
            ? `has a key that no pair has: it takes ${Object.keys(pair.shape).join(', ')}`
            : isMap(item)
              ? issue.message
              : 'is no pair'
        mistakes.push(`fleet ${line(value?.range?.[0] ?? start)}: ${key === '' ? '' : `${key} `}${what}`)
      }
      return []
    }
    const { name } = read.data
    const twice = names.get(name)
    if (twice !== undefined) mistakes.push(`fleet ${line(start)}: the name ${name} is taken (${twice})`)
    else names.set(name, line(start))
    if (read.data['primary-addr'] === read.data['secondary-addr'])
      mistakes.push(`fleet ${line(start)}: secondary-addr is the same address as primary-addr`)
    return [read.data]
  })
  if (mistakes.length > 0) throw new InvalidInputs(mistakes)
  return pairs
}

/** Reads every pair, and tells each one's health; in the order of the file. */
export async function watchFleet(session: Session, pairs: readonly Pair[]): Promise<FleetPair[]> {
  const { journal, cancelled } = session
  const results: FleetPair[] = []
  const running = new Set<Promise<void>>()
  let inPlace = 0
  let free = () => {}
  for (const [at, entry] of pairs.entries()) {
    while (inPlace >= AT_ONCE && !cancelled.aborted) await new Promise<void>((resolve) => (free = resolve))
    if (cancelled.aborted) break
    inPlace += 1
    let held = true
    const release = () => {
      if (!held) return
      held = false
      inPlace -= 1
      free()
    }
    const look = watchPair(session, entry).then((result) => {
      results[at] = result
      release()
    })
    running.add(look)
    void look.then(() => running.delete(look))
    const hangs = setTimeout(release, HANGS_AFTER)
    void look.then(() => clearTimeout(hangs))
  }
  const progress = setInterval(() => journal.say(`${running.size} of ${pairs.length} pairs still to answer`), 5000)
  await Promise.all(running)
  clearInterval(progress)
  return results.filter((result) => result !== undefined)
}

async function watchPair(session: Session, entry: Pair): Promise<FleetPair> {
  const until = new Deadline(Math.min(PAIR_WITHIN, session.deadline.left))
  let world: World
  for (let looks = 1; ; looks += 1) {
    const [from, to] = await Promise.all([
      readOnce(session, entry['primary-addr'], until),
      readOnce(session, entry['secondary-addr'], until),
    ])
    world = { from, to }
    // One bad answer is asked again; so is a secondary that is behind, which may be a matter of a moment.
    const behind = lag(world)
    const settled = diagnose(world).health === 'healthy' && (behind ?? 0) <= session.inputs['max-lag']
    if (settled || looks >= 3 || until.left < 1000 || session.cancelled.aborted) break
    await sleep(looks === 1 ? 300 : 1000)
  }
  const { health, reasons } = diagnose(world)
  const side = primaryOf(world)
  const behind = lag(world)
  const late = health === 'healthy' && behind !== undefined && behind > session.inputs['max-lag']
  const told: Health = late ? 'degraded' : health
  return {
    name: entry.name,
    health: told,
    primary: side === undefined ? '' : world[side].host,
    secondary: side === undefined ? '' : world[other(side)].host,
    lag: behind,
    reasons: late ? [`${behind} WAL entries behind.`] : reasons,
  }
}

/** One reading on one connection, which is closed after it: a thousand pairs must not hold thousands open. */
async function readOnce({ http, secrets }: Session, addr: string, until: Deadline): Promise<Cluster> {
  const vault = new Vault(addr, http, secrets)
  const asked = now()
  const status = await vault.status(Math.max(1, until.left))
  const health = status.ok || !status.silent ? await healthOf(vault, Math.max(1, until.left), true) : undefined
  const nothing: Cluster = { host: hostOf(addr), askedAt: asked, at: asked, silent: true }
  return reading(nothing, asked, status, health)
}
