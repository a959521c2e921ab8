/**
 * Runs workflows under a runner that is not ours: `act`, in host mode, without Docker and without a network. The jobs of
 * this repository that need neither, and the workflows of the documents as somebody would copy them, each with `uses:` and
 * all, against simulated clusters. Whatever a step of ours is given, and whatever it hands on, goes through act's own
 * reading of action.yml, its expressions, its files for outputs, state and summary, and its masks.
 *
 *     node scripts/runner.ts [--minutes 2]
 *
 * act is ACT_BIN, else `act` of the PATH, else the one of peer/act, which is built within the given time. Ends with 0
 * where every workflow ended as it should, with 2 where there is no act, and else with 1.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startWorld, type World } from '../src/simulator/world.ts'
import { type Asked, findAct, Place, type Ran, SHA } from './act.ts'

const root = join(import.meta.dirname, '..')
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
/** Outputs that are secrets. */
const SECRET_OUTPUTS = ['vault-token', 'dr-operation-token', 'key-shares']

/** Workflows that are not run, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'check-dist.yml': 'its steps are those of .ci/run',
  'drill.yml': 'its steps are those of .ci/run',
  'codeql.yml': 'what it uses is of GitHub alone',
  'enterprise.yml': 'it needs Docker and a licence; `npm run enterprise` takes its steps to the simulator',
  'README.md: Vault DR operation token': "it needs GitHub's id tokens and secrets; the tests have stand-ins for them",
  'docs/fleet.md: Drill a thousand pairs': 'it is the drill of a fleet, four times',
}

/** What a step handed on. */
function outputsOf({ lines }: Ran, step: string): Readonly<Record<string, string>> {
  const set = lines.filter(({ command, stepID }) => command === 'set-output' && stepID?.at(-1) === step)
  return Object.fromEntries(set.map(({ name = '', arg = '' }) => [name, arg]))
}

/** Every line that the steps themselves have written. */
const said = ({ lines }: Ran): string => lines.flatMap((one) => (one.raw_output === true ? [one.msg] : [])).join('')

interface Expected {
  readonly jobs: number
  readonly result: 'success' | 'failure'
  readonly secrets: readonly string[]
  readonly masks: boolean
}

/** What is wrong with a run, whatever it was about. */
function wrong(ran: Ran, { jobs, result, secrets, masks }: Expected) {
  const { code, lines, errors } = ran
  const bad: string[] = []
  if (code !== (result === 'success' ? 0 : 1)) bad.push(`act ended with ${code}: ${errors.trim().split('\n').at(-1)}`)
  const ended = lines.flatMap(({ jobResult }) => jobResult ?? [])
  if (ended.length !== jobs || ended.some((how) => how !== result))
    bad.push(`${jobs} jobs were to end with ${result}, and these ended: ${ended.join(', ') || 'none'}`)
  // Every step of ours that was begun had its post step.
  const steps = (stage: string) =>
    lines.flatMap((one) => (one.stage === stage && one.stepResult !== undefined ? [`${one.job} ${one.stepID}`] : []))
  const posts = new Set(steps('Post'))
  const ours = lines.filter(
    ({ name, command }) => command === 'set-output' && ['outcome', 'ca-cert'].includes(name ?? ''),
  )
  for (const { job, stepID } of ours) if (!posts.has(`${job} ${stepID}`)) bad.push(`no post step of ${job} ${stepID}`)
  // A mask that was asked for is a secret; so is what was given as one.
  const masked = lines.flatMap(({ command, arg }) => (command === 'add-mask' && arg ? [arg.trim()] : []))
  const all = [...new Set([...masked, ...secrets])].filter((secret) => secret.length >= 8)
  for (const { msg = '', content = '', command, name = '', arg = '', raw_output: raw = false } of lines) {
    // Without masks act repeats each command that asks for one.
    const seen = masks || raw ? [msg, content] : [content]
    if (command !== 'add-mask' && !SECRET_OUTPUTS.includes(name)) seen.push(arg)
    if (all.some((secret) => seen.some((text) => text.includes(secret))))
      bad.push(`a secret in the log or a summary (${command ?? 'a line'} ${name})`)
  }
  return { bad, masks: all.length }
}

