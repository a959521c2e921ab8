export const id = 679;
export const ids = [679];
export const modules = {

/***/ 9679:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main),
  post: () => (/* binding */ post)
});

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js + 12 modules
var core = __webpack_require__(143);
;// CONCATENATED MODULE: ./build/simulator/policies.js
const defaultPolicy = {
    'auth/token/lookup-self': ['read', 'update'],
    'auth/token/renew-self': ['update'],
    'auth/token/revoke-self': ['update'],
    'sys/capabilities-self': ['update'],
};
function capabilitiesOn(path, policies) {
    const rules = new Map();
    for (const policy of policies) {
        for (const [pattern, capabilities] of Object.entries(policy)) {
            rules.set(pattern, new Set([...(rules.get(pattern) ?? []), ...capabilities]));
        }
    }
    const found = rules.get(path) ?? bestWildcard(path, rules);
    if (found === undefined || found.has('deny'))
        return [];
    return [...found].sort();
}
function bestWildcard(path, rules) {
    const [best] = [...rules.keys()].filter((pattern) => isMatch(pattern, path)).sort(byPriority);
    return best === undefined ? undefined : rules.get(best);
}
function isMatch(pattern, path) {
    const isPrefix = pattern.endsWith('*');
    if (!isPrefix && !pattern.includes('+'))
        return false;
    const wanted = (isPrefix ? pattern.slice(0, -1) : pattern).split('/');
    const given = path.split('/');
    if (given.length < wanted.length || (!isPrefix && given.length !== wanted.length))
        return false;
    return wanted.every((segment, index) => {
        const actual = given[index] ?? '';
        if (segment === '+')
            return actual !== '';
        return isPrefix && index === wanted.length - 1 ? actual.startsWith(segment) : actual === segment;
    });
}
function byPriority(one, other) {
    const first = (pattern) => pattern.search(/\+|\*$/);
    const ends = (pattern) => (pattern.endsWith('*') ? 1 : 0);
    const pluses = (pattern) => pattern.split('/').filter((segment) => segment === '+').length;
    return (first(other) - first(one) ||
        ends(one) - ends(other) ||
        pluses(one) - pluses(other) ||
        other.length - one.length ||
        (one > other ? -1 : 1));
}

;// CONCATENATED MODULE: ./build/simulator/tokens.js


const vaultDefaultTtlSeconds = 2_764_800;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
class TokenStore {
    #tokens;
    #batch;
    #now;
    #prefix;
    constructor(now, prefix = 'hv', from) {
        this.#now = now;
        this.#prefix = from === undefined ? prefix : from.#prefix;
        this.#batch = from === undefined ? new Map() : from.#batch;
        this.#tokens = new Map(from === undefined ? [] : [...from.#tokens].map(([id, token]) => [id, { ...token }]));
    }
    copy() {
        return new TokenStore(this.#now, 'hv', this);
    }
    mint(spec) {
        return this.make(spec).id;
    }
    make(spec, origin = {}) {
        const now = this.#now();
        const ttlSeconds = spec.type === 'root' ? 0 : (spec.ttlSeconds ?? vaultDefaultTtlSeconds);
        const token = {
            id: spec.type === 'batch' ? `${this.#prefix}b.AAAAAQ${tail(132)}` : this.newId(),
            type: spec.type,
            accessor: spec.type === 'batch' ? '' : tail(24),
            policies: policyNames(spec),
            rules: [...(spec.policy === undefined ? [] : [spec.policy]), ...(origin.rules ?? [])],
            createdAt: now,
            expiresAt: spec.type === 'root' ? undefined : now + ttlSeconds * 1000,
            ttlSeconds,
            origin,
            usesLeft: spec.type === 'service' && spec.numUses ? spec.numUses : undefined,
        };
        this.add(token);
        return token;
    }
    add(token) {
        if (token.type === 'batch')
            this.#batch.set(token.id, token);
        else
            this.#tokens.set(token.id, { ...token });
    }
    newId() {
        return `${this.#prefix}s.${tail(24)}`;
    }
    find(id) {
        const token = this.#tokens.get(id) ?? this.#batch.get(id);
        if (token === undefined || token.usesLeft === 0)
            return undefined;
        if (token.expiresAt !== undefined && token.expiresAt <= this.#now())
            return undefined;
        const { parent } = token.origin;
        return parent !== undefined && this.find(parent) === undefined ? undefined : token;
    }
    isStored(id) {
        return this.#tokens.has(id) && this.find(id) !== undefined;
    }
    revoke(id) {
        this.#tokens.delete(id);
    }
}
function capabilitiesOf(token, path, named = (name) => (name === 'default' ? defaultPolicy : undefined)) {
    if (token.type === 'root')
        return ['root'];
    const policies = token.policies.map(named).filter((rules) => rules !== undefined);
    const capabilities = capabilitiesOn(path, [...policies, ...token.rules]);
    return capabilities.length === 0 ? ['deny'] : capabilities;
}
function describeToken(token, now) {
    const { origin } = token;
    return {
        accessor: token.accessor,
        creation_time: Math.floor(token.createdAt / 1000),
        creation_ttl: token.ttlSeconds,
        display_name: origin.displayName ?? (token.type === 'root' ? 'root' : 'token'),
        entity_id: '',
        expire_time: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
        explicit_max_ttl: 0,
        id: token.id,
        issue_time: new Date(token.createdAt).toISOString(),
        meta: origin.meta ?? null,
        num_uses: token.usesLeft ?? 0,
        orphan: origin.parent === undefined,
        path: origin.path ?? (token.type === 'root' ? 'auth/token/root' : 'auth/token/create'),
        policies: token.policies,
        renewable: isRenewable(token),
        ...(origin.role === undefined ? {} : { role: origin.role }),
        ttl: token.expiresAt === undefined ? 0 : Math.max(0, Math.floor((token.expiresAt - now) / 1000)),
        type: token.type === 'batch' ? 'batch' : 'service',
    };
}
function describeAuth(token) {
    return {
        client_token: token.id,
        accessor: token.accessor,
        policies: token.policies,
        token_policies: token.policies,
        metadata: token.origin.meta ?? null,
        lease_duration: token.ttlSeconds,
        renewable: isRenewable(token),
        entity_id: '',
        token_type: token.type === 'batch' ? 'batch' : 'service',
        orphan: token.origin.parent === undefined,
        mfa_requirement: null,
        num_uses: token.usesLeft ?? 0,
    };
}
function tail(length) {
    return [...(0,external_node_crypto_.randomBytes)(length)].map((byte) => letters.charAt(byte % letters.length)).join('');
}
function requestId() {
    return (0,external_node_crypto_.randomUUID)();
}
function isRenewable(token) {
    return token.type === 'service' && token.origin.renewable !== false;
}
function policyNames(spec) {
    if (spec.type === 'root')
        return ['root'];
    const names = spec.noDefaultPolicy === true ? [] : ['default'];
    if (spec.policies === undefined || spec.policy !== undefined)
        names.push('simulated');
    return [...new Set([...names, ...(spec.policies ?? [])])].sort();
}

;// CONCATENATED MODULE: ./build/simulator/activation.js


class Activations {
    #issued = new Map();
    #key;
    issue(primary, id, ttlSeconds, publicKey, now) {
        const token = publicKey === undefined ? this.#wrapped(primary.apiAddr, ttlSeconds, now) : (0,external_node_crypto_.randomBytes)(640).toString('base64');
        this.#issued.set(token, {
            primary: primary.name,
            id,
            expiresAt: now + ttlSeconds * 1000,
            publicKey,
            used: false,
        });
        return { token, accessor: tail(24), createdAt: now, ttlSeconds };
    }
    open(token, by, now) {
        const issued = this.#issued.get(token);
        if (issued === undefined || issued.expiresAt <= now)
            return undefined;
        if (issued.publicKey !== undefined)
            return by.publicKeys.has(issued.publicKey) ? issued : undefined;
        return issued.used ? undefined : issued;
    }
    isWrapped(token) {
        return this.#issued.get(token)?.publicKey === undefined;
    }
    burn(token) {
        const issued = this.#issued.get(token);
        if (issued !== undefined)
            issued.used = true;
    }
    #wrapped(addr, ttlSeconds, now) {
        this.#key ??= (0,external_node_crypto_.generateKeyPairSync)('ec', { namedCurve: 'P-521' }).privateKey;
        const seconds = Math.floor(now / 1000);
        const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const claims = {
            accessor: '',
            addr,
            exp: seconds + ttlSeconds,
            iat: seconds,
            jti: `hvs.${tail(24)}`,
            nbf: seconds - 5,
            type: 'wrapping',
        };
        const signed = `${part({ alg: 'ES512', kid: '', typ: 'JWT' })}.${part(claims)}`;
        const signature = (0,external_node_crypto_.sign)('sha512', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' });
        return `${signed}.${signature.toString('base64url')}`;
    }
}
function newPublicKey() {
    return Buffer.from(`${(0,external_node_crypto_.randomUUID)()}${(0,external_node_crypto_.randomUUID)()}`).toString('base64');
}

;// CONCATENATED MODULE: ./build/simulator/route.js

function matchRoute(route, path) {
    if (!route.path.endsWith('/:name'))
        return route.path === path ? '' : undefined;
    const start = route.path.slice(0, -':name'.length);
    const name = path.slice(start.length);
    return path.startsWith(start) && /^[^/]+$/.test(name) ? name : undefined;
}
const badToken = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n';
function ok(parts) {
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
        },
    };
}
function bare(body) {
    return { kind: 'answer', status: 200, body };
}
function warn(warning) {
    return ok({ warnings: [warning] });
}
function empty() {
    return { kind: 'answer', status: 204 };
}
function refuse(status, message) {
    return { kind: 'answer', status, body: { errors: [message] } };
}
function nothingThere() {
    return { kind: 'answer', status: 404, body: { errors: [] } };
}
function route_text(value) {
    return typeof value === 'string' ? value : '';
}
function strings(value) {
    const list = Array.isArray(value) ? value : route_text(value).split(',');
    return list
        .filter((each) => typeof each === 'string')
        .map((each) => each.trim())
        .filter((each) => each !== '');
}
function flag(value, normal) {
    if (typeof value === 'boolean')
        return value;
    if (value === 'true' || value === '1')
        return true;
    return value === 'false' || value === '0' ? false : normal;
}
const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 };
function seconds(value) {
    if (typeof value === 'number')
        return value;
    const written = route_text(value);
    if (/^\d+$/.test(written))
        return Number(written);
    if (!/^(?:\d+[smhd])+$/.test(written))
        return undefined;
    return [...written.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (secondsPer[unit] ?? 0), 0);
}
function isAtLeast(version, major, minor) {
    const [first = '0', second = '0'] = version.split('.');
    const given = Number.parseInt(first, 10);
    return given > major || (given === major && Number.parseInt(second, 10) >= minor);
}

;// CONCATENATED MODULE: ./build/simulator/credentials.js


