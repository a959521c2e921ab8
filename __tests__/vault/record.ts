/**
 * Records what a real server answers, as fixtures for the parsers: `npm run vault:record`, and with `-- --check` whether
 * it still answers so. Started by run.ts. Whatever is secret, or differs from one server to the next, is replaced: the
 * same version recorded twice gives the same file.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ISSUED_POLICY, ISSUED_POLICY_NAME, ISSUED_ROLE_NAME } from '../../src/policy.ts'
import { type Call, Http } from '../../src/vault/http.ts'
import { fields, type Node, RealVault, until } from './server.ts'

interface Recorded {
  readonly name: string
  readonly method: Call['method']
  readonly path: string
  readonly status: number
  readonly json: unknown
}

const [server = '', version = ''] = (process.env.VAULT_PEER ?? '').split(' ')

/** By key: what is replaced whatever it is. */
const BY_KEY: Readonly<Record<string, unknown>> = {
  cluster_name: 'vault-cluster-recorded',
  build_date: '2026-01-01T00:00:00Z',
  server_time_utc: 1_767_225_600,
  creation_time: 1_767_225_600,
  raft_committed_index: 40,
  raft_applied_index: 40,
  last_index: 40,
  last_term: 3,
  last_contact: '0s',
  last_request_forwarding_heartbeat_ms: 1000,
  clock_skew_ms: 0,
  echo_duration_ms: 0,
  otp: 'recorded0one0time0pad0000000',
}
const NUMBERED: readonly [RegExp, (at: number) => string][] = [
  [/hvs\.[\w-]+/g, (at) => `hvs.RECORDED${String(at).padStart(16, '0')}`],
  [/hvb\.[\w-]+/g, (at) => `hvb.RECORDED${String(at).padStart(124, '0')}`],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, (at) => `eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.RECORDED.${at}`],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`],
  [/127\.0\.0\.1:\d+/g, (at) => `127.0.0.1:${8199 + at}`],
]

class Recorder {
  readonly answers: Recorded[] = []
  readonly #http: Http
  readonly #seen = new Map<string, string>()
  readonly #counts = new Map<RegExp, number>()

  constructor(http: Http) {
    this.#http = http
  }

  async ask(
    name: string,
    node: Node,
    method: Call['method'],
    path: string,
    more: Partial<Call> = {},
  ): Promise<unknown> {
    const answer = await this.#http.send(node.addr, { method, path, within: 10_000, ...more })
    if (!answer.answered) throw new Error(`${name}: ${answer.because}`)
    // A header that is not JSON's business is not recorded, and an answer without a body is null.
    const json = this.#clean(answer.json ?? null, '')
    this.answers.push({ name, method, path, status: answer.status, json })
    return answer.json
  }

  #clean(value: unknown, key: string): unknown {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      // Go writes a map in any order.
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(entries.map(([each, inner]) => [each, this.#clean(inner, each)]))
    }
    if (Array.isArray(value)) return value.map((each) => this.#clean(each, key))
    const fixed = BY_KEY[key]
    if (value === '' || value === null) return value
    if (key === 'accessor') return 'RecordedAccessor00000000'
    if (fixed !== undefined && typeof fixed === typeof value) return fixed
    if (typeof value !== 'string')
      return key === 'ttl' && Number(value) > 0 ? Math.ceil(Number(value) / 60) * 60 : value
    // Also where a time has nanoseconds, of which trailing zeros are not written.
    const text = value.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) =>
      at.startsWith('0001-') ? at : '2026-01-01T00:00:00Z',
    )
    return NUMBERED.reduce(
      (all, [pattern, make]) => all.replace(pattern, (found) => this.#number(found, pattern, make)),
      text,
    )
  }

  #number(found: string, pattern: RegExp, make: (at: number) => string): string {
    const known = this.#seen.get(found)
    if (known !== undefined) return known
    const at = (this.#counts.get(pattern) ?? 0) + 1
    this.#counts.set(pattern, at)
    const replaced = make(at)
    this.#seen.set(found, replaced)
    return replaced
  }
}

async function record(): Promise<readonly Recorded[]> {
  const vault = await RealVault.start(2)
  const http = new Http({ ca: vault.ca })
  try {
    const recorder = new Recorder(http)
    const first = vault.node(0)
    const second = vault.node(1)
    const ask = recorder.ask.bind(recorder)
    const reads = async (when: string, node = first) => {
      await ask(`health, ${when}`, node, 'GET', 'sys/health')
      await ask(`leader, ${when}`, node, 'GET', 'sys/leader')
      await ask(`seal-status, ${when}`, node, 'GET', 'sys/seal-status')
    }
    await reads('not initialized')
    await vault.initialize()
    await reads('sealed')
    await vault.unseal()
    await reads('active')
    const token = vault.root
    await until(
      async () => (await vault.call('GET', 'sys/seal-status', { node: second })).initialized === true,
      'no join',
    )
    await vault.unseal(second)
    await vault.call('POST', 'sys/storage/raft/autopilot/configuration', { body: { server_stabilization_time: '1s' } })
    await until(async () => {
      const { data } = await vault.call('GET', 'sys/storage/raft/autopilot/state')
      return fields(fields(fields(data).servers)['node-2']).status === 'voter'
    }, 'no vote')
    await reads('standby', second)
    await ask('autopilot', first, 'GET', 'sys/storage/raft/autopilot/state', { token })

    await ask('DR status', first, 'GET', 'sys/replication/dr/status')
    await ask('performance status', first, 'GET', 'sys/replication/performance/status')
    await ask('replication status', first, 'GET', 'sys/replication/status')
    await ask('demote', first, 'POST', 'sys/replication/dr/primary/demote', { token, body: {} })
    await ask('promote', first, 'POST', 'sys/replication/dr/secondary/promote', { body: { dr_operation_token: 'x' } })

    await ask('policy, none', first, 'GET', `sys/policies/acl/${ISSUED_POLICY_NAME}`, { token })
    await ask('role, none', first, 'GET', `auth/token/roles/${ISSUED_ROLE_NAME}`, { token })
    await ask('policy written', first, 'POST', `sys/policies/acl/${ISSUED_POLICY_NAME}`, {
      token,
      body: { policy: ISSUED_POLICY },
    })
    await ask('role written', first, 'POST', `auth/token/roles/${ISSUED_ROLE_NAME}`, {
      token,
      body: { allowed_policies: [ISSUED_POLICY_NAME], orphan: true, renewable: false, token_type: 'batch' },
    })
    await ask('policy', first, 'GET', `sys/policies/acl/${ISSUED_POLICY_NAME}`, { token })
    await ask('role', first, 'GET', `auth/token/roles/${ISSUED_ROLE_NAME}`, { token })
    const made = await ask('token made', first, 'POST', `auth/token/create/${ISSUED_ROLE_NAME}`, {
      token,
      body: { ttl: '3600s' },
    })
    const batch = String(fields(fields(made).auth).client_token)

    const lookup = 'auth/token/lookup-self'
    await ask('lookup-self, root', first, 'GET', lookup, { token })
    await ask('lookup-self, batch', first, 'GET', lookup, { token: batch })
    await ask('lookup-self, wrong', first, 'GET', lookup, { token: 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA' })
    await ask('lookup-self, none', first, 'GET', lookup)
    const wrap = { 'x-vault-wrap-ttl': '60', 'x-vault-wrap-format': 'jwt' }
    await ask('wrapped', first, 'GET', lookup, { token, headers: wrap })
    const paths = ['sys/replication/dr/secondary/promote', 'sys/replication/dr/primary/demote']
    await ask('capabilities, batch', first, 'POST', 'sys/capabilities-self', { token: batch, body: { paths } })
    await ask('capabilities, one path', first, 'POST', 'sys/capabilities-self', { token, body: { paths: ['a/b'] } })
    await ask('denied by policy', first, 'GET', 'sys/mounts', { token: batch })
    await ask('batch token not revoked', first, 'POST', 'auth/token/revoke-self', { token: batch, body: {} })
    await ask('no such path', first, 'GET', 'sys/nothing', { token })
    await ask('no such operation', first, 'GET', 'sys/capabilities-self', { token })

    const ceremony = 'sys/generate-root'
    await ask('attempt, idle', first, 'GET', `${ceremony}/attempt`)
    const begun = fields(await ask('attempt, begun', first, 'POST', `${ceremony}/attempt`, { body: {} }))
    await ask('attempt, begun twice', first, 'POST', `${ceremony}/attempt`, { body: {} })
    await ask('attempt, in progress', first, 'GET', `${ceremony}/attempt`)
    const [key = ''] = vault.shares
    await ask('share', first, 'POST', `${ceremony}/update`, { body: { key, nonce: begun.nonce } })
    await ask('share, given twice', first, 'POST', `${ceremony}/update`, { body: { key, nonce: begun.nonce } })
    await ask('attempt, cancelled', first, 'DELETE', `${ceremony}/attempt`)
    return recorder.answers
  } finally {
    await http.close()
    await vault.close()
  }
}

const folder = join(import.meta.dirname, 'recorded')
const file = join(folder, `${server.toLowerCase()}-${version}.jsonl`)
const lines = [{ server, version }, ...(await record())].map((line) => JSON.stringify(line))
if (process.argv.includes('--check')) {
  const before = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  for (const line of before.filter((each) => !lines.includes(each))) process.stdout.write(`no longer so: ${line}\n`)
  for (const line of lines.filter((each) => !before.includes(each))) process.stdout.write(`now: ${line}\n`)
  process.exitCode = lines.join('\n') === before.join('\n') ? 0 : 1
} else {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
}
const said = process.exitCode ? 'are not as in' : 'are as in'
process.stdout.write(`${lines.length - 1} answers of ${server} ${version} ${said} ${relative(process.cwd(), file)}\n`)
