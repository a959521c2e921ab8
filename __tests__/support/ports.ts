/** Ports that no system hands out by itself: who stops on one finds it free when it comes back. */

/** Each worker has a range of its own, and begins somewhere in it. */
const FIRST = 10_000 + (Number(process.env.JEST_WORKER_ID ?? 1) % 4) * 5000
let last = FIRST + 8 * Math.floor(Math.random() * 600)

/** Starts something on three ports, on others where somebody has one of them. */
export async function onFreePorts<T>(start: (ports: readonly [number, number, number]) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    last = last >= FIRST + 4984 ? FIRST : last + 8
    try {
      return await start([last, last + 2, last + 4])
    } catch (error) {
      // An error of Node's is none of this realm's, so its class tells nothing here.
      const taken = (error as { code?: unknown } | undefined)?.code === 'EADDRINUSE'
      if (!taken || tries === 50) throw error
    }
  }
}
