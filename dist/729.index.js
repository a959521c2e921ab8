export const id = 729;
export const ids = [729];
export const modules = {

/***/ 1533:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ng: () => (/* binding */ connect),
/* harmony export */   TG: () => (/* binding */ again),
/* harmony export */   Z6: () => (/* binding */ isRepository),
/* harmony export */   aq: () => (/* binding */ isApiUrl)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9691);


const TRY_WITHIN = 10_000;
const TRIES = 3;
const PAUSE = 1000;
const LARGEST_ANSWER = 8 * 1024 * 1024;
const isRepository = (text) => /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(text);
function isApiUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const local = url?.protocol === 'http:' && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
    return url?.protocol === 'https:' || local;
}
async function connect({ token, apiUrl }) {
    const [{ getOctokit }, { EnvHttpProxyAgent, fetch }] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(752), __webpack_require__.e(942), __webpack_require__.e(413)]).then(__webpack_require__.bind(__webpack_require__, 2413)),
        __webpack_require__.e(/* import() */ 752).then(__webpack_require__.t.bind(__webpack_require__, 6752, 19)),
    ]);
    const dispatcher = new EnvHttpProxyAgent({
        connect: { rejectUnauthorized: true },
        requestTls: { rejectUnauthorized: true },
        maxResponseSize: LARGEST_ANSWER,
    });
    const send = (url, init) => fetch(url, { ...init, dispatcher });
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const octokit = getOctokit(token, {
        baseUrl: apiUrl.replace(/\/+$/, ''),
        userAgent: 'vault-dr-failover',
        log,
        request: { fetch: send, log, redirect: 'manual' },
    });
    return {
        ask: async (route, parameters, signal) => {
            try {
                const { status, data } = await octokit.request(route, {
                    ...parameters,
                    request: { signal },
                });
                return { status, data };
            }
            catch (error) {
                const answered = error instanceof Error && 'response' in error && error.response !== undefined;
                const status = answered && 'status' in error && typeof error.status === 'number' ? error.status : 0;
                return { status, data: answered ? messageOf(error.response) : undefined };
            }
        },
        close: () => dispatcher.destroy(),
    };
}
const rejection = zod__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ data: zod__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ message: zod__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP() }) });
const messageOf = (response) => rejection.safeParse(response).data?.data.message ?? '';
async function again(until, cancelled, ask, tries = TRIES) {
    let answer = { status: 0, data: undefined };
    for (let tried = 1; tried <= tries && !until.passed && !cancelled.aborted; tried += 1) {
        const within = Math.ceil(Math.min(TRY_WITHIN, until.left));
        answer = await ask(AbortSignal.any([cancelled, AbortSignal.timeout(within)]));
        if (answer.status !== 0 && answer.status < 500)
            break;
        if (tried < tries && until.left > PAUSE * tried) {
            await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(PAUSE * tried, undefined, { signal: cancelled }).catch(() => undefined);
        }
    }
    return answer;
}


/***/ }),

/***/ 6729:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   storeSecret: () => (/* binding */ storeSecret)
/* harmony export */ });
/* unused harmony export SECRET_NAME */
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9691);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1533);



