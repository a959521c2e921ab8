/**
 * Writes what the documents tell of the source between their markers: inputs and outputs from action.yml, outcomes and checks from the
 * source, policies from docs/policies, so that none of them can say what the program does not know. With `--check` it
 * writes nothing, and ends badly when one is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHECKS, type CheckName } from '../src/checks.ts'
import { SECRET_INPUTS, WAIVERS } from '../src/inputs.ts'
import { ISSUED_POLICY } from '../src/policy.ts'
import { OUTCOMES, type Outcome } from '../src/report.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** What an outcome means, and what to do then. */
const MEANINGS: Record<Outcome, readonly [meaning: string, todo: string]> = {
  done: ['Changed as asked, and seen on both clusters.', 'Nothing, or what the summary says comes next.'],
  unchanged: ['It was so already; no write was sent.', 'Nothing.'],
  planned: ['A dry run: it would go as things are.', 'Run it without `dry-run`.'],
  invalid: ['An input is wrong; nothing was sent.', 'Mend the inputs that are named.'],
  blocked: [
    'A check refused; nothing was changed. So does a dry run that would be refused.',
    'Do what the summary says beside each failed check, or waive it by name in `override` if you know better.',
  ],
  failed: ['It failed, and the roles are as they were.', 'Read why, then run it again.'],
  incomplete: [
    'The new primary has the role; something is still short, mostly the old primary does not follow it yet.',
    'Run it again: it goes on from there.',
  ],
  restored: [
    'The promotion was refused, so the old primary was made primary again.',
    'Find out why it was refused, then run it again.',
  ],
  'no-primary': [
    '**Nobody is primary: act now.**',
    'Run the same again: it promotes as soon as it can. If that cluster can not take over, run the opposite operation.',
  ],
  'two-primaries': [
    '**Two clusters claim the role.**',
    'Decide whose data to keep, then see [Two primaries](#two-primaries).',
  ],
  unknown: [
    'What became of the last write could not be told in time.',
    'Change nothing by hand. Run `status` when both clusters answer, then run it again.',
  ],
}

/** What each check proves. */
const PROOFS: Record<CheckName, string> = {
  'tls-verification': 'No earlier step switched certificate verification off (`NODE_TLS_REJECT_UNAUTHORIZED=0`).',
  'primary-reachable': 'The cluster that gives the role away tells its DR role.',
  'secondary-reachable': 'The cluster that is to take over tells its DR role.',
  'different-clusters': 'The two addresses do not lead to one cluster.',
  'same-dr-set': 'Both clusters are in one DR set (`cluster_id` of `dr/status`).',
  'one-primary': 'Not both are primary, and the role is where the operation needs it.',
  'known-secondary': 'The primary knows the id of this secondary: it was not revoked.',
  unsealed: 'No cluster is sealed.',
  'active-node': 'An active node stands behind each address.',
  streaming: 'The secondary is in `stream-wals` and connected, the primary is `running`, nobody reindexes.',
  heartbeat: 'Heartbeats between the clusters are fresh.',
  lag: "The secondary has passed the primary's position as read by this run, within `max-lag`.",
  merkle: 'No cluster reports a corrupt merkle tree.',
  version: 'The cluster that takes over does not run an older Vault.',
  'emergency-evidence':
    'The primary is lost, told from the secondary too: not connected, and no heartbeat for 20 s. Only in an emergency promotion.',
  'vault-token': 'The primary accepts the Vault token.',
  'dr-operation-token':
    'A batch token that the secondary or the primary accepts, as far as it can be proven without using it up.',
  'token-ttl': 'No token ends within `timeout`, or has a limited number of uses.',
  'key-shares':
    'Enough different key shares are given, and no attempt of somebody else to generate a token is in progress.',
  'performance-replication': 'A promotion makes no second performance primary beside one of another set.',
  'verify-path': 'The path can be read on the old primary. Only with `verify-path`.',
  snapshot: 'The raft snapshot of the primary was saved, and is whole. Only with `snapshot-path`, as the last check.',
  capabilities: 'The policies of the tokens allow every call that is due.',
  'secondary-id': 'The id for the re-attached cluster is new.',
}

