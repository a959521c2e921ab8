import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** A proxy that knows CONNECT and nothing else, and where it was asked to. */
export async function tunnels() {
  const asked: string[] = []
  const server = createServer((_request, response) => response.writeHead(405).end())
  const sockets = new Set<Duplex>()
  server.on('connect', ({ url = '' }, socket: Duplex) => {
    asked.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const there = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(there).pipe(socket)
    })
    for (const each of [socket, there]) {
      sockets.add(each)
      each.on('error', () => undefined)
      each.on('close', () => {
        socket.destroy()
        there.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  return {
    asked,
    addr: `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    close: async () => {
      for (const each of sockets) each.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
