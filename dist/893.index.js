export const id = 893;
export const ids = [893];
export const modules = {

/***/ 6893:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   githubIdToken: () => (/* binding */ githubIdToken),
/* harmony export */   login: () => (/* binding */ login),
/* harmony export */   revoke: () => (/* binding */ revoke)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6752);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9691);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7094);
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3911);
/* harmony import */ var _vault_json_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6189);
/* harmony import */ var _vault_schemas_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2759);







const TRY_WITHIN = 5000;
const LOGIN_WITHIN = 20_000;
const ID_TOKEN_WITHIN = 15_000;
const REVOKE_WITHIN = 6000;
const CANCEL_GRACE = 1500;
const TRIES = 5;
const PAUSE = 300;
const LONGEST_PAUSE = 5000;
const LARGEST_ID_TOKEN_ANSWER = 65_536;
const vaultToken = zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP()
    .max(8192)
    .regex(/^[\x21-\x7e]{8,}$/);
const loggedIn = zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({
    auth: zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({
        client_token: vaultToken,
        lease_duration: zod__WEBPACK_IMPORTED_MODULE_4__/* .number */ .aig().int().nonnegative(),
        token_type: zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP().optional(),
    }),
});
const secondFactor = zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({ auth: zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({ mfa_requirement: zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({}) }) });
async function login(http, addr, by, around) {
    for (const secret of [by.roleId, by.secretId])
        around.secrets.add(secret ?? '');
    const jwt = by.method === 'jwt' ? await githubIdToken(by.audience, around) : undefined;
    if (jwt?.ok === false)
        return jwt;
    if (around.cancelled.aborted)
        return { ok: false, because: 'the run was cancelled', fix: '' };
    const body = jwt === undefined
        ? { role_id: by.roleId ?? '', ...(by.secretId === undefined ? {} : { secret_id: by.secretId }) }
        : { ...(by.role === undefined ? {} : { role: by.role }), jwt: jwt.token };
    let lost = false;
    const told = await ask(around, LOGIN_WITHIN, async (within) => {
        const answer = await http.send(addr, { ...to(by, 'login'), body, within, fresh: true });
        if (!answer.answered) {
            lost ||= answer.sent;
            return { retry: true, because: answer.because, fix: '' };
        }
        const read = loggedIn.safeParse(answer.json);
        if (answer.status === 200 && read.success) {
            const { client_token: token, lease_duration: ttlSeconds, token_type: type } = read.data.auth;
            hide(token, around);
            return { done: { ok: true, token, batch: type === 'batch' || /^(hvb|b)\./.test(token), ttlSeconds } };
        }
        return refusal(answer, by, jwt?.token, around.secrets);
    });
    if ('done' in told)
        return told.done;
    const spent = lost && by.method === 'approle' && /role or secret ID/.test(told.because);
    return {
        ok: false,
        because: `no login at auth/${(0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(by.mount, 100)}: ${told.because}`,
        fix: spent
            ? `An answer to this login was lost on the way: if the secret id was for one use, that spent it. ${told.fix}`
            : told.fix,
    };
}
async function revoke(http, addr, { token, batch, ttlSeconds }, namespace, around) {
    if (batch) {
        const until = ttlSeconds > 0 ? `, at most ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .span */ .Ln)(ttlSeconds * 1000)} after the login` : '';
        return `The Vault token of this run is a batch token, which can't be revoked: it ends by itself${until}.`;
    }
    let lost = false;
    const its = { ...around, deadline: new _clock_js__WEBPACK_IMPORTED_MODULE_2__/* .Deadline */ .B2(REVOKE_WITHIN) };
    const told = await ask(its, REVOKE_WITHIN, async (within) => {
        const call = { method: 'POST', path: 'auth/token/revoke-self', token, within, fresh: true };
        const answer = await http.send(addr, { ...call, headers: inNamespace(namespace) });
        if (!answer.answered) {
            lost ||= answer.sent;
            return { retry: true, because: answer.because, fix: '' };
        }
        const words = wordsOf(answer.json, around.secrets);
        if (answer.status === 204 || answer.status === 200)
            return { done: undefined };
        if (answer.status === 403 && (lost || /invalid token|bad token/.test(words)))
            return { done: undefined };
        return { retry: passing(answer.status), because: said(answer.status, words), fix: '', afterMs: afterMs(answer) };
    });
    if ('done' in told)
        return undefined;
    const until = ttlSeconds > 0 ? `: it ends by itself, at most ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .span */ .Ln)(ttlSeconds * 1000)} after the login` : '';
    return `The Vault token of this run could not be revoked (${told.because})${until}.`;
}
async function githubIdToken(audience, around) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: base = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = process.env;
    around.secrets.add(bearer);
    if (base === '' || bearer === '')
        return { ok: false, because: 'GitHub gives this job no id token', fix: GRANT };
    if (!trusted(base)) {
        return {
            ok: false,
            because: 'ACTIONS_ID_TOKEN_REQUEST_URL is not an https address, so nothing was sent there',
            fix: 'The runner sets it; look for a step before this one that changes it.',
        };
    }
    const query = audience === undefined ? '' : `${base.includes('?') ? '&' : '?'}audience=${encodeURIComponent(audience)}`;
    const dispatcher = new undici__WEBPACK_IMPORTED_MODULE_1__.EnvHttpProxyAgent({
        connect: { rejectUnauthorized: true },
        requestTls: { rejectUnauthorized: true },
        maxResponseSize: LARGEST_ID_TOKEN_ANSWER,
    });
    try {
        const told = await ask(around, ID_TOKEN_WITHIN, async (within) => {
            try {
                const { statusCode, body } = await (0,undici__WEBPACK_IMPORTED_MODULE_1__.request)(base + query, {
                    dispatcher,
                    headers: { accept: 'application/json', authorization: `Bearer ${bearer}`, 'user-agent': 'vault-dr-failover' },
                    signal: AbortSignal.timeout(within),
                });
                const read = statusCode === 200 ? idToken.safeParse((0,_vault_json_js__WEBPACK_IMPORTED_MODULE_6__/* .parseJson */ .q)(await body.text())) : undefined;
                if (read?.success)
                    return { done: read.data.value };
                if (read === undefined)
                    await body.dump();
                const because = read === undefined ? `HTTP ${statusCode}` : 'its answer holds no id token';
                const refused = statusCode >= 300 && statusCode < 500 && !passing(statusCode);
                return { retry: !refused, because, fix: refused ? GRANT : '' };
            }
            catch {
                return { retry: true, because: `the connection failed, or took longer than ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .span */ .Ln)(within)}`, fix: '' };
            }
        });
        if ('done' in told) {
            hide(told.done, around);
            return { ok: true, token: told.done };
        }
        const fix = told.fix || 'Run it again; see https://www.githubstatus.com if it stays so.';
        return { ok: false, because: `GitHub gave no id token: ${told.because}`, fix };
    }
    finally {
        await dispatcher.destroy();
    }
}
const GRANT = 'Give the job `permissions: id-token: write` (a pull request from a fork never gets an id token), or use auth-method approle or token.';
const idToken = zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({
    value: zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP()
        .max(16_384)
        .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
});
function trusted(url) {
    if (!URL.canParse(url))
        return false;
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname));
}
function hide(token, { secrets, mask }) {
    for (const secret of [token, ...(/^ey[\w-]*\./.test(token) ? token.split('.').slice(1) : [])])
        secrets.add(secret);
    mask(token);
}
async function ask({ deadline, cancelled }, longest, attempt) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_2__/* .Deadline */ .B2(Math.min(longest, deadline.left));
    let last = { retry: false, because: 'the time for it is up', fix: '' };
    for (let tries = 1; tries <= TRIES && !until.passed; tries += 1) {
        last = await patient(attempt(Math.ceil(Math.min(TRY_WITHIN, until.left))), cancelled);
        if ('done' in last || !last.retry)
            return last;
        const pause = last.afterMs ?? PAUSE * 2 ** (tries - 1);
        if (cancelled.aborted || tries === TRIES || pause >= until.left)
            break;
        await rest(pause, cancelled);
        if (cancelled.aborted)
            break;
    }
    return last;
}
async function patient(attempt, cancelled) {
    const over = new AbortController();
    const left = async () => {
        await rest(2 ** 31 - 1, AbortSignal.any([cancelled, over.signal]));
        await rest(CANCEL_GRACE, over.signal);
        return { retry: false, because: 'the run was cancelled', fix: '' };
    };
    try {
        return await Promise.race([attempt, left()]);
    }
    finally {
        over.abort();
    }
}
async function rest(ms, signal) {
    await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(ms, undefined, { signal }).catch(() => undefined);
}
function to(by, call) {
    const mount = by.mount.split('/').map(encodeURIComponent).join('/');
    return { method: 'POST', path: `auth/${mount}/${call}`, headers: inNamespace(by.namespace) };
}
const inNamespace = (namespace) => namespace === undefined ? {} : { 'x-vault-namespace': namespace };
const passing = (status) => [408, 412, 429].includes(status) || status >= 500;
function afterMs({ retryAfter }) {
    if (retryAfter === undefined || !/^\d{1,9}$/.test(retryAfter))
        return undefined;
    return Math.min(Math.max(Number(retryAfter) * 1000, PAUSE), LONGEST_PAUSE);
}
function wordsOf(json, secrets) {
    const parsed = _vault_schemas_js__WEBPACK_IMPORTED_MODULE_3__/* .errors */ .sO.safeParse(json);
    return parsed.success ? (0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(parsed.data.errors.map((error) => secrets.redact(error)).join('; ')) : '';
}
const said = (status, words) => words === '' ? `HTTP ${status}` : `HTTP ${status}, ${JSON.stringify(words)}`;
function refusal(answer, by, jwt, secrets) {
    const { status, json } = answer;
    const words = wordsOf(json, secrets);
    if (status === 200) {
        if (secondFactor.safeParse(json).success) {
            const fix = 'Exempt this role from the MFA enforcement: a workflow has no second factor.';
            return { retry: false, because: 'Vault asks for a second factor', fix };
        }
        return { retry: true, because: 'its answer is not one that Vault gives to a login', fix: '' };
    }
    if (status >= 300 && status < 400) {
        return {
            retry: false,
            because: `HTTP ${status}: it redirects elsewhere, which is not followed`,
            fix: 'Give the address of the active node, or of a load balancer that leads to it.',
        };
    }
    if (/path disabled in replication DR secondary mode/.test(words)) {
        return {
            retry: false,
            because: `it is a DR secondary, which has no logins (${said(status, words)})`,
            fix: 'Log in on the primary: look again which cluster that is.',
        };
    }
    const meaning = by.method === 'jwt' ? jwtMeaning(words, by, jwt, secrets) : approleMeaning(words);
    const found = meaning ?? (status === 403 || status === 404 ? nowhere(by) : undefined);
    const because = found === undefined ? said(status, words) : `${found[0]} (${said(status, words)})`;
    const retry = /fetching keys/.test(words) || (meaning === undefined && passing(status));
    return { retry, because, fix: found?.[1] ?? '', afterMs: afterMs(answer) };
}
const nowhere = (by) => [
    `Vault knows no such login, or it is locked for now`,
    `Check auth-mount (${(0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(by.mount, 100)}) and namespace (${by.namespace === undefined ? 'root' : (0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(by.namespace, 100)})${by.method === 'approle' ? '; after several wrong secret ids Vault locks a role for some minutes' : ''}.`,
];
function approleMeaning(words) {
    const cases = [
        [
            /invalid role or secret ID|invalid role_id|invalid secret_id/,
            [
                'invalid role or secret ID',
                'Check approle-role-id, and make a new secret id: it may have expired, been used up or been destroyed.',
            ],
        ],
        [/missing role_id/, ['no role id was given', 'Set approle-role-id.']],
        [/missing secret_id/, ['the role wants a secret id', 'Set approle-secret-id.']],
        [...ELSEWHERE],
    ];
    return cases.find(([pattern]) => pattern.test(words))?.[1];
}
const ELSEWHERE = [
    /CIDR/,
    [
        "the role does not take logins from this runner's address",
        "Run on a runner inside the role's bound CIDRs, or widen them.",
    ],
];
function jwtMeaning(words, by, jwt, secrets) {
    const mount = (0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(by.mount, 100);
    const role = by.role === undefined ? 'the default role' : `the role ${JSON.stringify((0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(by.role, 100))}`;
    const claims = claimsOf(jwt);
    const shown = (name) => {
        const value = claims[name];
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        return text === undefined ? '' : `: this run has ${name} = ${JSON.stringify((0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(secrets.redact(text), 200))}`;
    };
    const clock = 'Check the clocks of the Vault servers: GitHub signs an id token for a few minutes.';
    const [, claim = ''] = /claim "([\w./-]{1,60})"|"([\w./-]{1,60})" claim/.exec(words)?.filter(Boolean) ?? [];
    const cases = [
        [
            /could not be found/,
            [
                `${role} does not exist at auth/${mount}`,
                `Set auth-role to a role that \`vault list auth/${mount}/role\` names, or make it.`,
            ],
        ],
        [/missing role/, [`auth/${mount} has no default role`, 'Set auth-role.']],
        [
            /oidc role_type/,
            [`${role} is for logins in a browser`, 'Make a role with role_type=jwt, and name it in auth-role.'],
        ],
        [
            /could not load configuration/,
            [
                `auth/${mount} is not configured`,
                `Write oidc_discovery_url and bound_issuer (https://token.actions.githubusercontent.com) to auth/${mount}/config.`,
            ],
        ],
        [
            /no audiences bound/,
            [
                `${role} names no audience, and an id token of GitHub's always has one${shown('aud')}`,
                'Set bound_audiences of the role.',
            ],
        ],
        [
            /\baud(ience)?\b.*claim|audience/,
            [
                `the audience of the id token is not one that ${role} takes${shown('aud')}`,
                "Set auth-audience to one of the role's bound_audiences, or add this one there.",
            ],
        ],
        [/token is expired/, ['the id token has expired, by the clock of Vault', clock]],
        [/not yet valid|issued in the future/, ['the id token is not valid yet, by the clock of Vault', clock]],
        [
            /\(iss\)|issuer/,
            [
                `the id token comes from an issuer that auth/${mount} does not take${shown('iss')}`,
                `Set bound_issuer in auth/${mount}/config to it.`,
            ],
        ],
        [
            /signature|known key|signing algorithm/,
            [
                'Vault could not verify who signed the id token',
                `Check oidc_discovery_url in auth/${mount}/config, and that Vault can reach it.`,
            ],
        ],
        [...ELSEWHERE],
        [
            /\(sub\)|sub claim|bound subject/,
            [`${role} is bound to another subject${shown('sub')}`, "Change the role's bound_subject, or run from there."],
        ],
        [
            /validating claims|claim "|" claim/,
            [
                `${role} is bound to other claims than this run has${shown(claim)}`,
                "Run from where the role's bound_claims say (repository, ref, environment), or change them.",
            ],
        ],
    ];
    return cases.find(([pattern]) => pattern.test(words))?.[1];
}
function claimsOf(jwt) {
    const payload = (0,_vault_json_js__WEBPACK_IMPORTED_MODULE_6__/* .parseJson */ .q)(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
}


/***/ })

};
