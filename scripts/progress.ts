/** A reporter for Jest: a line for each check as it ends, and where one fails, why and how to do that one again. */
interface Case {
  readonly title: string
  readonly status: string
  readonly duration?: number | null
  readonly failureMessages: readonly string[]
}

/** Of a failure: the counterexample and the log of the run are what helps, stacks are not. In characters. */
const LONGEST = 6000

// biome-ignore lint/style/noDefaultExport: Jest looks for one
export default class Progress {
  #ended = 0
  #failed = 0

  onTestCaseResult({ path }: { readonly path: string }, { title, status, duration, failureMessages }: Case): void {
    if (status === 'pending') return
    this.#ended += 1
    if (status !== 'passed') this.#failed += 1
    const seconds = Math.round((duration ?? 0) / 100) / 10
    console.log(
      `${status === 'passed' ? 'held  ' : 'FAILED'} ${this.#ended} (${this.#failed} failed)  ${title}, ${seconds} s`,
    )
    if (status === 'passed') return
    const file = path.replace(/^.*\//, '').replace(/\.test\.ts$/, '')
    console.log(failureMessages.join('\n').slice(0, LONGEST))
    console.log(
      `To do it again: npm run reliability -- --seed ${process.env.RELIABILITY_SEED ?? ''} --only ${file} --cell ${JSON.stringify(title)}`,
    )
  }
}
