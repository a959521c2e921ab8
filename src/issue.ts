/**
 * `issue: true`: one issue of the repository is open while a pair (or a fleet) is not healthy. Its body is the job summary,
 * written anew at each look, so nobody is told twice; it is closed with one comment when all is well. It is found by its
 * label and by a mark in its body that nobody sees.
 *
 * Whatever goes wrong here is a warning: the outcome of `status` is what the clusters are, not what GitHub does.
 */
import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { Deadline } from './clock.ts'
import { type Answer, again, connect, type GitHub, isApiUrl, isRepository } from './github.ts'
import { printable } from './printable.ts'
import { renderSummary } from './render/summary.ts'
import type { Report } from './report.ts'
import type { Secrets } from './secrets.ts'
import type { Session } from './session.ts'

export const LABEL = 'vault-dr'
/** For all of it, beyond what the look itself has taken. In ms. */
const WITHIN = 20_000
/** GitHub takes 65,536 characters. */
const LONGEST_BODY = 60_000
/** Open issues with the label that are looked through; a page is as long as GitHub lets it be. */
const MOST_PAGES = 5
const PER_PAGE = 100
/** Pairs of a fleet that the body tells of: those that are not healthy. */
const MOST_PAIRS = 100

const listed = z.array(
  z.object({
    number: z.int().check(z.positive()),
    body: z.nullish(z.string()),
    pull_request: z.optional(z.unknown()),
  }),
)
const made = z.object({
  number: z.int().check(z.positive()),
  labels: z.array(z.union([z.string(), z.object({ name: z.nullish(z.string()) })])),
})

/** What the issue is to be; undefined where this look could not tell. */
export interface Told {
  readonly healthy: boolean
  readonly mark: string
  readonly title: string
  readonly body: string
  /** The word at its end. */
  readonly farewell: string
}

/** Opens, updates or closes the issue, after a look that could tell how the pair is. */
export async function keepIssue({ inputs, journal, runner, secrets, cancelled }: Session): Promise<void> {
  let told: Told | undefined
  try {
    told = issueOf(journal.report, inputs.fleet, secrets)
  } catch {
    // A mistake of ours in writing it must not end a run that has told its outcome.
    runner.warn('The issue was not kept up to date: it could not be written.')
  }
  if (told === undefined) return
  const because = await keep(told, {
    token: inputs['github-token'] ?? '',
    repository: process.env.GITHUB_REPOSITORY ?? '',
    apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
    cancelled,
    say: (line) => runner.log(line),
  })
  if (because !== undefined) runner.warn(`The issue was not kept up to date: ${because}.`)
}

export interface Where {
  readonly token: string
  readonly repository: string
  readonly apiUrl: string
  readonly cancelled: AbortSignal
  readonly say: (line: string) => void
}

/** @returns why it could not be done, without a stop at its end; undefined where it was */
export async function keep(
  told: Told,
  { token, repository, apiUrl, cancelled, say }: Where,
): Promise<string | undefined> {
  if (!isRepository(repository)) return 'the repository is not known (GITHUB_REPOSITORY, owner/name)'
  if (!isApiUrl(apiUrl)) return "GitHub's API has no https address (GITHUB_API_URL)"
  if (token === '') return 'no github-token was given'
  const [owner = '', repo = ''] = repository.split('/')
  let github: GitHub | undefined
  try {
    const connected = await connect({ token, apiUrl })
    github = connected
    const until = new Deadline(WITHIN)
    /** What is done once more by being sent again is sent once: the next look finds what it came to. */
    const ask = (route: string, more: Record<string, unknown> = {}) =>
      again(
        until,
        cancelled,
        (signal) => connected.ask(`${route.replace(' ', ' /repos/{owner}/{repo}/')}`, { owner, repo, ...more }, signal),
        route.startsWith('POST ') ? 1 : undefined,
      )
    return await settle(told, ask, say)
  } catch {
    // Octokit's errors hold what they were given: the token.
    return 'GitHub could not be asked'
  } finally {
    await github?.close()
  }
}

type Ask = (route: string, more?: Record<string, unknown>) => Promise<Answer>

async function settle(told: Told, ask: Ask, say: Where['say']): Promise<string | undefined> {
  const { healthy, title, body, farewell } = told
  const found = await find(told.mark, ask)
  if (typeof found === 'string') return found
  const [first, ...rest] = found
  // Two looks at the same time may each have opened one: the older one stays.
  for (const issue_number of rest) {
    await ask('PATCH issues/{issue_number}', { issue_number, state: 'closed', state_reason: 'not_planned' })
  }
  if (first === undefined) {
    if (healthy) return undefined
    const opened = await ask('POST issues', { title, body, labels: [LABEL] })
    if (opened.status !== 201) return refused(opened, 'open')
    const issue = made.safeParse(opened.data)
    if (!issue.success) return 'GitHub opened an issue, and did not say which'
    const { number, labels } = issue.data
    say(`issue: opened #${number}`)
    if (labels.some((label) => (typeof label === 'string' ? label : label.name) === LABEL)) return undefined
    const labelled = await ask('POST issues/{issue_number}/labels', { issue_number: number, labels: [LABEL] })
    return labelled.status === 200
      ? undefined
      : `#${number} did not get the label ${LABEL}, without which it is not found again; give it by hand`
  }
  if (!healthy) {
    const updated = await ask('PATCH issues/{issue_number}', { issue_number: first, title, body })
    if (updated.status !== 200) return refused(updated, 'update')
    say(`issue: updated #${first}`)
    return undefined
  }
  // Closed first: a comment on an issue that stays open would come again at each look.
  const state = { state: 'closed', state_reason: 'completed' }
  const closed = await ask('PATCH issues/{issue_number}', { issue_number: first, title, body, ...state })
  if (closed.status !== 200) return refused(closed, 'close')
  say(`issue: closed #${first}`)
  const word = await ask('POST issues/{issue_number}/comments', { issue_number: first, body: farewell })
  return word.status === 201 ? undefined : refused(word, 'comment on')
}

