/**
 * The history of a run, judged apart from `support/invariants`: from what reached the clusters, from who was primary when,
 * and from every byte in every sink. It needs to know nothing of what the run was for.
 */
import { expect } from '@jest/globals'
import type { RecordedRequest } from '../../src/simulator/server.ts'
import type { World } from '../../src/simulator/world.ts'
import { type Before, formsOf, PATHS } from '../support/invariants.ts'
import type { Ran } from '../support/run-action.ts'

/** Sends of one role change, lost answers included. */
const MOST_SENDS = 3
const SWITCHES: readonly string[] = [PATHS.demote, PATHS.promote]
/** A longer piece of a secret than this in a row is told to nobody. */
const PIECE = 16

export function judgeHistory(world: World, ran: Ran, was: Before): void {
  const requests = world.requests.slice(was.requests)
  sendsSparingly(requests)
  if (ran.given.mode !== 'emergency') seesBeforeItPromotes(world, requests)
  isPlainText(ran)
  tellsNoPieces(world, ran)
}

/** No role change is sent more than three times, nor again before the cluster was looked at. */
function sendsSparingly(requests: readonly RecordedRequest[]): void {
  for (const cluster of ['primary', 'secondary']) {
    for (const path of SWITCHES) {
      const sent = requests.filter((one) => one.cluster === cluster && one.path === path)
      const unclear = sent.filter(({ status }) => ![412, 429, 503].includes(status))
      expect([path, unclear.length > MOST_SENDS]).toEqual([path, false])
      for (const [at, one] of sent.entries()) {
        const earlier = sent[at - 1]
        if (earlier === undefined) continue
        const [from, to] = [requests.indexOf(earlier), requests.indexOf(one)]
        const looks = requests.slice(from, to).filter((look) => look.cluster === cluster && look.path === PATHS.status)
        expect([path, looks.length > 0]).toEqual([path, true])
      }
    }
  }
}

/** Before each promotion the other cluster was read, after the last demotion of it, and what it said was no primary. */
function seesBeforeItPromotes(world: World, requests: readonly RecordedRequest[]): void {
  for (const [at, promotion] of requests.entries()) {
    if (promotion.path !== PATHS.promote) continue
    const before = requests.slice(0, at).filter(({ cluster }) => cluster !== promotion.cluster)
    const demoted = before.findLastIndex(({ path, applied }) => path === PATHS.demote && applied)
    const looks = before.slice(demoted + 1).filter(({ path, status }) => path === PATHS.status && status === 200)
    expect(['looks before the promotion', looks.length > 0]).toEqual(['looks before the promotion', true])
    const other = world.clusters.find(({ name }) => name !== promotion.cluster)
    const then = world.history.findLast((entry) => entry.cluster === other?.name && entry.at <= promotion.at)?.role
    expect(then).not.toBe('primary')
  }
}

/** Line feeds and printable characters; nothing that turns, hides or colours what a person reads. */
function isPlainText({ log, summary }: Ran): void {
  for (const [sink, text] of Object.entries({ log, summary })) {
    const odd = [...text].filter((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) && character !== '\n')
    expect([sink, [...new Set(odd)].map((character) => character.codePointAt(0)?.toString(16))]).toEqual([sink, []])
  }
}

/** No piece of a secret, in any dress, beside the lines that ask the runner to mask it. */
function tellsNoPieces(world: World, { log, files, outputs, state }: Ran): void {
  const told = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  const sinks = { log: told.join('\n'), outputs: JSON.stringify(outputs), state: JSON.stringify(state), ...files }
  const secrets = new Set([
    ...Object.values(world.tokens),
    ...world.requests.map(({ token }) => token),
    ...handed(world),
  ])
  for (const secret of secrets) {
    if (secret.length < PIECE) continue
    // Tokens of one kind begin alike, and that much is no secret.
    const pieces = [secret.slice(-PIECE), secret.slice(12, 12 + PIECE), [...secret].reverse().join('').slice(0, PIECE)]
    for (const form of [...pieces, ...formsOf(secret)]) {
      if (form.length < PIECE) continue
      for (const [sink, text] of Object.entries(sinks)) {
        if (text.includes(form)) throw new Error(`a piece of a secret is in ${sink}: ${form}`)
      }
    }
  }
}

const handed = (world: World): string[] =>
  world.requests.flatMap(({ body }) =>
    typeof body === 'object' && body !== null
      ? Object.entries(body).flatMap(([name, value]) =>
          /token$|^key$/.test(name) && typeof value === 'string' ? [value] : [],
        )
      : [],
  )