function credentialRoutes(wrote) {
    return [...policyRoutes(wrote), ...roleRoutes(wrote), ...createRoutes(wrote), ...selfRoutes(wrote)];
}
const route = (method, path, handle) => ({
    method,
    path,
    access: 'token',
    onSecondary: false,
    handle,
});
function policyRoutes(wrote) {
    const read = (field) => ({ cluster, name }) => {
        const policy = cluster.storage.policies.get(name.toLowerCase());
        if (policy === undefined)
            return nothingThere();
        const data = { name: name.toLowerCase(), [field]: policy.source };
        return field === 'rules' ? ok({ data, top: data }) : ok({ data });
    };
    const list = ({ cluster }) => ok({ data: { keys: [...cluster.storage.policies.keys(), 'root'] } });
    const write = ({ cluster, name, path, body }) => {
        const isLegacy = path.startsWith('sys/policy/');
        const given = route_text(body.policy) || (isLegacy ? route_text(body.rules) : '');
        if (given === '')
            return refuse(400, "'policy' parameter not supplied or empty");
        if (name.toLowerCase() === 'root')
            return refuse(400, 'cannot update "root" policy');
        const problem = cluster.storage.writePolicy(name.toLowerCase(), plain(given));
        if (problem !== undefined)
            return refuse(400, problem);
        wrote(cluster);
        return empty();
    };
    const remove = ({ cluster, name }) => {
        if (['root', 'default'].includes(name.toLowerCase())) {
            return refuse(400, `cannot delete "${name.toLowerCase()}" policy`);
        }
        cluster.storage.policies.delete(name.toLowerCase());
        wrote(cluster);
        return empty();
    };
    return [
        route('LIST', 'sys/policies/acl', list),
        route('GET', 'sys/policies/acl/:name', read('policy')),
        route('POST', 'sys/policies/acl/:name', write),
        route('DELETE', 'sys/policies/acl/:name', remove),
        route('GET', 'sys/policy/:name', read('rules')),
        route('POST', 'sys/policy/:name', write),
        route('DELETE', 'sys/policy/:name', remove),
    ];
}
function roleRoutes(wrote) {
    const path = 'auth/token/roles/:name';
    return [
        route('LIST', 'auth/token/roles', ({ cluster }) => {
            const keys = [...cluster.storage.roles.keys()];
            return keys.length === 0 ? nothingThere() : ok({ data: { keys } });
        }),
        route('GET', path, ({ cluster, name }) => {
            const role = cluster.storage.roles.get(name);
            return role === undefined ? nothingThere() : ok({ data: describeRole(name, role) });
        }),
        {
            ...route('POST', path, ({ cluster, name, body }) => {
                const role = roleFrom(body, cluster.storage.roles.get(name));
                if ('problem' in role)
                    return refuse(400, role.problem);
                cluster.storage.roles.set(name, role);
                wrote(cluster);
                return empty();
            }),
            needs: ({ cluster, name }) => (cluster.storage.roles.has(name) ? 'update' : 'create'),
        },
        route('DELETE', path, ({ cluster, name }) => {
            cluster.storage.roles.delete(name);
            wrote(cluster);
            return empty();
        }),
    ];
}
function roleFrom(body, before) {
    const period = seconds(body.token_period ?? body.period ?? before?.period ?? 0);
    const explicitMaxTtl = seconds(body.token_explicit_max_ttl ?? body.explicit_max_ttl ?? before?.explicitMaxTtl ?? 0);
    if (period === undefined || explicitMaxTtl === undefined)
        return { problem: 'invalid duration' };
    const role = {
        allowedPolicies: body.allowed_policies === undefined ? (before?.allowedPolicies ?? []) : strings(body.allowed_policies),
        disallowedPolicies: body.disallowed_policies === undefined ? (before?.disallowedPolicies ?? []) : strings(body.disallowed_policies),
        orphan: flag(body.orphan, before?.orphan ?? false),
        renewable: flag(body.renewable, before?.renewable ?? true),
        tokenType: route_text(body.token_type) || (before?.tokenType ?? 'default-service'),
        noDefaultPolicy: flag(body.token_no_default_policy, before?.noDefaultPolicy ?? false),
        pathSuffix: route_text(body.path_suffix) || (before?.pathSuffix ?? ''),
        period,
        explicitMaxTtl,
    };
    if (!['service', 'batch', 'default-service', 'default-batch', 'default'].includes(role.tokenType)) {
        return { problem: `invalid 'token_type' value "${role.tokenType}"` };
    }
    if (role.tokenType !== 'batch')
        return role;
    if (!role.orphan) {
        return { problem: "'token_type' cannot be 'batch' when role is set to generate non-orphan tokens" };
    }
    if (role.period > 0) {
        return { problem: "'token_type' cannot be 'batch' when role is set to generate periodic tokens" };
    }
    if (role.renewable) {
        return { problem: "'token_type' cannot be 'batch' when role is set to generate renewable tokens" };
    }
    if (role.explicitMaxTtl > 0) {
        return { problem: "'token_type' cannot be 'batch' when role is set to generate tokens with an explicit max TTL" };
    }
    return role;
}
function describeRole(name, role) {
    return {
        allowed_entity_aliases: [],
        allowed_policies: role.allowedPolicies,
        allowed_policies_glob: [],
        disallowed_policies: role.disallowedPolicies,
        disallowed_policies_glob: [],
        explicit_max_ttl: role.explicitMaxTtl,
        name,
        orphan: role.orphan,
        path_suffix: role.pathSuffix,
        period: role.period,
        renewable: role.renewable,
        token_explicit_max_ttl: role.explicitMaxTtl,
        token_no_default_policy: role.noDefaultPolicy,
        token_period: role.period,
        token_type: role.tokenType,
    };
}
function createRoutes(wrote) {
    const create = (call) => createToken(call, undefined, wrote);
    return [
        route('POST', 'auth/token/create', create),
        { ...route('POST', 'auth/token/create-orphan', create), access: 'sudo' },
        route('POST', 'auth/token/create/:name', (call) => {
            const role = call.cluster.storage.roles.get(call.name);
            return role === undefined ? refuse(400, `unknown role ${call.name}`) : createToken(call, role, wrote);
        }),
    ];
}
function createToken(call, role, wrote) {
    const { holder: parent, cluster, body, path } = call;
    if (parent === undefined)
        return refuse(403, badToken);
    if (parent.type === 'batch')
        return refuse(400, 'batch tokens cannot create more tokens');
    if (parent.usesLeft !== undefined)
        return refuse(400, 'restricted use token cannot generate child tokens');
    const allowed = cluster.storage.capabilities(parent, path);
    const isSudo = allowed.includes('root') || allowed.includes('sudo');
    const type = typeOf(route_text(body.type), role);
    if (type === undefined)
        return refuse(400, "invalid 'token_type' value");
    const ttl = seconds(body.ttl ?? body.lease ?? 0);
    if (ttl === undefined)
        return refuse(400, 'ttl could not be parsed');
    if (ttl < 0)
        return refuse(400, 'ttl must be positive');
    const numUses = typeof body.num_uses === 'number' ? body.num_uses : 0;
    if (numUses < 0)
        return refuse(400, 'number of uses cannot be negative');
    if (type === 'batch' && numUses !== 0)
        return refuse(400, 'batch tokens cannot have "num_uses" set');
    const limits = ['explicit_max_ttl', 'period'];
    const bad = type === 'batch' ? limits.find((name) => (seconds(body[name] ?? 0) ?? 0) !== 0) : undefined;
    if (bad !== undefined)
        return refuse(400, `batch tokens cannot have "${bad}" set`);
    const chosen = policiesOf(call, parent, role, isSudo);
    if ('problem' in chosen)
        return refuse(400, chosen.problem);
    const isRoot = chosen.names.includes('root');
    if (isRoot && parent.type !== 'root') {
        return refuse(400, 'root tokens may not be created without parent token being root');
    }
    if (isRoot && type === 'batch')
        return refuse(400, 'batch tokens cannot be root tokens');
    const noParent = flag(body.no_parent, false);
    if (role === undefined && noParent && !isSudo) {
        return refuse(400, 'root or sudo privileges required to create orphan token');
    }
    const isOrphan = role === undefined ? noParent || path.endsWith('/create-orphan') : role.orphan;
    const displayName = route_text(body.display_name);
    const token = cluster.storage.tokens.make({
        type: isRoot ? 'root' : type,
        policies: chosen.names.filter((name) => name !== 'default'),
        noDefaultPolicy: !chosen.names.includes('default'),
        numUses,
        ...(ttl > 0 ? { ttlSeconds: Math.min(ttl, maxTtlSeconds) } : {}),
    }, {
        path: role === undefined || role.pathSuffix === '' ? path : `${path}/${role.pathSuffix}`,
        displayName: displayName === '' ? 'token' : `token-${displayName.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`,
        renewable: type === 'service' && flag(body.renewable, true) && (role?.renewable ?? true),
        ...(role === undefined ? {} : { role: call.name }),
        ...(isOrphan ? {} : { parent: parent.id }),
        ...(chosen.names.includes('simulated') ? { rules: parent.rules } : {}),
    });
    if (type !== 'batch')
        wrote(cluster);
    const known = ['root', 'simulated'];
    const warnings = chosen.names
        .filter((name) => !known.includes(name) && !cluster.storage.policies.has(name))
        .map((name) => `Policy "${name}" does not exist`);
    if (ttl > maxTtlSeconds) {
        warnings.push(`TTL of "${ttl}s" exceeded the effective max_ttl of "${maxTtlSeconds}s"; TTL value is capped accordingly`);
    }
    return ok({ auth: describeAuth(token), ...(warnings.length === 0 ? {} : { warnings }) });
}
const maxTtlSeconds = 2_764_800;
function typeOf(asked, role) {
    const fixed = role?.tokenType;
    if (fixed === 'service' || fixed === 'batch')
        return fixed;
    const wanted = asked === '' ? (fixed === 'default-batch' ? 'batch' : 'service') : asked;
    return wanted === 'service' || wanted === 'batch' ? wanted : undefined;
}
function policiesOf({ body }, parent, role, isSudo) {
    const asked = strings(body.policies ?? '');
    const noDefault = flag(body.no_default_policy, false) || role?.noDefaultPolicy === true;
    const finish = (names, addDefault) => {
        const all = addDefault && !names.includes('root') ? [...names, 'default'] : names;
        const distinct = new Set(all.filter((name) => !noDefault || name !== 'default'));
        return { names: [...distinct].sort((one, other) => (one < other ? -1 : 1)) };
    };
    if (role !== undefined && role.allowedPolicies.length + role.disallowedPolicies.length > 0) {
        const addDefault = !noDefault && !role.disallowedPolicies.includes('default');
        const inherited = role.allowedPolicies.length > 0 ? role.allowedPolicies : parent.policies;
        const names = asked.length > 0 ? asked : inherited;
        const allowed = addDefault ? [...role.allowedPolicies, 'default'] : role.allowedPolicies;
        if (role.allowedPolicies.length > 0 && !names.every((name) => allowed.includes(name))) {
            return {
                problem: `token policies (${JSON.stringify(names)}) must be subset of the role's allowed policies (${JSON.stringify(allowed)})`,
            };
        }
        const forbidden = names.find((name) => role.disallowedPolicies.includes(name));
        if (forbidden !== undefined)
            return { problem: `token policy "${forbidden}" is disallowed by this role` };
        return finish(names, addDefault);
    }
    if (asked.length === 0)
        return finish(parent.policies, false);
    if (isSudo)
        return finish(asked, true);
    if (!asked.every((name) => parent.policies.includes(name))) {
        return { problem: 'child policies must be subset of parent' };
    }
    return finish(asked, parent.policies.includes('default'));
}
function selfRoutes(wrote) {
    const lookup = ({ holder, now }) => holder === undefined ? refuse(403, badToken) : ok({ data: describeToken(holder, now) });
    return [
        route('GET', 'auth/token/lookup-self', lookup),
        route('POST', 'auth/token/lookup-self', lookup),
        route('POST', 'auth/token/revoke-self', ({ holder, cluster }) => {
            if (holder === undefined)
                return refuse(403, badToken);
            if (holder.type === 'batch')
                return refuse(400, 'batch tokens cannot be revoked');
            cluster.storage.tokens.revoke(holder.id);
            wrote(cluster);
            return empty();
        }),
        route('POST', 'sys/capabilities-self', ({ holder, cluster, body }) => {
            if (holder === undefined)
                return refuse(403, badToken);
            const paths = strings(body.paths ?? body.path);
            if (paths.length === 0)
                return refuse(400, 'paths must be supplied');
            const data = Object.fromEntries(paths.map((each) => [each, cluster.storage.capabilities(holder, each)]));
            const [first] = paths;
            if (paths.length === 1 && first !== undefined)
                data.capabilities = data[first];
            return ok({ data, top: data });
        }),
    ];
}
function plain(given) {
    const isBase64 = given.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(given);
    return isBase64 ? Buffer.from(given, 'base64').toString('utf8') : given;
}

;// CONCATENATED MODULE: ./build/simulator/ceremony.js



