/** What the client says of a redirect: never where it leads in the server's own words, and never by going there. */
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Secrets } from '../src/secrets.ts'
import { Vault } from '../src/vault/client.ts'
import { Http } from '../src/vault/http.ts'

const TOKEN = `hvb.AAAAAQ${'a1b2c3d4'.repeat(16)}`
const http = new Http({})
let server: Server
let addr: string
let location: string | undefined
let asked = 0

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1
    response.writeHead(307, location === undefined ? {} : { location }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  addr = `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`
})
afterAll(async () => {
  await http.close()
  await new Promise((resolve) => server.close(resolve))
})

test.each([
  ['a node', 'https://vault-2.example.com:8200/v1/sys/health?x=1', 'to vault-2.example.com:8200'],
  ['with credentials', 'https://user:password@vault.example.com/', 'to vault.example.com'],
  ['with a command behind it', 'https://vault.example.com/##[add-mask]x', 'to vault.example.com'],
  ['with a command for a host', 'https://##[add-mask]x/', 'elsewhere'],
  ['with markup for a host', 'https://<img src=x>/', 'elsewhere'],
  ['of many letters', `https://${'a'.repeat(200)}.example.com/`, `to ${'a'.repeat(99)}…`],
  ['that holds a token', `https://${TOKEN.slice(4, 60)}.example.com/`, 'to [withheld: it holds a part of a secret]'],
  ['of another kind', 'javascript:alert(1)', 'elsewhere'],
  ['that is none', 'https://', 'elsewhere'],
  ['nowhere', undefined, 'elsewhere'],
])('%s', async (_what, to, told) => {
  location = to
  asked = 0
  const secrets = new Secrets()
  secrets.add(TOKEN)
  const vault = new Vault(addr, http, secrets)
  const because = `HTTP 307: it redirects ${told}, which is not followed: give the address of the active node, or of a load balancer that leads to it`
  const unread = { ok: false, silent: false, status: 307, because, errors: [] }
  expect(await vault.status(5000)).toEqual(unread)
  expect(await vault.lookupSelf(TOKEN)).toEqual(unread)
  expect(await vault.demote(TOKEN)).toEqual({ kind: 'refused', status: 307, because })
  expect(asked).toBe(3)
})
