/** Figures of a run of these tests, for the document that `npm run reliability` writes: a line of JSON for each. */
import { appendFileSync } from 'node:fs'

const FILE = process.env.RELIABILITY_FIGURES ?? ''

/** The whole matrix on demand, a part of it on every change. */
export const WHOLE = process.env.RELIABILITY === 'whole'

export function figure(name: string, value: number | string): void {
  if (FILE !== '') appendFileSync(FILE, `${JSON.stringify({ name, value })}\n`)
}
