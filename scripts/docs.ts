/**
 * Writes what the documents tell of the source between their markers: inputs and outputs from action.yml, operations, outcomes and
 * checks from the source, policies from docs/policies, so that none of them can say what the program does not know, and
 * none is forgotten. It also follows every link from one document to another. With `--check` it writes nothing, and ends
 * badly when one is stale.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHECKS, type CheckName } from '../src/checks.ts'
import { OPERATIONS, type Operation, SECRET_INPUTS, WAIVERS } from '../src/inputs.ts'
import { ISSUED_POLICY } from '../src/policy.ts'
import { OUTCOMES, type Outcome } from '../src/report.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** What an operation brings about, what it has to be given, and which policies its tokens need (files of docs/policies). */
interface Told {
  readonly goal: string
  readonly needs: string
  readonly runbook: string
  readonly vault?: readonly string[]
  readonly dr?: readonly string[]
}
const both = { vault: ['vault-token'], dr: ['dr-operation-token'] }
const TOLD: Record<Operation, Told> = {
  status: {
    goal: 'A look at the pair, and a verdict; no write',
    needs: 'the addresses',
    runbook: 'a-look-at-the-pair',
  },
  failover: {
    goal: 'The cluster at `secondary-addr` is the DR primary, and the one at `primary-addr` follows it',
    needs: 'both tokens',
    runbook: 'healthy-switch',
    ...both,
  },
  failback: { goal: 'The reverse, with the same inputs', needs: 'both tokens', runbook: 'failback', ...both },
  drill: {
    goal: 'A failover, verified, then a failback, verified; it stops between the two if anything is short',
    needs: 'both tokens',
    runbook: 'drill',
    ...both,
  },
  demote: {
    goal: 'The cluster at `primary-addr` is not primary',
    needs: '`vault-token`',
    runbook: 'phase-by-phase',
    vault: ['demote'],
  },
  promote: {
    goal: 'The cluster at `secondary-addr` is primary',
    needs: '`dr-operation-token`',
    runbook: 'phase-by-phase',
    dr: ['promote'],
  },
  'update-primary': {
    goal: 'The cluster at `primary-addr` follows the one at `secondary-addr`',
    needs: 'both tokens',
    runbook: 'phase-by-phase',
    vault: ['update-primary-vault-token'],
    dr: ['update-primary-dr-operation-token'],
  },
  setup: {
    goal: 'DR is enabled at `primary-addr`, and the cluster at `secondary-addr` is enrolled, **which erases it**',
    needs: '`vault-token`, `secondary-vault-token`, `confirm`',
    runbook: 'setup-from-nothing',
    vault: ['setup-vault-token', 'setup-secondary-vault-token'],
  },
  'revoke-secondary': {
    goal: 'The id in `secondary-id` may not connect any more',
    needs: '`vault-token`',
    runbook: 'an-id-that-is-not-used-any-more',
    vault: ['revoke-secondary'],
  },
  disable: {
    goal: 'DR replication is taken apart at `secondary-addr`, and at `primary-addr` once no secondary is left',
    needs: 'both tokens, `confirm`',
    runbook: 'taking-apart',
    vault: ['disable-vault-token'],
    dr: ['disable-dr-operation-token'],
  },
  'issue-operation-token': {
    goal: 'A new batch DR operation token, its policy and role made if missing',
    needs: '`vault-token`, no batch token',
    runbook: 'preparing',
    vault: ['issue-operation-token'],
  },
  'generate-operation-token': {
    goal: 'A DR operation token made from `key-shares` on the DR secondary',
    needs: '`key-shares` (from Vault 2.0 on: and a batch `vault-token`)',
    runbook: 'a-token-from-key-shares',
    vault: ['key-shares'],
  },
  'cancel-operation-token': {
    goal: 'No attempt to generate one is in progress',
    needs: '(from Vault 2.0 on: a batch `vault-token`)',
    runbook: 'a-token-from-key-shares',
    vault: ['cancel-operation-token'],
  },
  'delete-operation-token': {
    goal: 'A generated token is revoked',
    needs: '`dr-operation-token`',
    runbook: 'a-token-from-key-shares',
  },
}

/** Where the runbook goes on from an outcome. */
const GOES_ON: Record<Outcome, string> = {
  done: 'Read what the summary says comes next. In an emergency: [lost primary](#lost-primary), from step 4 on.',
  unchanged:
    'Nothing to do. With `redundancy: unprotected` the other cluster is still missing: [primary back](#primary-back).',
  planned: 'The same block without `dry-run`. Everything is looked at again then.',
  invalid: 'The message names each input and what is wrong with it.',
  blocked: 'The summary names each check that refused: [when a check refuses](#when-a-check-refuses).',
  failed: '[It failed](#it-failed).',
  incomplete: '[Half-done run](#half-done-run).',
  restored: '[Secondary refused, restored](#secondary-refused-restored).',
  'no-primary': '[Nobody is primary](#nobody-is-primary). **At once.**',
  'two-primaries': '[Two primaries](#two-primaries). **At once.**',
  unknown: '[Unknown](#unknown).',
}

