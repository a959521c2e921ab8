/**
 * One look at sys/health with the TLS settings on standard input, by the shipped code in a process of its own: what is
 * read off an error of Node's does not depend on a test runner then, which has an `Error` of its own.
 */
import { text } from 'node:stream/consumers'
import { Http } from '../../src/vault/http.ts'

const { addr, tls } = JSON.parse(await text(process.stdin))
const http = new Http(tls)
const outcome = await http.send(addr, { method: 'GET', path: 'sys/health', within: 10_000 })
await http.close()
process.stdout.write(JSON.stringify(outcome))
