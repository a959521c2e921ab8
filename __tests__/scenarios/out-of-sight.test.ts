/** Clusters that take a connection and never say a word, and followers that tell late, or never, by which id they follow. */
import { createServer, type Server } from 'node:net'
import { expect } from '@jest/globals'
import { expectRun, story } from '../support/story.ts'

/** Listens, and answers nothing: no TLS, no HTTP. */
async function blackHole(): Promise<{ readonly addr: string; readonly close: () => void }> {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const at = server.address()
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { addr: `https://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`, close }
}

story('a primary in whose place nothing speaks TLS costs no more than the timeout', {}, async ({ run }) => {
  const hole = await blackHole()
  try {
    const ran = await run({ operation: 'status', 'primary-addr': hole.addr, timeout: '3s' })
    expectRun(ran, { outcome: 'done', health: 'critical' })
    expect(ran.ms).toBeLessThan(9000)
  } finally {
    hole.close()
  }
})

story('a cancel does not wait for a connection that never comes about', {}, async ({ start }) => {
  const hole = await blackHole()
  try {
    const running = start({ operation: 'failover', 'primary-addr': hole.addr })
    await new Promise((resolve) => {
      setTimeout(resolve, 1500)
    })
    const at = performance.now()
    running.child.kill('SIGINT')
    expectRun(await running.ended, { changed: 'false' })
    expect(performance.now() - at).toBeLessThan(6000)
  } finally {
    hole.close()
  }
})

story('a follower that never tells its id keeps it, also when the same is run again', {}, async ({ world, run }) => {
  world.primary.set({ secondary_id: undefined })
  expectRun(await run({ operation: 'failover' }), { outcome: 'done', redundancy: 'protected' })
  expect(world.requests.filter(({ path }) => path.endsWith('revoke-secondary'))).toEqual([])
  expectRun(await run({ operation: 'failover' }), { outcome: 'unchanged', redundancy: 'protected' })
})
