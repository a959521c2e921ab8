export const id = 439;
export const ids = [439];
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

/***/ 439:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   keepIssue: () => (/* binding */ keepIssue)
/* harmony export */ });
/* unused harmony exports LABEL, keep, issueOf */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9691);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7094);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1533);
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3911);
/* harmony import */ var _render_summary_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4453);






const LABEL = 'vault-dr';
const WITHIN = 20_000;
const LONGEST_BODY = 60_000;
const MOST_PAGES = 5;
const MOST_PAIRS = 100;
const listed = zod__WEBPACK_IMPORTED_MODULE_4__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({
    number: zod__WEBPACK_IMPORTED_MODULE_4__/* .int */ .Whr().positive(),
    body: zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP().nullish(),
    pull_request: zod__WEBPACK_IMPORTED_MODULE_4__/* .unknown */ .L5J().optional(),
}));
const made = zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({
    number: zod__WEBPACK_IMPORTED_MODULE_4__/* .int */ .Whr().positive(),
    labels: zod__WEBPACK_IMPORTED_MODULE_4__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_4__/* .union */ .KCZ([zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP(), zod__WEBPACK_IMPORTED_MODULE_4__/* .object */ .Ikc({ name: zod__WEBPACK_IMPORTED_MODULE_4__/* .string */ .YjP().nullish() })])),
});
async function keepIssue({ inputs, journal, runner, secrets, cancelled }) {
    let told;
    try {
        told = issueOf(journal.report, inputs.fleet, secrets);
    }
    catch {
        runner.warn('The issue was not kept up to date: it could not be written.');
    }
    if (told === undefined)
        return;
    const because = await keep(told, {
        token: inputs['github-token'] ?? '',
        repository: process.env.GITHUB_REPOSITORY ?? '',
        apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
        cancelled,
        say: (line) => runner.log(line),
    });
    if (because !== undefined)
        runner.warn(`The issue was not kept up to date: ${because}.`);
}
async function keep(told, { token, repository, apiUrl, cancelled, say }) {
    if (!(0,_github_js__WEBPACK_IMPORTED_MODULE_2__/* .isRepository */ .Z6)(repository))
        return 'the repository is not known (GITHUB_REPOSITORY, owner/name)';
    if (!(0,_github_js__WEBPACK_IMPORTED_MODULE_2__/* .isApiUrl */ .aq)(apiUrl))
        return "GitHub's API has no https address (GITHUB_API_URL)";
    if (token === '')
        return 'no github-token was given';
    const [owner = '', repo = ''] = repository.split('/');
    let github;
    try {
        const connected = await (0,_github_js__WEBPACK_IMPORTED_MODULE_2__/* .connect */ .Ng)({ token, apiUrl });
        github = connected;
        const until = new _clock_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B2(WITHIN);
        const ask = (route, more = {}) => (0,_github_js__WEBPACK_IMPORTED_MODULE_2__/* .again */ .TG)(until, cancelled, (signal) => connected.ask(`${route.replace(' ', ' /repos/{owner}/{repo}/')}`, { owner, repo, ...more }, signal), route.startsWith('POST ') ? 1 : undefined);
        return await settle(told, ask, say);
    }
    catch {
        return 'GitHub could not be asked';
    }
    finally {
        await github?.close();
    }
}
async function settle(told, ask, say) {
    const { healthy, title, body, farewell } = told;
    const found = await find(told.mark, ask);
    if (typeof found === 'string')
        return found;
    const [first, ...rest] = found;
    for (const issue_number of rest) {
        await ask('PATCH issues/{issue_number}', { issue_number, state: 'closed', state_reason: 'not_planned' });
    }
    if (first === undefined) {
        if (healthy)
            return undefined;
        const opened = await ask('POST issues', { title, body, labels: [LABEL] });
        if (opened.status !== 201)
            return refused(opened, 'open');
        const issue = made.safeParse(opened.data);
        if (!issue.success)
            return 'GitHub opened an issue, and did not say which';
        const { number, labels } = issue.data;
        say(`issue: opened #${number}`);
        if (labels.some((label) => (typeof label === 'string' ? label : label.name) === LABEL))
            return undefined;
        const labelled = await ask('POST issues/{issue_number}/labels', { issue_number: number, labels: [LABEL] });
        return labelled.status === 200
            ? undefined
            : `#${number} did not get the label ${LABEL}, without which it is not found again; give it by hand`;
    }
    if (!healthy) {
        const updated = await ask('PATCH issues/{issue_number}', { issue_number: first, title, body });
        if (updated.status !== 200)
            return refused(updated, 'update');
        say(`issue: updated #${first}`);
        return undefined;
    }
    const state = { state: 'closed', state_reason: 'completed' };
    const closed = await ask('PATCH issues/{issue_number}', { issue_number: first, title, body, ...state });
    if (closed.status !== 200)
        return refused(closed, 'close');
    say(`issue: closed #${first}`);
    const word = await ask('POST issues/{issue_number}/comments', { issue_number: first, body: farewell });
    return word.status === 201 ? undefined : refused(word, 'comment on');
}
async function find(mark, ask) {
    const numbers = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
        const answer = await ask('GET issues', { labels: LABEL, state: 'open', per_page: 100, page });
        if (answer.status !== 200)
            return refused(answer, 'look for');
        const issues = listed.safeParse(answer.data);
        if (!issues.success)
            return 'GitHub gave no list of issues';
        for (const { number, body, pull_request: pull } of issues.data)
            if (pull === undefined && body?.includes(mark) === true)
                numbers.push(number);
        if (issues.data.length < 100)
            break;
    }
    return numbers.sort((a, b) => a - b);
}
function refused({ status, data }, what) {
    const message = typeof data === 'string' ? data : '';
    if (status === 0)
        return `GitHub did not answer (${what} it)`;
    if (status === 401)
        return 'GitHub does not know this github-token (HTTP 401)';
    if (status === 429 || (status === 403 && /rate limit/i.test(message)))
        return `GitHub's rate limit is used up (HTTP ${status})`;
    if (status === 403 || status === 404)
        return `this github-token may not ${what} issues here (HTTP ${status}): give the job the permission \`issues: write\``;
    if (status === 410)
        return 'this repository has no issues (HTTP 410)';
    if (status >= 300 && status < 400)
        return `GitHub redirects elsewhere, which is not followed (HTTP ${status})`;
    return `GitHub answered HTTP ${status} (${what} it)`;
}
function issueOf(report, fleet, secrets) {
    const { result } = report;
    if (result?.outcome !== 'done' || report.cancelled === true)
        return undefined;
    const clean = JSON.parse(secrets.redact(JSON.stringify(report)));
    const hosts = [clean.hosts.from, clean.hosts.to].map((host) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_5__/* .printable */ .g)(host, 100));
    const key = fleet === undefined ? [...hosts].sort().join('\n') : `fleet\n${fleet}`;
    const mark = `<!-- vault-dr-failover: ${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(key).digest('hex').slice(0, 32)} -->`;
    const subject = fleet === undefined ? `Vault DR pair ${hosts.join(' / ')}` : 'Vault DR fleet';
    const { health } = result;
    return {
        healthy: health === 'healthy',
        mark,
        title: `${subject}: ${health}`,
        body: secrets.redact(bodyOf(clean, mark)),
        farewell: farewellOf(clean),
    };
}
function farewellOf({ endedAt, startedAt, run: { url, runId } }) {
    const at = `${(endedAt ?? startedAt).slice(0, 16).replace('T', ' ')} UTC`;
    const isRun = /^https?:\/\/[\w.:-]+(\/[\w.-]+)+\/actions\/runs\/\d+$/.test(url);
    return `Healthy again, as seen at ${at}${isRun ? ` in [run ${runId}](${url})` : ''}.`;
}
function bodyOf(report, mark) {
    const sick = report.fleet?.filter((pair) => pair.health !== 'healthy').slice(0, MOST_PAIRS);
    const text = (0,_render_summary_js__WEBPACK_IMPORTED_MODULE_3__/* .renderSummary */ .B)({ ...report, ...(sick === undefined ? {} : { fleet: sick }) });
    const kept = 'This issue is kept by `operation: status` with `issue: true`: what stands here is the last look, and it is closed when all is well.';
    const whole = `${mark}\n${text}\n${kept}\n`;
    if (whole.length <= LONGEST_BODY)
        return whole;
    const cut = whole.lastIndexOf('\n', LONGEST_BODY);
    return `${whole.slice(0, cut)}\n\n… the rest stands in the job summary.\n`;
}


/***/ })

};