/** What to do where a check refuses. */
const MENDS: Record<CheckName, string> = {
  'tls-verification': 'Take `NODE_TLS_REJECT_UNAUTHORIZED` out of the job; give the CA as `ca-cert`.',
  'primary-reachable':
    'Make it answer. If it is lost: [lost primary](#lost-primary). The evidence says why (refused, no answer, certificate, sealed).',
  'secondary-reachable': 'Make it answer. Nothing is taken from a primary while its successor is out of sight.',
  'different-clusters': 'One of the two addresses is wrong, or a load balancer leads both to one cluster.',
  'same-dr-set':
    'One of the two addresses is wrong, or DR was never enabled between them: [setup](#setup-from-nothing).',
  'one-primary':
    'Both are primary: [two primaries](#two-primaries). Or a phase was run before its turn: [phase by phase](#phase-by-phase). Or nobody is, and the other cluster was promoted later: run the operation in the other direction.',
  'known-secondary':
    'Its id was revoked, or it follows another primary. Attach it again before it is needed: `failback`, or `failover` where a failback was refused; the primary stays what it is.',
  unsealed: 'Unseal the cluster that is named.',
  'active-node':
    'Look at the nodes and at the load balancer: `sys/health` of the address has to be that of an active node.',
  streaming:
    'Look at the secondary and the link (8201). Waiting helps for `merkle-diff` and `merkle-sync`: raise `catch-up-timeout`.',
  heartbeat: 'Look at the link between the clusters (8201), and at their clocks.',
  lag: 'Raise `catch-up-timeout`, fail over when fewer writes come, or allow some with `max-lag`. Waived, Vault may still refuse the promotion: `force` is never sent.',
  merkle:
    'Repair it with HashiCorp support (`sys/replication/merkle-check`, reindex). Do not fail over to a corrupt copy.',
  version: 'Upgrade the cluster that takes over first: secondaries are upgraded before primaries.',
  'emergency-evidence': 'The primary may only be out of this runner’s sight: [lost primary](#lost-primary), step 2.',
  'vault-token': 'Store a new one: [tokens](tokens.md). It needs the default policy, to be looked up.',
  'dr-operation-token': 'Make a new batch token on the primary, or use key shares: [tokens](tokens.md).',
  'token-ttl': 'Make a new token, or shorten `timeout`. A token with `num_uses` will not do.',
  capabilities:
    'Add what the evidence names to the policy: [tokens](tokens.md). Tokens with that policy have it at once.',
  'key-shares': 'Give as many different shares as it names. An attempt that was left behind: `cancel-operation-token`.',
  'secondary-id': 'Leave `secondary-id` empty, for an id of its own.',
  'performance-replication': 'Demote or disable one of the two performance primaries first.',
  'verify-path': 'Give a path that the `vault-token` may read. In a login’s namespace: `namespace`.',
  snapshot:
    'Free disk space, the policy (`snapshot-path` in [tokens](tokens.md)), integrated storage; or run without it.',
}

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
  'one-primary':
    'Not both are primary, and the role is where the operation needs it. Where nobody is, the one to be promoted was not left behind by a promotion of the other (an emergency is warned of that).',
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

/** A table that leaves something out, or tells of what is not there, is no table. */
function complete(what: string, told: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const missing = names.filter((name) => !Object.hasOwn(told, name))
  const stray = Object.keys(told).filter((name) => !names.includes(name))
  if (missing.length + stray.length > 0)
    throw new Error(
      `${what}: missing ${missing.join(', ') || 'none'}; not there any more ${stray.join(', ') || 'none'}`,
    )
}
complete('TOLD', TOLD, OPERATIONS)
complete('MEANINGS', MEANINGS, Object.keys(OUTCOMES))
complete('GOES_ON', GOES_ON, Object.keys(OUTCOMES))
complete('PROOFS', PROOFS, CHECKS)
complete('MENDS', MENDS, CHECKS)

/** Every policy, by the name of its file. */
const policies = readdirSync(join(root, 'docs/policies'))
  .map((file) => file.replace(/\.hcl$/, ''))
  .sort()
const IN_README = ['vault-token', 'dr-operation-token']
const policyLinks = (names: readonly string[] = []): string => {
  complete(
    'docs/policies',
    Object.fromEntries(names.map((name) => [name, true])),
    policies.filter((name) => names.includes(name)),
  )
  return names.map((name) => `[\`${name}\`](policies/${name}.hcl)`).join(', ') || '–'
}