const minShareBytes = 16;
const maxShareBytes = 33;
const wrongShares = 'root generation aborted: unable to authenticate: unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: error decrypting seal wrapped value; error decrypting using seal shamir: cipher: message authentication failed';
class OperationTokens {
    #attempt;
    #token;
    get token() {
        return this.#token;
    }
    get isInProgress() {
        return this.#attempt !== undefined;
    }
    status(context) {
        return bare(this.#describe(context));
    }
    start(context, body) {
        const given = route_text(body.otp);
        if (route_text(body.pgp_key) !== '')
            return refuse(400, 'error parsing PGP key: not simulated');
        if (given !== '' && given.length !== tokenLength(context.version)) {
            return refuse(400, 'OTP string is wrong length');
        }
        if (this.#attempt !== undefined)
            return refuse(400, 'root generation already in progress');
        const otp = given === '' ? tail(tokenLength(context.version)) : given;
        this.#attempt = { nonce: (0,external_node_crypto_.randomUUID)(), otp, progress: [] };
        return bare({ ...this.#describe(context), otp: given === '' ? otp : '' });
    }
    cancel() {
        this.#attempt = undefined;
        return empty();
    }
    update(context, body) {
        const given = route_text(body.key);
        if (given === '')
            return refuse(400, "'key' must be specified in request body as JSON");
        const share = decode(given);
        if (share === undefined)
            return refuse(400, "'key' must be a valid hex or base64 string");
        if (share.length < minShareBytes)
            return refuse(400, `key is shorter than minimum ${minShareBytes} bytes`);
        if (share.length > maxShareBytes)
            return refuse(400, `key is longer than maximum ${maxShareBytes} bytes`);
        const attempt = this.#attempt;
        if (attempt === undefined)
            return refuse(400, 'no root generation in progress');
        if (route_text(body.nonce) !== attempt.nonce) {
            return refuse(400, `incorrect nonce supplied; nonce for this root generation operation is "${attempt.nonce}"`);
        }
        const hex = share.toString('hex');
        if (attempt.progress.includes(hex)) {
            return refuse(400, 'given key has already been provided during this generation operation');
        }
        attempt.progress.push(hex);
        if (attempt.progress.length < context.keys.threshold)
            return bare(this.#describe(context));
        const areRight = attempt.progress.every((each) => context.keys.shares.includes(each));
        attempt.progress = [];
        if (!areRight)
            return refuse(400, wrongShares);
        this.#attempt = undefined;
        const token = `${isAtLeast(context.version, 1, 10) ? 'hvs' : 's'}.${tail(24)}`;
        this.#token = token;
        return bare({
            ...this.#describe(context),
            nonce: attempt.nonce,
            started: true,
            progress: context.keys.threshold,
            complete: true,
            encoded_token: encode(token, attempt.otp),
        });
    }
    dropToken() {
        this.#token = undefined;
    }
    dropAttempt() {
        this.#attempt = undefined;
    }
    #describe({ version, keys }) {
        return {
            nonce: this.#attempt?.nonce ?? '',
            started: this.#attempt !== undefined,
            progress: this.#attempt?.progress.length ?? 0,
            required: keys.threshold,
            complete: false,
            encoded_token: '',
            encoded_root_token: '',
            pgp_fingerprint: '',
            otp: '',
            otp_length: tokenLength(version),
        };
    }
}
function tokenLength(version) {
    return isAtLeast(version, 1, 10) ? 28 : 26;
}
function decode(share) {
    if (/^(?:[0-9a-f]{2})+$/i.test(share))
        return Buffer.from(share, 'hex');
    const isBase64 = share.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(share);
    return isBase64 ? Buffer.from(share, 'base64') : undefined;
}
function encode(token, otp) {
    const mask = Buffer.from(otp);
    const mixed = Buffer.from(token).map((byte, index) => byte ^ (mask[index] ?? 0));
    return Buffer.from(mixed).toString('base64').replace(/=+$/, '');
}

;// CONCATENATED MODULE: ./build/simulator/cluster.js


function newCluster(name, version, now, storage) {
    return {
        name,
        version,
        ownId: (0,external_node_crypto_.randomUUID)(),
        startedAt: now,
        apiAddr: '',
        standbyAddr: '',
        clusterAddr: '',
        role: 'disabled',
        change: undefined,
        setId: '',
        generation: 0,
        lineage: (0,external_node_crypto_.randomUUID)(),
        position: 0,
        ownPosition: 0,
        primaryClusterAddr: '',
        known: new Set(),
        used: new Set(),
        seen: new Map(),
        upstream: undefined,
        followsSince: now,
        publicKeys: new Set(),
        storage,
        operations: new OperationTokens(),
        performanceAsSecondary: 'disabled',
        followersSealed: false,
        running: false,
        hung: false,
        sealed: false,
        erased: false,
        statusOverrides: new Map(),
        healthOverrides: new Map(),
    };
}
function isSettled(cluster) {
    return cluster.running && !cluster.sealed && cluster.change === undefined;
}
function visibleRole(cluster) {
    if (!isSettled(cluster) || cluster.hung || cluster.role === 'disabled')
        return 'none';
    return cluster.role;
}
function merkleRoot(cluster) {
    return (0,external_node_crypto_.createHash)('sha1')
        .update(`${cluster.lineage}:${Math.floor(cluster.position)}`)
        .digest('hex');
}
function finishChange(cluster) {
    const { change } = cluster;
    cluster.change = undefined;
    switch (change?.kind) {
        case undefined:
            return;
        case 'demote':
            becomeDemoted(cluster);
            return;
        case 'promote':
            becomePrimary(cluster, change.primaryClusterAddr);
            return;
        case 'attach':
            follow(cluster, change.to, change.readyAt, change.wipes);
            return;
        case 'enable':
            cluster.setId = (0,external_node_crypto_.randomUUID)();
            forgetSecondaries(cluster);
            cluster.position = Math.max(cluster.position, 1);
            cluster.role = 'primary';
            cluster.primaryClusterAddr = change.primaryClusterAddr;
            return;
        case 'disable':
            cluster.role = 'disabled';
            cluster.upstream = undefined;
            cluster.operations.dropToken();
            forgetSecondaries(cluster);
            cluster.setId = '';
            cluster.erased = true;
    }
}
function becomePrimary(cluster, primaryClusterAddr) {
    const before = `${cluster.lineage}:${Math.floor(cluster.position)}`;
    cluster.role = 'primary';
    cluster.upstream = undefined;
    cluster.storage = cluster.storage.copy();
    cluster.operations.dropToken();
    cluster.generation += 1;
    cluster.lineage = (0,external_node_crypto_.createHash)('sha1').update(`${before}:${cluster.name}:${cluster.generation}`).digest('hex');
    cluster.position = cluster.ownPosition + 3;
    cluster.primaryClusterAddr = primaryClusterAddr;
    cluster.seen.clear();
}
function becomeDemoted(cluster) {
    cluster.role = 'secondary';
    cluster.upstream = undefined;
    cluster.ownPosition = Math.floor(cluster.position);
    cluster.primaryClusterAddr = '';
}
function follow(cluster, to, at, wipes) {
    cluster.role = 'secondary';
    if (wipes) {
        cluster.erased = true;
        cluster.setId = '';
        forgetSecondaries(cluster);
        cluster.lineage = (0,external_node_crypto_.randomUUID)();
        cluster.position = 0;
        cluster.ownPosition = 0;
    }
    cluster.upstream = to === undefined ? undefined : attached(to, at);
    cluster.followsSince = at;
}
function forgetSecondaries(cluster) {
    cluster.known.clear();
    cluster.used.clear();
    cluster.seen.clear();
}
function attached(to, at) {
    return {
        ...to,
        connected: false,
        since: at,
        lastHeartbeat: undefined,
        mustSync: true,
        syncedAt: undefined,
        streamedFrom: 0,
        outstanding: undefined,
    };
}

;// CONCATENATED MODULE: ./build/simulator/status.js

const neverChecked = '-62135596800';
const healthyCanaryAgeMs = 500;
function timestamp(ms) {
    return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
function replicationState(cluster, set, now) {
    if (cluster.role === 'primary')
        return 'running';
    if (cluster.role === 'disabled')
        return '';
    const { upstream } = cluster;
    if (upstream === undefined)
        return 'idle';
    if (!upstream.mustSync)
        return 'stream-wals';
    if (!upstream.connected)
        return 'idle';
    return now - upstream.since < set.windows.attach / 3 ? 'merkle-diff' : 'merkle-sync';
}
function drStatus(cluster, set, now) {
    return withOverrides(plainStatus(cluster, set, now), cluster.statusOverrides);
}
function plainStatus(cluster, set, now) {
    switch (cluster.role) {
        case 'disabled':
            return { mode: 'disabled' };
        case 'primary':
            return primaryStatus(cluster, set, now);
        case 'secondary':
            return secondaryStatus(cluster, set, now);
    }
}
function primaryStatus(cluster, set, now) {
    const wal = Math.floor(cluster.position);
    return {
        cluster_id: cluster.setId,
        corrupted_merkle_tree: false,
        known_secondaries: [...cluster.known],
        last_corruption_check_epoch: neverChecked,
        last_dr_wal: wal,
        last_reindex_epoch: '0',
        last_wal: wal,
        merkle_root: merkleRoot(cluster),
        mode: 'primary',
        primary_cluster_addr: cluster.primaryClusterAddr,
        secondaries: [...cluster.known].flatMap((id) => secondaryEntry(cluster, id, set, now)),
        ssct_generation_counter: cluster.generation,
        state: 'running',
    };
}
function secondaryEntry(primary, id, set, now) {
    const seen = primary.seen.get(id);
    const follower = set.follower(primary, id);
    if (seen === undefined || follower === undefined)
        return [];
    const connected = follower.upstream?.connected === true;
    const heard = connected ? now : seen;
    return [
        {
            api_address: follower.apiAddr,
            clock_skew_ms: '0',
            cluster_address: follower.clusterAddr,
            connection_status: connected ? 'connected' : 'disconnected',
            last_heartbeat: timestamp(heard),
            last_heartbeat_duration_ms: '0',
            node_id: id,
            replication_primary_canary_age_ms: String(canaryAge(heard, now)),
        },
    ];
}
function secondaryStatus(cluster, set, now) {
    const { upstream } = cluster;
    const primary = upstream === undefined ? undefined : set.cluster(upstream.primary);
    const streamed = upstream !== undefined && !upstream.mustSync && cluster.position > upstream.streamedFrom;
    return {
        cluster_id: cluster.setId,
        connection_state: connectionState(cluster, set),
        corrupted_merkle_tree: false,
        known_primary_cluster_addrs: primary === undefined ? [] : [primary.clusterAddr],
        last_corruption_check_epoch: neverChecked,
        last_reindex_epoch: '0',
        last_remote_wal: streamed ? Math.floor(cluster.position) : 0,
        last_start: timestamp(cluster.followsSince),
        merkle_root: merkleRoot(cluster),
        mode: 'secondary',
        primaries: primary === undefined ? [] : primaryEntry(cluster, primary, now),
        primary_cluster_addr: primary?.clusterAddr ?? '',
        secondary_id: upstream?.id ?? '',
        ssct_generation_counter: cluster.generation,
        state: replicationState(cluster, set, now),
    };
}
function primaryEntry(cluster, primary, now) {
    const { upstream } = cluster;
    const heard = upstream?.connected === true ? now : upstream?.lastHeartbeat;
    if (upstream === undefined || heard === undefined)
        return [];
    return [
        {
            api_address: primary.apiAddr,
            clock_skew_ms: '0',
            cluster_address: primary.clusterAddr,
            connection_status: upstream.connected ? 'connected' : 'disconnected',
            last_heartbeat: timestamp(heard),
            last_heartbeat_duration_ms: '0',
            replication_primary_canary_age_ms: String(canaryAge(heard, now)),
        },
    ];
}
function connectionState(cluster, set) {
    const { upstream } = cluster;
    if (upstream === undefined)
        return 'idle';
    if (upstream.connected)
        return 'ready';
    const primary = set.cluster(upstream.primary);
    return isSettled(primary) && primary.role === 'primary' && !primary.known.has(upstream.id)
        ? 'shutdown'
        : 'transient_failure';
}
function canaryAge(heard, now) {
    return Math.round(Math.max(0, now - heard)) + healthyCanaryAgeMs + (Math.floor(now) % 200);
}
function performanceRole(cluster) {
    return cluster.role === 'secondary' ? cluster.performanceAsSecondary : cluster.storage.performance.role;
}
function performanceStatus(cluster, now) {
    const mode = performanceRole(cluster);
    const { setId, secondaryId } = cluster.storage.performance;
    const wal = Math.floor(cluster.position);
    const common = {
        cluster_id: setId,
        corrupted_merkle_tree: false,
        last_corruption_check_epoch: neverChecked,
        last_reindex_epoch: '0',
        merkle_root: merkleRoot(cluster),
        mode,
        ssct_generation_counter: cluster.generation,
    };
    const peer = (address) => ({
        api_address: `https://${address}:8200`,
        clock_skew_ms: '0',
        cluster_address: `https://${address}:8201`,
        connection_status: 'connected',
        last_heartbeat: timestamp(now),
        last_heartbeat_duration_ms: '0',
        replication_primary_canary_age_ms: String(canaryAge(now, now)),
    });
    switch (mode) {
        case 'disabled':
            return { mode };
        case 'primary':
            return {
                ...common,
                known_secondaries: [secondaryId],
                last_performance_wal: wal,
                last_wal: wal,
                primary_cluster_addr: '',
                secondaries: [{ ...peer('performance-secondary.invalid'), node_id: secondaryId }],
                state: 'running',
            };
        case 'secondary':
            return {
                ...common,
                connection_state: 'ready',
                known_primary_cluster_addrs: ['https://performance-primary.invalid:8201'],
                last_remote_wal: wal,
                last_start: timestamp(cluster.startedAt),
                primaries: [peer('performance-primary.invalid')],
                primary_cluster_addr: 'https://performance-primary.invalid:8201',
                secondary_id: secondaryId,
                state: 'stream-wals',
            };
    }
}
function isSealed(cluster, node) {
    return cluster.sealed || (node === 'standby' && cluster.followersSealed);
}
function health(cluster, query, now, node) {
    const sealed = isSealed(cluster, node);
    const standby = node === 'standby';
    const secondary = cluster.role === 'secondary';
    const plain = {
        initialized: true,
        sealed,
        standby: sealed || standby,
        performance_standby: false,
        replication_performance_mode: sealed ? 'unknown' : performanceRole(cluster),
        replication_dr_mode: sealed ? 'unknown' : cluster.role,
        server_time_utc: Math.floor(now / 1000),
        version: cluster.version,
        enterprise: true,
        ...(sealed
            ? {}
            : {
                cluster_name: `simulator-${cluster.name}`,
                cluster_id: cluster.ownId,
                ...(standby ? {} : { last_wal: Math.floor(cluster.position) }),
                license: { state: 'autoloaded', expiry_time: timestamp(now + 31_536_000_000), terminated: false },
                replication_primary_canary_age_ms: secondary ? upstreamCanaryAge(cluster, now) : 0,
            }),
        echo_duration_ms: 0,
        clock_skew_ms: 0,
    };
    const body = withOverrides(plain, cluster.healthOverrides);
    return { status: healthCode(body, query), body };
}
function upstreamCanaryAge(cluster, now) {
    const { upstream } = cluster;
    return canaryAge(upstream?.connected === true ? now : (upstream?.lastHeartbeat ?? now), now);
}
function healthCode(body, query) {
    const code = (name, normal) => {
        const given = Number(query.get(name) ?? normal);
        return Number.isInteger(given) && given >= 100 && given <= 599 ? given : 400;
    };
    const isOk = (name) => ['', 'true', '1'].includes(query.get(name) ?? 'no');
    if (body.initialized !== true)
        return code('uninitcode', 501);
    if (body.sealed === true)
        return code('sealedcode', 503);
    if (body.replication_dr_mode === 'secondary')
        return code('drsecondarycode', 472);
    if (body.performance_standby === true && !isOk('perfstandbyok'))
        return code('performancestandbycode', 473);
    if (body.standby === true && !isOk('standbyok'))
        return code('standbycode', 429);
    return code('activecode', 200);
}
function leader(cluster, hasLeader, node) {
    return {
        ha_enabled: true,
        is_self: hasLeader && node !== 'standby',
        active_time: hasLeader ? timestamp(cluster.startedAt) : '0001-01-01T00:00:00Z',
        leader_address: hasLeader ? cluster.apiAddr : '',
        leader_cluster_address: hasLeader ? cluster.clusterAddr : '',
        performance_standby: false,
        performance_standby_last_remote_wal: 0,
        last_wal: Math.floor(cluster.position),
        raft_committed_index: raftIndex(cluster),
        raft_applied_index: raftIndex(cluster),
    };
}
function sealStatus(cluster, node) {
    const sealed = isSealed(cluster, node);
    return {
        type: 'shamir',
        initialized: true,
        sealed,
        t: cluster.storage.keys.threshold,
        n: cluster.storage.keys.shares.length,
        progress: 0,
        nonce: '',
        version: cluster.version,
        build_date: '2026-01-01T00:00:00Z',
        migration: false,
        ...(sealed ? {} : { cluster_name: `simulator-${cluster.name}`, cluster_id: cluster.ownId }),
        recovery_seal: false,
        storage_type: 'raft',
        removed_from_cluster: false,
    };
}
const nodeNames = ['node-1', 'node-2', 'node-3'];
function autopilotState(cluster, now) {
    const host = new URL(cluster.clusterAddr).host;
    const servers = nodeNames.map((name, index) => {
        const isLeader = index === 0;
        const isHealthy = isLeader || !cluster.followersSealed;
        const server = {
            id: name,
            name,
            address: host,
            node_status: 'alive',
            last_contact: isLeader ? '0s' : isHealthy ? '1.8s' : `${Math.ceil((now - cluster.followsSince) / 1000) + 15}s`,
            last_term: 3,
            last_index: raftIndex(cluster),
            healthy: isHealthy,
            stable_since: new Date(cluster.startedAt).toISOString(),
            status: isLeader ? 'leader' : 'voter',
            version: cluster.version.replace(/\+.*$/, ''),
            node_type: 'voter',
            meta: null,
        };
        return [name, server];
    });
    const spare = cluster.followersSealed ? 0 : 1;
    return {
        healthy: !cluster.followersSealed,
        failure_tolerance: spare,
        optimistic_failure_tolerance: spare,
        leader: 'node-1',
        voters: nodeNames,
        non_voters: null,
        servers: Object.fromEntries(servers),
        upgrade_info: {
            status: 'idle',
            target_version: cluster.version.replace(/\+.*$/, ''),
            target_version_voters: nodeNames,
        },
    };
}
function raftConfiguration(cluster) {
    const address = new URL(cluster.clusterAddr).host;
    const servers = nodeNames.map((name, index) => ({
        address,
        leader: index === 0,
        node_id: name,
        protocol_version: '3',
        voter: true,
    }));
    return { config: { index: 0, servers } };
}
function haNodes(cluster, now) {
    const nodes = cluster.followersSealed ? nodeNames.slice(0, 1) : nodeNames;
    return nodes.map((hostname, index) => ({
        hostname,
        api_address: index === 0 ? cluster.apiAddr : cluster.standbyAddr,
        cluster_address: cluster.clusterAddr,
        active_node: index === 0,
        last_echo: index === 0 ? null : new Date(now - 500).toISOString(),
        version: cluster.version.replace(/\+.*$/, ''),
    }));
}
function raftIndex(cluster) {
    return 1000 + Math.floor(cluster.position) * 2;
}
function withOverrides(fields, overrides) {
    const result = { ...fields };
    for (const [key, value] of overrides) {
        const present = result[key];
        if (value === undefined)
            delete result[key];
        else
            result[key] = isFields(present) && isFields(value) ? { ...present, ...value } : value;
    }
    return result;
}
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./build/simulator/logins.js




function loginRoutes(options) {
    const { jwt, approle } = options;
    const login = (mount, handle) => ({
        method: 'POST',
        path: `auth/${mount}/login`,
        access: 'anybody',
        onSecondary: false,
        handle: (call) => {
            if (namespaceOf(call) !== options.namespace)
                return refuse(403, 'permission denied');
            return handle(call);
        },
    });
    const routes = [];
    if (jwt !== undefined) {
        const mount = jwt.mount ?? 'jwt';
        const key = (0,external_node_crypto_.createPublicKey)(jwt.publicKeyPem);
        routes.push(login(mount, (call) => {
            const role = route_text(call.body.role);
            if (role === '')
                return refuse(400, 'missing role');
            if (role !== jwt.role)
                return refuse(400, `role "${role}" could not be found`);
            const given = route_text(call.body.jwt);
            if (given === '')
                return refuse(400, 'missing token');
            const problem = problemOf(given, jwt, key, call.now);
            return problem === undefined ? grant(call, mount, jwt, { role }, options) : refuse(400, problem);
        }));
    }
    if (approle !== undefined) {
        const mount = approle.mount ?? 'approle';
        routes.push(login(mount, (call) => {
            const [roleId, secretId] = [route_text(call.body.role_id), route_text(call.body.secret_id)];
            if (roleId === '')
                return refuse(400, 'missing role_id');
            if (secretId === '')
                return refuse(400, 'missing secret_id');
            if (roleId !== approle.roleId || secretId !== approle.secretId) {
                return refuse(400, 'invalid role or secret ID');
            }
            return grant(call, mount, approle, { role_name: 'simulated' }, options);
        }));
    }
    return routes;
}
function namespaceOf(call) {
    const name = call.namespace.replaceAll(/^\/+|\/+$/g, '');
    return name === 'root' ? '' : name;
}
function grant({ cluster }, mount, grantee, meta, options) {
    const type = grantee.tokenType ?? 'service';
    const spec = {
        type,
        ttlSeconds: grantee.ttlSeconds ?? 3600,
        ...(grantee.policies === undefined ? {} : { policies: grantee.policies }),
        ...(grantee.policy === undefined
            ? grantee.policies === undefined
                ? { policy: options.defaultPolicy }
                : {}
            : { policy: grantee.policy }),
    };
    const token = cluster.storage.tokens.make(spec, { path: `auth/${mount}/login`, displayName: mount, meta });
    if (type === 'service')
        options.wrote(cluster);
    options.onLogin(token.id);
    return ok({ auth: describeAuth(token) });
}
function problemOf(jwt, options, key, now) {
    const invalid = (reason) => `error validating token: ${reason}`;
    const [head = '', payload = '', signature = '', ...more] = jwt.split('.');
    const header = json(head);
    const claims = json(payload);
    if (header === undefined || claims === undefined || signature === '' || more.length > 0) {
        return invalid('error verifying token signature: failed to parse token: malformed JWT');
    }
    const isSigned = isSignedBy(key, header.alg, `${head}.${payload}`, signature);
    if (!isSigned) {
        return invalid('error verifying token signature: no known key successfully validated the token signature');
    }
    if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) {
        return invalid('invalid expiration time (exp) claim: token is expired');
    }
    if (typeof claims.nbf === 'number' && claims.nbf * 1000 > now + 60_000) {
        return invalid('invalid not before (nbf) claim: token not yet valid');
    }
    if (options.issuer !== undefined && claims.iss !== options.issuer)
        return invalid('invalid issuer (iss) claim');
    const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    if (!audiences.includes(options.audience)) {
        return invalid('invalid audience (aud) claim: audience claim does not match any bound audience');
    }
    const unbound = Object.entries(options.claims ?? {}).find(([name, value]) => String(claims[name]) !== value);
    if (unbound === undefined)
        return undefined;
    return `error validating claims: claim "${unbound[0]}" does not match any associated bound claim values`;
}
function isSignedBy(key, algorithm, signed, signature) {
    const bytes = Buffer.from(signature, 'base64url');
    if (algorithm === 'RS256' && key.asymmetricKeyType === 'rsa')
        return (0,external_node_crypto_.verify)('sha256', Buffer.from(signed), key, bytes);
    if (algorithm !== 'ES256' || key.asymmetricKeyType !== 'ec')
        return false;
    return (0,external_node_crypto_.verify)('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}
function json(part) {
    try {
        const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
        return isFields(value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/simulator/secrets.js



function readSecret({ cluster, path, namespace }, home) {
    const stored = namespaceOf({ namespace }) === home ? cluster.storage.secrets.get(path) : undefined;
    if (stored === undefined)
        return nothingThere();
    if (!path.includes('/data/'))
        return ok({ data: stored, leaseId: `${path}/${tail(24)}` });
    const metadata = {
        created_time: '2026-01-01T00:00:00.000000000Z',
        custom_metadata: null,
        deletion_time: '',
        destroyed: false,
        version: 1,
    };
    return ok({ data: { data: stored, metadata }, top: { mount_type: 'kv' } });
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./build/simulator/snapshot.js



const blockBytes = 512;
const pieceBytes = 65_536;
function snapshotAnswer(stateBytes, index, now) {
    return {
        kind: 'stream',
        status: 200,
        headers: {
            'cache-control': 'no-store',
            'content-type': 'application/gzip',
            'content-disposition': 'attachment',
        },
        open: (flaw) => {
            const gzip = (0,external_node_zlib_.createGzip)({ level: 0 });
            (0,external_node_stream_.pipeline)(external_node_stream_.Readable.from(members(stateBytes, index, now, flaw)), gzip, () => {
            });
            return flaw === 'snapshot-short' ? external_node_stream_.Readable.from(firstBytes(gzip, Math.floor(stateBytes / 2))) : gzip;
        },
    };
}
async function* members(stateBytes, index, now, flaw) {
    const meta = Buffer.from(JSON.stringify({
        Version: 1,
        ID: 'bolt-snapshot',
        Index: index,
        Term: 3,
        Peers: null,
        Configuration: {
            Servers: ['node-1', 'node-2', 'node-3'].map((ID) => ({ Suffrage: 0, ID, Address: `${ID}:8201` })),
        },
        ConfigurationIndex: 1,
        Size: stateBytes,
    }));
    yield member('meta.json', meta, now);
    yield head('state.bin', stateBytes, now);
    const state = (0,external_node_crypto_.createHash)('sha256');
    const piece = (0,external_node_crypto_.randomBytes)(pieceBytes);
    for (let done = 0; done < stateBytes; done += piece.length) {
        const bytes = Buffer.from(piece.subarray(0, Math.min(piece.length, stateBytes - done)));
        if (bytes.length >= 6)
            bytes.writeUIntBE(done, 0, 6);
        state.update(bytes);
        if (flaw === 'snapshot-corrupt' && done === 0)
            bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        yield bytes;
    }
    yield padding(stateBytes);
    const sums = `${(0,external_node_crypto_.createHash)('sha256').update(meta).digest('hex')}  meta.json\n${state.digest('hex')}  state.bin\n`;
    yield member('SHA256SUMS', Buffer.from(sums), now);
    if (flaw !== 'snapshot-no-seal')
        yield member('SHA256SUMS.sealed', (0,external_node_crypto_.randomBytes)(244), now);
    yield Buffer.alloc(2 * blockBytes);
}
function member(name, content, now) {
    return Buffer.concat([head(name, content.length, now), content, padding(content.length)]);
}
function head(name, bytes, now) {
    const header = Buffer.alloc(blockBytes);
    const octal = (value, at, length) => {
        header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
    };
    header.write(name, 0, 'latin1');
    octal(0o600, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(bytes, 124, 12);
    octal(Math.floor(now / 1000), 136, 12);
    header.fill(' ', 148, 156);
    header.write('0', 156, 'latin1');
    header.write('ustar\u000000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return header;
}
function padding(bytes) {
    return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}
async function* firstBytes(source, limit) {
    let left = limit;
    for await (const chunk of source) {
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0)
            return;
    }
}

;// CONCATENATED MODULE: ./build/simulator/unavailability.js

function unavailable(path, cluster, random, now) {
    const answers = possible(path, cluster, now);
    return answers[Math.floor(random() * answers.length)] ?? unavailability_reset;
}
const unavailability_reset = { kind: 'reset' };
const refusals = [
    unavailability_reset,
    errors(500, 'local node not active but active cluster node not found'),
    errors(503, 'Vault is sealed'),
    errors(503, 'node is not active'),
];
function possible(path, cluster, now) {
    const disabled = { mode: 'disabled' };
    switch (path) {
        case 'sys/replication/dr/status':
            return [...refusals, data({}), data({ mode: 'bootstrapping' })];
        case 'sys/replication/status':
            return [
                ...refusals,
                data({ dr: {}, performance: disabled }),
                data({ dr: { mode: 'bootstrapping' }, performance: disabled }),
            ];
        case 'sys/health':
            return [...refusals, unavailability_bare(429, standbyHealth(cluster, now)), unavailability_bare(503, sealedHealth(cluster, now))];
        case 'sys/leader':
            return [...refusals, unavailability_bare(200, leader(cluster, false))];
        case 'sys/seal-status':
            return [unavailability_reset, unavailability_bare(200, sealStatus(cluster))];
        default:
            return refusals;
    }
}
function standbyHealth(cluster, now) {
    return {
        initialized: true,
        sealed: false,
        standby: true,
        performance_standby: false,
        replication_performance_mode: 'disabled',
        replication_dr_mode: 'bootstrapping',
        server_time_utc: Math.floor(now / 1000),
        version: cluster.version,
        enterprise: true,
        cluster_name: `simulator-${cluster.name}`,
        cluster_id: cluster.ownId,
        echo_duration_ms: 0,
        clock_skew_ms: 0,
        replication_primary_canary_age_ms: 0,
    };
}
function sealedHealth(cluster, now) {
    return {
        initialized: true,
        sealed: true,
        standby: true,
        performance_standby: false,
        replication_performance_mode: 'unknown',
        replication_dr_mode: 'unknown',
        server_time_utc: Math.floor(now / 1000),
        version: cluster.version,
        enterprise: true,
        echo_duration_ms: 0,
        clock_skew_ms: 0,
    };
}
function data(fields) {
    return unavailability_bare(200, {
        request_id: '',
        lease_id: '',
        renewable: false,
        lease_duration: 0,
        data: fields,
        wrap_info: null,
        warnings: null,
        auth: null,
    });
}
function unavailability_bare(status, body) {
    return { kind: 'answer', status, body };
}
function errors(status, message) {
    return { kind: 'answer', status, body: { errors: [message] } };
}
function seededRandom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
}

;// CONCATENATED MODULE: ./build/simulator/api.js








const pathDisabled = 'path disabled in replication DR secondary mode';
const notSecondary = 'Not a DR secondary.';
const brief = 'Vault will be unavailable for a brief period and will resume service shortly.';
const found = 'Vault has successfully found secondary information; it may take a while to perform setup tasks. Vault will be unavailable until these tasks and initial sync complete.';
const openWhenSealed = ['sys/health', 'sys/seal-status'];
const snapshotPath = 'sys/storage/raft/snapshot';
const capabilityFor = { GET: 'read', LIST: 'list', DELETE: 'delete' };
const deniedByPolicy = '1 error occurred:\n\t* permission denied\n\n';
const unwrapFailed = '1 error occurred:\n\t* error response unwrapping secondary token; status code is 400, message is "400 Bad Request"\n\n';
class Api {
    logins = [];
    #set;
    #activations = new Activations();
    #options;
    #routes;
    constructor(options) {
        this.#options = options;
        this.#set = options.set;
        const wrote = (cluster) => this.#wrote(cluster);
        this.#routes = [
            ...this.#reads(),
            ...this.#raftRoutes(),
            ...credentialRoutes(wrote),
            ...loginRoutes({
                jwt: options.jwt,
                approle: options.approle,
                namespace: options.namespace,
                defaultPolicy: options.loginPolicy,
                onLogin: (token) => this.logins.push(token),
                wrote,
            }),
            ...this.#primaryRoutes(),
            ...this.#secondaryRoutes(),
            ...this.#ceremonyRoutes(),
        ];
    }
    answer(cluster, request) {
        const now = this.#set.settle();
        if (cluster.change !== undefined)
            return unavailable(request.path, cluster, this.#options.random, now);
        return this.#ofStandby(cluster, request) ?? this.#ofActive(cluster, request, now);
    }
    #ofStandby(cluster, { path, query, node, noForwarding }) {
        if (node !== 'standby')
            return undefined;
        if (cluster.sealed || cluster.followersSealed) {
            return openWhenSealed.includes(path) ? undefined : refuse(503, 'Vault is sealed');
        }
        const isOwn = openWhenSealed.includes(path) || path === 'sys/leader';
        if (path !== snapshotPath && (noForwarding !== true || isOwn))
            return undefined;
        const search = query.size === 0 ? '' : `?${query.toString()}`;
        return { kind: 'answer', status: 307, headers: { location: `${cluster.apiAddr}/v1/${path}${search}` } };
    }
    #ofActive(cluster, asked, now) {
        const isList = asked.method === 'GET' && asked.query.get('list') === 'true';
        const request = isList ? { ...asked, method: 'LIST' } : asked;
        if (cluster.sealed && !openWhenSealed.includes(request.path))
            return refuse(503, 'Vault is sealed');
        const routes = this.#routes.filter((each) => matchRoute(each, request.path) !== undefined);
        const route = routes.find(({ method }) => method === request.method) ?? this.#secretRoute(cluster, request);
        if (cluster.role === 'secondary' && route?.onSecondary !== true)
            return refuse(400, pathDisabled);
        if (!['', '/', 'root'].includes(request.namespace) && request.path.startsWith('sys/')) {
            return refuse(404, 'unsupported path');
        }
        const name = route === undefined ? '' : (matchRoute(route, request.path) ?? '');
        const asking = { ...request, cluster, now, name };
        const isLogin = routes.some(({ path, access }) => access === 'anybody' && path.startsWith('auth/'));
        const checked = isLogin ? {} : this.#check(asking, route);
        if (checked.refusal !== undefined)
            return checked.refusal;
        if (route === undefined) {
            return routes.length > 0 ? refuse(405, 'unsupported operation') : refuse(404, 'unsupported path');
        }
        const isGenerated = checked.isGenerated === true;
        const answer = route.handle({ ...asking, holder: checked.holder, isGenerated });
        const isDone = answer.kind === 'answer' && answer.status < 300;
        if (isGenerated && isDone && !this.#options.generatedTokenSurvives)
            cluster.operations.dropToken();
        return answer;
    }
    #check(call, route) {
        const { cluster } = call;
        const access = route?.access ?? 'token';
        if (access === 'anybody' || (access === 'ceremony' && this.#isOpenCeremony(cluster)))
            return {};
        const asOperation = access === 'body-token' || (access === 'autopilot' && cluster.role === 'secondary');
        const given = access === 'body-token' ? route_text(call.body.dr_operation_token) : call.token;
        if (given === '') {
            return {
                refusal: asOperation ? refuse(400, 'DR operation token was not provided') : refuse(403, 'permission denied'),
            };
        }
        const takesGenerated = access === 'operation' || asOperation;
        if (takesGenerated && cluster.role === 'secondary' && given === cluster.operations.token)
            return { isGenerated: true };
        const holder = cluster.storage.tokens.find(given);
        if (holder === undefined || !isKnownAt(cluster, holder, asOperation))
            return { refusal: refuse(403, badToken) };
        if (holder.usesLeft !== undefined)
            holder.usesLeft -= 1;
        const paths = call.method === 'LIST' ? [call.path, `${call.path}/`] : [call.path];
        const allowed = paths.flatMap((path) => cluster.storage.capabilities(holder, path));
        const needed = route?.needs?.(call) ?? capabilityFor[call.method] ?? 'update';
        const may = (capability) => allowed.includes('root') || allowed.includes(capability);
        if (!may(needed) || (access === 'sudo' && !may('sudo')))
            return { refusal: refuse(403, deniedByPolicy) };
        return { holder };
    }
    #isOpenCeremony(cluster) {
        return this.#options.unauthenticatedCeremony || !isAtLeast(cluster.version, 2, 0);
    }
    #wrote(cluster) {
        this.#set.alter(() => {
            cluster.position += 1;
        });
    }
    #secretRoute(cluster, { method, path }) {
        const mounts = [...cluster.storage.secrets.keys()].map((each) => `${each.split('/')[0] ?? ''}/`);
        if (method !== 'GET' || !mounts.some((mount) => path.startsWith(mount)))
            return undefined;
        const handle = (call) => readSecret(call, this.#options.namespace);
        return { method, path, access: 'token', onSecondary: false, handle };
    }
    #reads() {
        const get = (path, handle) => ({
            method: 'GET',
            path,
            access: 'anybody',
            onSecondary: true,
            handle,
        });
        const status = ({ cluster, now }) => drStatus(cluster, this.#set, now);
        const performance = ({ cluster, now }) => performanceStatus(cluster, now);
        return [
            get('sys/replication/dr/status', (call) => ok({ data: status(call) })),
            get('sys/replication/performance/status', (call) => ok({ data: performance(call) })),
            get('sys/replication/status', (call) => ok({ data: { dr: status(call), performance: performance(call) } })),
            get('sys/health', ({ cluster, query, now, node }) => ({ kind: 'answer', ...health(cluster, query, now, node) })),
            get('sys/leader', ({ cluster, node }) => bare(leader(cluster, true, node))),
            get('sys/seal-status', ({ cluster, node }) => bare(sealStatus(cluster, node))),
        ];
    }
    #raftRoutes() {
        const get = (path, access, handle) => ({
            method: 'GET',
            path,
            access,
            onSecondary: access === 'autopilot',
            handle,
        });
        const configuration = ({ cluster }) => ok({ data: raftConfiguration(cluster) });
        return [
            get('sys/storage/raft/autopilot/state', 'autopilot', ({ cluster, now }) => ok({ data: autopilotState(cluster, now) })),
            get('sys/storage/raft/configuration', 'token', configuration),
            {
                ...get('sys/storage/raft/configuration', 'body-token', configuration),
                method: 'POST',
                onSecondary: true,
            },
            get(snapshotPath, 'token', ({ cluster, now }) => snapshotAnswer(this.#options.snapshotBytes, raftIndex(cluster), now)),
            get('sys/ha-status', 'token', ({ cluster, now }) => {
                const data = { nodes: haNodes(cluster, now) };
                return ok({ data, top: data });
            }),
        ];
    }
    #ceremonyRoutes() {
        const base = 'sys/replication/dr/secondary/generate-operation-token';
        const route = (method, name, handle) => ({
            method,
            path: `${base}/${name}`,
            access: 'ceremony',
            onSecondary: true,
            handle: (call) => (call.cluster.role === 'secondary' ? handle(call) : refuse(400, notSecondary)),
        });
        const context = ({ version, storage }) => ({ version, keys: storage.keys });
        return [
            route('GET', 'attempt', ({ cluster }) => cluster.operations.status(context(cluster))),
            route('POST', 'attempt', ({ cluster, body }) => cluster.operations.start(context(cluster), body)),
            route('DELETE', 'attempt', ({ cluster }) => cluster.operations.cancel()),
            route('POST', 'update', ({ cluster, body }) => cluster.operations.update(context(cluster), body)),
        ];
    }
    #primaryRoutes() {
        const post = (name, handle, access = 'token') => ({
            method: 'POST',
            path: `sys/replication/dr/primary/${name}`,
            access,
            onSecondary: false,
            handle,
        });
        const onPrimary = (handle) => (call) => call.cluster.role === 'primary' ? handle(call) : refuse(400, 'DR replication is not enabled on this cluster');
        return [
            post('enable', ({ cluster, body }) => {
                if (cluster.role === 'primary')
                    return refuse(400, 'DR replication is already enabled on this cluster');
                this.#set.begin(cluster, { kind: 'enable', primaryClusterAddr: route_text(body.primary_cluster_addr) });
                return warn(`This cluster is being enabled as a primary for replication. ${brief}`);
            }),
            post('demote', onPrimary(({ cluster }) => {
                this.#set.begin(cluster, { kind: 'demote' });
                return warn(`This cluster is being demoted to a replication secondary. ${brief}`);
            })),
            post('disable', onPrimary(({ cluster }) => {
                this.#set.begin(cluster, { kind: 'disable' });
                return warn(`This cluster is having replication disabled. ${brief}`);
            })),
            post('secondary-token', onPrimary((call) => this.#secondaryToken(call)), 'sudo'),
            post('revoke-secondary', onPrimary(({ cluster, body }) => {
                const id = route_text(body.id);
                if (id === '')
                    return refuse(400, 'missing id');
                this.#set.alter(() => {
                    cluster.known.delete(id);
                    cluster.used.delete(id);
                    cluster.seen.delete(id);
                    cluster.position += 1;
                });
                return empty();
            })),
        ];
    }
    #secondaryToken({ cluster, body, now }) {
        const id = route_text(body.id);
        if (id === '')
            return refuse(400, 'missing id');
        if (cluster.known.has(id))
            return refuse(400, `secondary with id "${id}" already exists`);
        const ttlSeconds = seconds(body.ttl ?? '30m');
        if (ttlSeconds === undefined || ttlSeconds <= 0)
            return refuse(400, 'invalid ttl');
        const publicKey = this.#options.activation === 'both' ? route_text(body.secondary_public_key) || undefined : undefined;
        const activation = this.#activations.issue(cluster, id, ttlSeconds, publicKey, now);
        this.#set.alter(() => {
            cluster.known.add(id);
            cluster.position += 1;
        });
        if (publicKey !== undefined)
            return ok({ data: { token: activation.token } });
        return ok({
            requestId: '',
            wrapInfo: {
                token: activation.token,
                accessor: activation.accessor,
                ttl: activation.ttlSeconds,
                creation_time: new Date(activation.createdAt).toISOString(),
                creation_path: 'sys/replication/dr/primary/secondary-token',
            },
        });
    }
    #secondaryRoutes() {
        const post = (name, handle, access = 'body-token') => ({
            method: 'POST',
            path: `sys/replication/dr/secondary/${name}`,
            access,
            onSecondary: true,
            handle,
        });
        const onSecondary = (handle) => (call) => call.cluster.role === 'secondary' ? handle(call) : refuse(400, notSecondary);
        const routes = [
            post('promote', onSecondary(({ cluster, body }) => {
                if (body.force !== true && this.#set.isCatchingUp(cluster)) {
                    return refuse(503, 'replication is still catching up, try again later or provide the "force" argument');
                }
                this.#set.begin(cluster, { kind: 'promote', primaryClusterAddr: route_text(body.primary_cluster_addr) });
                return warn(`This cluster is being promoted to a replication primary. ${brief}`);
            })),
            post('update-primary', onSecondary((call) => this.#updatePrimary(call))),
            post('disable', onSecondary(({ cluster }) => {
                this.#set.begin(cluster, { kind: 'disable' });
                return warn(`This cluster is having replication disabled. ${brief}`);
            })),
            post('operation-token/delete', onSecondary(({ cluster, isGenerated }) => {
                if (!isGenerated)
                    return refuse(400, 'batch tokens cannot be revoked');
                cluster.operations.dropToken();
                return empty();
            })),
            { ...post('enable', (call) => this.#enableSecondary(call), 'token'), onSecondary: false },
        ];
        if (this.#options.activation === 'wrapped-only')
            return routes;
        const publicKey = post('generate-public-key', ({ cluster }) => {
            if (cluster.role === 'primary')
                return refuse(400, notSecondary);
            const key = newPublicKey();
            cluster.publicKeys.add(key);
            return ok({ data: { secondary_public_key: key } });
        }, 'operation');
        return [...routes, publicKey];
    }
    #updatePrimary({ cluster, body, now }) {
        const hasAddrs = body.update_primary_addrs !== undefined && body.update_primary_addrs !== null;
        const hasToken = typeof body.token === 'string';
        if (hasAddrs && hasToken)
            return refuse(400, 'token and update_primary_addrs are mutually exclusive');
        if (hasAddrs)
            return this.#updateAddrs(cluster, strings(body.update_primary_addrs));
        if (!hasToken)
            return refuse(400, 'either token or update_primary_addrs must be provided');
        const token = route_text(body.token);
        if (token === '') {
            this.#set.begin(cluster, { kind: 'attach', to: undefined, wipes: false });
            return warn(found);
        }
        const opened = this.#activate(cluster, token, route_text(body.primary_api_addr), now);
        if ('refusal' in opened)
            return opened.refusal;
        this.#set.begin(cluster, { kind: 'attach', to: opened.to, wipes: false });
        return warn(found);
    }
    #updateAddrs(cluster, addrs) {
        const { upstream } = cluster;
        if (upstream === undefined)
            return refuse(400, 'a newly demoted secondary needs an activation token to find a primary');
        const hosts = addrs.map((addr) => addr.replace(/^https?:\/\//, ''));
        const primary = this.#set.clusters.find((other) => hosts.includes(new URL(other.clusterAddr).host) &&
            other.role === 'primary' &&
            other.known.has(upstream.id) &&
            this.#set.canReach(cluster, other));
        if (primary === undefined)
            return refuse(400, 'none of the given primary addresses could be reached');
        this.#set.begin(cluster, { kind: 'attach', to: { primary: primary.name, id: upstream.id }, wipes: false });
        return warn(found);
    }
    #enableSecondary({ cluster, body, now }) {
        if (cluster.role !== 'disabled')
            return refuse(400, 'DR replication is already enabled on this cluster');
        const token = route_text(body.token);
        if (token === '')
            return refuse(400, 'missing token');
        const opened = this.#activate(cluster, token, route_text(body.primary_api_addr), now);
        if ('refusal' in opened)
            return opened.refusal;
        this.#set.begin(cluster, { kind: 'attach', to: opened.to, wipes: true });
        return warn(found);
    }
    #activate(cluster, token, primaryApiAddr, now) {
        const to = this.#activations.open(token, cluster, now);
        if (to === undefined)
            return { refusal: refuse(400, unwrapFailed) };
        const { primary: name, id } = to;
        const primary = this.#set.cluster(name);
        if (this.#activations.isWrapped(token)) {
            const isThere = primaryApiAddr === '' || primaryApiAddr.replace(/\/$/, '') === primary.apiAddr;
            if (!isThere || !this.#set.canReach(cluster, primary))
                return { refusal: refuse(400, unwrapFailed) };
            this.#activations.burn(token);
            if (primary.role !== 'primary' || !primary.known.has(id))
                return { refusal: refuse(400, unwrapFailed) };
        }
        return { to: { primary: name, id } };
    }
}
function isKnownAt(cluster, token, asOperation) {
    if (cluster.role !== 'secondary' || token.type === 'batch')
        return true;
    if (token.type === 'service')
        return false;
    return !asOperation || isAtLeast(cluster.version, 2, 0);
}
function asBody(value) {
    if (value === undefined)
        return {};
    return isFields(value) ? value : undefined;
}

;// CONCATENATED MODULE: ./build/simulator/certificates.js
let library;
async function makeCertificates(servers) {
    library ??= __webpack_require__.e(/* import() */ 686).then(__webpack_require__.t.bind(__webpack_require__, 7686, 19));
    const { generate } = await library;
    const notBeforeDate = new Date(Date.now() - 3_600_000);
    const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate };
    const ca = await generate([{ name: 'commonName', value: 'Simulated Vault CA' }], {
        ...common,
        extensions: [
            { name: 'basicConstraints', cA: true, critical: true },
            { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
        ],
    });
    const issuer = { key: ca.private, cert: ca.cert };
    const leaf = async (name, use) => {
        const pems = await generate([{ name: 'commonName', value: name }], {
            ...common,
            ca: issuer,
            extensions: [
                { name: 'basicConstraints', cA: false, critical: true },
                { name: 'keyUsage', digitalSignature: true, critical: true },
                { name: 'extKeyUsage', [use]: true },
                {
                    name: 'subjectAltName',
                    altNames: [
                        { type: 2, value: 'localhost' },
                        { type: 7, ip: '127.0.0.1' },
                        { type: 7, ip: '::1' },
                    ],
                },
            ],
        });
        return { certificate: pems.cert, key: pems.private };
    };
    const made = [];
    for (let index = 0; index < servers; index += 1)
        made.push(await leaf('localhost', 'serverAuth'));
    return { ca: ca.cert, servers: made, client: await leaf('simulated-client', 'clientAuth') };
}

;// CONCATENATED MODULE: ./build/simulator/faults.js
class Faults {
    #entries = [];
    add(fault) {
        this.#entries.push({ fault, matched: 0, met: 0 });
    }
    clear() {
        this.#entries.length = 0;
    }
    next(subject) {
        let found;
        for (const entry of this.#entries) {
            const { fault } = entry;
            if (!matches(fault, subject))
                continue;
            entry.matched += 1;
            if (found !== undefined)
                continue;
            if (fault.nth !== undefined && entry.matched !== fault.nth)
                continue;
            if (fault.times !== undefined && entry.met >= fault.times)
                continue;
            entry.met += 1;
            found = fault;
        }
        return found;
    }
}
function isApplied(fault) {
    switch (fault.kind) {
        case 'refuse-connection':
        case 'reset-before':
        case 'silence-before':
            return false;
        case 'reset-after':
        case 'silence-after':
            return true;
        case 'status':
        case 'html':
        case 'redirect':
            return fault.applied ?? false;
        case 'garbage':
        case 'truncated':
        case 'drip':
        case 'endless':
        case 'delay-answer':
        case 'snapshot-short':
        case 'snapshot-no-seal':
        case 'snapshot-corrupt':
            return fault.applied ?? true;
    }
}
function matches(fault, subject) {
    if (fault.cluster !== undefined && fault.cluster !== subject.cluster)
        return false;
    if (fault.node !== undefined && fault.node !== subject.node)
        return false;
    if (fault.method !== undefined && verb(fault.method) !== verb(subject.method))
        return false;
    return typeof fault.path === 'string' ? fault.path === subject.path : subject.path.search(fault.path) !== -1;
}
function verb(method) {
    const upper = method.toUpperCase();
    if (upper === 'PUT')
        return 'POST';
    return upper === 'HEAD' ? 'GET' : upper;
}

;// CONCATENATED MODULE: ./build/simulator/replicas.js


const firstPosition = 223;
class ReplicaSet {
    clusters;
    history = [];
    windows;
    #options;
    #time;
    #link = 'up';
    constructor(options) {
        this.#options = options;
        this.windows = options.windows;
        const now = options.now();
        this.#time = now;
        const [first, ...others] = options.names.map((name, index) => {
            const version = index === 0 ? options.version : options.secondaryVersion;
            return newCluster(name, version, now, options.newStorage(name, version));
        });
        if (first === undefined)
            throw new RangeError('a world needs at least one cluster');
        this.clusters = [first, ...others];
        for (const cluster of this.clusters) {
            const role = options.foreign[cluster.name];
            cluster.position = cluster.ownPosition = firstPosition;
            if (role === undefined)
                continue;
            cluster.role = role;
            cluster.setId = (0,external_node_crypto_.randomUUID)();
        }
        const isMember = ({ name }) => options.enrolled && options.foreign[name] === undefined;
        if (!isMember(first))
            return;
        first.role = 'primary';
        first.setId = (0,external_node_crypto_.randomUUID)();
        first.position = firstPosition + Math.max(0, options.lag);
        for (const other of others.filter(isMember)) {
            const id = (0,external_node_crypto_.randomUUID)();
            first.known.add(id);
            first.used.add(id);
            other.role = 'secondary';
            other.setId = first.setId;
            other.storage = first.storage;
            other.lineage = first.lineage;
            other.ownPosition = firstPosition - 70;
            other.upstream = { ...attached({ primary: first.name, id }, now), mustSync: false };
        }
    }
    cluster(name) {
        const found = this.clusters.find((cluster) => cluster.name === name);
        if (found === undefined)
            throw new RangeError(`there is no cluster "${name}" in this world`);
        return found;
    }
    settle() {
        const now = Math.max(this.#options.now(), this.#time);
        for (let next = this.#nextEvent(now); next !== undefined; next = this.#nextEvent(now)) {
            this.#stream(next.at);
            next.happens();
            this.#relink();
        }
        this.#stream(now);
        return now;
    }
    alter(change) {
        const now = this.settle();
        change(now);
        this.#relink();
        this.settle();
    }
    begin(cluster, step) {
        this.alter((now) => {
            cluster.operations.dropAttempt();
            cluster.change = { startedAt: now, readyAt: now + this.#duration(step), ...step };
        });
    }
    forcePrimary(cluster) {
        this.alter(() => {
            cluster.change = undefined;
            if (cluster.role === 'primary')
                cluster.generation += 1;
            else
                becomePrimary(cluster, '');
        });
    }
    setLink(up) {
        this.alter(() => {
            this.#link = up ? 'up' : 'cut';
        });
    }
    ageHeartbeats(cluster, seconds) {
        const heard = this.settle() - seconds * 1000;
        for (const other of this.clusters) {
            if (other.upstream?.primary === cluster.name)
                other.upstream.lastHeartbeat = heard;
            const { upstream } = cluster;
            if (upstream?.primary === other.name && other.seen.has(upstream.id))
                other.seen.set(upstream.id, heard);
        }
    }
    canReach(from, to) {
        return !this.#isApart(from, to) && isSettled(to) && !to.hung;
    }
    follower(primary, id) {
        return this.clusters.find(({ upstream }) => upstream?.primary === primary.name && upstream.id === id);
    }
    isCatchingUp(secondary) {
        const { upstream } = secondary;
        if (upstream === undefined)
            return false;
        if (upstream.mustSync)
            return true;
        const goal = upstream.connected ? this.cluster(upstream.primary).position : upstream.outstanding;
        return goal !== undefined && Math.floor(goal) > Math.floor(secondary.position);
    }
    primariesAtOnceMs() {
        const now = this.settle();
        const primaries = new Set();
        let total = 0;
        let before = this.history[0]?.at ?? now;
        for (const { at, cluster, role, erased } of this.history) {
            if (this.#options.foreign[cluster] !== undefined && erased !== true)
                continue;
            if (primaries.size > 1)
                total += at - before;
            if (role === 'primary')
                primaries.add(cluster);
            else
                primaries.delete(cluster);
            before = at;
        }
        return primaries.size > 1 ? total + now - before : total;
    }
    #duration(step) {
        switch (step.kind) {
            case 'demote':
            case 'disable':
                return this.windows.demote;
            case 'promote':
            case 'enable':
                return this.windows.promote;
            case 'attach':
                return this.windows.attach / 3;
        }
    }
    #nextEvent(until) {
        let next;
        const consider = (at, happens) => {
            if (at <= until && (next === undefined || at < next.at))
                next = { at, happens };
        };
        for (const cluster of this.clusters) {
            if (cluster.change !== undefined)
                consider(cluster.change.readyAt, () => this.#finish(cluster));
            const syncedAt = cluster.upstream?.syncedAt;
            if (syncedAt !== undefined)
                consider(syncedAt, () => this.#finishSync(cluster));
        }
        return next;
    }
    #finish(cluster) {
        const { change } = cluster;
        finishChange(cluster);
        if (change?.kind !== 'attach' || change.to === undefined)
            return;
        if (this.#options.followersSeal)
            cluster.followersSealed = true;
        if (!change.wipes)
            return;
        cluster.storage = this.cluster(change.to.primary).storage.copy();
        cluster.operations.dropToken();
    }
    #finishSync(secondary) {
        const { upstream } = secondary;
        if (upstream === undefined)
            return;
        const primary = this.cluster(upstream.primary);
        secondary.setId = primary.setId;
        secondary.generation = primary.generation;
        secondary.lineage = primary.lineage;
        secondary.position = primary.position;
        secondary.storage = primary.storage;
        upstream.mustSync = false;
        upstream.syncedAt = undefined;
        upstream.streamedFrom = primary.position;
    }
    #stream(at) {
        const seconds = (at - this.#time) / 1000;
        this.#time = Math.max(at, this.#time);
        if (seconds > 0) {
            for (const cluster of this.clusters) {
                if (cluster.role === 'primary' && isSettled(cluster)) {
                    cluster.position += this.#options.writesPerSecond * seconds;
                }
            }
        }
        const rate = this.#options.catchUpPerSecond;
        for (const cluster of this.clusters) {
            const { upstream } = cluster;
            if (upstream === undefined || upstream.mustSync)
                continue;
            const goal = upstream.connected ? this.cluster(upstream.primary).position : upstream.outstanding;
            if (goal === undefined || goal <= cluster.position)
                continue;
            const reach = rate === Number.POSITIVE_INFINITY ? goal : cluster.position + rate * Math.max(0, seconds);
            cluster.position = Math.min(goal, reach);
        }
    }
    #relink() {
        const at = this.#time;
        for (const cluster of this.clusters) {
            const { upstream } = cluster;
            if (upstream === undefined)
                continue;
            const primary = this.cluster(upstream.primary);
            const up = this.#isUp(cluster, primary, upstream.id);
            if (up && !upstream.connected) {
                upstream.connected = true;
                upstream.since = at;
                upstream.outstanding = undefined;
                upstream.mustSync ||= cluster.lineage !== primary.lineage || cluster.position > primary.position;
                upstream.syncedAt = upstream.mustSync ? at + (this.windows.attach * 2) / 3 : undefined;
                if (!upstream.mustSync)
                    cluster.storage = primary.storage;
                primary.seen.set(upstream.id, at);
                primary.used.add(upstream.id);
            }
            else if (!up && upstream.connected) {
                upstream.connected = false;
                if (cluster.storage === primary.storage)
                    cluster.storage = cluster.storage.copy();
                upstream.since = at;
                upstream.lastHeartbeat = at;
                upstream.syncedAt = undefined;
                if (primary.seen.has(upstream.id))
                    primary.seen.set(upstream.id, at);
                if (primary.change?.kind === 'demote' && !upstream.mustSync)
                    upstream.outstanding = primary.position;
            }
        }
        for (const cluster of this.clusters)
            this.#record(cluster, at);
    }
    #isUp(secondary, primary, id) {
        return (!this.#isApart(secondary, primary) &&
            secondary.role === 'secondary' &&
            isSettled(secondary) &&
            primary.role === 'primary' &&
            isSettled(primary) &&
            primary.known.has(id) &&
            (secondary.setId === '' || secondary.setId === primary.setId));
    }
    #isApart(one, other) {
        return this.#link === 'cut' && one.name !== 'tertiary' && other.name !== 'tertiary' && one !== other;
    }
    #record(cluster, at) {
        const role = visibleRole(cluster);
        const last = this.history.findLast((entry) => entry.cluster === cluster.name);
        if (last?.role === role && (last.erased ?? false) === cluster.erased)
            return;
        this.history.push({ at, cluster: cluster.name, role, ...(cluster.erased ? { erased: true } : {}) });
    }
}

// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
;// CONCATENATED MODULE: ./build/simulator/server.js




const noAnswer = { kind: 'answer', status: 200, body: {} };
const tooLarge = errorAnswer(413, 'http: request body too large');
const maxBodyBytes = 1_048_576;
const endlessChunk = `${JSON.stringify('x'.repeat(16_382))},`;
class ClusterServer {
    #options;
    #sockets = new Set();
    #byPort = new Map();
    #connections = new WeakMap();
    #server;
    #port;
    constructor(options) {
        this.#options = options;
    }
    get addr() {
        return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port ?? 0}`;
    }
    async listen(port) {
        if (this.#server !== undefined)
            return;
        const server = this.#create();
        server.on('connection', (socket) => this.#track(socket));
        server.on('clientError', (_error, socket) => socket.destroy());
        server.keepAliveTimeout = 120_000;
        await new Promise((resolve, reject) => {
            server.once('error', reject);
            server.listen(this.#port ?? port, '127.0.0.1', () => {
                server.off('error', reject);
                resolve();
            });
        });
        this.#port = portOf(server.address());
        this.#server = server;
    }
    async close() {
        const server = this.#server;
        if (server === undefined)
            return;
        this.#server = undefined;
        const closed = new Promise((resolve) => {
            server.close(() => resolve());
        });
        for (const socket of this.#sockets)
            socket.destroy();
        await closed;
    }
    #create() {
        const { tls } = this.#options;
        const listener = (request, response) => this.#receive(request, response);
        if (tls === undefined)
            return (0,external_node_http_.createServer)(listener);
        return (0,external_node_https_.createServer)({
            cert: tls.cert,
            key: tls.key,
            ca: tls.ca,
            requestCert: tls.demandClientCertificate,
            rejectUnauthorized: tls.demandClientCertificate,
        }, listener);
    }
    #track(socket) {
        const port = socket.remotePort ?? 0;
        this.#sockets.add(socket);
        this.#byPort.set(port, socket);
        socket.on('error', () => socket.destroy());
        socket.once('close', () => {
            this.#sockets.delete(socket);
            if (this.#byPort.get(port) === socket)
                this.#byPort.delete(port);
        });
    }
    #receive(request, response) {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1');
        const path = url.pathname.replace(/^\/v1\//, '').replace(/\/$/, '');
        const method = request.method ?? 'GET';
        const record = {
            at: this.#options.now(),
            cluster: this.#options.name,
            node: this.#options.node,
            method,
            path: `${path}${url.search}`,
            token: tokenOf(request),
            namespace: headerOf(request, 'x-vault-namespace'),
            body: undefined,
            status: 0,
            applied: false,
            connection: this.#connectionOf(request.socket),
        };
        this.#options.log.push(record);
        response.on('error', () => request.socket.destroy());
        const fault = this.#options.isHung()
            ? undefined
            : this.#options.faults.next({ cluster: this.#options.name, node: this.#options.node, method, path });
        if (fault?.kind === 'refuse-connection') {
            this.#reset(request.socket);
            return;
        }
        const whenRead = (raw) => {
            const parsed = parse(raw);
            record.body = parsed.value;
            if (this.#options.isHung())
                return;
            const body = parsed.failed ? undefined : asBody(parsed.value);
            const act = () => {
                if (!url.pathname.startsWith('/v1/'))
                    return errorAnswer(404, '404 page not found');
                if (body === undefined)
                    return errorAnswer(400, 'failed to parse JSON input: not a JSON object');
                const answer = this.#options.answer({
                    method: method === 'PUT' ? 'POST' : method === 'HEAD' ? 'GET' : method,
                    path,
                    query: url.searchParams,
                    token: record.token,
                    namespace: record.namespace,
                    node: this.#options.node,
                    noForwarding: headerOf(request, 'x-vault-no-request-forwarding') !== '',
                    body,
                });
                record.applied = answer.kind !== 'reset' && answer.status < 300;
                return answer;
            };
            const exchange = { request, response, record };
            if (fault === undefined)
                this.#send(act(), exchange);
            else
                this.#spoil(fault, isApplied(fault) ? act() : undefined, exchange);
        };
        readBody(request, whenRead, () => this.#send(tooLarge, { request, response, record }, { connection: 'close' }));
    }
    #send(answer, { request, response, record }, headers = {}) {
        if (answer.kind === 'reset') {
            this.#reset(request.socket);
            return;
        }
        record.status = answer.status;
        if (answer.kind === 'stream') {
            this.#stream(answer, { request, response, record }, { headers });
            return;
        }
        const text = textOf(answer);
        response.writeHead(answer.status, { ...headersFor(text), ...answer.headers, ...headers });
        response.end(request.method === 'HEAD' ? '' : text);
    }
    #stream(answer, { request, response }, how) {
        response.writeHead(answer.status, { ...answer.headers, ...how.headers });
        if (request.method === 'HEAD') {
            response.end();
            return;
        }
        const body = answer.open(how.isCut === true ? 'snapshot-short' : how.flaw);
        body.on('error', () => request.socket.destroy());
        response.once('close', () => body.destroy());
        body.pipe(response, { end: how.isCut !== true });
        if (how.isCut === true)
            body.once('end', () => later(response, 20, () => this.#reset(request.socket)));
    }
    #spoil(fault, answer, exchange) {
        const { request, response, record } = exchange;
        const begin = (status, headers) => {
            record.status = status;
            response.writeHead(status, { ...headers, ...fault.headers });
        };
        const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };
        switch (fault.kind) {
            case 'refuse-connection':
            case 'reset-before':
            case 'reset-after':
                this.#reset(request.socket);
                return;
            case 'silence-before':
            case 'silence-after':
                return;
            case 'status':
                begin(fault.status ?? 500, json);
                response.end(`${JSON.stringify({ errors: fault.errors ?? [] })}\n`);
                return;
            case 'html':
                begin(fault.status ?? 502, { 'content-type': 'text/html' });
                response.end(fault.html ?? '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n');
                return;
            case 'redirect':
                begin(fault.status ?? 307, { location: fault.location ?? `${this.addr}${request.url ?? '/'}` });
                response.end();
                return;
            case 'garbage':
                begin(fault.status ?? 200, json);
                response.end('{"request_id":"\u0000\u0007,,]}');
                return;
            case 'endless':
                begin(fault.status ?? 200, json);
                response.write('{"data":{"known_secondaries":[');
                pour(response);
                return;
            case 'delay-answer':
                later(response, fault.delayMs ?? 1000, () => this.#send(answer ?? noAnswer, exchange, fault.headers));
                return;
            case 'snapshot-short':
            case 'snapshot-no-seal':
            case 'snapshot-corrupt':
                if (answer?.kind === 'stream') {
                    record.status = answer.status;
                    this.#stream(answer, exchange, { ...fault, flaw: fault.kind });
                }
                else
                    this.#send(answer ?? noAnswer, exchange, fault.headers);
                return;
            case 'truncated':
            case 'drip': {
                if (answer?.kind === 'reset') {
                    this.#reset(request.socket);
                    return;
                }
                if (answer?.kind === 'stream') {
                    record.status = answer.status;
                    this.#stream(answer, exchange, { ...fault, isCut: true });
                    return;
                }
                const text = textOf(answer ?? noAnswer);
                begin(answer?.status ?? noAnswer.status, headersFor(text));
                response.flushHeaders();
                if (fault.kind === 'drip')
                    drip(response, Buffer.from(text), fault.delayMs ?? 100);
                else {
                    response.write(text.slice(0, Math.floor(text.length / 2)));
                    later(response, 20, () => this.#reset(request.socket));
                }
            }
        }
    }
    #connectionOf(socket) {
        const known = this.#connections.get(socket);
        if (known !== undefined)
            return known;
        const number = this.#options.nextConnection();
        this.#connections.set(socket, number);
        return number;
    }
    #reset(socket) {
        const plain = this.#byPort.get(socket.remotePort ?? 0);
        if (plain === undefined)
            socket.destroy();
        else
            plain.resetAndDestroy();
    }
}
function readBody(request, whenRead, whenTooLarge) {
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
        size += chunk.length;
        if (size <= maxBodyBytes)
            chunks.push(chunk);
        else
            chunks.length = 0;
    });
    request.once('end', () => (size > maxBodyBytes ? whenTooLarge() : whenRead(Buffer.concat(chunks).toString('utf8'))));
}
function textOf(answer) {
    return answer.body === undefined ? '' : `${JSON.stringify(answer.body)}\n`;
}
function parse(raw) {
    if (raw.trim() === '')
        return { value: undefined, failed: false };
    try {
        const value = JSON.parse(raw);
        return { value, failed: false };
    }
    catch {
        return { value: undefined, failed: true };
    }
}
function errorAnswer(status, message) {
    return { kind: 'answer', status, body: { errors: [message] } };
}
function headersFor(text) {
    return text === ''
        ? { 'cache-control': 'no-store' }
        : {
            'cache-control': 'no-store',
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(text)),
        };
}
function headerOf(request, name) {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
}
function tokenOf(request) {
    return headerOf(request, 'x-vault-token') || headerOf(request, 'authorization').replace(/^Bearer\s+/i, '');
}
function later(response, ms, run) {
    const timer = setTimeout(() => {
        if (!response.destroyed)
            run();
    }, ms);
    response.once('close', () => clearTimeout(timer));
}
function drip(response, bytes, delayMs) {
    let position = 0;
    const timer = setInterval(() => {
        if (position < bytes.length)
            response.write(bytes.subarray(position, position + 1));
        else
            response.end();
        position += 1;
    }, delayMs);
    response.once('close', () => clearInterval(timer));
}
function pour(response) {
    if (response.destroyed)
        return;
    if (response.write(endlessChunk))
        setTimeout(() => pour(response), 1).unref();
    else
        response.once('drain', () => pour(response));
}
function portOf(address) {
    return address !== null && typeof address === 'object' ? address.port : 0;
}

;// CONCATENATED MODULE: ./build/simulator/hcl.js

const capabilities = ['deny', 'create', 'read', 'update', 'delete', 'list', 'sudo', 'patch', 'subscribe', 'recover'];
const oldWords = {
    deny: ['deny'],
    read: ['read', 'list'],
    write: ['create', 'read', 'update', 'delete', 'list'],
    sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};
const attributes = [
    'allowed_parameters',
    'capabilities',
    'control_group',
    'denied_parameters',
    'max_wrapping_ttl',
    'mfa_methods',
    'min_wrapping_ttl',
    'policy',
    'required_parameters',
    'subscribe_event_types',
];
class PolicyError extends Error {
}
const maxDepth = 16;
function parsePolicy(source) {
    try {
        const blocks = source.trimStart().startsWith('{') ? fromJson(source) : new Reader(source).policy();
        const rules = {};
        for (const [path, block] of blocks) {
            const plain = path.replace(/^\//, '');
            if (plain.includes('+*'))
                throw new PolicyError(`path "${plain}": invalid use of wildcards ('+*' is forbidden)`);
            rules[plain] = [...new Set([...(rules[plain] ?? []), ...allowed(plain, block)])];
        }
        return { rules };
    }
    catch (error) {
        if (error instanceof PolicyError)
            return { problem: `failed to parse policy: ${error.message}` };
        throw error;
    }
}
function allowed(path, block) {
    for (const key of block.keys()) {
        if (!attributes.includes(key))
            throw new PolicyError(`path "${path}": invalid key "${key}"`);
    }
    const given = block.get('capabilities') ?? [];
    const listed = typeof given === 'string' || given instanceof Map || !Array.isArray(given) ? undefined : given;
    if (listed === undefined)
        throw new PolicyError(`path "${path}": capabilities must be a list`);
    const found = listed.map((each) => {
        if (typeof each === 'string' && capabilities.includes(each))
            return each;
        throw new PolicyError(`path "${path}": invalid capability "${String(each)}"`);
    });
    const old = block.get('policy');
    if (old === undefined)
        return found;
    const words = typeof old === 'string' ? oldWords[old] : undefined;
    if (words === undefined)
        throw new PolicyError(`path "${path}": invalid policy "${String(old)}"`);
    return [...found, ...words];
}
function fromJson(source) {
    let parsed;
    try {
        parsed = JSON.parse(source);
    }
    catch {
        throw new PolicyError('object expected closing RBRACE got: EOF');
    }
    const paths = isFields(parsed) && isFields(parsed.path) ? parsed.path : {};
    return Object.entries(paths).map(([path, block]) => [path, mapOf(block)]);
}
function mapOf(value, depth = 0) {
    return new Map(isFields(value) ? Object.entries(value).map(([key, each]) => [key, asValue(each, depth + 1)]) : []);
}
function asValue(value, depth) {
    if (depth > maxDepth)
        throw new PolicyError('nested too deeply');
    if (Array.isArray(value))
        return value.map((each) => asValue(each, depth + 1));
    return isFields(value) ? mapOf(value, depth) : String(value);
}
const lexeme = /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[{}[\]=,:]|[\w.+-]+|[\s\S]/g;
class Reader {
    #tokens;
    #next = 0;
    constructor(source) {
        const all = source.match(lexeme) ?? [];
        this.#tokens = all.filter((token) => !/^(?:\s|#|\/\/|\/\*)/.test(token));
    }
    policy() {
        const blocks = [];
        while (this.#next < this.#tokens.length) {
            const key = this.#key();
            if (key === 'path') {
                blocks.push([this.#string(), this.#block()]);
                continue;
            }
            if (key !== 'name')
                throw new PolicyError(`invalid key "${key}"`);
            this.#expect('=');
            this.#value();
        }
        return blocks;
    }
    #block(depth = 0) {
        const fields = new Map();
        this.#expect('{');
        while (!this.#accept('}')) {
            const key = this.#key();
            if (!this.#accept('=') && !this.#accept(':') && this.#peek() !== '{')
                throw this.#unexpected();
            fields.set(key, this.#value(depth + 1));
            this.#accept(',');
        }
        return fields;
    }
    #value(depth = 0) {
        if (depth > maxDepth)
            throw new PolicyError('nested too deeply');
        if (this.#peek() === '{')
            return this.#block(depth + 1);
        if (!this.#accept('['))
            return this.#key();
        const list = [];
        while (!this.#accept(']')) {
            list.push(this.#value(depth + 1));
            if (this.#peek() !== ']')
                this.#expect(',');
        }
        return list;
    }
    #key() {
        const token = this.#peek();
        if (token.startsWith('"') && token.length > 1)
            return this.#string();
        if (!/^[\w.+-]+$/.test(token))
            throw this.#unexpected();
        this.#next += 1;
        return token;
    }
    #string() {
        const token = this.#peek();
        if (!/^"[\s\S]*"$/.test(token) || token.length < 2)
            throw this.#unexpected();
        this.#next += 1;
        return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    }
    #peek() {
        return this.#tokens[this.#next] ?? '';
    }
    #accept(token) {
        if (this.#peek() !== token)
            return false;
        this.#next += 1;
        return true;
    }
    #expect(token) {
        if (!this.#accept(token))
            throw this.#unexpected();
    }
    #unexpected() {
        return new PolicyError(`unexpected ${this.#peek() === '' ? 'EOF' : `token ${this.#peek()}`}`);
    }
}

;// CONCATENATED MODULE: ./build/simulator/storage.js




class Storage {
    tokens;
    keys;
    policies;
    roles;
    secrets;
    performance;
    constructor(content) {
        this.tokens = content.tokens;
        this.keys = content.keys;
        this.performance = content.performance;
        this.policies = new Map(content.policies ?? [['default', storage_textOf(defaultPolicy)]]);
        this.roles = new Map(content.roles);
        this.secrets = new Map(content.secrets);
    }
    copy() {
        return new Storage({ ...this, tokens: this.tokens.copy() });
    }
    capabilities(token, path) {
        return capabilitiesOf(token, path, (name) => this.policies.get(name)?.rules);
    }
    writePolicy(name, source) {
        const parsed = parsePolicy(source);
        if ('problem' in parsed)
            return parsed.problem;
        this.policies.set(name, { source, rules: parsed.rules });
        return undefined;
    }
}
function newKeyShares(count, threshold) {
    if (threshold < 1 || threshold > count)
        throw new RangeError('shares: the threshold must be from 1 to the count');
    return { shares: Array.from({ length: count }, () => (0,external_node_crypto_.randomBytes)(33).toString('hex')), threshold };
}
function performanceOf(role) {
    return { role, setId: (0,external_node_crypto_.randomUUID)(), secondaryId: (0,external_node_crypto_.randomUUID)() };
}
function storage_textOf(rules) {
    const blocks = Object.entries(rules).map(([path, capabilities]) => `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`);
    return { source: blocks.join('\n'), rules };
}

;// CONCATENATED MODULE: ./build/simulator/world.js










const names = ['primary', 'secondary', 'tertiary'];
const operatorPolicy = {
    'sys/replication/dr/primary/demote': ['update'],
    'sys/replication/dr/primary/secondary-token': ['update', 'sudo'],
    'sys/replication/dr/primary/revoke-secondary': ['update'],
};
const failoverPolicy = {
    ...operatorPolicy,
    'sys/replication/dr/secondary/promote': ['update'],
    'sys/replication/dr/secondary/update-primary': ['update'],
    'sys/replication/dr/secondary/generate-public-key': ['update'],
    'sys/storage/raft/autopilot/state': ['read', 'update'],
};
const setupPolicy = {
    ...operatorPolicy,
    'sys/replication/dr/primary/enable': ['update'],
    'sys/replication/dr/primary/disable': ['update'],
    'sys/replication/dr/secondary/enable': ['update'],
    'sys/replication/dr/secondary/generate-public-key': ['update'],
};
async function startWorld(options = {}) {
    const count = options.clusters ?? 2;
    const used = names.slice(0, count);
    if (used.length !== count || count < 1)
        throw new RangeError('clusters must be 1, 2 or 3');
    const now = options.now ?? Date.now;
    const version = options.version ?? '1.21.1+ent';
    const { count: shareCount, threshold } = options.shares ?? { count: 5, threshold: 3 };
    const enrolled = options.enrolled ?? true;
    const owners = new Map();
    const newStorage = (name, ofVersion) => {
        const tokens = new TokenStore(now, isAtLeast(ofVersion, 1, 10) ? 'hv' : '');
        const isFirst = name === 'primary';
        const storage = new Storage({
            tokens,
            keys: newKeyShares(shareCount, threshold),
            performance: performanceOf((isFirst ? options.performance?.primary : name === 'secondary' ? options.performance?.secondary : undefined) ??
                'disabled'),
            secrets: new Map(isFirst ? Object.entries(options.secrets ?? {}) : []),
        });
        const operator = tokens.mint({ type: 'service', policy: enrolled ? operatorPolicy : setupPolicy });
        owners.set(name, { root: tokens.mint({ type: 'root' }), operator, storage });
        return storage;
    };
    const set = new ReplicaSet({
        names: used,
        version,
        secondaryVersion: options.secondaryVersion ?? version,
        windows: { demote: 60, promote: 80, attach: 60, ...options.windows },
        lag: options.lag ?? 0,
        catchUpPerSecond: options.catchUpPerSecond ?? Number.POSITIVE_INFINITY,
        writesPerSecond: options.writesPerSecond ?? 0,
        enrolled,
        foreign: options.foreign ?? {},
        followersSeal: options.followersSeal ?? false,
        newStorage,
        now,
    });
    for (const cluster of set.clusters) {
        if (cluster.name === 'secondary')
            cluster.performanceAsSecondary = options.performance?.secondary ?? 'disabled';
    }
    const api = new Api({
        set,
        activation: options.activation ?? 'both',
        generatedTokenSurvives: options.generatedTokenSurvives ?? false,
        unauthenticatedCeremony: options.unauthenticatedCeremony ?? false,
        jwt: options.jwt,
        approle: options.approle,
        namespace: (options.namespace ?? '').replaceAll(/^\/+|\/+$/g, ''),
        loginPolicy: operatorPolicy,
        snapshotBytes: options.snapshotBytes ?? 200_000,
        random: seededRandom(options.seed ?? 1),
    });
    const demandClientCertificate = options.mutualTls ?? false;
    const certificates = (options.tls ?? true) || demandClientCertificate ? await makeCertificates(count) : undefined;
    const faults = new Faults();
    const requests = [];
    let connections = 0;
    const serverOf = (cluster, node, index) => new ClusterServer({
        name: cluster.name,
        node,
        tls: tlsFor(certificates, index, demandClientCertificate),
        faults,
        log: requests,
        nextConnection: () => {
            connections += 1;
            return connections;
        },
        now,
        answer: (request) => api.answer(cluster, request),
        isHung: () => cluster.hung,
    });
    const nodes = set.clusters.map((cluster, index) => ({
        cluster,
        active: serverOf(cluster, 'active', index),
        standby: serverOf(cluster, 'standby', index),
    }));
    const servers = nodes.flatMap(({ active, standby }) => [active, standby]);
    try {
        await Promise.all(nodes.map(({ active }, index) => active.listen(options.ports?.[index] ?? 0)));
        await Promise.all(nodes.map(({ standby }) => standby.listen(0)));
    }
    catch (error) {
        await Promise.all(servers.map((server) => server.close()));
        throw error;
    }
    set.alter(() => {
        const taken = servers.map(({ addr }) => Number(new URL(addr).port));
        for (const { cluster, active, standby } of nodes) {
            cluster.apiAddr = active.addr;
            cluster.standbyAddr = standby.addr;
            cluster.clusterAddr = clusterAddrOf(active.addr, taken);
            taken.push(Number(new URL(cluster.clusterAddr).port));
            cluster.running = true;
        }
    });
    const clusters = nodes.map(({ cluster, active, standby }) => handleOf(cluster, [active, standby], set, owners.get(cluster.name)?.root ?? ''));
    const [primary, secondary = primary] = clusters;
    const own = owners.get('primary');
    if (primary === undefined || secondary === undefined || own === undefined) {
        throw new RangeError('clusters must be 1, 2 or 3');
    }
    const others = owners.get('secondary') ?? own;
    const mintToken = (spec, at) => {
        if (at !== undefined)
            return set.cluster(at).storage.tokens.mint(spec);
        const token = own.storage.tokens.make(spec);
        for (const { storage } of set.clusters) {
            if (storage.keys === own.storage.keys)
                storage.tokens.add(token);
        }
        return token.id;
    };
    return {
        primary,
        secondary,
        clusters,
        ca: certificates?.ca ?? '',
        clientCertificate: demandClientCertificate ? (certificates?.client.certificate ?? '') : '',
        clientKey: demandClientCertificate ? (certificates?.client.key ?? '') : '',
        tokens: {
            root: own.root,
            operator: own.operator,
            batch: own.storage.tokens.mint({ type: 'batch', policy: failoverPolicy, ttlSeconds: 28_800 }),
            secondaryRoot: others.root,
            secondaryOperator: others.operator,
        },
        keyShares: own.storage.keys.shares,
        mintToken,
        leftovers: () => {
            set.settle();
            return leftoversOf(set.clusters, api.logins);
        },
        requests,
        get history() {
            set.settle();
            return set.history;
        },
        primariesAtOnceMs: () => set.primariesAtOnceMs(),
        writes: () => requests.filter(({ method, path }) => path.startsWith('sys/replication/') && !['GET', 'HEAD', 'LIST'].includes(method)),
        fault: (fault) => faults.add(fault),
        clearFaults: () => faults.clear(),
        cutLink: () => set.setLink(false),
        healLink: () => set.setLink(true),
        close: async () => {
            await Promise.all(servers.map((server) => server.close()));
        },
    };
}
function leftoversOf(clusters, logins) {
    const left = [];
    for (const { name: cluster, operations, known, used } of clusters) {
        if (operations.token !== undefined)
            left.push({ kind: 'generated-token', cluster, what: operations.token });
        if (operations.isInProgress)
            left.push({ kind: 'attempt', cluster, what: '' });
        for (const what of known)
            if (!used.has(what))
                left.push({ kind: 'activation-id', cluster, what });
    }
    const primaries = clusters.filter(({ role, running }) => role !== 'secondary' && running);
    for (const what of logins) {
        const at = (primaries.length > 0 ? primaries : clusters).find(({ storage }) => storage.tokens.isStored(what));
        if (at !== undefined)
            left.push({ kind: 'login-token', cluster: at.name, what });
    }
    return left;
}
function handleOf(cluster, servers, set, rootToken) {
    const [active, standby] = servers;
    const change = (fields) => set.alter(() => {
        Object.assign(cluster, fields);
    });
    const override = (overrides, fields) => {
        for (const [key, value] of Object.entries(fields))
            overrides.set(key, value);
    };
    return {
        name: cluster.name,
        get addr() {
            return active.addr;
        },
        get standbyAddr() {
            return standby.addr;
        },
        rootToken,
        role: () => {
            set.settle();
            return cluster.role;
        },
        state: () => {
            const now = set.settle();
            if (cluster.change !== undefined)
                return '';
            if (cluster.role === 'disabled' && cluster.erased)
                return 'erased';
            return replicationState(cluster, set, now);
        },
        erased: () => {
            set.settle();
            return cluster.erased;
        },
        stop: async ({ heartbeatAgeSeconds = 0 } = {}) => {
            change({ running: false });
            if (heartbeatAgeSeconds > 0)
                set.ageHeartbeats(cluster, heartbeatAgeSeconds);
            cluster.operations.dropAttempt();
            await Promise.all(servers.map((server) => server.close()));
        },
        start: async () => {
            await Promise.all(servers.map((server) => server.listen(0)));
            if (!cluster.running)
                cluster.seen.clear();
            change({ running: true });
        },
        hang: () => change({ hung: true }),
        unhang: () => change({ hung: false }),
        seal: () => {
            cluster.operations.dropAttempt();
            change({ sealed: true });
        },
        unseal: () => change({ sealed: false }),
        sealFollowers: () => change({ followersSealed: true }),
        unsealFollowers: () => change({ followersSealed: false }),
        followersSealed: () => {
            set.settle();
            return cluster.followersSealed;
        },
        setSecret: (path, value) => set.alter(() => {
            const isFollower = cluster.role === 'secondary';
            if (isFollower)
                cluster.storage = cluster.storage.copy();
            if (value === undefined)
                cluster.storage.secrets.delete(path);
            else
                cluster.storage.secrets.set(path, value);
            if (!isFollower)
                cluster.position += 1;
        }),
        set: (fields) => override(cluster.statusOverrides, fields),
        setHealth: (fields) => override(cluster.healthOverrides, fields),
        clearOverrides: () => {
            cluster.statusOverrides.clear();
            cluster.healthOverrides.clear();
        },
        forcePrimary: () => set.forcePrimary(cluster),
    };
}
function tlsFor(certificates, index, demandClientCertificate) {
    const identity = certificates?.servers[index];
    if (certificates === undefined || identity === undefined)
        return undefined;
    return { cert: identity.certificate, key: identity.key, ca: certificates.ca, demandClientCertificate };
}
function clusterAddrOf(addr, taken) {
    const { port } = new URL(addr);
    let next = Number(port);
    do
        next = next < 65_535 ? next + 1 : 1024;
    while (taken.includes(next));
    return `https://127.0.0.1:${next}`;
}

;// CONCATENATED MODULE: ./build/simulator/step.js






const LONGEST_LIFE = 6 * 3_600_000;
const START_WITHIN = 20_000;
const STOP_WITHIN = 5000;
const SERVE = 'serve';
const SIM = '+sim';
const MOST_LINES = 200;
const LONGEST_LINE = 200;
const WINDOWS = { demote: 700, promote: 900, attach: 700 };
const BEHIND = 200;
const SCENARIOS = {
    healthy: { options: { writesPerSecond: 20 } },
    lagging: { options: { lag: BEHIND, catchUpPerSecond: 20 } },
    'primary-lost': {
        options: { writesPerSecond: 20 },
        begin: (world) => world.primary.stop({ heartbeatAgeSeconds: 60 }),
    },
    'slow-promotion': { options: { windows: { ...WINDOWS, promote: 12_000 } } },
    'lost-answer': {
        begin: (world) => world.fault({ path: 'sys/replication/dr/secondary/promote', kind: 'reset-after', times: 1 }),
    },
    'never-catches-up': { options: { lag: BEHIND, catchUpPerSecond: 0 } },
    'wrong-token': { drToken: () => `hvb.${(0,external_node_crypto_.randomBytes)(96).toString('base64url')}` },
};
const isScenario = (name) => Object.hasOwn(SCENARIOS, name);
const scenarioOf = (name) => SCENARIOS[name];
async function main(cancelled) {
    const [, , word, ...rest] = process.argv;
    if (word === SERVE)
        return serve(rest, cancelled);
    const given = ['scenario', 'clusters', 'vault-version'].map((name) => core.getInput(name));
    const [scenario = '', clusters = '', version = ''] = given;
    const mistakes = mistakesIn(scenario, clusters, version);
    if (mistakes.length > 0) {
        for (const mistake of mistakes)
            core.error(mistake);
        process.exitCode = 2;
        return;
    }
    try {
        const { pid, started } = await launch([scenario || 'healthy', clusters || '2', versionOf(version)], cancelled);
        const kept = { pid, port: started.port, key: started.key };
        for (const secret of [...started.secrets, started.key])
            core.setSecret(secret);
        core.saveState('simulator', JSON.stringify(kept));
        for (const [name, value] of Object.entries(started.outputs))
            core.setOutput(name, value);
        core.info('Simulated clusters: no real Vault is asked or changed.');
        for (const [name, value] of Object.entries(started.outputs))
            if (name.endsWith('-addr') || name.endsWith('-addrs'))
                core.info(`  ${name}: ${value.replaceAll('\n', ', ') || 'none'}`);
        core.info(`  scenario: ${scenario || 'healthy'}, version: ${versionOf(version)}`);
    }
    catch (error) {
        core.error(`The simulated clusters could not be started: ${error instanceof Error ? step_plain(error.message) : 'why is not known'}.`);
        process.exitCode = 1;
    }
}
async function post() {
    const text = core.getState('simulator');
    if (text === '')
        return;
    const { pid, port, key } = JSON.parse(text);
    const answer = await ask(port, key);
    if (answer === undefined) {
        core.info('The simulated clusters are gone already.');
        return;
    }
    const { pid: theirs, log } = JSON.parse(answer);
    for (const line of log)
        core.info(line);
    const until = performance.now() + STOP_WITHIN;
    while (performance.now() < until && (await ask(port, '')) !== undefined)
        await pause(50);
    if ((await ask(port, '')) === undefined)
        return;
    if (theirs === pid)
        process.kill(pid, 'SIGKILL');
    else
        core.warning(`The simulated clusters did not end, and are not process ${pid}: they end by themselves.`);
}
function mistakesIn(scenario, clusters, version) {
    return [
        ...(scenario === '' || isScenario(scenario)
            ? []
            : [`scenario must be one of ${Object.keys(SCENARIOS).join(', ')}`]),
        ...(['', '2', '3'].includes(clusters) ? [] : ['clusters must be 2 or 3']),
        ...(/^(\d{1,3}(\.\d{1,3}){2}([-+][0-9A-Za-z.+-]{1,40})?)?$/.test(version)
            ? []
            : ['vault-version is not a version of Vault, like 1.21.1+ent']),
    ];
}
function versionOf(given) {
    const version = given === '' ? '1.21.1+ent' : given.replace(/\+sim$/, '');
    return `${version.includes('+ent') ? version : `${version}+ent`}${SIM}`;
}
function launch(options, cancelled) {
    return new Promise((resolve, reject) => {
        const [node, file = ''] = process.argv;
        const names = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'RUNNER_TRACKING_ID', 'NODE_COMPILE_CACHE'];
        const env = Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
        const child = (0,external_node_child_process_.spawn)(node ?? process.execPath, [file, SERVE, ...options], {
            cwd: (0,external_node_os_.tmpdir)(),
            env,
            detached: true,
            windowsHide: true,
            stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        });
        const fail = (because) => {
            settle();
            child.kill('SIGKILL');
            reject(new Error(because));
        };
        const late = setTimeout(() => fail(`nothing was heard of them for ${START_WITHIN / 1000} s`), START_WITHIN);
        const cancel = () => fail('the step was cancelled');
        const settle = () => {
            clearTimeout(late);
            cancelled.removeEventListener('abort', cancel);
            child.removeAllListeners();
            if (child.connected)
                child.disconnect();
            child.unref();
        };
        cancelled.addEventListener('abort', cancel);
        child.once('error', (error) => fail(error.message));
        child.once('exit', (code) => fail(`their process ended (${code ?? 'by a signal'})`));
        child.once('message', (text) => {
            const said = JSON.parse(String(text));
            if ('failed' in said || child.pid === undefined)
                fail('failed' in said ? said.failed : 'it has no id');
            else {
                settle();
                resolve({ pid: child.pid, started: said });
            }
        });
    });
}
async function serve(options, cancelled) {
    const tell = (what) => process.send?.(JSON.stringify(what));
    const [name = '', clusters, version = ''] = options;
    try {
        if (!isScenario(name))
            throw new Error('there is no such scenario');
        const scenario = scenarioOf(name);
        const world = await begin(scenario, Number(clusters), version);
        const { outputs, secrets } = handOut(world, scenario);
        const key = (0,external_node_crypto_.randomBytes)(24).toString('base64url');
        await new Promise((resolve) => {
            const control = (0,external_node_http_.createServer)((incoming, response) => {
                const ours = incoming.headers.authorization === key;
                const answer = { pid: process.pid, log: logOf(world, secrets) };
                response.writeHead(ours ? 200 : 403, { 'content-type': 'application/json', connection: 'close' });
                response.end(ours ? JSON.stringify(answer) : '{}', () => ours && end());
            });
            const end = () => {
                clearTimeout(life);
                control.close();
                control.closeAllConnections();
                resolve();
            };
            const life = setTimeout(end, LONGEST_LIFE);
            cancelled.addEventListener('abort', end);
            control.listen(0, '127.0.0.1', () => {
                const address = control.address();
                tell({ outputs, secrets, key, port: address !== null && typeof address === 'object' ? address.port : 0 });
            });
        });
        await world.close();
    }
    catch (error) {
        tell({ failed: error instanceof Error ? error.message : 'why is not known' });
        process.exitCode = 1;
    }
}
async function begin(scenario, clusters, version) {
    const born = Date.now();
    let late;
    let asked = () => false;
    const now = () => {
        if (late === undefined && !asked())
            return born;
        late ??= Date.now() - born;
        return Date.now() - late;
    };
    const still = scenario.options?.lag === undefined ? {} : { now };
    const world = await startWorld({ windows: WINDOWS, ...scenario.options, ...still, clusters, version });
    asked = () => world.requests.length > 0;
    await scenario.begin?.(world);
    return world;
}
function handOut(world, { drToken }) {
    const { primary, secondary, clusters, tokens, keyShares, ca } = world;
    const token = drToken?.() ?? tokens.batch;
    return {
        outputs: {
            'primary-addr': primary.addr,
            'secondary-addr': secondary.addr,
            'other-secondary-addrs': clusters
                .slice(2)
                .map(({ addr }) => addr)
                .join('\n'),
            'vault-token': tokens.operator,
            'dr-operation-token': token,
            'key-shares': keyShares.join('\n'),
            'ca-cert': ca,
        },
        secrets: [tokens.operator, token, ...keyShares],
    };
}
function logOf(world, secrets) {
    const { requests } = world;
    const writes = world.writes();
    const time = (at) => new Date(at).toISOString().slice(11, 23);
    const clean = (line) => step_plain(secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line));
    const rows = writes.map(({ at, cluster, method, path, status }) => clean(`  ${time(at)}  ${cluster}  ${method} ${path}  ${status === 0 ? 'no answer' : status}`));
    const roles = world.history.map(({ at, cluster, role }) => `  ${time(at)}  ${cluster}  ${role === 'none' ? 'out of sight, changing its role' : role}`);
    return [
        `The simulated clusters were asked ${requests.length} times; ${writes.length} of these could change replication:`,
        ...rows.slice(0, MOST_LINES),
        ...(rows.length > MOST_LINES ? [`  … and ${rows.length - MOST_LINES} more`] : []),
        'Who had which role when:',
        ...roles.slice(0, MOST_LINES),
        ...(roles.length > MOST_LINES ? [`  … and ${roles.length - MOST_LINES} more`] : []),
        `${world.primariesAtOnceMs()} ms with two primaries.`,
    ];
}
function step_plain(line) {
    const text = line
        .replaceAll(/[^\x20-\x7e…]+/g, ' ')
        .replaceAll('::', ': :')
        .replaceAll('##[', '# # [');
    return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text;
}
function ask(port, key) {
    return new Promise((resolve) => {
        const asking = (0,external_node_http_.request)({ host: '127.0.0.1', port, method: 'POST', agent: false, headers: { authorization: key } }, (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (piece) => {
                if (text.length < 1_000_000)
                    text += piece;
            });
            answer.on('end', () => resolve(key === '' || answer.statusCode === 200 ? text : undefined));
            answer.on('error', () => resolve(undefined));
        });
        asking.setTimeout(STOP_WITHIN, () => asking.destroy());
        asking.on('error', () => resolve(undefined));
        asking.end();
    });
}
const pause = (ms) => new Promise((resolve) => {
    setTimeout(resolve, ms);
});


/***/ })

};