/** One workflow run, and what has to come of it. */
interface Trial {
  /** A file of .github/workflows, or a document and the name of a workflow in it. */
  readonly of: string
  readonly what: string
  readonly jobs?: number
  /** Its own steps use it, as GitHub's runners have it. Where it is not here, this is not run, and told. */
  readonly needs?: 'jq'
  /** How the jobs end; default `success`. */
  readonly result?: 'failure'
  readonly world?: Parameters<typeof startWorld>[0]
  ask(place: Place, world: World): Asked | Promise<Asked>
  /** What it was to say, and said. */
  expect?(ran: Ran, world: World): readonly (readonly [said: unknown, expected: unknown])[]
}

const DOCUMENTS = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)
/** The workflows of the documents, as somebody has copied them. */
const EXAMPLES = new Map(
  DOCUMENTS.flatMap((document) =>
    [...read(document).matchAll(/^```yaml\n(name: (.*)\n[\s\S]*?)^```$/gm)].map(
      ([, text = '', name]): [string, string] => [`${document}: ${name}`, text.replaceAll('<full commit SHA>', SHA)],
    ),
  ),
)

const FILE = '.github/workflows/theirs.yml'
/** As it stands, or with one change. */
function example(name: string, from = '', to = ''): string {
  const text = EXAMPLES.get(name)
  if (text?.includes(from) !== true) throw new Error(`${name}: there is no such example, or no "${from}" in it`)
  return text.replace(from, to)
}
const theirs = (place: Place, text: string, files: Readonly<Record<string, string>> = {}) => ({
  workflow: FILE,
  folder: place.repository({ [FILE]: text, ...files }),
})
/** The variables and secrets that the README asks for. */
const settings = ({ primary, secondary, ca, tokens }: World) => ({
  vars: { VAULT_PRIMARY_ADDR: primary.addr, VAULT_DR_ADDR: secondary.addr, VAULT_CA: ca },
  secrets: { VAULT_TOKEN: tokens.operator, VAULT_DR_OPERATION_TOKEN: tokens.batch },
})
/** What was chosen in the form of "A failover by hand". */
const form = (chosen: Readonly<Record<string, string>>) => ({
  operation: 'status',
  'dry-run': 'true',
  mode: 'planned',
  confirm: '',
  override: '',
  ...chosen,
})
const byHand = (place: Place, world: World, chosen: Readonly<Record<string, string>>): Asked => ({
  ...theirs(place, example('README.md: Vault DR')),
  ...settings(world),
  inputs: form(chosen),
})
/** Of the one step of ours in a run that gives its outputs no name. */
const outcome = (ran: Ran) => outputsOf(ran, '0').outcome

/** An action that does nothing but these lines of a shell. */
const composite = (run: string) =>
  `name: stand-in\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: |\n${run.replaceAll(/^/gm, '        ')}\n`
const action = (place: Place, run: string) => place.repository({ 'action.yml': composite(run) })
const WORKFLOWS = readdirSync(join(root, '.github/workflows'))
/** The pinned version of an action in the workflows here. */
const pinned = (name: string): string => {
  const texts = WORKFLOWS.map((file) => read(`.github/workflows/${file}`))
  const [found] = new RegExp(`${name}@[0-9a-f]{40}`).exec(texts.join('\n')) ?? []
  if (found === undefined) throw new Error(`no workflow uses ${name}`)
  return found
}

/** A GitHub with one draft, for as much of its command as release.yml uses. It says in the log what it was told. */
const ghOf = (kept: string): string => `#!/bin/bash
set -eu
echo "gh $*" >&2
case "$*" in
  *matching-refs/tags/*) echo refs/tags/v9.8.70 ;;
  'release create '*) cat notes.md >&2 && cp "\${@:$#-1}" ${kept}/ ;;
  'release view '*) jq -nc --arg sha "$GITHUB_SHA" '{isDraft: true, targetCommitish: $sha, assets: [1, 2]}' ;;
  'release download '*) mkdir "\${@: -1}" && cp ${kept}/*.tgz ${kept}/SHA256SUMS "\${@: -1}" ;;
  *commits/v9.8.7*) echo "$GITHUB_SHA" ;;
  # There is no major tag to move yet.
  *'--method PATCH'*) exit 1 ;;
esac
`

