/**
 * Connections that are opened before they are needed. A write has one of its own, and the one that ends a time in which
 * nobody serves does not wait for a handshake first: it leaves in the moment in which it is decided.
 */
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { Deadline } from '../clock.ts'

/** Vault closes a connection on which nothing is said for 10 s (`http_read_header_timeout`). In ms. */
const YOUNG = 3000

interface Spare {
  readonly until: Deadline
  /** Undefined while it is being opened. */
  socket?: Socket
}

export class Spares {
  readonly #dial: buildConnector.connector
  readonly #spares = new Map<string, Spare>()

  constructor(dial: buildConnector.connector) {
    this.#dial = dial
  }

  /** Sees to it that a connection to `origin` is there or on its way. One that can't be opened is nobody's loss. */
  open(origin: string): void {
    const held = this.#spares.get(origin)
    if (held !== undefined && !held.until.passed && held.socket?.destroyed !== true) return
    held?.socket?.destroy()
    const spare: Spare = { until: new Deadline(YOUNG) }
    this.#spares.set(origin, spare)
    const { protocol, host, hostname, port } = new URL(origin)
    this.#dial({ protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port }, (_, socket) => {
      if (this.#spares.get(origin) !== spare) socket?.destroy()
      else if (socket) spare.socket = socket
      else this.#spares.delete(origin)
    })
  }

  /** As undici connects, but with what was opened before, where that is there and young. */
  readonly connect: buildConnector.connector = (options, callback) => {
    const origin = `${options.protocol}//${options.host}`
    const spare = this.#spares.get(origin)
    const { socket } = spare ?? {}
    if (spare === undefined || socket === undefined) return this.#dial(options, callback)
    this.#spares.delete(origin)
    if (!spare.until.passed && !socket.destroyed && !socket.readableEnded) {
      // undici takes no answer to what it is just asking.
      queueMicrotask(() => callback(null, socket))
      return
    }
    socket.destroy()
    this.#dial(options, callback)
  }

  close(): void {
    for (const { socket } of this.#spares.values()) socket?.destroy()
    this.#spares.clear()
  }
}
