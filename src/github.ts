/**
 * GitHub's API as this program asks it: through the proxy of the environment, without redirects, in bounded time, and
 * with no word of the server's in the log. Octokit is loaded here alone, and only when something is asked: it costs more
 * to start than the rest of this program.
 */
import { setTimeout as timer } from 'node:timers/promises'
import * as z from 'zod/mini'
import type { Deadline } from './clock.ts'

export interface Answer {
  /** 0 where no answer came. */
  readonly status: number
  /** What was answered; of a refusal the message alone. */
  readonly data: unknown
}

export interface GitHub {
  /** One request; the route is a method and a path with names in braces, the rest of the parameters is its body. */
  ask(route: string, parameters: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

/** For one request. In ms. */
const TRY_WITHIN = 10_000
const TRIES = 3
const PAUSE = 1000
const LARGEST_ANSWER = 8 * 1024 * 1024

/** `owner/name`, as in GITHUB_REPOSITORY. */
export const isRepository = (text: string): boolean => /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(text)

/** https, or http on this machine. */
export function isApiUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const local = url?.protocol === 'http:' && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname)
  return url?.protocol === 'https:' || local
}

export async function connect({ token, apiUrl }: { readonly token: string; readonly apiUrl: string }): Promise<GitHub> {
  const [{ getOctokit }, { EnvHttpProxyAgent, fetch }] = await Promise.all([
    import('@actions/github'),
    import('undici'),
  ])
  const dispatcher = new EnvHttpProxyAgent({
    connect: { rejectUnauthorized: true },
    requestTls: { rejectUnauthorized: true },
    maxResponseSize: LARGEST_ANSWER,
  })
  const send = (url: string, init: Parameters<typeof fetch>[1]) => fetch(url, { ...init, dispatcher })
  // Octokit tells the console of deprecations, in words that a server sent.
  const quiet = () => undefined
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const octokit = getOctokit(token, {
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: 'vault-dr-failover',
    log,
    request: { fetch: send, log, redirect: 'manual' },
  })
  return {
    ask: async (route, parameters, signal) => {
      try {
        const { status, data }: { status: number; data: unknown } = await octokit.request(route, {
          ...parameters,
          request: { signal },
        })
        return { status, data }
      } catch (error) {
        // Octokit throws for 304 and from 400 on; without an answer it makes a 500 of its own up.
        const answered = error instanceof Error && 'response' in error && error.response !== undefined
        const status = answered && 'status' in error && typeof error.status === 'number' ? error.status : 0
        return { status, data: answered ? messageOf(error.response) : undefined }
      }
    },
    close: () => dispatcher.destroy(),
  }
}

const rejection = z.object({ data: z.object({ message: z.string() }) })
const messageOf = (response: unknown): string => rejection.safeParse(response).data?.data.message ?? ''

/** Asks until there is an answer that will stay so, within the time, and not on in a cancelled run. */
export async function again(
  until: Deadline,
  cancelled: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Answer>,
  tries = TRIES,
): Promise<Answer> {
  let answer: Answer = { status: 0, data: undefined }
  for (let tried = 1; tried <= tries && !until.passed && !cancelled.aborted; tried += 1) {
    const within = Math.ceil(Math.min(TRY_WITHIN, until.left))
    answer = await ask(AbortSignal.any([cancelled, AbortSignal.timeout(within)]))
    if (answer.status !== 0 && answer.status < 500) break
    if (tried < tries && until.left > PAUSE * tried) {
      await timer(PAUSE * tried, undefined, { signal: cancelled }).catch(() => undefined)
    }
  }
  return answer
}
