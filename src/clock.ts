/** Time as this program uses it: deadlines on the monotonic clock, and how it is told. */
import { setTimeout as timer } from 'node:timers/promises'

/** Milliseconds on the monotonic clock; a stepping wall clock (NTP, a sleeping runner) doesn't move it backwards. */
export const monotonic = (): number => performance.now()

/**
 * Milliseconds since the epoch, by the wall clock as it was when the program began and the monotonic one since: what is
 * measured between two of them is right also where the wall clock was set meanwhile.
 */
export const now = (): number => Math.round(performance.timeOrigin + performance.now())

/** A moment after which a wait must end. */
export class Deadline {
  #at: number

  /** @param ms from now */
  constructor(ms: number) {
    this.#at = monotonic() + ms
  }

  /** Milliseconds left, never below 0. */
  get left(): number {
    return Math.max(0, this.#at - monotonic())
  }

  get passed(): boolean {
    return this.left === 0
  }

  /** Moves it to `ms` from now, if that is later: what was begun shall not be left in the middle. */
  atLeast(ms: number): void {
    this.#at = Math.max(this.#at, monotonic() + ms)
  }

  /** Moves it to `ms` from now, if that is earlier: a cancelled run has seconds left, whatever it waits for. */
  shorten(ms: number): void {
    this.#at = Math.min(this.#at, monotonic() + ms)
  }
}

/** Sleeps for `ms`; not at all where that is 0 or less. */
export async function sleep(ms: number): Promise<void> {
  if (ms > 0) await timer(ms)
}

/** `850 ms`, `4.2 s`, `3 min 5 s`: a length of time as a person reads it. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