const has = (list: readonly string[], name: string) => list.includes(name)
const onlyEmergency = 'emergency-evidence'

type Table = readonly (readonly string[])[]
const TABLES: Record<string, Table> = {
  operations: [
    ['`operation`', 'The goal it brings about', 'What it needs'],
    ...OPERATIONS.map((name) => [
      `[\`${name}\`](docs/runbook.md#${TOLD[name].runbook})`,
      TOLD[name].goal,
      TOLD[name].needs,
    ]),
  ],
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

const RUNBOOK: Record<string, Table> = {
  operations: [
    ['`operation`', 'The goal it brings about', 'See'],
    ...OPERATIONS.map((name) => [
      `\`${name}\``,
      TOLD[name].goal,
      `[${heading(TOLD[name].runbook)}](#${TOLD[name].runbook})`,
    ]),
  ],
  outcomes: [
    ['`outcome`', 'Exit code', 'Go on with'],
    ...Object.entries(OUTCOMES).map(([name, code]) => [`\`${name}\``, String(code), GOES_ON[name as Outcome]]),
    ['`done`, of `status`', '0, or 1', 'By `fail-on`: [a look at the pair](#a-look-at-the-pair).'],
  ],
  checks: [
    ['Check', 'What to do where it refuses', '`override`'],
    ...CHECKS.map((name) => [`\`${name}\``, MENDS[name], has(WAIVERS, name) ? 'yes' : '–']),
  ],
}
const TOKENS: Record<string, Table> = {
  operations: [
    ['`operation`', 'Policy of the `vault-token`', 'Policy of the `dr-operation-token`'],
    ...OPERATIONS.map((name) => [`\`${name}\``, policyLinks(TOLD[name].vault), policyLinks(TOLD[name].dr)]),
  ],
}

function heading(slug: string): string {
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
const hcl = (policy: string) => `\n\`\`\`hcl\n${policy}\`\`\`\n`

const tables = (file: string, all: Readonly<Record<string, Table>>) =>
  Object.entries(all).map(
    ([name, [head = [], ...rows]]) => [file, name, [head, head.map(() => '---'), ...rows].map(row).join('\n')] as const,
  )
const parts: readonly (readonly [file: string, name: string, text: string])[] = [
  ...policies.map(
    (name) =>
      [
        IN_README.includes(name) ? 'README.md' : 'docs/tokens.md',
        name,
        hcl(read(`docs/policies/${name}.hcl`)),
      ] as const,
  ),
  ...tables('README.md', TABLES),
  ...tables('docs/runbook.md', RUNBOOK),
  ...tables('docs/tokens.md', TOKENS),
  ['docs/tokens.md', 'issued', hcl(ISSUED_POLICY)],
]

const MARKER = /<!-- ([\w-]+): made by npm run docs -->/g
const documents = new Map<string, string>()
for (const file of new Set(parts.map(([into]) => into))) {
  const before = read(file)
  const own = parts.filter(([into]) => into === file)
  const stray = [...before.matchAll(MARKER)].find(([, marked]) => !own.some(([, name]) => name === marked))
  if (stray !== undefined) throw new Error(`${file} has a marker that nothing is made for: ${stray[0]}`)
  const after = own.reduce((text, [, name, part]) => {
    const [open, close] = [`<!-- ${name}: made by npm run docs -->`, `<!-- /${name} -->`]
    const [start, end] = [text.indexOf(open), text.indexOf(close)]
    if (start < 0 || end < start) throw new Error(`${file} has no ${open} … ${close}`)
    return `${text.slice(0, start + open.length)}\n${part}\n${text.slice(end)}`
  }, before)
  documents.set(file, after)
  if (after === before) console.log(`${file} is up to date`)
  else if (process.argv.includes('--check')) {
    console.error(`${file} is stale: run \`npm run docs\``)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, file), after)
    console.log(`${file} was written`)
  }
}

/** The anchors of a document's headings, as GitHub makes them. */
const anchors = (text: string) =>
  [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )

// A link from one document to another leads somewhere, to the very heading.
const names = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
for (const name of names.filter((each) => each.endsWith('.md'))) {
  for (const [, target = ''] of (documents.get(name) ?? read(name)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? name : relative(root, join(root, dirname(name), path))
    const there = existsSync(join(root, file))
    const found = anchor === undefined || (there && anchors(documents.get(file) ?? read(file)).includes(anchor))
    if (there && found) continue
    console.error(`${name}: the link to ${target} leads nowhere`)
    process.exitCode = 1
  }
}
