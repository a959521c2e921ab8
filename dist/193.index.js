export const id = 193;
export const ids = [193,756];
export const modules = {

/***/ 5193:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  cli: () => (/* binding */ cli),
  readFlags: () => (/* binding */ readFlags),
  variableOf: () => (/* binding */ variableOf)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/inputs.js
var inputs = __webpack_require__(8175);
// EXTERNAL MODULE: ./build/main.js + 6 modules
var main = __webpack_require__(2460);
// EXTERNAL MODULE: ./build/post.js
var post = __webpack_require__(6756);
// EXTERNAL MODULE: ./build/printable.js
var printable = __webpack_require__(3911);
// EXTERNAL MODULE: ./build/clock.js
var clock = __webpack_require__(7094);
// EXTERNAL MODULE: ./build/cluster.js
var cluster = __webpack_require__(918);
// EXTERNAL MODULE: ./build/outcome.js
var outcome = __webpack_require__(7072);
;// CONCATENATED MODULE: ./build/render/text.js




const WIDTH = 100;
const MOST = 60;
function fill(text, indent = '') {
    const lines = [];
    let line = '';
    for (const word of text.split(' ')) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (longer.length + indent.length > WIDTH && line !== '') {
            lines.push(line);
            line = word;
        }
        else
            line = longer;
    }
    return [...lines, line].join(`\n${indent}`);
}
function renderText(report, reportPath) {
    const { result, notes, checks, operation, steps, mode, dryRun } = report;
    const waived = checks.filter(({ state }) => state === 'waived').map(({ name }) => name);
    const what = [operation ?? 'run', ...(operation === 'status' ? [] : [mode]), ...(dryRun ? ['dry run'] : [])].join(', ');
    const parts = [
        simulated(report) ? 'SIMULATED CLUSTERS: no real Vault was asked or changed.' : '',
        fill(heading(report)),
        list('What to do now', result?.next ?? [], true),
        list('Why', result?.reasons ?? []),
        clusters(report),
        fleet(report),
        facts(report),
        steps.length === 0 ? '' : section('Steps', table(steps.slice(0, MOST).map((step) => stepRow(report, step)))),
        waived.length === 0 ? '' : fill(`Waived by override: ${waived.join(', ')}`),
        troubles(report),
        list('Also', notes),
        [
            `${what}${result === undefined ? '' : `: outcome ${result.outcome}, exit code ${result.exitCode}`}`,
            `Full report: ${say(reportPath)}`,
        ].join('\n'),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
const say = (text) => (0,printable/* printable */.g)(text, 600);
function heading({ operation, result }) {
    if (result === undefined)
        return 'UNKNOWN  Not ended yet.';
    const { outcome, health, verdict } = result;
    const word = operation === 'status' && outcome === 'done' ? health : outcome;
    const said = say(verdict);
    return `${word.toUpperCase()}  ${said.toLowerCase().startsWith(`${word}: `) ? said.slice(word.length + 2) : said}`;
}
const simulated = ({ before, after }) => cluster/* SIDES */.BV.some((side) => [before, after].some((views) => views?.[side].version?.endsWith('+sim') === true));
const section = (title, text) => `${title}:\n${text}`;
function list(title, texts, numbered = false) {
    const lines = texts.slice(0, MOST).map((text, at) => {
        const mark = numbered ? `${at + 1}. ` : '- ';
        return `  ${mark}${fill(say(text), ' '.repeat(2 + mark.length))}`;
    });
    if (texts.length > MOST)
        lines.push(`  … and ${texts.length - MOST} more`);
    return lines.length === 0 ? '' : section(title, lines.join('\n'));
}
function table(rows) {
    const widths = [];
    for (const row of rows)
        for (const [at, cell] of row.entries())
            widths[at] = Math.max(widths[at] ?? 0, cell.length);
    return rows
        .map((row) => `  ${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')}`.trimEnd())
        .join('\n');
}
function clusters({ hosts, before, after, operation }) {
    const now = after ?? (operation === 'status' ? before : undefined);
    const then = operation === 'status' ? undefined : before;
    if (then === undefined && now === undefined)
        return '';
    const row = (title, views, show) => {
        const cells = cluster/* SIDES */.BV.map((side) => (views === undefined ? '' : say(show(views[side]))));
        return cells.every((cell) => cell === '') ? [] : [[title, ...cells.map((cell) => cell || '-')]];
    };
    const last = now ?? then;
    return table([
        ['', ...cluster/* SIDES */.BV.map((side) => say(hosts[side]) || '-')],
        ...row('before', then, roleOf),
        ...row('now', now, roleOf),
        ...row('version', last, ({ version = '' }) => version),
        ...row('WAL position', last, ({ position }) => String(position ?? '')),
        ...row('last heartbeat', last, ({ heartbeatAge: age }) => (age === undefined ? '' : `${(0,clock/* span */.Ln)(age)} ago`)),
    ]);
}
const roleOf = ({ role, says }) => (says === '' ? role : says);
function fleet({ fleet: pairs = [] }) {
    if (pairs.length === 0)
        return '';
    const rows = (0,outcome/* worstFirst */.md)(pairs).map(({ name, health, primary, secondary, lag, reasons }) => [
        health,
        say(name),
        say(primary) || '-',
        say(secondary) || '-',
        lag === undefined ? '-' : String(lag),
        say(reasons.join(' ')),
    ]);
    return table([['health', 'pair', 'DR primary', 'secondary', 'lag', 'why'], ...rows]);
}
function facts({ result, fleet: pairs }) {
    if (result === undefined || result.outcome === 'invalid' || pairs !== undefined)
        return '';
    const { rtoMs, rpoEntries, redundancy, lag, health } = result;
    return table([
        ...(health === '' ? [] : [['health', health]]),
        ...(rtoMs === undefined ? [] : [['without a primary (RTO)', (0,clock/* span */.Ln)(Math.max(0, rtoMs))]]),
        ...(rpoEntries === undefined
            ? []
            : [['lost (RPO)', rpoEntries === 'unknown' ? 'unknown' : `at most ${rpoEntries} WAL entries`]]),
        ...(redundancy === '' ? [] : [['redundancy', PROTECTION[redundancy]]]),
        ...(lag === undefined ? [] : [['lag', `${lag} WAL entries`]]),
    ]);
}
const PROTECTION = {
    protected: 'protected: a secondary streams',
    unprotected: 'UNPROTECTED: no secondary streams',
};
function stepRow({ dryRun }, { name, host, state, because, since, until }) {
    const words = { so: 'was so already', due: dryRun ? 'would be done' : 'not begun', running: 'NOT ENDED' };
    const told = state === 'so' || state === 'due' || state === 'running' ? words[state] : state;
    const took = since === undefined || until === undefined ? '' : (0,clock/* span */.Ln)(Math.max(0, until - since));
    return [name === 'follow' ? 'attach' : name, say(host), told, took, say(because ?? '')];
}
function troubles({ checks }) {
    if (checks.length === 0)
        return '';
    const shown = checks.filter(({ state }) => ['failed', 'warned', 'waived'].includes(state));
    const passed = checks.filter(({ state }) => state === 'passed').length;
    const lines = shown
        .slice(0, MOST)
        .flatMap(({ name, state, evidence, fix }) => [
        `  ${fill(`${state}  ${name}: ${say(evidence)}`, '      ')}`,
        ...(fix === undefined ? [] : [`      -> ${fill(say(fix), '         ')}`]),
    ]);
    return [`Checks: ${passed} passed, ${shown.length} did not.`, ...lines].join('\n');
}

// EXTERNAL MODULE: ./build/report.js
var report = __webpack_require__(2200);
// EXTERNAL MODULE: ./build/secrets.js
var secrets = __webpack_require__(5009);
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(481);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./build/actions.js
var actions = __webpack_require__(5579);
;// CONCATENATED MODULE: ./build/terminal.js






class Terminal extends actions/* Runner */.b {
    #desk;
    #secrets;
    constructor(desk, secrets) {
        super(secrets);
        this.#desk = desk;
        this.#secrets = secrets;
    }
    input(name) {
        return this.#desk.values.get(name) ?? '';
    }
    mask() { }
    log(line) {
        process.stdout.write(`${this.#line(line, 2000)}\n`);
    }
    warn(line) {
        this.log(`warning: ${line}`);
    }
    fail(line) {
        if (this.#desk.summary === undefined)
            this.log(`error: ${line}`);
    }
    async output(result, _reportPath, token) {
        this.#desk.result = result;
        if (token === undefined)
            return;
        const { tokenPath } = this.#desk;
        if (tokenPath === undefined) {
            process.stdout.write(`DR operation token (shown here once): ${token}\n`);
            return;
        }
        try {
            const file = (0,external_node_fs_.openSync)(tokenPath, 'wx', 0o600);
            (0,external_node_fs_.writeSync)(file, `${token}\n`);
            (0,external_node_fs_.closeSync)(file);
        }
        catch {
            this.warn('The token could not be written to the file of --token-path: is it there already? Make another one.');
        }
    }
    async remember(name, value) {
        this.#desk.state.set(name, value);
    }
    recall(name) {
        return this.#desk.state.get(name) ?? '';
    }
    async summarize(report, reportPath) {
        const clean = JSON.parse(this.#secrets.redact(JSON.stringify(report)));
        this.#desk.report = clean;
        const { planning = false } = this.#desk;
        const result = planning && clean.result?.outcome === 'planned' ? { ...clean.result, next: [] } : clean.result;
        const shown = result === undefined ? clean : { ...clean, result };
        this.#desk.summary = this.#secrets.redact(renderText(shown, reportPath));
    }
    #line(line, longest) {
        return (0,printable/* printable */.g)(this.#secrets.redact(line), longest);
    }
}
const attended = () => process.stdin.isTTY === true && process.stderr.isTTY === true;
function ask(question, how) {
    const { hidden = false, several = false, until } = how;
    if (until.aborted)
        return Promise.resolve(undefined);
    const nowhere = new external_node_stream_.Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = (0,external_node_readline_.createInterface)({
        input: process.stdin,
        output: hidden ? nowhere : process.stderr,
        terminal: true,
        historySize: 0,
    });
    process.stderr.write(question);
    return new Promise((resolve) => {
        const said = [];
        const end = (answer) => {
            until.removeEventListener('abort', stop);
            resolve(answer);
            lines.close();
            if (hidden || answer === undefined)
                process.stderr.write('\n');
        };
        const stop = () => end(undefined);
        until.addEventListener('abort', stop);
        lines.on('line', (line) => {
            if (several && line.trim() !== '')
                said.push(line.trim());
            else
                end(several ? said.join('\n') : line.trim());
        });
        lines.on('SIGINT', () => process.emit('SIGINT'));
        lines.once('close', () => resolve(undefined));
    });
}

;// CONCATENATED MODULE: ./build/cli.js










const NAMES = Object.keys(inputs/* INPUTS */.mc).filter((name) => Object.hasOwn(inputs/* INPUTS */.mc, name));
const isInput = (name) => Object.hasOwn(inputs/* INPUTS */.mc, name);
const isSecret = (name) => inputs/* SECRET_INPUTS */.pH.some((secret) => secret === name);
const isSwitch = (name) => ['true', 'false'].every((text) => inputs/* INPUTS */.mc[name].safeParse(text).success) && !inputs/* INPUTS */.mc[name].safeParse('maybe').success;
const LISTS = ['other-secondary-addrs', 'override'];
const MAKES_TOKEN = ['issue-operation-token', 'generate-operation-token'];
const ABOUT_FROM = ['demote', 'update-primary', 'revoke-secondary', 'issue-operation-token'];
const ANSWER_WITHIN = 10 * 60_000;
const variableOf = (name) => `VAULT_DR_${name.toUpperCase().replaceAll('-', '_')}`;
async function cli(cancelled) {
    for (const stream of [process.stdout, process.stderr])
        stream.on('error', () => undefined);
    const words = process.argv.slice(2);
    const { values, yes, help, tokenPath, mistakes } = readFlags(words);
    if (help || words.length === 0) {
        process.stdout.write(helpText());
        if (!help)
            process.exitCode = report/* OUTCOMES */.i.invalid;
        return;
    }
    if (mistakes.length > 0)
        return refuse(mistakes);
    for (const name of inputs/* SECRET_INPUTS */.pH) {
        const secret = process.env[variableOf(name)];
        if (secret !== undefined)
            values.set(name, secret);
    }
    const desk = { values, state: new Map(), tokenPath };
    if (attended())
        await askForSecrets(values, cancelled);
    if (cancelled.aborted)
        return refuse(['It was stopped before anything was sent.']);
    const operation = inputs/* OPERATIONS */.xb.find((name) => name === values.get('operation'));
    const wrong = mistakesIn(values);
    if (wrong.length > 0) {
        await run(desk, cancelled);
        const missing = inputs/* SECRET_INPUTS */.pH.filter((name) => wrong.some((mistake) => mistake.startsWith(`${name} is missing`)));
        if (missing.length > 0)
            cli_say(`Secrets come from the environment: ${missing.map(variableOf).join(', ')}.`);
        return;
    }
    const changes = operation !== 'status' && values.get('dry-run')?.toLowerCase() !== 'true';
    if (changes && MAKES_TOKEN.includes(operation) && tokenPath === undefined && process.stdout.isTTY !== true)
        return refuse([`${operation} makes a token: name a file for it with --token-path, or run it at a terminal.`]);
    if (changes && !yes) {
        if (!attended())
            return refuse(['This changes clusters, and nobody is here to be asked: add --yes if you mean it, or --dry-run.']);
        if (!(await agreed(desk, cancelled)))
            return;
    }
    await run(desk, cancelled);
}
async function run(desk, cancelled) {
    const edge = (secrets) => new Terminal(desk, secrets);
    desk.summary = undefined;
    desk.state.clear();
    await (0,main.main)(cancelled, edge);
    show(desk);
    if (!unsettled(desk))
        return;
    cli_say('It takes away what it made, and looks once more. Ctrl-C again leaves that.');
    desk.summary = undefined;
    await (0,post.post)(another(), edge);
    show(desk);
}
function show({ summary = '' }) {
    process.stdout.write(`\n${'-'.repeat(72)}\n${summary}`);
}
function unsettled({ report, result, state }) {
    if (report === undefined || result?.outcome === 'invalid')
        return false;
    const made = (state.get('made') ?? '') !== '';
    const left = made || report.activations.length > 0 || Object.keys(report.attempts).length > 0;
    return result?.outcome === 'unknown' || (report.cancelled === true && left);
}
function another() {
    const again = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
        process.on(signal, () => again.abort());
    return again.signal;
}
async function agreed(desk, cancelled) {
    const { values } = desk;
    const { host, to } = hostsOf(values);
    const confirm = values.get('confirm');
    values.set('confirm', confirm ?? to);
    values.set('dry-run', 'true');
    desk.planning = true;
    await run(desk, cancelled);
    desk.planning = false;
    values.delete('dry-run');
    if (confirm === undefined)
        values.delete('confirm');
    if (desk.result?.outcome !== 'planned' || cancelled.aborted)
        return false;
    const until = AbortSignal.any([cancelled, AbortSignal.timeout(ANSWER_WITHIN)]);
    const typed = await ask(`\nTo do this now, type ${host} (anything else stops): `, { until });
    if (typed?.toLowerCase() !== host) {
        cli_say('Stopped: nothing was changed.');
        process.exitCode = report/* OUTCOMES */.i.blocked;
        return false;
    }
    if (confirm === undefined && host === to)
        values.set('confirm', typed);
    return true;
}
function hostsOf(values) {
    const [primary = '', secondary = ''] = ['primary-addr', 'secondary-addr'].map((name) => {
        const read = inputs/* address */.hl.safeParse((values.get(name) ?? '').trim());
        return read.success ? (0,inputs/* hostOf */.w4)(read.data) : '';
    });
    const operation = inputs/* OPERATIONS */.xb.find((name) => name === values.get('operation')) ?? 'status';
    const to = operation === 'failback' ? primary : secondary;
    return { host: ABOUT_FROM.includes(operation) ? primary : to, to };
}
async function askForSecrets(values, cancelled) {
    const asked = new Set();
    for (;;) {
        const missing = mistakesIn(values).flatMap((mistake) => {
            const [, name = '', why = ''] = /^([\w-]+) is missing: (.*)$/s.exec(mistake) ?? [];
            return isSecret(name) && !asked.has(name) ? [{ name, why }] : [];
        });
        const [next = asked.has('dr-operation-token') && !values.has('dr-operation-token') ? SHARES : undefined] = missing;
        if (next === undefined || asked.has(next.name) || cancelled.aborted)
            return;
        asked.add(next.name);
        const several = next.name === 'key-shares';
        const hint = several ? 'one per line, an empty line ends' : 'not shown while you type; empty if there is none';
        cli_say(fill(`${next.name}: ${next.why}.`));
        const answer = await ask(`${next.name} (${hint}): `, { hidden: true, several, until: cancelled });
        if (answer === undefined)
            return;
        if (answer !== '')
            values.set(next.name, answer);
    }
}
const SHARES = { name: 'key-shares', why: 'unseal or recovery key shares, to make a DR operation token from' };
function mistakesIn(values) {
    const filled = new Map(values);
    if (attended() && !filled.has('confirm'))
        filled.set('confirm', hostsOf(values).to);
    try {
        (0,inputs/* readInputs */.Ko)((name) => filled.get(name) ?? '', new secrets/* Secrets */.S(), () => undefined);
        return [];
    }
    catch (error) {
        if (error instanceof inputs/* InvalidInputs */.hS)
            return error.mistakes;
        throw error;
    }
}
function readFlags(words) {
    const values = new Map();
    const mistakes = [];
    let [yes, help] = [false, false];
    let tokenPath;
    const take = (name, value) => {
        const before = values.get(name);
        if (before === undefined)
            values.set(name, value);
        else if (LISTS.includes(name))
            values.set(name, `${before}\n${value}`);
        else
            mistakes.push(`${name} is given twice`);
    };
    for (let at = 0; at < words.length; at += 1) {
        const word = words[at] ?? '';
        const [, name, value] = /^--?([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
        const next = words[at + 1];
        if (name === undefined) {
            const operation = inputs/* OPERATIONS */.xb.find((known) => known === word);
            if (operation !== undefined)
                take('operation', operation);
            else
                mistakes.push(`argument ${at + 1} is neither an operation (${inputs/* OPERATIONS */.xb.join(', ')}) nor a flag`);
        }
        else if (name === 'yes' || name === 'y')
            yes = true;
        else if (name === 'help' || name === 'h')
            help = true;
        else if (isSecret(name)) {
            mistakes.push(`--${name} is no flag, since everybody on this machine can read a command line: give it as ${variableOf(name)} in the environment, or leave it out to be asked for it. What you typed may be in your shell's history: replace it`);
            if (value === undefined && next !== undefined && !next.startsWith('--'))
                at += 1;
        }
        else if (name !== 'token-path' && !isInput(name)) {
            mistakes.push(`there is no flag ${/^[a-z-]{1,40}$/.test(name) ? `--${name}` : `like argument ${at + 1}`}`);
            if (value === undefined && next !== undefined && !next.startsWith('-'))
                at += 1;
        }
        else if (isInput(name) && isSwitch(name))
            take(name, value ?? 'true');
        else if (value === undefined && (next === undefined || next.startsWith('--')))
            mistakes.push(`--${name} needs a value`);
        else {
            const given = value ?? next ?? '';
            if (value === undefined)
                at += 1;
            if (name === 'token-path')
                tokenPath = given;
            else
                take(name, given);
        }
    }
    return { values, yes, help, tokenPath, mistakes };
}
function refuse(mistakes) {
    for (const mistake of mistakes)
        cli_say(`error: ${fill(mistake, '       ')}`);
    cli_say('Nothing was sent. See --help.');
    process.exitCode = report/* OUTCOMES */.i.invalid;
}
const cli_say = (line) => {
    process.stderr.write(`${line}\n`);
};
function helpText() {
    const about = descriptions();
    const entry = (left, text) => (text === '' ? `  ${left}` : `  ${left}\n      ${fill(text, '      ')}`);
    const flag = (name) => {
        const fallback = inputs/* INPUTS */.mc[name].safeParse(undefined);
        const shape = isSwitch(name) ? '' : LISTS.includes(name) ? ' <value>   (may be given several times)' : ' <value>';
        const { description = '', standard = '' } = about.get(name) ?? {};
        const told = fallback.success && standard !== '' && standard !== 'false' ? `${description} Default: ${standard}.` : description;
        return entry(`--${name}${shape}`, told);
    };
    const flags = NAMES.filter((name) => name !== 'operation' && !isSecret(name));
    return `${[
        'Fails a HashiCorp Vault Enterprise DR pair over: the GitHub Action "Vault DR Failover" as a command.',
        'Usage: node dist/cli.js <operation> --primary-addr <url> --secondary-addr <url> [flags]',
        `Operations:\n  ${fill(inputs/* OPERATIONS */.xb.join(', '), '  ')}`,
        [
            'Flags of the command:',
            entry('--yes', 'Do not ask. Without it the plan is shown (by a dry run), and the host has to be typed.'),
            entry('--token-path <file>', 'For operations that make a token: a new file for it. Without it the token is shown.'),
            entry('--help', ''),
        ].join('\n'),
        ['Flags that are the inputs of the action:', ...flags.map(flag)].join('\n'),
        [
            'Secrets, from the environment alone; those that are missing are asked for at a terminal:',
            ...inputs/* SECRET_INPUTS */.pH.map((name) => entry(variableOf(name), about.get(name)?.description ?? '')),
        ].join('\n'),
        `Exit codes:\n  ${fill(Object.entries(report/* OUTCOMES */.i)
            .map(([outcome, code]) => `${code} ${outcome}`)
            .join(', '), '  ')}\n  ${fill('status: 1 where --fail-on says so. A question that is not answered with the host: 10.', '  ')}`,
        'Ctrl-C cancels: nothing new is begun, but for the promotion that ends a state without a primary.',
    ].join('\n\n')}\n`;
}
function descriptions() {
    const told = new Map();
    try {
        const file = (0,external_node_path_.join)((0,external_node_path_.dirname)((0,external_node_fs_.realpathSync)(process.argv[1] ?? '')), '..', 'action.yml');
        const [, inputs = ''] = /^inputs:\n([\s\S]*?)^\w/m.exec((0,external_node_fs_.readFileSync)(file, 'utf8')) ?? [];
        for (const [, name = '', fields = ''] of inputs.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n)+)/gm)) {
            const [, text = ''] = /^ {4}description: ((?:.*\n)(?: {6}.*\n)*)/m.exec(fields) ?? [];
            const [, standard = ''] = /^ {4}default: (.*)$/m.exec(fields) ?? [];
            told.set(name, { description: scalar(text), standard: scalar(standard) });
        }
    }
    catch {
    }
    return told;
}
const scalar = (text) => (0,printable/* printable */.g)(text.replace(/^>-?/, ''), 1000)
    .replace(/^'(.*)'$/, '$1')
    .replaceAll("''", "'")
    .replaceAll('`', '')
    .trim();


/***/ }),

/***/ 6756:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   post: () => (/* binding */ post)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var _gate_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7853);
/* harmony import */ var _others_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1245);
/* harmony import */ var _secrets_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5009);
/* harmony import */ var _session_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6272);