const SECRET_NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]{0,254}$/i;
const STORE_WITHIN = 30_000;
const publicKey = zod__WEBPACK_IMPORTED_MODULE_2__/* .object */ .Ikc({
    key_id: zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().regex(/^[\w-]{1,100}$/),
    key: zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[A-Za-z0-9+/]{43}=$/)
        .transform((text) => Buffer.from(text, 'base64')),
});
async function storeSecret(to) {
    const mistake = mistakeIn(to);
    if (mistake !== undefined)
        return mistake;
    const { repository, environment, name, value, cancelled } = to;
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_0__/* .Deadline */ .B2(Math.min(STORE_WITHIN, to.deadline.left));
    const [owner = '', repo = ''] = repository.split('/');
    const place = environment === undefined ? 'actions/secrets' : 'environments/{environment_name}/secrets';
    const where = { owner, repo, ...(environment === undefined ? {} : { environment_name: environment }) };
    try {
        const [github, seal] = await Promise.all([(0,_github_js__WEBPACK_IMPORTED_MODULE_1__/* .connect */ .Ng)(to), sealer()]);
        try {
            const ask = (route, more) => (0,_github_js__WEBPACK_IMPORTED_MODULE_1__/* .again */ .TG)(until, cancelled, (signal) => github.ask(route, { ...where, ...more }, signal));
            const asked = await ask(`GET /repos/{owner}/{repo}/${place}/public-key`, {});
            if (asked.status !== 200)
                return refused(to, asked);
            const key = publicKey.safeParse(asked.data);
            if (!key.success)
                return { ok: false, because: 'GitHub gave no public key to seal the secret for', fix: RETRY };
            const written = await ask(`PUT /repos/{owner}/{repo}/${place}/{secret_name}`, {
                secret_name: name,
                encrypted_value: seal(value, key.data.key),
                key_id: key.data.key_id,
            });
            return [201, 204].includes(written.status) ? { ok: true, created: written.status === 201 } : refused(to, written);
        }
        finally {
            await github.close();
        }
    }
    catch {
        return { ok: false, because: 'the secret could not be sealed or sent', fix: RETRY };
    }
}
const RETRY = 'Run it again, or store the token by hand (`gh secret set`).';
function mistakeIn({ name, repository, apiUrl, token, value }) {
    const no = (because, fix) => ({ ok: false, because, fix });
    if (!SECRET_NAME.test(name)) {
        const fix = 'Use letters, digits and underscores, not beginning with a digit or with GITHUB_, like DR_OPERATION_TOKEN.';
        return no('this is not a name that GitHub takes for a secret', fix);
    }
    if (!(0,_github_js__WEBPACK_IMPORTED_MODULE_1__/* .isRepository */ .Z6)(repository)) {
        return no('the repository is not known (owner/name)', 'The runner sets GITHUB_REPOSITORY; look for what changes it.');
    }
    if (!(0,_github_js__WEBPACK_IMPORTED_MODULE_1__/* .isApiUrl */ .aq)(apiUrl)) {
        return no("GitHub's API has no https address", 'The runner sets GITHUB_API_URL; look for what changes it.');
    }
    if (token === '')
        return no('no github-token was given', NEEDED);
    return value === '' ? no('there is nothing to store', 'Run it again.') : undefined;
}
async function sealer() {
    const { default: sodium } = await __webpack_require__.e(/* import() */ 768).then(__webpack_require__.bind(__webpack_require__, 4768));
    await sodium.ready;
    return (value, key) => Buffer.from(sodium.crypto_box_seal(value, key)).toString('base64');
}
const NEEDED = "Give a GitHub App's or a fine-grained personal access token as github-token: the workflow's own GITHUB_TOKEN can never write secrets.";
function refused({ environment, repository, cancelled }, { status, data }) {
    const no = (because, fix) => ({ ok: false, because, fix });
    const message = typeof data === 'string' ? data : '';
    const permission = environment === undefined
        ? '`Secrets: Read and write` (secrets: write) on this repository'
        : '`Environments: Read and write` (environments: write) on this repository';
    if (cancelled.aborted)
        return no('the run was cancelled', RETRY);
    if (status === 0)
        return no('GitHub did not answer', 'See https://www.githubstatus.com, and run it again.');
    if (status === 401)
        return no('GitHub does not know this github-token (HTTP 401)', `It may have expired. ${NEEDED}`);
    if (status === 429 || (status === 403 && /rate limit/i.test(message)))
        return no(`GitHub's rate limit is used up (HTTP ${status})`, 'Run it again in an hour.');
    if (status === 403 && /SAML|SSO/.test(message))
        return no('the organization wants single sign-on for this github-token (HTTP 403)', 'Authorize the token for SSO.');
    if (status === 403) {
        const because = /by integration/.test(message)
            ? 'this github-token may not write secrets (HTTP 403): it is the GITHUB_TOKEN of the workflow, or an App without the permission'
            : 'this github-token may not write secrets (HTTP 403)';
        return no(because, `${NEEDED} It needs ${permission}.`);
    }
    if (status === 404 && environment !== undefined) {
        const fix = `Make it under Settings, Environments; the token needs ${permission} to see it.`;
        return no(`${repository} has no environment of the name in store-environment, or the token can't see it (HTTP 404)`, fix);
    }
    if (status === 404) {
        return no(`${repository} does not exist for this github-token (HTTP 404)`, `Give the token ${permission}.`);
    }
    if (status >= 300 && status < 400) {
        const fix = 'Was the repository renamed or moved? Run the workflow again, so that it knows its name.';
        return no(`GitHub redirects elsewhere, which is not followed (HTTP ${status})`, fix);
    }
    if (status === 422)
        return no('GitHub refused the secret (HTTP 422)', 'Is it a name that GitHub takes, and not too many?');
    return no(`GitHub answered HTTP ${status}`, status >= 500 ? 'See https://www.githubstatus.com.' : RETRY);
}


/***/ })

};
