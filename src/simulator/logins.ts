import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Cluster } from './cluster.ts'
import { type ApiAnswer, type Call, ok, type Route, refuse, text } from './route.ts'
import { type Fields, isFields } from './status.ts'
import { describeAuth, type TokenSpec } from './tokens.ts'

/** What a login gives. */
export interface LoginGrant {
  /** Names of policies that are in Vault. */
  readonly policies?: readonly string[]
  /** Rules that need no policy in Vault; default: what the world's operator token may do. */
  readonly policy?: Record<string, string[]>
  /** Default 3600. */
  readonly ttlSeconds?: number
  /** Default 'service'. */
  readonly tokenType?: 'service' | 'batch'
}

/** A JWT auth mount with one role. */
export interface JwtLogin extends LoginGrant {
  /** Default 'jwt'. */
  readonly mount?: string
  readonly role: string
  /** `bound_audiences` of the role. */
  readonly audience: string
  /** `jwt_validation_pubkeys`: PEM, RSA for RS256 or P-256 for ES256. */
  readonly publicKeyPem: string
  /** `bound_issuer`; not looked at if absent. */
  readonly issuer?: string
  /** `bound_claims`, compared as text. */
  readonly claims?: Readonly<Record<string, string>>
}

/** An AppRole mount with one role. */
export interface AppRoleLogin extends LoginGrant {
  /** Default 'approle'. */
  readonly mount?: string
  readonly roleId: string
  readonly secretId: string
}

export interface LoginOptions {
  readonly jwt: JwtLogin | undefined
  readonly approle: AppRoleLogin | undefined
  /** Where the mounts are; '' is the root namespace. */
  readonly namespace: string
  /** What a login may do that says nothing of it. */
  readonly defaultPolicy: Record<string, string[]>
  /** Told of every token that a login gave. */
  readonly onLogin: (token: string) => void
  readonly wrote: (cluster: Cluster) => void
}

/** Logins (plugin vault-plugin-auth-jwt, builtin/credential/approle): both refuse with 400 and a word of their own. */
export function loginRoutes(options: LoginOptions): readonly Route[] {
  const { jwt, approle } = options
  const login = (mount: string, handle: Route['handle']): Route => ({
    method: 'POST',
    path: `auth/${mount}/login`,
    access: 'anybody',
    onSecondary: false,
    handle: (call) => {
      // A path where nothing is mounted is not a login path, so a token is missed there first.
      if (namespaceOf(call) !== options.namespace) return refuse(403, 'permission denied')
      return handle(call)
    },
  })
  const routes: Route[] = []
  if (jwt !== undefined) {
    const mount = jwt.mount ?? 'jwt'
    const key = createPublicKey(jwt.publicKeyPem)
    routes.push(
      login(mount, (call) => {
        const role = text(call.body.role)
        if (role === '') return refuse(400, 'missing role')
        if (role !== jwt.role) return refuse(400, `role "${role}" could not be found`)
        const given = text(call.body.jwt)
        if (given === '') return refuse(400, 'missing token')
        const problem = problemOf(given, jwt, key, call.now)
        return problem === undefined ? grant(call, mount, jwt, { role }, options) : refuse(400, problem)
      }),
    )
  }
  if (approle !== undefined) {
    const mount = approle.mount ?? 'approle'
    routes.push(
      login(mount, (call) => {
        const [roleId, secretId] = [text(call.body.role_id), text(call.body.secret_id)]
        if (roleId === '') return refuse(400, 'missing role_id')
        if (secretId === '') return refuse(400, 'missing secret_id')
        if (roleId !== approle.roleId || secretId !== approle.secretId) {
          return refuse(400, 'invalid role or secret ID')
        }
        return grant(call, mount, approle, { role_name: 'simulated' }, options)
      }),
    )
  }
  return routes
}

/** X-Vault-Namespace without the slashes around it; '' is the root namespace. */
export function namespaceOf(call: { readonly namespace: string }): string {
  const name = call.namespace.replaceAll(/^\/+|\/+$/g, '')
  return name === 'root' ? '' : name
}

function grant(
  { cluster }: Call,
  mount: string,
  grantee: LoginGrant,
  meta: Record<string, string>,
  options: LoginOptions,
): ApiAnswer {
  const type = grantee.tokenType ?? 'service'
  const spec: TokenSpec = {
    type,
    ttlSeconds: grantee.ttlSeconds ?? 3600,
    ...(grantee.policies === undefined ? {} : { policies: grantee.policies }),
    ...(grantee.policy === undefined
      ? grantee.policies === undefined
        ? { policy: options.defaultPolicy }
        : {}
      : { policy: grantee.policy }),
  }
  const token = cluster.storage.tokens.make(spec, { path: `auth/${mount}/login`, displayName: mount, meta })
  if (type === 'service') options.wrote(cluster)
  options.onLogin(token.id)
  return ok({ auth: describeAuth(token) })
}

/** What the JWT auth method would find wrong, in its words; undefined for a good one. */
function problemOf(jwt: string, options: JwtLogin, key: KeyObject, now: number): string | undefined {
  const invalid = (reason: string): string => `error validating token: ${reason}`
  const [head = '', payload = '', signature = '', ...more] = jwt.split('.')
  const header = json(head)
  const claims = json(payload)
  if (header === undefined || claims === undefined || signature === '' || more.length > 0) {
    return invalid('error verifying token signature: failed to parse token: malformed JWT')
  }
  const isSigned = isSignedBy(key, header.alg, `${head}.${payload}`, signature)
  if (!isSigned) {
    return invalid('error verifying token signature: no known key successfully validated the token signature')
  }
  // Without skew: GitHub's tokens live for minutes, and the plugin's leeway would only blur a test.
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) {
    return invalid('invalid expiration time (exp) claim: token is expired')
  }
  if (typeof claims.nbf === 'number' && claims.nbf * 1000 > now + 60_000) {
    return invalid('invalid not before (nbf) claim: token not yet valid')
  }
  if (options.issuer !== undefined && claims.iss !== options.issuer) return invalid('invalid issuer (iss) claim')
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  if (!audiences.includes(options.audience)) {
    return invalid('invalid audience (aud) claim: audience claim does not match any bound audience')
  }
  const unbound = Object.entries(options.claims ?? {}).find(([name, value]) => String(claims[name]) !== value)
  if (unbound === undefined) return undefined
  return `error validating claims: claim "${unbound[0]}" does not match any associated bound claim values`
}

function isSignedBy(key: KeyObject, algorithm: unknown, signed: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  if (algorithm === 'RS256' && key.asymmetricKeyType === 'rsa') return verify('sha256', Buffer.from(signed), key, bytes)
  if (algorithm !== 'ES256' || key.asymmetricKeyType !== 'ec') return false
  return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes)
}

function json(part: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return isFields(value) ? value : undefined
  } catch {
    // Anything may be sent as a JWT; what is none is refused as such.
    return undefined
  }
}