async function post(cancelled, edge = _session_js__WEBPACK_IMPORTED_MODULE_3__/* .toRunner */ .Ym) {
    const path = edge(new _secrets_js__WEBPACK_IMPORTED_MODULE_4__/* .Secrets */ .S()).recall('report');
    const report = path === '' ? undefined : readReport(path);
    const settled = report?.result !== undefined && report.result.outcome !== 'unknown' && report.cancelled !== true;
    if (report === undefined || settled)
        return;
    const session = (0,_session_js__WEBPACK_IMPORTED_MODULE_3__/* .openSession */ .fA)(cancelled, { report, path }, edge);
    if ('mistakes' in session)
        return;
    const { first, journal } = session;
    session.recall(first);
    journal.note('The main step was cancelled, killed, or could not establish the end; this is what the post step sees.');
    for (const step of report.steps) {
        if (step.state === 'running')
            Object.assign(step, { state: 'interrupted', until: Date.now(), because: 'the main step was killed' });
    }
    await (0,_gate_js__WEBPACK_IMPORTED_MODULE_1__/* .firstLook */ .yb)(first.run.lookout, journal, 20_000);
    await (0,_others_js__WEBPACK_IMPORTED_MODULE_2__/* .cleanOthers */ .lY)(session, first);
    await session.end(first);
}
function readReport(path) {
    try {
        const report = JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(path, 'utf8'));
        return report.schema === 1 ? report : undefined;
    }
    catch {
        return undefined;
    }
}


/***/ })

};
