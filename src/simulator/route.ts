import type { Readable } from 'node:stream'
import type { Cluster } from './cluster.ts'
import type { SnapshotFlaw } from './faults.ts'
import type { Fields } from './status.ts'
import { requestId, type Token } from './tokens.ts'

export interface ApiRequest {
  /** GET, LIST, POST or DELETE, or what nothing takes: PUT has become POST, and HEAD of sys/health has become GET. */
  readonly method: string
  /** Without /v1/ and the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The query as it was sent, with its question mark; '' if there is none. */
  readonly search: string
  /** X-Vault-Token, or the bearer of an Authorization header; '' if there is none. */
  readonly token: string
  /** X-Vault-Namespace; '' if there is none. */
  readonly namespace: string
  readonly body: Fields
  /** What is to be said of a body that could not be read. */
  readonly problem?: ApiAnswer | undefined
  /** Which node of the cluster was asked; the active one if absent. */
  readonly node?: 'active' | 'standby'
  /** X-Vault-No-Request-Forwarding. */
  readonly noForwarding?: boolean
}

export type ApiAnswer =
  /** No `body`: nothing but the head, as 204 has it. A text is sent as it is, and not as JSON. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body?: Fields | string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** A body too large to be held: opened once, if it is sent at all. */
  | {
      readonly kind: 'stream'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly open: (flaw: SnapshotFlaw | undefined) => Readable
    }
  | { readonly kind: 'reset' }

export interface Call extends ApiRequest {
  readonly cluster: Cluster
  readonly now: number
  /** The token that was checked for this route; undefined where none is asked for, or a generated one was given. */
  readonly holder: Token | undefined
  /** Whether the caller came with the generated DR operation token of this cluster. */
  readonly isGenerated: boolean
  /** What stands for `:name` in the route's path; '' for a route without. */
  readonly name: string
}

/**
 * Who may call a route, by the marks in Vault's published OpenAPI description: anybody, the holder of a token in the
 * header, the same with sudo, or the holder of a DR operation token in the body. `operation` takes a generated DR
 * operation token in the header too, `autopilot` takes a token in the header that on a secondary must be good as a DR
 * operation token, and `ceremony` asks for a token from 2.0 on.
 */
export type Access = 'anybody' | 'token' | 'sudo' | 'body-token' | 'operation' | 'autopilot' | 'ceremony'

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'LIST'
  /** May end in `/:name`, which stands for one segment. */
  readonly path: string
  readonly access: Access
  /** Whether a DR secondary answers it at all: everything else is "path disabled". */
  readonly onSecondary: boolean
  /** What the policy must allow; without it the method decides: read, list, delete, else update. */
  readonly needs?: (call: Omit<Call, 'holder' | 'isGenerated'>) => string
  readonly handle: (call: Call) => ApiAnswer
}

/** The name in the path if the route is for it ('' if it has none), or undefined. */
export function matchRoute(route: Route, path: string): string | undefined {
  if (!route.path.endsWith('/:name')) return route.path === path ? '' : undefined
  const start = route.path.slice(0, -':name'.length)
  const name = path.slice(start.length)
  return path.startsWith(start) && /^[^/]+$/.test(name) ? name : undefined
}

export const badToken = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'

/** Where what answers a path is mounted: `sys`, `auth/token`, `secret`. */
export function mountOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'auth' ? `auth/${second}` : first
}

/** The kind of what is mounted there, as the envelope names it. */
export function mountType(path: string): string {
  return { sys: 'system', 'auth/token': 'token' }[mountOf(path)] ?? 'kv'
}

/** Vault's envelope around an answer of its logical backends. */
export function ok(parts: {
  data?: Fields
  warnings?: string[]
  wrapInfo?: Fields
  auth?: Fields
  requestId?: string
  leaseId?: string
  top?: Fields
}): ApiAnswer {
  return {
    kind: 'answer',
    status: 200,
    body: {
      ...parts.top,
      request_id: parts.requestId ?? requestId(),
      lease_id: parts.leaseId ?? '',
      renewable: false,
      lease_duration: 0,
      data: parts.data ?? null,
      wrap_info: parts.wrapInfo ?? null,
      warnings: parts.warnings ?? null,
      auth: parts.auth ?? null,
      mount_type: '',
    },
  }
}

/** An answer without the envelope, as the calls that live outside the logical backends give it. */
export function bare(body: Fields): ApiAnswer {
  return { kind: 'answer', status: 200, body }
}

export function warn(warning: string): ApiAnswer {
  return ok({ warnings: [warning] })
}

export function empty(): ApiAnswer {
  return { kind: 'answer', status: 204 }
}

/** @param messages none where Vault leaves it at the code */
export function refuse(status: number, ...messages: string[]): ApiAnswer {
  return { kind: 'answer', status, body: { errors: messages } }
}

/** What Vault says of a thing that is not there: 404 and an empty list. */
export function nothingThere(): ApiAnswer {
  return refuse(404)
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Vault takes a list as a JSON array or as one string with commas. */
export function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : text(value).split(',')
  return list
    .filter((each) => typeof each === 'string')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** A boolean, or its name: the CLI sends `key=true` as text. */
export function flag(value: unknown, normal: boolean): boolean {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === '1') return true
  return value === 'false' || value === '0' ? false : normal
}

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** A number of seconds, or Go's way of writing a duration: "1800", "30m", "1h30m". */
export function seconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const written = text(value)
  if (/^-?\d+$/.test(written)) return Number(written)
  if (!/^-?(?:\d+[smhd])+$/.test(written)) return undefined
  const sum = [...written.matchAll(/(\d+)([smhd])/g)].reduce(
    (before, [, count = '0', unit = 's']) => before + Number(count) * (secondsPer[unit] ?? 0),
    0,
  )
  return written.startsWith('-') ? -sum : sum
}

/** Major and minor number of a version string such as 1.21.1+ent. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = '0', second = '0'] = version.split('.')
  const given = Number.parseInt(first, 10)
  return given > major || (given === major && Number.parseInt(second, 10) >= minor)
}