const TRIALS: readonly Trial[] = [
  {
    of: 'ci.yml',
    what: 'the bundle, wrong inputs and no clusters',
    ask: ({ ours }) => ({ workflow: '.github/workflows/ci.yml', folder: ours, event: 'push', job: 'bundle' }),
  },
  {
    of: 'ci.yml',
    what: 'rehearsals on five kinds of clusters',
    jobs: 5,
    ask: ({ ours }) => ({ workflow: '.github/workflows/ci.yml', folder: ours, event: 'push', job: 'rehearsal' }),
  },
  {
    of: 'prober.yml',
    what: 'there and back (stand-ins: gh, and a checkout of a tag)',
    jobs: 2,
    ask: (place) => ({
      workflow: '.github/workflows/prober.yml',
      folder: place.ours,
      path: place.repository({ gh: '#!/bin/sh\necho v0.1.0\n' }),
      secrets: { GITHUB_TOKEN: 'ghs_0123456789abcdefghijklmnopqrstuvwxyz' },
      repositories: {
        [pinned('actions/checkout')]: action(place, `mkdir -p released\ncp -r "${place.ours}/." released`),
      },
    }),
    expect: (ran) => [
      [outputsOf(ran, 'latest').tag, 'v0.1.0'],
      [
        [outputsOf(ran, 'failover').outcome, outputsOf(ran, 'failback').outcome],
        ['done', 'done'],
      ],
    ],
  },
  {
    of: 'release.yml',
    what: 'from the version to the major tag (stand-ins: .ci/run, gh, attest, setup-node)',
    needs: 'jq',
    jobs: 3,
    ask: (place) => {
      const folder = place.copy({
        '.ci/run': '#!/bin/sh\n',
        'package.json': read('package.json').replace(/"version": ".*"/, '"version": "9.8.7"'),
        'CHANGELOG.md': '# Changelog\n\n## [9.8.7]\n\nIt is new.\n\n## [9.8.6]\n\nIt is old.\n',
      })
      return {
        workflow: '.github/workflows/release.yml',
        folder,
        inputs: { version: '9.8.7' },
        path: place.repository({ gh: ghOf(place.repository({ 'README.md': 'assets' })) }),
        secrets: { GITHUB_TOKEN: 'ghs_0123456789abcdefghijklmnopqrstuvwxyz' },
        repositories: {
          [pinned('actions/setup-node')]: action(place, 'true'),
          [pinned('actions/attest')]: action(place, 'ls dist/index.js release/vault-dr-failover-9.8.7.tgz'),
        },
      }
    },
    expect: (ran) => [
      [
        [...said(ran).matchAll(/^gh (\S+ \S+ \S+|\S+ \S+$)/gm)].map(([, call]) => call),
        [
          'api repos/your-org/vault-dr-failover/git/matching-refs/tags/v9.8.7 --jq',
          'release create v9.8.7',
          'release view v9.8.7',
          'release download v9.8.7',
          'attestation verify vault-dr-failover-9.8.7.tgz',
          'release edit v9.8.7',
          'api repos/your-org/vault-dr-failover/commits/v9.8.7 --jq',
          'api --method PATCH',
          'api --method POST',
        ],
      ],
      [/^It is (new|old)\.$/m.exec(said(ran))?.[1], 'new'],
      [said(ran).includes('It is old.'), false],
      [/^gh api --method POST .* -f ref=refs\/tags\/v9 /m.test(said(ran)), true],
    ],
  },
  {
    of: 'README.md: Rehearse a failover',
    what: 'act masking nothing',
    ask: (place) => ({ ...theirs(place, example('README.md: Rehearse a failover')), masks: false }),
    expect: (ran) => [[outputsOf(ran, '1').outcome, 'done']],
  },
  {
    of: 'README.md: Rehearse a failover',
    what: 'with a token that is none, so that the job fails',
    result: 'failure',
    ask: (place) =>
      theirs(place, example('README.md: Rehearse a failover', 'scenario: healthy', 'scenario: wrong-token')),
    expect: (ran) => [[outputsOf(ran, '1').outcome, 'blocked']],
  },
  {
    of: 'README.md: Vault DR',
    what: 'as the form stands',
    ask: (place, world) => byHand(place, world, {}),
    expect: (ran, world) => [
      [outcome(ran), 'done'],
      [world.writes().length, 0],
    ],
  },
  {
    of: 'README.md: Vault DR',
    what: 'a failover',
    ask: (place, world) => byHand(place, world, { operation: 'failover', 'dry-run': 'false' }),
    expect: (ran, world) => [
      [outcome(ran), 'done'],
      [
        [world.secondary.role(), world.primary.state()],
        ['primary', 'stream-wals'],
      ],
      [world.primariesAtOnceMs(), 0],
    ],
  },
  {
    of: 'README.md: Vault DR',
    what: 'the primary is lost',
    ask: async (place, world) => {
      await world.primary.stop({ heartbeatAgeSeconds: 60 })
      const { host } = new URL(world.secondary.addr)
      return byHand(place, world, { operation: 'failover', 'dry-run': 'false', mode: 'emergency', confirm: host })
    },
    expect: (ran, world) => [
      [outcome(ran), 'done'],
      [outputsOf(ran, '0').redundancy, 'unprotected'],
      [world.secondary.role(), 'primary'],
    ],
  },
  {
    of: 'README.md: Vault DR status',
    what: 'a pair that is not well, and no GitHub to tell it',
    ask: (place, world) => {
      world.cutLink()
      const secrets = { GITHUB_TOKEN: 'ghs_0123456789abcdefghijklmnopqrstuvwxyz' }
      const env = { GITHUB_API_URL: 'http://127.0.0.1:9' }
      // What it is there for, a red run, would be in the way of what is asked here.
      const looked = theirs(place, example('README.md: Vault DR status', 'fail-on: degraded', 'fail-on: never'))
      return { ...looked, vars: settings(world).vars, secrets, env }
    },
    expect: (ran) => [
      [outputsOf(ran, '0').health, 'degraded'],
      [ran.lines.some(({ command, arg = '' }) => command === 'warning' && /GitHub did not answer/.test(arg)), true],
    ],
  },
  {
    of: 'README.md: Fail over and move DNS',
    what: 'the step after it',
    ask: (place, world) => ({ ...theirs(place, example('README.md: Fail over and move DNS')), ...settings(world) }),
    expect: (ran, world) => [
      [outputsOf(ran, 'dr').outcome, 'done'],
      [said(ran).includes(`point vault.example.com at ${world.secondary.addr}`), true],
    ],
  },
  {
    of: 'README.md: Vault DR drill',
    what: 'and whether it was fast enough',
    ask: (place, world) => ({ ...theirs(place, example('README.md: Vault DR drill')), ...settings(world) }),
    expect: (ran, world) => [
      [outputsOf(ran, 'drill').outcome, 'done'],
      [world.primary.role(), 'primary'],
    ],
  },
  {
    of: 'docs/fleet.md: Watch the fleet',
    what: 'one pair that is well',
    ask: (place, world) => ({
      ...theirs(place, example('docs/fleet.md: Watch the fleet'), { 'fleet.yml': fleetOf(world) }),
      vars: settings(world).vars,
      secrets: { GITHUB_TOKEN: 'ghs_0123456789abcdefghijklmnopqrstuvwxyz' },
      env: { GITHUB_API_URL: 'http://127.0.0.1:9' },
    }),
    expect: (ran) => [[outputsOf(ran, '1').health, 'healthy']],
  },
  {
    of: 'docs/fleet.md: Drill the fleet',
    what: 'by fleet.yml (stand-ins: yq, artifacts)',
    needs: 'jq',
    jobs: 3,
    ask: (place, world) => {
      const kept = place.repository({ 'README.md': 'artifacts' })
      const yaml = `import { readFileSync } from 'node:fs'
import { parse } from ${JSON.stringify(join(root, 'node_modules/yaml/dist/index.js'))}
console.log(JSON.stringify(parse(readFileSync(process.argv.at(-1), 'utf8'))))\n`
      const bin = place.repository({
        'yq.mjs': yaml,
        yq: `#!/bin/sh\nexec "${process.execPath}" "\${0%/*}/yq.mjs" "$@"\n`,
      })
      return {
        ...theirs(place, example('docs/fleet.md: Drill the fleet'), { 'fleet.yml': fleetOf(world) }),
        ...settings(world),
        inputs: { only: '', 'dry-run': 'false' },
        path: bin,
        repositories: {
          [pinned('actions/upload-artifact')]: action(
            place,
            `mkdir -p "${kept}/a" && cp "$RUNNER_TEMP/pair.json" "${kept}/a/"`,
          ),
          [pinned('actions/download-artifact')]: action(place, `mkdir -p pairs && cp -r "${kept}/a" pairs/`),
        },
      }
    },
    expect: (ran, world) => [
      [outputsOf(ran, 'dr').outcome, 'done'],
      [world.primary.role(), 'primary'],
      [ran.lines.some(({ content = '' }) => content.includes('1 of 1 pairs ended well')), true],
    ],
  },
]

