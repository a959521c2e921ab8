/**
 * The fields of Vault's answers that something is decided by; everything else a server says is dropped here.
 *
 * Strict where a decision hangs on it (an unknown `mode` is no mode), liberal where versions differ: WAL positions are
 * numbers while epochs and ages are strings in the documented samples, and Go writes an empty list as null.
 *
 * Each is made when it is first needed: made at the start, they would keep the first request waiting for some ms.
 */
import * as z from 'zod/mini'

/** A count, as a number or as a string of digits; never beyond what a double holds exactly. */
const count = z.union([z.int(), z.pipe(z.string().check(z.regex(/^-?\d{1,15}$/)), z.transform(Number))])

const absent = <T extends z.ZodMiniType>(type: T) =>
  z.pipe(
    z.nullish(type),
    z.transform((value: z.output<T> | null | undefined) => value ?? undefined),
  )
/** A place in the write-ahead log, in entries; what is below 0 is none. */
const position = z.pipe(
  absent(count),
  z.transform((value: number | undefined) => (value !== undefined && value >= 0 ? value : undefined)),
)

/** Go writes an empty list as null; a server that does not know the field leaves it out. */
const list = <T extends z.ZodMiniType>(type: T) =>
  z.pipe(
    z.nullish(z.array(type)),
    z.transform((value: z.output<T>[] | null | undefined) => (value === null ? [] : value)),
  )

/** What stands under one key of an object. */
const within = <T extends z.ZodMiniType>(key: string, type: T) =>
  z.pipe(
    z.object({ [key]: type }),
    z.transform((body: Record<string, z.output<T>>) => body[key] as z.output<T>),
  )

/** Printable, without white space: it becomes a header, an output and a mask, where a line end would become more. */
const handedOut = (most: number) => z.string().check(z.maxLength(most), z.regex(/^[\x21-\x7e]{8,}$/))

/** A token that can stand in a header; Vault's own limit is 8 KiB (facts 3.6). */
export const vaultToken = handedOut(8192)

/** An activation token goes in a body, and may hold more: a JWT, or certificates under a public key (facts 8). */
const activationToken = handedOut(65_536)

/** Text that goes no further than a comparison or, made printable, a line of evidence. */
const text = z.string().check(z.maxLength(512))

/** RFC 3339, as ms since the epoch; undefined for Go's zero time and for what is no time. */
const time = z.pipe(
  text,
  z.transform((value: string) => {
    const at = Date.parse(value)
    return Number.isFinite(at) && at > 0 ? at : undefined
  }),
)

/** What a version is made of: `1.21.1+ent`, `2.1.0-rc1+ent.hsm`. */
const version = z.string().check(z.regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}[0-9A-Za-z.+-]{0,40}$/))

/** One end of a replication link as the other end reports it (facts 1.3). */
const peer = z.lazy(() =>
  z.object({
    node_id: absent(text),
    connection_status: absent(text),
    last_heartbeat: absent(time),
    replication_primary_canary_age_ms: absent(count),
  }),
)

/** `data` of GET sys/replication/dr/status (facts 1.2 to 1.6). */
export const replication = z.lazy(() =>
  z.object({
    mode: z.enum(['primary', 'secondary', 'disabled', 'unsupported']),
    cluster_id: absent(text),
    state: absent(text),
    corrupted_merkle_tree: absent(z.boolean()),
    merkle_root: absent(text),
    ssct_generation_counter: absent(count),
    reindex_in_progress: absent(z.boolean()),
    last_dr_wal: position,
    last_wal: position,
    known_secondaries: list(text),
    secondaries: list(peer),
    last_remote_wal: position,
    connection_state: absent(text),
    secondary_id: absent(text),
    primaries: list(peer),
  }),
)
export type Replication = z.output<typeof replication>

/** `data` of GET sys/replication/performance/status. */
export const performance = z.lazy(() => z.object({ mode: text, cluster_id: absent(text) }))
export type Performance = z.output<typeof performance>

/** The bare body of GET sys/health (facts 2.1). */
export const health = z.lazy(() =>
  z.object({
    initialized: z.boolean(),
    sealed: z.boolean(),
    standby: absent(z.boolean()),
    ha_connection_healthy: absent(z.boolean()),
    version: absent(version),
    cluster_id: absent(text),
    server_time_utc: absent(count),
  }),
)
export type Health = z.output<typeof health>

/** The bare body of GET sys/leader (facts 2.2); no leader yet: an empty address. */
export const leader = z.lazy(() => z.object({ leader_address: absent(text) }))

/** `data` of GET auth/token/lookup-self (facts 8). */
export const token = z.lazy(() =>
  z.object({
    ttl: count,
    type: absent(text),
    policies: list(text),
    num_uses: absent(count),
  }),
)
export type Token = z.output<typeof token>

/** `data` of POST sys/capabilities-self: a list of capabilities by path (and by `capabilities`, where one was asked). */
export const capabilities = z.lazy(() => z.record(z.string(), z.array(text)))

export const publicKey = z.lazy(() =>
  z.object({ secondary_public_key: z.string().check(z.minLength(1), z.maxLength(8192)) }),
)

/** secondary-token answers `data.token` where it was given a public key, and `wrap_info.token` where not (facts 3.1). */
export const activation = z.lazy(() =>
  z.union([within('data', within('token', activationToken)), within('wrap_info', within('token', activationToken))]),
)

const attemptBody = z.lazy(() =>
  z.object({
    nonce: z.string().check(z.maxLength(256)),
    started: z.boolean(),
    progress: count,
    required: count,
    complete: z.boolean(),
    encoded_token: absent(z.string().check(z.maxLength(4096))),
    otp: absent(z.string().check(z.maxLength(4096))),
  }),
)

/** The state of a generate-operation-token attempt: a bare body, unlike most (facts 4.1). */
export const attempt = z.lazy(() => z.union([attemptBody, within('data', attemptBody)]))
export type Attempt = z.output<typeof attemptBody>

/** `data` of GET autopilot/state: the nodes of a cluster and how they are (facts 7). */
export const autopilot = z.lazy(() =>
  z.object({
    servers: absent(
      z.record(z.string(), z.object({ name: absent(text), healthy: absent(z.boolean()), node_status: absent(text) })),
    ),
  }),
)

/** What issuing needs to know of a role, and of the token it makes (facts 4.2). */
export const tokenRole = z.lazy(() =>
  z.object({
    allowed_policies: list(text),
    orphan: absent(z.boolean()),
    renewable: absent(z.boolean()),
    token_type: absent(text),
  }),
)
export const policy = z.lazy(() => z.object({ policy: z.string() }))
export const createdToken = z.lazy(() =>
  within(
    'auth',
    z.object({
      client_token: vaultToken,
      lease_duration: count,
      orphan: absent(z.boolean()),
      token_type: absent(text),
    }),
  ),
)

/** What every Vault error holds (facts 8). */
export const errors = z.lazy(() => z.object({ errors: z.array(z.string()) }))

export const anything = z.unknown()

/** The envelope of a logical answer, and what is in it. */
export const enveloped = <T extends z.ZodMiniType>(type: T) => within('data', type)
