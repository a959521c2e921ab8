/**
 * The parsers against answers of real servers, recorded by `npm run vault:record`. Needs no server, so it runs with all
 * other tests.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as z from 'zod/mini'
import { ISSUED_POLICY, ISSUED_POLICY_NAME } from '../../src/policy.ts'
import * as schemas from '../../src/vault/schemas.ts'

const folder = join(import.meta.dirname, 'recorded')
const first = z.object({ server: z.string(), version: z.string() })
const answer = z.object({ name: z.string(), status: z.number(), json: z.unknown() })

/** What each answer comes to, by the schema that the client reads it with. Any other is an error, by its `errors`. */
const READ: Readonly<Record<string, readonly [z.ZodMiniType, unknown]>> = {
  'health, not initialized': [schemas.health, { initialized: false, sealed: true, standby: true }],
  'health, sealed': [schemas.health, { initialized: true, sealed: true, standby: true }],
  'health, active': [schemas.health, { initialized: true, sealed: false, standby: false, server_time_utc: 1767225600 }],
  'health, standby': [schemas.health, { initialized: true, sealed: false, standby: true }],
  'leader, active': [schemas.leader, { leader_address: 'https://127.0.0.1:8200' }],
  'leader, standby': [schemas.leader, { leader_address: 'https://127.0.0.1:8200' }],
  autopilot: [
    schemas.enveloped(schemas.autopilot),
    {
      servers: {
        'node-1': { name: 'node-1', healthy: true, node_status: 'alive' },
        'node-2': { name: 'node-2', healthy: true, node_status: 'alive' },
      },
    },
  ],
  policy: [schemas.enveloped(schemas.policy), { policy: ISSUED_POLICY }],
  role: [
    schemas.enveloped(schemas.tokenRole),
    { allowed_policies: [ISSUED_POLICY_NAME], orphan: true, renewable: false, token_type: 'batch' },
  ],
  'token made': [schemas.createdToken, { lease_duration: 3600, orphan: true, token_type: 'batch' }],
  'lookup-self, root': [schemas.enveloped(schemas.token), { ttl: 0, type: 'service', policies: ['root'], num_uses: 0 }],
  'lookup-self, batch': [
    schemas.enveloped(schemas.token),
    { ttl: 3600, type: 'batch', policies: ['default', ISSUED_POLICY_NAME], num_uses: 0 },
  ],
  wrapped: [schemas.activation, 'eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.RECORDED.1'],
  'capabilities, batch': [
    schemas.enveloped(schemas.capabilities),
    { 'sys/replication/dr/primary/demote': ['deny'], 'sys/replication/dr/secondary/promote': ['update'] },
  ],
  'capabilities, one path': [schemas.enveloped(schemas.capabilities), { 'a/b': ['root'], capabilities: ['root'] }],
  'attempt, idle': [schemas.attempt, { nonce: '', started: false, progress: 0, required: 3, complete: false, otp: '' }],
  'attempt, begun': [schemas.attempt, { started: true, progress: 0, otp: 'recorded0one0time0pad0000000' }],
  'attempt, in progress': [schemas.attempt, { started: true, progress: 0, required: 3, otp: '' }],
  share: [schemas.attempt, { started: true, progress: 1, required: 3, complete: false, encoded_token: '' }],
}

for (const file of readdirSync(folder)) {
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
  const [head, ...rest] = lines.map((line): unknown => JSON.parse(line))
  const { server, version } = first.parse(head)
  const answers = z.array(answer).parse(rest)

  describe(`${server} ${version}`, () => {
    test('is recorded as it is named', () => {
      expect(file).toBe(`${server.toLowerCase()}-${version}.jsonl`)
      expect(answers.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(READ)))
    })

    test.each(answers.map((each) => [each.name, each] as const))('%s', (name, { status, json }) => {
      const [schema, value] = READ[name] ?? []
      if (schema !== undefined) {
        const read = schema.parse(json)
        if (typeof value === 'object') expect(read).toMatchObject(value ?? {})
        else expect(read).toBe(value)
      } else if (status >= 400) expect(schemas.errors.safeParse(json).success).toBe(true)
      // What is not read is only known not to be taken for something else.
      else expect(schemas.enveloped(schemas.replication).safeParse(json).success).toBe(name === 'replication status')
    })
  })
}