/** The open issues with the label and the mark, oldest first; or why they can't be known. */
async function find(mark: string, ask: Ask): Promise<number[] | string> {
  const numbers: number[] = []
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask('GET issues', { labels: LABEL, state: 'open', per_page: PER_PAGE, page })
    if (answer.status !== 200) return refused(answer, 'look for')
    const issues = listed.safeParse(answer.data)
    if (!issues.success) return 'GitHub gave no list of issues'
    for (const { number, body, pull_request: pull } of issues.data)
      if (pull === undefined && body?.includes(mark) === true) numbers.push(number)
    if (issues.data.length < PER_PAGE) return numbers.sort((a, b) => a - b)
  }
  // One that is not found here may be there all the same: to open another one would be done again at each look.
  if (numbers.length === 0)
    return `${MOST_PAGES * PER_PAGE} or more open issues have the label ${LABEL}, and it is not among the first`
  return numbers.sort((a, b) => a - b)
}

/** Why not, in our words: GitHub's own may quote what it was sent. */
function refused({ status, data }: Answer, what: string): string {
  const message = typeof data === 'string' ? data : ''
  if (status === 0) return `GitHub did not answer (${what} it)`
  if (status === 401) return 'GitHub does not know this github-token (HTTP 401)'
  if (status === 429 || (status === 403 && /rate limit/i.test(message)))
    return `GitHub's rate limit is used up (HTTP ${status})`
  if (status === 403 && /archived/i.test(message)) return 'this repository is archived (HTTP 403)'
  if (status === 403 || status === 404)
    return `this github-token may not ${what} issues here (HTTP ${status}): give the job the permission \`issues: write\``
  if (status === 410) return 'this repository has no issues (HTTP 410)'
  if (status >= 300 && status < 400) return `GitHub redirects elsewhere, which is not followed (HTTP ${status})`
  return `GitHub answered HTTP ${status} (${what} it)`
}

/** The issue of a report; undefined where the look did not come to its end. */
export function issueOf(report: Report, fleet: string | undefined, secrets: Secrets): Told | undefined {
  const { result } = report
  if (result?.outcome !== 'done' || report.cancelled === true) return undefined
  // Before anything is shortened: half a secret would not be recognised any more.
  const clean: Report = JSON.parse(secrets.redact(JSON.stringify(report)))
  const hosts = [clean.hosts.from, clean.hosts.to].map((host) => printable(host, 100))
  // By what it is about, whichever of the two addresses is given first.
  const key = fleet === undefined ? [...hosts].sort().join('\n') : `fleet\n${fleet}`
  const mark = `<!-- vault-dr-failover: ${createHash('sha256').update(key).digest('hex').slice(0, 32)} -->`
  const subject = fleet === undefined ? `Vault DR pair ${hosts.join(' / ')}` : 'Vault DR fleet'
  const { health } = result
  return {
    healthy: health === 'healthy',
    mark,
    title: `${subject}: ${health}`,
    body: secrets.redact(bodyOf(clean, mark)),
    farewell: farewellOf(clean),
  }
}

/** When it was seen, and in which run. */
function farewellOf({ endedAt, startedAt, run: { url, runId } }: Report): string {
  const at = `${(endedAt ?? startedAt).slice(0, 16).replace('T', ' ')} UTC`
  // Only the address of a run becomes a link.
  const isRun = /^https?:\/\/[\w.:-]+(\/[\w.-]+)+\/actions\/runs\/\d+$/.test(url)
  return `Healthy again, as seen at ${at}${isRun ? ` in [run ${runId}](${url})` : ''}.`
}

function bodyOf(report: Report, mark: string): string {
  const sick = report.fleet?.filter((pair) => pair.health !== 'healthy')
  const text = renderSummary({ ...report, ...(sick === undefined ? {} : { fleet: sick.slice(0, MOST_PAIRS) }) })
  const more = Math.max(0, (sick?.length ?? 0) - MOST_PAIRS)
  const rest = more > 0 ? `… and ${more} more that are not healthy; all are in the job summary or the report.\n\n` : ''
  const kept =
    'This issue is kept by `operation: status` with `issue: true`: what stands here is the last look, and it is closed when all is well.'
  const whole = `${mark}\n${text}`
  const fits = whole.length <= LONGEST_BODY
  const shown = fits
    ? whole
    : `${whole.slice(0, whole.lastIndexOf('\n', LONGEST_BODY))}\n\n… the rest stands in the job summary.\n`
  return `${shown}\n${rest}${kept}\n`
}