const fleetOf = ({ primary, secondary }: World): string =>
  `- name: payments\n  primary-addr: ${primary.addr}\n  secondary-addr: ${secondary.addr}\n`

async function main([flag, minutes = '2', ...more]: readonly string[]): Promise<number> {
  if ((flag !== undefined && flag !== '--minutes') || !(Number(minutes) > 0) || more.length > 0) {
    console.error('usage: runner.ts [--minutes 2]')
    return 1
  }
  const act = findAct(Number(minutes))
  if (typeof act === 'number') return act
  const { stdout: version = '' } = spawnSync(act, ['--version'], { encoding: 'utf8' })
  if (!version.startsWith('act version ')) {
    console.error(`${act} is no act: it does not say its version.`)
    return 1
  }
  console.log(`The runner: ${version.trim()}, in host mode (${act})\n`)
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  const place = new Place(act, stopped.signal)
  let failed = 0
  const lacking = TRIALS.filter(({ needs }) => needs !== undefined && spawnSync(needs, ['--version']).status !== 0)
  const trials = TRIALS.filter((trial) => !lacking.includes(trial))
  try {
    for (const { of, what, jobs = 1, result = 'success', world: options = {}, ask, expect } of trials) {
      const began = performance.now()
      const world = await startWorld(options)
      try {
        const asked = await ask(place, world)
        const ran = await place.run(asked)
        if (stopped.signal.aborted) return 1
        const secrets = [...Object.values(asked.secrets ?? {}), ...Object.values(world.tokens)]
        const { bad, masks } = wrong(ran, { jobs, result, secrets, masks: asked.masks ?? true })
        for (const [got, expected] of expect?.(ran, world) ?? []) {
          if (JSON.stringify(got) !== JSON.stringify(expected))
            bad.push(`${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`)
        }
        const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5)
        console.log(
          `${bad.length === 0 ? 'ok    ' : 'NOT OK'} ${seconds} s  ${of}, ${what}; ${masks} secrets looked for`,
        )
        for (const one of bad) console.log(`         ${one}`)
        if (bad.length > 0) {
          failed += 1
          console.log(ran.lines.map(({ msg = '' }) => `         | ${msg.trimEnd()}`).join('\n'))
        }
      } finally {
        await world.close()
      }
    }
  } finally {
    place.close()
  }
  console.log('\nNot run: jobs for macOS and Windows, and')
  for (const [of, why] of Object.entries(NOT_RUN)) console.log(`- ${of}: ${why}`)
  for (const { of, needs } of lacking) console.log(`- ${of}: there is no ${needs} here`)
  // A workflow that comes in or goes away is to be thought of here.
  const known = [...WORKFLOWS, ...EXAMPLES.keys()]
  // Called by an example.
  const thought = new Set(['fleet.yml', ...Object.keys(NOT_RUN), ...TRIALS.map(({ of }) => of)])
  const forgotten = [
    ...known.filter((name) => !thought.has(name)),
    ...[...thought].filter((name) => !known.includes(name)),
  ]
  if (forgotten.length > 0) console.log(`\nNOT OK  nobody thought of: ${forgotten.join(', ')}`)
  console.log(`\n${trials.length - failed} of ${trials.length} workflow runs ended as they should.`)
  return failed + forgotten.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