const described = z.object({
  description: z.string(),
  required: z.boolean().default(false),
  default: z.string().default(''),
})
const { inputs, outputs } = z
  .object({
    inputs: z.record(z.string(), described),
    outputs: z.record(z.string(), z.object({ description: z.string() })),
  })
  .parse(parse(read('action.yml')))

// The set is private to the checks; a table is no reason to change that.
const [, stopping = ''] = /STOPS_EMERGENCY[^[]*\[([^\]]*)\]/.exec(read('src/checks.ts')) ?? []
const stopsEmergency: ReadonlySet<string> = new Set([...stopping.matchAll(/'([^']+)'/g)].map(([, name = '']) => name))
if (stopsEmergency.size === 0) throw new Error('STOPS_EMERGENCY was not found in src/checks.ts')

// One policy, told in two places: as a file for the vault CLI, and in what `issue-operation-token` writes.
if (read('docs/policies/dr-operation-token.hcl').replaceAll(/^#.*\n/gm, '') !== ISSUED_POLICY)
  throw new Error('docs/policies/dr-operation-token.hcl is not the policy that issue-operation-token writes')

const has = (list: readonly string[], name: string) => list.includes(name)
const onlyEmergency = 'emergency-evidence'

const TABLES: Record<string, readonly (readonly string[])[]> = {
  inputs: [
    ['Input', 'Default', 'What it is'],
    ...Object.entries(inputs).map(([name, { description, required, default: value }]) => [
      `\`${name}\``,
      required ? '**required**' : value === '' ? '' : `\`${value}\``,
      `${description}${has(SECRET_INPUTS, name) ? ' A secret.' : ''}`,
    ]),
  ],
  outputs: [
    ['Output', 'What it is'],
    ...Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description]),
  ],
  outcomes: [
    ['`outcome`', 'Exit code', 'What it means', 'What to do'],
    ...Object.entries(MEANINGS).map(([name, [meaning, todo]]) => [
      `\`${name}\``,
      String(OUTCOMES[name as Outcome]),
      meaning,
      todo,
    ]),
  ],
  checks: [
    ['Check', 'What it proves', 'Stops planned', 'Stops emergency', '`override`'],
    ...CHECKS.map((name) => [
      `\`${name}\``,
      PROOFS[name],
      name === onlyEmergency ? '–' : 'yes',
      // A snapshot that was asked for and failed stops every run; it is taken only where a primary still answers.
      stopsEmergency.has(name) || name === 'snapshot' ? 'yes' : 'warns',
      has(WAIVERS, name) ? 'yes' : '–',
    ]),
  ],
}

const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
const hcl = (policy: string) => `\n\`\`\`hcl\n${policy}\`\`\`\n`

const parts: readonly (readonly [file: string, name: string, text: string])[] = [
  ...['vault-token', 'dr-operation-token'].map(
    (name) => ['README.md', name, hcl(read(`docs/policies/${name}.hcl`))] as const,
  ),
  ...Object.entries(TABLES).map(
    ([name, [head = [], ...rows]]) =>
      ['README.md', name, [head, head.map(() => '---'), ...rows].map(row).join('\n')] as const,
  ),
  ['docs/tokens.md', 'issued', hcl(ISSUED_POLICY)],
]

for (const file of new Set(parts.map(([into]) => into))) {
  const before = read(file)
  const after = parts
    .filter(([into]) => into === file)
    .reduce((text, [, name, part]) => {
      const [open, close] = [`<!-- ${name}: made by npm run docs -->`, `<!-- /${name} -->`]
      const [start, end] = [text.indexOf(open), text.indexOf(close)]
      if (start < 0 || end < start) throw new Error(`${file} has no ${open} … ${close}`)
      return `${text.slice(0, start + open.length)}\n${part}\n${text.slice(end)}`
    }, before)
  if (after === before) console.log(`${file} is up to date`)
  else if (process.argv.includes('--check')) {
    console.error(`${file} is stale: run \`npm run docs\``)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, file), after)
    console.log(`${file} was written`)
  }
}
