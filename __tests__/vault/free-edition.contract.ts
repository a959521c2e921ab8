/** What a free edition says to the calls of a failover, and that the client reads it as what it is. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { describe as inWords, role } from '../../src/cluster.ts'
import { PATHS } from '../../src/credentials.ts'
import { Lookout } from '../../src/lookout.ts'
import type { Answer } from '../../src/vault/client.ts'
import { ask, type Peer, realPeer } from './peer.ts'

const ENTERPRISE_ONLY = 'enterprise-only feature'
const UNSUPPORTED = '1 error occurred:\n\t* unsupported path\n\n'
const NO_SUCH_TOKEN = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'

let peer: Peer
beforeAll(async () => {
  peer = await realPeer()
})
afterAll(() => peer.close())

test('sys/health says so', async () => {
  expect((await ask(peer, 'GET', 'sys/health')).json).toMatchObject({ enterprise: false })
})

describe('reads', () => {
  test('DR status is 404 without a token, with any token, and the client says what that means', async () => {
    const json = { errors: [ENTERPRISE_ONLY] }
    for (const token of [undefined, peer.root, 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA']) {
      expect(await ask(peer, 'GET', 'sys/replication/dr/status', { token })).toEqual({ status: 404, json })
      expect(await ask(peer, 'GET', 'sys/replication/performance/status', { token })).toEqual({ status: 404, json })
    }
    const { from } = await new Lookout({ from: peer.vault, to: peer.vault }, () => undefined).look()
    expect(from).toMatchObject({ silent: false, healthCode: 200 })
    expect([from.dr, from.last]).toEqual([undefined, undefined])
    expect(role(from)).toBe('unknown')
    expect(inWords(from)).toBe('it has no DR replication: this is not Vault Enterprise, or not Vault')
  })

  test('the status of both kinds together is 200 on a free edition as well: nothing is to be decided by it', async () => {
    const { status, json } = await ask(peer, 'GET', 'sys/replication/status')
    expect([status, json]).toEqual([200, expect.objectContaining({ data: { mode: 'disabled' } })])
  })
})

describe('writes', () => {
  const rootCalls: Record<string, () => Promise<Answer<unknown>>> = {
    demote: () => peer.vault.demote(peer.root),
    secondaryToken: () => peer.vault.secondaryToken(peer.root, 'site-b', undefined),
    revokeSecondary: () => peer.vault.revokeSecondary(peer.root, 'site-b'),
    generatePublicKey: () => peer.vault.generatePublicKey(peer.root),
    enablePrimary: () => peer.vault.enablePrimary(peer.root, undefined),
    disablePrimary: () => peer.vault.disablePrimary(peer.root),
    enableSecondary: () => peer.vault.enableSecondary(peer.root, 'activation', undefined),
  }
  const bodyCalls: Record<string, (token: string) => Promise<Answer<unknown>>> = {
    promote: (token) => peer.vault.promote(token, undefined),
    updatePrimary: (token) => peer.vault.updatePrimary(token, 'activation', undefined),
    disableSecondary: (token) => peer.vault.disableSecondary(token),
    deleteOperationToken: (token) => peer.vault.deleteOperationToken(token, undefined),
  }

  test.each(Object.keys(rootCalls))('%s is refused', async (name) => {
    expect(await rootCalls[name]?.()).toEqual({
      kind: 'refused',
      status: 404,
      because: `HTTP 404, "${ENTERPRISE_ONLY}"`,
    })
  })

  test.each(Object.keys(bodyCalls))(
    '%s is refused, whatever the token in the body is: it asks for none',
    async (name) => {
      for (const token of ['', 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA', peer.root]) {
        expect(await bodyCalls[name]?.(token)).toMatchObject({ kind: 'refused', status: 404 })
      }
    },
  )

  test('those of a primary ask for a token first, and then for what its policy says', async () => {
    for (const path of [PATHS.demote, PATHS.secondaryToken, PATHS.revokeSecondary, PATHS.generatePublicKey]) {
      expect(await ask(peer, 'POST', path, { body: {} })).toEqual({
        status: 403,
        json: { errors: ['permission denied'] },
      })
      const token = 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA'
      expect(await ask(peer, 'POST', path, { body: {}, token })).toEqual({
        status: 403,
        json: { errors: [NO_SUCH_TOKEN] },
      })
    }
    const token = await peer.mint({
      type: 'batch',
      policy: { [PATHS.demote]: ['update'], [PATHS.secondaryToken]: ['create'] },
    })
    expect(await peer.vault.demote(token)).toMatchObject({ kind: 'refused', status: 404 })
    const denied = { kind: 'refused', status: 403, because: expect.stringContaining('permission denied') }
    expect(await peer.vault.secondaryToken(token, 'site-b', undefined)).toEqual(denied)
    expect(await peer.vault.revokeSecondary(token, 'site-b')).toEqual(denied)
  })

  test('the ceremony is no path at all here', async () => {
    const none = { ok: false, silent: false, status: 404, because: expect.any(String), errors: [UNSUPPORTED] }
    expect(await peer.vault.attempt(peer.root)).toEqual(none)
    expect(await peer.vault.attempt(undefined)).toMatchObject({ ok: false, status: 403, errors: ['permission denied'] })
    expect(await peer.vault.startAttempt(peer.root)).toMatchObject({ kind: 'refused', status: 404 })
    expect(await peer.vault.cancelAttempt(peer.root)).toMatchObject({ kind: 'refused', status: 404 })
    const share = await peer.vault.submitShare(peer.root, 'nonce', '00'.repeat(33))
    expect(share).toMatchObject({ kind: 'refused', status: 404 })
  })
})

/** Cut off in a form, or pasted with something behind it. None of this is in Vault's documentation. */
describe('a batch token that is not whole', () => {
  let whole: string
  beforeAll(async () => {
    whole = await peer.mint({ type: 'batch' })
  })

  test('is no token, where most of it or almost nothing is there', async () => {
    for (const token of [whole.slice(0, -1), whole.slice(0, 100), whole.slice(0, 20)]) {
      expect(await peer.vault.lookupSelf(token)).toMatchObject({ ok: false, status: 403, errors: [NO_SUCH_TOKEN] })
    }
  })

  test('makes the server hang up, where a little is there', async () => {
    for (const token of [whole.slice(0, 28), whole.slice(0, 40)]) {
      expect(await peer.vault.lookupSelf(token)).toMatchObject({ ok: false, silent: true, status: 0 })
    }
  })

  test('is an error of the server, where it is no base64, or names a namespace', async () => {
    for (const token of [`${whole}=`, `${whole.slice(0, 40)}!`, 'not.a-token']) {
      expect(await peer.vault.lookupSelf(token)).toMatchObject({
        ok: false,
        silent: false,
        status: 500,
        because: expect.stringMatching(/^HTTP 500, "error performing token check: /),
      })
    }
  })

  test('works under the prefix of old, and that is told by neither', async () => {
    expect(await peer.vault.lookupSelf(whole.replace(/^hvb\./, 'b.'))).toMatchObject({
      ok: true,
      value: { type: 'batch' },
    })
  })
})
