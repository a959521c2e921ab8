import { writeFileSync } from 'node:fs'
import { tale } from '../support/tale.ts'
const all: string[] = []
const keep = (w: { requests: readonly { method: string; path: string; body: unknown }[] }) => {
  for (const { method, path, body } of w.requests) all.push(JSON.stringify([method, path.split('?')[0], body && typeof body === 'object' ? Object.keys(body) : []]))
  writeFileSync('/tmp/calls.json', JSON.stringify([...new Set(all)].map((x) => JSON.parse(x))))
}
const O = { version: '2.1.0+ent', secrets: { 'secret/data/c': { a: 1 } }, approle: { roleId: 'role-id-0123456789', secretId: 'secret-id-0123456789abcdef', policy: { '*': ['update', 'read', 'create', 'sudo'] } } }
tale('a', { ...O, clusters: 3 }, async ({ world, run, folder }) => {
  await run({ operation: 'drill', 'other-secondary-addrs': world.clusters[2]?.addr ?? '', 'primary-api-addr': '', 'dr-operation-token': world.tokens.root, 'snapshot-path': `${folder}/s`, 'verify-path': 'secret/data/c' })
  await run({ operation: 'failover', 'primary-cluster-addr': 'https://a:8201', 'auth-method': 'approle', 'approle-role-id': 'role-id-0123456789', 'approle-secret-id': 'secret-id-0123456789abcdef' })
  await run({ operation: 'failback', 'dr-operation-token': '', 'vault-token': world.tokens.root, 'key-shares': world.keyShares.slice(0, 3).join('\n') })
  await run({ operation: 'issue-operation-token', 'vault-token': world.tokens.root })
  const g = await run({ operation: 'generate-operation-token', 'dr-operation-token': '', 'vault-token': world.tokens.root, 'key-shares': world.keyShares.slice(0, 3).join('\n') })
  await run({ operation: 'delete-operation-token', 'dr-operation-token': g.outputs['dr-operation-token'] ?? '' })
  await fetch(`${world.secondary.addr}/v1/sys/replication/dr/secondary/generate-operation-token/attempt`, { method: 'POST', body: '{}', headers: { 'x-vault-token': world.tokens.root } })
  await run({ operation: 'cancel-operation-token', 'vault-token': world.tokens.root })
  await run({ operation: 'disable', confirm: new URL(world.secondary.addr).host, 'dr-operation-token': world.tokens.root })
  keep(world)
})
tale('b', { ...O, enrolled: false }, async ({ world, run }) => {
  await run({ operation: 'setup', confirm: new URL(world.secondary.addr).host, 'vault-token': world.tokens.operator, 'secondary-vault-token': world.tokens.secondaryOperator, 'dr-operation-token': '', activation: 'wrapped', 'primary-api-addr': world.primary.addr, 'primary-cluster-addr': 'https://a:8201' })
  keep(world)
})
