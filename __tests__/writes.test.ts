/** How a write leaves: on a connection that was opened before, and not after what it was decided by has become too old. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { Deadline, monotonic } from '../src/clock.ts'
import { Http } from '../src/vault/http.ts'
import { onFreePorts } from './support/ports.ts'
import { until } from './support/story.ts'

const WRITE = { method: 'POST', path: 'sys/replication/dr/secondary/promote', within: 2000, fresh: true } as const
const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

interface Listening {
  readonly addr: string
  readonly connections: Socket[]
  /** Which of the connections each request came on. */
  readonly requests: number[]
}

async function listening(port = 0): Promise<Listening> {
  const told = { connections: [] as Socket[], requests: [] as number[] }
  const server: Server = createServer((request, response) => {
    told.requests.push(told.connections.indexOf(request.socket))
    response.end('{}')
  })
  server.on('connection', (socket) => told.connections.push(socket))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  ended.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { ...told, addr: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function client(): Http {
  const http = new Http({})
  ended.push(() => http.close())
  return http
}

/** Everything in this process stands still, as on a machine that is paused. */
function standStill(ms: number): void {
  const until = monotonic() + ms
  while (monotonic() < until);
}

test('a write goes over the connection that was opened for it, and the next one over another', async () => {
  const [{ addr, connections, requests }, http] = [await listening(), client()]
  http.ready(addr)
  await until('it is open', () => connections.length === 1)
  http.ready(addr)
  expect(await http.send(addr, WRITE)).toMatchObject({ answered: true, status: 200 })
  expect([connections.length, requests]).toEqual([1, [0]])
  expect(await http.send(addr, WRITE)).toMatchObject({ answered: true, status: 200 })
  expect([connections.length, requests]).toEqual([2, [0, 1]])
})

test('one that the server has closed meanwhile is not used', async () => {
  const [{ addr, connections, requests }, http] = [await listening(), client()]
  http.ready(addr)
  await until('it is open', () => connections.length === 1)
  connections[0]?.end()
  await until('it is closed', () => connections[0]?.closed ?? false)
  expect(await http.send(addr, WRITE)).toMatchObject({ answered: true, status: 200 })
  expect(requests).toEqual([1])
})

test('one that could not be opened is opened when somebody listens', () =>
  onFreePorts(async ([port]) => {
    const http = client()
    const addr = `http://127.0.0.1:${port}`
    http.ready(addr)
    expect(await http.send(addr, WRITE)).toMatchObject({ answered: false, sent: false })
    const { connections, requests } = await listening(port)
    http.ready(addr)
    await until('it is open', () => connections.length === 1)
    expect(await http.send(addr, WRITE)).toMatchObject({ answered: true })
    expect([connections.length, requests]).toEqual([1, [0]])
  }))

for (const opened of [true, false]) {
  test(`what did not leave in time stays here, ${opened ? 'on an open connection' : 'also where it had yet to connect'}`, async () => {
    const [{ addr, connections, requests }, http] = [await listening(), client()]
    if (opened) {
      http.ready(addr)
      await until('it is open', () => connections.length === 1)
    }
    const answer = http.send(addr, { ...WRITE, by: new Deadline(50) })
    standStill(100)
    expect(await answer).toEqual({
      answered: false,
      because: 'it was not sent: too long after the look that it follows from',
      sent: false,
      stale: true,
    })
    // What is sent in time leaves, and nothing of the other one comes after.
    expect(await http.send(addr, { ...WRITE, by: new Deadline(1000) })).toMatchObject({ answered: true })
    expect(requests).toHaveLength(1)
  })
}
