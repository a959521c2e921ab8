export const id = 684;
export const ids = [684];
export const modules = {

/***/ 5579:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   b: () => (/* binding */ Runner)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8161);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3911);
/* harmony import */ var _render_summary_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4453);





const toolkit = () => Promise.all(/* import() */[__webpack_require__.e(752), __webpack_require__.e(942), __webpack_require__.e(143)]).then(__webpack_require__.bind(__webpack_require__, 143));
function mustBeAFile(variable) {
    if ((process.env[variable] ?? '') === '')
        throw new Error(variable);
}
function command(name, message) {
    const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    process.stdout.write(`::${name}::${text}${node_os__WEBPACK_IMPORTED_MODULE_1__.EOL}`);
}
class Runner {
    #secrets;
    constructor(secrets) {
        this.#secrets = secrets;
        for (const stream of [process.stdout, process.stderr])
            stream.on('error', () => undefined);
    }
    input(name) {
        return process.env[`INPUT_${name.toUpperCase()}`] ?? '';
    }
    mask(secret) {
        for (const line of secret.split(/\r?\n/))
            if (line.trim().length >= 8 && !line.startsWith('-----'))
                command('add-mask', line.trim());
    }
    log(line) {
        process.stdout.write(`${this.#clean(line, 2000)}${node_os__WEBPACK_IMPORTED_MODULE_1__.EOL}`);
    }
    warn(line) {
        command('warning', this.#clean(line, 2000));
    }
    fail(line) {
        command('error', this.#clean(line, 4000));
    }
    async output(result, reportPath, token) {
        const core = await toolkit();
        const outputs = {
            outcome: result.outcome,
            changed: String(result.changed),
            health: result.health,
            'active-addr': result.activeAddr,
            redundancy: result.redundancy,
            lag: String(result.lag ?? ''),
            'rto-ms': String(result.rtoMs ?? ''),
            'rpo-entries': String(result.rpoEntries ?? ''),
            'cluster-id': result.clusterId,
            report: reportPath,
        };
        this.#attempt('the outputs', () => {
            mustBeAFile('GITHUB_OUTPUT');
            for (const [name, value] of Object.entries(outputs))
                core.setOutput(name, this.#secrets.redact(value));
            if (token !== undefined)
                core.setOutput('dr-operation-token', token);
        });
    }
    async remember(name, value) {
        const core = await toolkit();
        this.#attempt('the state for the post step', () => {
            mustBeAFile('GITHUB_STATE');
            core.saveState(name, value);
        });
    }
    recall(name) {
        return process.env[`STATE_${name}`] ?? '';
    }
    async summarize(report, reportPath) {
        const clean = JSON.parse(this.#secrets.redact(JSON.stringify(report)));
        const text = `${this.#secrets.redact((0,_render_summary_js__WEBPACK_IMPORTED_MODULE_3__/* .renderSummary */ .B)(clean))}\n\nFull report: \`${(0,_printable_js__WEBPACK_IMPORTED_MODULE_4__/* .printable */ .g)(reportPath).replaceAll('`', '')}\`\n`;
        if (process.env.GITHUB_STEP_SUMMARY === undefined)
            return;
        try {
            const core = await toolkit();
            await core.summary.addRaw(text).write();
        }
        catch {
            this.warn('The job summary could not be written.');
        }
    }
    reportPath(asked) {
        return asked === undefined
            ? (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(process.env.RUNNER_TEMP ?? (0,node_os__WEBPACK_IMPORTED_MODULE_1__.tmpdir)(), `vault-dr-report-${Date.now()}-${process.pid}.json`)
            : (0,node_path__WEBPACK_IMPORTED_MODULE_2__.resolve)(asked);
    }
    save(report, path) {
        return this.#attempt('the report', () => {
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.dirname)(path), { recursive: true });
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(`${path}.part`, `${this.#secrets.redact(JSON.stringify(report, null, 2))}\n`, { mode: 0o600 });
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.renameSync)(`${path}.part`, path);
        });
    }
    #failedOnce = new Set();
    #attempt(what, act) {
        try {
            act();
            return true;
        }
        catch {
            if (!this.#failedOnce.has(what))
                this.warn(`Could not write ${what}.`);
            this.#failedOnce.add(what);
            return false;
        }
    }
    #clean(line, longest) {
        return (0,_printable_js__WEBPACK_IMPORTED_MODULE_4__/* .printable */ .g)(this.#secrets.redact(line), longest);
    }
}


/***/ }),

/***/ 2891:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   DZ: () => (/* binding */ tidy),
/* harmony export */   K0: () => (/* binding */ attach),
/* harmony export */   jE: () => (/* binding */ publicKey)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _bring_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2888);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(918);




const TRIES = 3;
const FRESH = 1000;
const PAUSE = 250;
const MOST_KEY_ERRORS = 12;
async function publicKey(run, follower, header) {
    const { inputs, vaults, deadline, cancelled, journal } = run;
    if (inputs.activation === 'wrapped' || header === undefined)
        return undefined;
    for (let errors = 0; !deadline.passed && !cancelled.aborted; errors += 1) {
        const answer = await vaults[follower].generatePublicKey(header);
        if (answer.kind === 'accepted')
            return answer.value;
        if (answer.kind === 'refused' || (inputs.activation === 'auto' && errors >= MOST_KEY_ERRORS)) {
            journal.say(`${run.lookout.world[follower].host}: no public key: ${answer.because}`);
            return undefined;
        }
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .sleep */ .yy)(answer.kind === 'later' ? answer.afterMs : PAUSE);
    }
    return undefined;
}
async function attach(run, step, key) {
    const { inputs, journal, lookout, tokens } = run;
    const follower = step.on;
    const header = step.name === 'enrol' ? (inputs['secondary-vault-token'] ?? tokens.vault) : tokens.header;
    let withKey = inputs.activation !== 'wrapped';
    let last = { is: 'late', because: 'no activation token could be made in time' };
    for (let tries = 0; tries < TRIES && !run.deadline.passed && !run.cancelled.aborted; tries += 1) {
        const publicly = withKey ? ((tries === 0 ? key : undefined) ?? (await publicKey(run, follower, header))) : undefined;
        if (publicly === undefined && inputs.activation === 'public-key') {
            return {
                is: 'refused',
                because: `${lookout.world[follower].host} gave no public key, and activation: public-key allows nothing else`,
            };
        }
        const made = await activationToken(run, (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .other */ .F)(follower), publicly);
        if (made.is !== 'made') {
            last = made;
            if (made.is === 'refused' && publicly !== undefined && inputs.activation === 'auto')
                withKey = false;
            else if (made.is === 'refused')
                return made;
            continue;
        }
        const world = await lookout.look(FRESH);
        if (step.verdict(world).is !== 'due' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .role */ .JC)(world[follower]) !== 'unknown')
            return { is: 'again' };
        const kind = publicly === undefined ? 'a wrapped token' : 'a token for its public key';
        const end = await (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, `${step.name === 'enrol' ? 'secondary/enable' : 'update-primary'} sent, with ${kind}, id ${made.activation.id}`, () => handOver(run, step, made));
        if (end.is === 'refused')
            made.activation.handed = false;
        else if (end.is !== 'lost')
            return end;
        last = end;
        if (publicly !== undefined && inputs.activation === 'auto')
            withKey = false;
        journal.say(`${lookout.world[follower].host}: trying again with a new activation token`);
    }
    return last;
}
function handOver({ inputs, vaults, tokens, journal }, step, made) {
    const vault = vaults[step.on];
    const addr = inputs['primary-api-addr'];
    const send = (call) => {
        made.activation.handed = true;
        journal.save();
        return call();
    };
    return step.name === 'enrol'
        ? send(() => vault.enableSecondary(inputs['secondary-vault-token'] ?? tokens.vault, made.token, addr))
        : tokens.use(step.on, (token) => send(() => vault.updatePrimary(token, made.token, addr)));
}
async function activationToken(run, primary, publicly) {
    const { inputs, vaults, journal, lookout, deadline, deeds, tokens } = run;
    const { activations } = journal.report;
    const activation = {
        id: inputs['secondary-id'] ?? uniqueId(),
        follower: lookout.world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .other */ .F)(primary)].host,
        handed: false,
    };
    const { id } = activation;
    const { host, dr } = lookout.world[primary];
    if (dr?.known_secondaries?.includes(id))
        return { is: 'refused', because: `${host} knows the id ${id} already` };
    activations.push(activation);
    let because = 'no activation token could be made in time';
    while (!deadline.passed && !run.cancelled.aborted) {
        deeds.sent += 1;
        journal.save();
        const answer = await tokens.asVault(primary, (token) => vaults[primary].secondaryToken(token, id, publicly));
        if (answer.kind === 'accepted') {
            deeds.accepted += 1;
            return { is: 'made', activation, token: answer.value };
        }
        journal.say(`${host}: secondary-token: ${answer.kind}: ${answer.because}`);
        if (answer.kind === 'refused') {
            activations.splice(activations.indexOf(activation), 1);
            return { is: 'refused', because: answer.because };
        }
        because = answer.because;
        if (answer.kind === 'unclear') {
            if (await known(run, primary, id))
                await vaults[primary].revokeSecondary(tokens.vault, id);
            return { is: 'late', because };
        }
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .sleep */ .yy)(Math.min(answer.afterMs, deadline.left));
    }
    return { is: 'late', because };
}
async function known({ lookout }, primary, id) {
    for (let waited = 0; waited < _bring_js__WEBPACK_IMPORTED_MODULE_1__/* .UNBROKEN */ .Vt; waited += PAUSE) {
        const world = await lookout.look();
        if (world[primary].dr?.known_secondaries?.includes(id))
            return true;
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .sleep */ .yy)(PAUSE);
    }
    return false;
}
async function tidy({ tokens, vaults, lookout, journal }) {
    const { world } = lookout;
    for (const side of _cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .SIDES */ .BV) {
        const [primary, follower] = [world[side], world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .other */ .F)(side)]];
        const used = follower.dr?.secondary_id ?? '';
        const unused = journal.report.activations.filter(({ id, follower: host }) => {
            const known = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .role */ .JC)(primary) === 'primary' && primary.dr?.known_secondaries?.includes(id);
            return known && host === follower.host && used !== id;
        });
        const spare = unused.filter(({ handed }) => !handed || (used !== '' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .follows */ .pk)(follower, primary)));
        for (const { id } of unused.filter((one) => !spare.includes(one))) {
            if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .follows */ .pk)(follower, primary))
                continue;
            journal.note(`The activation id ${id} went out to ${follower.host}, which is not seen to use it: if it never does, run \`operation: revoke-secondary\`.`);
        }
        for (const { id } of spare) {
            const answer = await vaults[side].revokeSecondary(tokens.vault, id);
            journal.note(answer.kind === 'accepted'
                ? `The activation id ${id}, which this run made and nobody uses, was revoked on ${primary.host}.`
                : `The activation id ${id} could not be revoked on ${primary.host}: run \`operation: revoke-secondary\`.`);
        }
    }
}
function uniqueId() {
    const run = [process.env.GITHUB_RUN_ID, process.env.GITHUB_RUN_ATTEMPT].filter((part) => /^\d{1,20}$/.test(part ?? ''));
    return ['vault-dr', ...run, (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(4).toString('hex')].join('-');
}


/***/ }),

/***/ 2888:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Nm: () => (/* binding */ noDeeds),
/* harmony export */   O9: () => (/* binding */ finish),
/* harmony export */   VB: () => (/* binding */ bring),
/* harmony export */   Vt: () => (/* binding */ UNBROKEN)
/* harmony export */ });
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(918);


const noDeeds = () => ({
    accepted: 0,
    sent: 0,
    demoted: false,
    promoted: false,
    restored: false,
    unclear: undefined,
});
const UNBROKEN = 1200;
const REFUSED_FOR = 250;
const GONE_AFTER = 30_000;
const MOST_SENDS = 3;
async function bring(run, step, what, send) {
    const { journal, lookout, deadline, deeds, inputs } = run;
    const launch = () => {
        const flight = {};
        deeds.sent += 1;
        deeds.unclear = step.on;
        journal.sent(step, lookout.world, what);
        void send().then((answer) => {
            flight.answer = answer;
            flight.at = Date.now();
            if (answer.kind === 'accepted')
                deeds.accepted += 1;
            else
                journal.say(`${lookout.world[step.on].host}: ${step.name}: ${answer.kind}: ${answer.because}`);
        });
        return flight;
    };
    let flight = launch();
    let unclear = false;
    let quietSince;
    let putOffSince;
    for await (const world of lookout.watch(step.on, deadline)) {
        const verdict = step.verdict(world);
        if (verdict.is === 'so') {
            if (flight.answer === undefined || flight.answer.kind === 'unclear')
                deeds.accepted += 1;
            deeds.unclear = undefined;
            return finish(run, step, world);
        }
        const { answer, at } = flight;
        unclear ||= answer?.kind === 'unclear';
        deeds.unclear = unclear || answer === undefined || answer.kind === 'accepted' ? step.on : undefined;
        journal.waiting(step, world);
        const contrary = verdict.is === 'blocked' || verdict.is === 'later';
        const telling = contrary || (verdict.is === 'due' && at !== undefined && world[step.on].askedAt >= at);
        quietSince = telling ? (quietSince ?? (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)()) : undefined;
        const unbroken = quietSince === undefined ? 0 : (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)() - quietSince;
        if (contrary) {
            if (unbroken < UNBROKEN)
                continue;
            return { is: 'turned', because: 'because' in verdict ? verdict.because : '' };
        }
        if (quietSince === undefined || answer === undefined || answer.kind === 'accepted')
            continue;
        if (answer.kind === 'refused') {
            if (unbroken < REFUSED_FOR)
                continue;
            return { is: unclear ? 'lost' : 'refused', because: answer.because };
        }
        if (answer.kind === 'later') {
            putOffSince ??= (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)();
            if (step.name === 'promote' && (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)() - putOffSince > inputs['catch-up-timeout']) {
                return { is: unclear ? 'lost' : 'refused', because: `${answer.because}, for longer than catch-up-timeout` };
            }
            if (at === undefined || Date.now() - at < answer.afterMs)
                continue;
        }
        else {
            if (unbroken < UNBROKEN)
                continue;
            if (journal.sends(step, world) >= MOST_SENDS)
                return { is: 'lost', because: answer.because };
        }
        if (run.cancelled.aborted)
            return { is: 'lost', because: 'the run was cancelled' };
        const fresh = await lookout.look();
        if (step.verdict(fresh).is !== 'due' || (step.name === 'promote' && vanished(fresh.from)))
            continue;
        flight = launch();
        quietSince = undefined;
    }
    const { answer } = flight;
    const said = answer === undefined ? 'no answer came' : answer.kind === 'accepted' ? 'it was accepted' : answer.because;
    return { is: 'late', because: `${said}, and it did not come about in time` };
}
const vanished = (from) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .role */ .JC)(from) === 'unknown' && from.last !== undefined && from.at - from.last.at < GONE_AFTER;
function finish({ journal, deeds, lookout }, step, world) {
    if (step.name === 'demote') {
        deeds.demoted = true;
        lookout.sawDemoted(step.on);
    }
    if (step.name === 'promote')
        deeds.promoted = true;
    if (step.name === 'restore')
        deeds.restored = true;
    journal.done(step, world);
    return { is: 'so' };
}


/***/ }),

/***/ 9362:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Pn: () => (/* binding */ cancelOwn),
/* harmony export */   Tl: () => (/* binding */ attemptProblem),
/* harmony export */   cM: () => (/* binding */ generate),
/* harmony export */   dM: () => (/* binding */ distinct),
/* harmony export */   pD: () => (/* binding */ needsToken)
/* harmony export */ });
/* unused harmony export decode */
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);

const PATIENCE = 15_000;
const PAUSE = 250;
const TRIES = 3;
async function generate(ceremony) {
    const { host } = ceremony;
    let last = { ok: false, because: `${host} gave no DR operation token` };
    for (let tries = 0; tries < TRIES && !over(ceremony); tries += 1) {
        const begun = await begin(ceremony);
        if (!begun.ok)
            return begun;
        ceremony.began(begun.nonce);
        const submitted = await submit(ceremony, begun.nonce);
        if (submitted.ok) {
            ceremony.began(undefined);
            const token = decode(submitted.encoded, begun.otp);
            if (token === undefined)
                return { ok: false, because: `${host} gave a DR operation token that can not be decoded` };
            ceremony.secrets.add(token);
            return { ok: true, token };
        }
        await cancelOwn(ceremony, begun.nonce);
        last = { ok: false, because: submitted.because };
        if (!submitted.lost)
            return last;
    }
    return last;
}
const over = ({ deadline, cancelled }) => deadline.passed || cancelled.aborted;
function distinct(shares) {
    const keys = new Map(shares.map((share) => [
        /^([0-9a-f]{2})+$/i.test(share) ? share.toLowerCase() : Buffer.from(share, 'base64').toString('hex'),
        share,
    ]));
    return [...keys.values()];
}
async function begin({ vault, host, shares, token, deadline, cancelled }) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_0__/* .Deadline */ .B2(Math.min(PATIENCE, deadline.left));
    for (;;) {
        const read = await vault.attempt(token);
        const refusal = read.ok
            ? attemptProblem(host, read.value, shares)
            : read.status === 403
                ? needsToken(host)
                : undefined;
        if (refusal !== undefined)
            return { ok: false, ...refusal };
        if (read.ok) {
            const answer = await vault.startAttempt(token);
            if (answer.kind === 'accepted') {
                const { nonce, otp } = answer.value;
                return otp === undefined || otp === '' || nonce === ''
                    ? { ok: false, because: `${host} began an attempt without a one-time pad` }
                    : { ok: true, nonce, otp };
            }
            if (answer.kind === 'refused')
                return {
                    ok: false,
                    because: `${host} began no attempt: ${answer.because}`,
                    ...(answer.status === 403 ? { fix: needsToken(host).fix } : {}),
                };
            if (answer.kind === 'unclear' && answer.sent) {
                const after = await vault.attempt(token);
                if (after.ok && after.value.started) {
                    return {
                        ok: false,
                        because: `the answer of ${host} got lost, and an attempt is in progress`,
                        fix: 'If nobody else began it, run `operation: cancel-operation-token`, then this again.',
                    };
                }
            }
        }
        if (until.passed || cancelled.aborted)
            return { ok: false, because: `${host} began no attempt: ${read.ok ? 'no answer' : read.because}` };
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(PAUSE);
    }
}
function attemptProblem(host, attempt, shares) {
    if (attempt.started) {
        return {
            because: `somebody else's attempt to generate a DR operation token is in progress on ${host}`,
            fix: 'Let them end it, or, if it was left behind, run `operation: cancel-operation-token`.',
        };
    }
    const given = distinct(shares).length;
    if (attempt.required > given) {
        return {
            because: `${host} takes ${attempt.required} different key shares, and ${given} ${given === 1 ? 'is' : 'are'} given`,
            fix: `Give ${attempt.required} different shares in \`key-shares\`, one per line.`,
        };
    }
    return undefined;
}
const needsToken = (host) => ({
    because: `${host} wants a Vault token for generating a DR operation token (Vault 2.0 and newer do)`,
    fix: 'Give a batch `vault-token` whose policy allows sys/replication/dr/secondary/generate-operation-token/*, or a batch `dr-operation-token`, which needs no key shares.',
});
async function submit(ceremony, nonce) {
    const { vault, host, shares, token } = ceremony;
    for (const share of distinct(shares)) {
        let answer = await vault.submitShare(token, nonce, share);
        while (answer.kind === 'later' && !over(ceremony)) {
            await (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(Math.min(answer.afterMs, ceremony.deadline.left));
            answer = await vault.submitShare(token, nonce, share);
        }
        if (answer.kind === 'refused') {
            const wrong = /aborted|invalid|combine|cipher|authentication/i.test(answer.because);
            return {
                ok: false,
                lost: false,
                because: wrong
                    ? `the key shares are wrong (${host}: ${answer.because})`
                    : `${host} takes no share: ${answer.because}`,
            };
        }
        if (answer.kind === 'later')
            return { ok: false, lost: false, because: `${host} put the key shares off: ${answer.because}` };
        if (answer.kind === 'unclear')
            return { ok: false, lost: true, because: `${host}: ${answer.because}` };
        if (answer.value.complete) {
            const encoded = answer.value.encoded_token ?? '';
            return encoded === ''
                ? { ok: false, lost: false, because: `${host} gave no token for the shares` }
                : { ok: true, encoded };
        }
    }
    return {
        ok: false,
        lost: false,
        because: `${host} wants more key shares than the ${distinct(shares).length} that are given`,
    };
}
async function cancelOwn({ vault, token, began }, nonce) {
    const read = await vault.attempt(token);
    if (!read.ok)
        return false;
    if (read.value.started && read.value.nonce === nonce) {
        const answer = await vault.cancelAttempt(token);
        if (answer.kind !== 'accepted')
            return false;
    }
    began(undefined);
    return true;
}
function decode(encoded, otp) {
    const bytes = Buffer.from(encoded.replace(/=+$/, ''), 'base64');
    const plain = Buffer.from(otp);
    const pad = plain.length === bytes.length ? plain : Buffer.from(otp, 'base64');
    if (bytes.length === 0 || pad.length !== bytes.length)
        return undefined;
    const clear = bytes.map((byte, at) => byte ^ (pad[at] ?? 0));
    if (pad !== plain)
        return Buffer.from(clear)
            .toString('hex')
            .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const token = Buffer.from(clear).toString('latin1');
    return /^[\x21-\x7e]{8,}$/.test(token) ? token : undefined;
}


/***/ }),

/***/ 7163:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KY: () => (/* binding */ barrier),
/* harmony export */   bh: () => (/* binding */ NEEDS_VAULT),
/* harmony export */   v5: () => (/* binding */ NEEDS_DR),
/* harmony export */   w5: () => (/* binding */ checkTls),
/* harmony export */   z6: () => (/* binding */ check)
/* harmony export */ });
/* unused harmony export CHECKS */
/* harmony import */ var _ceremony_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9362);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(918);
/* harmony import */ var _credentials_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9522);
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(8175);





const CHECKS = [
    'tls-verification',
    'primary-reachable',
    'secondary-reachable',
    'different-clusters',
    'same-dr-set',
    'one-primary',
    'known-secondary',
    'unsealed',
    'active-node',
    'streaming',
    'heartbeat',
    'lag',
    'merkle',
    'version',
    'emergency-evidence',
    'vault-token',
    'dr-operation-token',
    'token-ttl',
    'capabilities',
    'key-shares',
    'secondary-id',
    'performance-replication',
    'verify-path',
    'snapshot',
];
const NEEDS_VAULT = ['demote', 'follow', 'enable', 'enrol', 'revoke', 'disable'];
const NEEDS_DR = ['promote', 'follow', 'detach'];
const good = (evidence) => ({ is: 'good', evidence });
const bad = (evidence, fix) => ({
    is: 'bad',
    evidence,
    ...(fix === undefined ? {} : { fix }),
});
const short = (evidence) => ({ is: 'short', evidence });
const none = (evidence) => ({ is: 'n/a', evidence });
const forNow = (finding) => ({ ...finding, mayPass: true });
const STOPS_EMERGENCY = new Set([
    'tls-verification',
    'secondary-reachable',
    'different-clusters',
    'same-dr-set',
    'one-primary',
    'unsealed',
    'active-node',
    'merkle',
    'emergency-evidence',
    'dr-operation-token',
    'key-shares',
    'secondary-id',
    'performance-replication',
]);
function checkTls(variable) {
    return variable === '0'
        ? {
            name: 'tls-verification',
            state: 'failed',
            evidence: 'NODE_TLS_REJECT_UNAUTHORIZED is 0 in this job',
            fix: 'Take NODE_TLS_REJECT_UNAUTHORIZED out of the job, and give the CA as `ca-cert`.',
        }
        : { name: 'tls-verification', state: 'passed', evidence: 'certificates are verified' };
}
function check(now) {
    const waivable = new Set(_inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .WAIVERS */ .E2);
    const judged = CHECKS.filter((name) => name in JUDGES);
    return judged.map((name) => {
        const { is, evidence, fix, mayPass } = JUDGES[name](now);
        const state = () => {
            if (is === 'good')
                return 'passed';
            if (is === 'n/a')
                return 'skipped';
            if (is === 'short')
                return 'warned';
            if (waivable.has(name) && now.inputs.override.includes(name))
                return 'waived';
            return now.inputs.mode === 'emergency' && !STOPS_EMERGENCY.has(name) ? 'warned' : 'failed';
        };
        return { name, state: state(), evidence, fix, mayPass };
    });
}
function barrier(before, world, maxLag) {
    const { from, to } = world;
    const now = { position: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .position */ .G1)(from), readAt: from.at };
    const { position: wanted, readAt } = before?.position === undefined ? now : before;
    const reached = to.dr?.state === 'stream-wals' ? to.dr.last_remote_wal : undefined;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'primary' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) === 'secondary' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .sameRoot */ .bg)(world))
        return { ...now, behind: 0, passed: true };
    if (wanted === undefined || reached === undefined)
        return { ...now, behind: undefined, passed: false };
    const behind = Math.max(0, wanted - reached);
    if (behind > maxLag)
        return { position: wanted, readAt, behind, passed: false };
    return from.at - readAt <= 5000
        ? { position: wanted, readAt, behind, passed: true }
        : { ...now, behind, passed: false };
}
const JUDGES = {
    'primary-reachable': ({ world: { from }, inputs }) => {
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) !== 'unknown')
            return good(`${from.host} is ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(from)}`);
        return inputs.mode === 'emergency'
            ? none(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(from)}; see emergency-evidence`)
            : bad(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(from)}`, /certificate|TLS/.test(from.because ?? '')
                ? `Give the CA of ${from.host} as \`ca-cert\`, or its name as \`tls-server-name\`: nothing is lost, it is only not trusted.`
                : `Make ${from.host} answer, or, if it is lost, run with \`mode: emergency\` and \`confirm\`.`);
    },
    'secondary-reachable': ({ world: { to }, inputs, due }) => {
        if (inputs.operation === 'revoke-secondary')
            return none('not needed for what is due');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) !== 'unknown')
            return good(`${to.host} is ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(to)}`);
        const evidence = `${to.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(to)}`;
        if (inputs.mode === 'emergency' && !due.has('promote') && !due.has('follow'))
            return short(evidence);
        return bad(evidence, `Make ${to.host} answer: nothing is changed while the cluster that is to take over can not be seen.`);
    },
    'different-clusters': ({ world }) => {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .oneCluster */ .z2)(world))
            return bad(`${from.host} and ${to.host} are two addresses of one cluster`, 'Give the address of the other cluster.');
        if (from.health?.cluster_id === undefined || to.health?.cluster_id === undefined)
            return none('not both clusters tell their own id');
        return good('two addresses, two clusters');
    },
    'same-dr-set': ({ world, inputs, due }) => {
        const { from, to } = world;
        if (due.has('enable') || due.has('enrol'))
            return none('the DR set is being made');
        if (inputs.operation === 'revoke-secondary')
            return none('not needed for what is due');
        if (due.has('revoke') || due.has('disable'))
            return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .strangers */ .ob)(world)
                ? bad('the two clusters belong to different DR sets (cluster_id)', 'Check primary-addr and secondary-addr.')
                : good('no other DR set is involved');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .strangers */ .ob)(world))
            return bad('the two clusters belong to different DR sets (cluster_id)', 'Check primary-addr and secondary-addr: they do not replicate to each other.');
        if (from.dr?.cluster_id !== undefined && to.dr?.cluster_id !== undefined)
            return good('one cluster_id on both');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'unknown' || (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) === 'unknown')
            return none('only one side tells its cluster_id');
        const missing = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.map((side) => world[side]).find((cluster) => cluster.dr?.cluster_id === undefined);
        const evidence = `${missing?.host} shows no DR set (${missing ? (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(missing) : ''})`;
        return inputs.mode === 'emergency'
            ? short(evidence)
            : bad(evidence, 'Enable DR replication between the two clusters first.');
    },
    'one-primary': ({ world, inputs, due }) => {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .twoPrimaries */ .Re)(world)) {
            if (inputs.mode === 'planned') {
                return bad('both clusters claim the primary role', `Decide which one holds the data to keep. To keep ${to.host}: run again with \`mode: emergency\` and \`confirm: ${to.host}\`.`);
            }
            const [theirs, ours] = [from.dr?.ssct_generation_counter, to.dr?.ssct_generation_counter];
            return theirs !== undefined && ours !== undefined && ours < theirs
                ? bad(`${to.host} has the lower ssct_generation_counter (${ours} against ${theirs}): ${from.host} was promoted after it`, `Keep ${from.host} instead: run the operation in the other direction.`)
                : short(`both are primary; ${to.host} is confirmed and is kept, what only ${from.host} took since is discarded`);
        }
        if (inputs.operation === 'promote' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'primary') {
            return bad(`${from.host} is primary`, 'Run `operation: demote` first, or `operation: failover`, which does both.');
        }
        if (inputs.operation === 'update-primary' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) !== 'primary') {
            return bad(`${to.host} is not primary`, 'Run `operation: promote` first, or `operation: failover`, which does all.');
        }
        if (due.has('enable'))
            return good('no primary yet');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .nobodyPrimary */ .uc)(world))
            return short('nobody is primary: this run goes on from there');
        return good(`${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) === 'primary' ? to.host : from.host} is the primary`);
    },
    'known-secondary': (now) => {
        const { from, to } = now.world;
        if (!switching(now))
            return none('no secondary is attached to a primary here');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .attached */ .ZI)(to, from))
            return good(`${from.host} knows the id of ${to.host}`);
        return bad(`${from.host} does not know the secondary id of ${to.host}`, 'Its id was revoked, or it follows another primary: attach it again before failing over to it.');
    },
    unsealed: ({ world: { from, to }, inputs }) => {
        const sealed = [from, to].filter((cluster) => cluster.health?.sealed);
        if (sealed.includes(to))
            return bad(`${to.host} is sealed`, `Unseal ${to.host}.`);
        if (sealed.includes(from) && inputs.mode === 'emergency')
            return short(`${from.host} is sealed`);
        if (sealed.includes(from))
            return bad(`${from.host} is sealed`, `Unseal ${from.host}, or, if it is lost, run with \`mode: emergency\` and \`confirm\`.`);
        return good('no cluster is sealed');
    },
    'active-node': ({ world: { from, to }, inputs }) => {
        const without = [from, to].filter((cluster) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(cluster) !== 'unknown' && !(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .active */ .vu)(cluster));
        const matters = inputs.mode === 'emergency' ? without.filter((cluster) => cluster === to) : without;
        const [first] = matters;
        if (first === undefined)
            return without.length === 0 ? good('each cluster has an active node') : short(`${from.host} has no active node`);
        return forNow(bad(`${first.host} has no active node behind its address (sys/health ${first.healthCode || 'unread'})`, `Check the nodes of ${first.host}, and that its address leads to the active one.`));
    },
    streaming: (now) => {
        const { from, to } = now.world;
        if (!switching(now))
            return none('nothing streams while nobody, or both, are primary');
        const fix = `Look at ${to.host}: a healthy DR secondary is in state stream-wals with connection ready.`;
        if ((from.dr?.state ?? 'running') !== 'running')
            return bad(`${from.host} is ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(from)}, not running`, fix);
        if (from.dr?.reindex_in_progress || to.dr?.reindex_in_progress)
            return bad('a reindex is in progress', 'Wait until it has ended.');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .follows */ .pk)(to, from))
            return good(`${to.host} streams from ${from.host}, connected`);
        const finding = bad(`${to.host} is not streaming from ${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(to)}`, fix);
        const onItsWay = to.dr?.state !== 'stream-wals' || to.dr.connection_state === 'connecting';
        return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .joining */ .bU)(to, from) && onItsWay ? forNow(finding) : finding;
    },
    heartbeat: (now) => {
        if (!switching(now))
            return none('no heartbeats while nobody, or both, are primary');
        const { from, to } = now.world;
        const ofTo = from.dr?.secondaries?.filter((peer) => peer.node_id === to.dr?.secondary_id);
        const ages = [(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .heartbeatAge */ .AG)(from, ofTo), (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .heartbeatAge */ .AG)(to, to.dr?.primaries)].filter((age) => age !== undefined);
        const canary = canaryAge(to);
        if (ages.length === 0 && canary === undefined)
            return none('no heartbeat is reported');
        const oldest = Math.max(...ages, canary ?? 0);
        return oldest > _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .STALE */ .yR
            ? bad(`the last heartbeat is ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(oldest)} old`, `Look at the link between the clusters (cluster port 8201) and at ${to.host}.`)
            : good(`the last heartbeat is ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(oldest)} old`);
    },
    lag: (now) => {
        if (!switching(now))
            return none('nothing to catch up with while nobody, or both, are primary');
        const { position: wanted, behind, passed } = now.barrier;
        const most = now.inputs['max-lag'];
        if (passed)
            return good(wanted === undefined || behind === 0
                ? `0 behind ${at(wanted)}`
                : `${behind} behind ${at(wanted)}, ${most} allowed`);
        return forNow(bad(behind === undefined
            ? 'how far the secondary is behind can not be told'
            : `${behind} WAL entries behind ${at(wanted)}, ${most} allowed`, 'Let the secondary catch up, or allow more with max-lag or catch-up-timeout.'));
    },
    merkle: ({ world: { from, to } }) => {
        const corrupt = [to, from].filter((cluster) => cluster.dr?.corrupted_merkle_tree);
        return corrupt.length === 0
            ? good('no corrupt merkle tree is reported')
            : bad(`the merkle tree of ${corrupt.map((cluster) => cluster.host).join(' and ')} is corrupt`, 'Repair it first (sys/replication/merkle-check, reindex), with HashiCorp support.');
    },
    version: ({ world: { from, to }, due }) => {
        const [theirs, ours] = [from.health?.version, to.health?.version];
        const order = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .compareVersions */ .Zy)(ours, theirs);
        if (order === undefined)
            return none('not both versions are known');
        if (order === 0)
            return good(`${ours} on both`);
        if (order < 0 && (due.has('promote') || due.has('demote') || due.has('enrol'))) {
            return bad(`${to.host} runs ${ours}, older than ${theirs} on ${from.host}`, `Upgrade ${to.host} first: data of a newer Vault must not be served by an older one.`);
        }
        return short(`${to.host} runs ${ours}, newer than ${theirs} on ${from.host}: ${from.host} may have to be upgraded before it can follow`);
    },
    'emergency-evidence': ({ world: { from, to }, inputs, due }) => {
        if (inputs.mode !== 'emergency' || !due.has('promote'))
            return none('asked for in an emergency promotion only');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'secondary' || (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'none')
            return good(`${from.host} is seen and is not primary`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'primary') {
            return bad(`${from.host} answers as primary: it is not lost`, 'Run with `mode: planned`, which demotes it first.');
        }
        return loss(from, to);
    },
    'vault-token': (now) => {
        if (!NEEDS_VAULT.some((name) => now.due.has(name)))
            return none('not needed for what is due');
        const { login } = now;
        const own = now.credentials.ofSecondary?.lookup;
        if (own?.ok === false) {
            return bad(`${now.world.to.host} does not accept the secondary-vault-token: ${own.because}`, 'Give a token of the cluster that is to be enrolled as `secondary-vault-token`; it knows its own tokens alone.');
        }
        if (login?.ok === false)
            return { ...bad(`the login failed: ${login.because}`), fix: login.fix ?? '' };
        return token('vault-token', now.credentials.vaultToken);
    },
    'dr-operation-token': (now) => {
        if (!NEEDS_DR.some((name) => now.due.has(name)))
            return none('not needed for what is due');
        return drToken(now);
    },
    'token-ttl': ({ credentials, inputs }) => {
        const lives = [credentials.vaultToken, credentials.drOperationToken].flatMap((facts) => facts?.lookup?.ok ? [facts.lookup.value] : []);
        if (lives.length === 0)
            return none('no lifetime could be asked for');
        const used = lives.find(({ num_uses }) => num_uses !== undefined && num_uses !== 0);
        if (used)
            return bad(`a token has only ${Math.max(0, used.num_uses ?? 0)} uses left`, 'Use a token without num_uses.');
        const mortal = lives.map(({ ttl }) => ttl * 1000).filter((ttl) => ttl > 0);
        if (mortal.length === 0)
            return good('the tokens do not expire');
        const least = Math.min(...mortal);
        return least < inputs.timeout
            ? bad(`a token ends in ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(least)}, and the run may take ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(inputs.timeout)}`, 'Use a token that lives longer, or a shorter timeout.')
            : good(`the tokens live for ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(least)} more`);
    },
    capabilities: ({ credentials, due, inputs }) => {
        const wanted = [];
        if (due.has('demote'))
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.demote, 'update']);
        if (due.has('enable'))
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.enablePrimary, 'update']);
        if (due.has('revoke'))
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.revokeSecondary, 'update']);
        if (due.has('disable'))
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.disablePrimary, 'update']);
        if (due.has('detach'))
            wanted.push([credentials.drOperationToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.disableSecondary, 'update']);
        if (due.has('enrol')) {
            wanted.push([credentials.ofSecondary, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.enableSecondary, 'update']);
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.secondaryToken, 'update'], [credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.secondaryToken, 'sudo']);
        }
        if (due.has('promote'))
            wanted.push([credentials.drOperationToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.promote, 'update']);
        if (due.has('follow')) {
            wanted.push([credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.secondaryToken, 'update'], [credentials.vaultToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.secondaryToken, 'sudo']);
            wanted.push([credentials.drOperationToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.updatePrimary, 'update']);
            if (inputs.activation === 'public-key')
                wanted.push([credentials.drOperationToken, _credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .PATHS */ .R7.generatePublicKey, 'update']);
        }
        const asked = wanted.filter(([facts]) => facts?.capabilities?.ok);
        if (asked.length === 0)
            return none('no policy could be asked');
        const lacking = asked.filter(([facts, path, capability]) => {
            const held = facts?.capabilities?.ok ? (facts.capabilities.value.get(path) ?? []) : [];
            return !held.includes('root') && !held.includes(capability);
        });
        if (lacking.length === 0)
            return good('the policies allow every call');
        return bad(`the policy of the ${owner(lacking[0]?.[0], credentials)} lacks ${lacking.map(([, path, capability]) => `${capability} on ${path}`).join(', ')}`, 'Add it to the policy (see the policies in the README) and make a new token.');
    },
    'key-shares': ({ attempts, world, inputs, due }) => {
        if (inputs['dr-operation-token'] !== undefined || !NEEDS_DR.some((name) => due.has(name)))
            return none('no token is to be made from key shares');
        for (const side of _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV) {
            const [attempt, { host }] = [attempts[side], world[side]];
            if (attempt === undefined)
                continue;
            const problem = attempt.ok
                ? (0,_ceremony_js__WEBPACK_IMPORTED_MODULE_0__/* .attemptProblem */ .Tl)(host, attempt.value, inputs['key-shares'])
                : attempt.status === 403
                    ? (0,_ceremony_js__WEBPACK_IMPORTED_MODULE_0__/* .needsToken */ .pD)(host)
                    : {
                        because: `${host} does not tell whether it can generate a DR operation token: ${attempt.because}`,
                        fix: 'Run again when it answers.',
                    };
            if (problem !== undefined)
                return bad(problem.because, problem.fix);
        }
        return good(`${(0,_ceremony_js__WEBPACK_IMPORTED_MODULE_0__/* .distinct */ .dM)(inputs['key-shares']).length} different key shares`);
    },
    'performance-replication': ({ performance, world, due }) => {
        if (!due.has('promote') || performance === undefined)
            return none('asked for in a promotion only');
        const mode = (side) => (performance[side]?.ok ? performance[side].value.mode : 'unknown');
        const inOne = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.filter((side) => ['primary', 'secondary'].includes(mode(side)));
        if (mode('from') === 'primary' && mode('to') === 'primary') {
            return bad('both clusters are performance primaries', 'Promoting would make a second performance primary: disable or demote one first.');
        }
        if (inOne.length === 0) {
            const asked = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.some((side) => performance[side]?.ok);
            return asked ? good('no performance replication is seen') : none('it could not be asked');
        }
        const [side] = inOne;
        return short(`${world[side ?? 'from'].host} is a performance ${mode(side ?? 'from')}: that role moves with the promotion; performance secondaries that can't reach ${world.to.host} have to be pointed to it`);
    },
    'verify-path': ({ inputs, canary }) => {
        if (inputs['verify-path'] === undefined)
            return none('no verify-path is given');
        if (canary === undefined)
            return short('it can not be read before: no old primary is there to ask');
        return canary.ok
            ? good('read on the old primary; compared by digest afterwards')
            : bad(`it can not be read: ${canary.because}`, 'Give a path that the vault-token may read, below /v1/, like secret/data/canary.');
    },
    'secondary-id': ({ inputs, due, world: { to, from } }) => {
        const id = inputs['secondary-id'];
        if (!due.has('follow') && !due.has('enrol'))
            return none('not needed for what is due');
        if (id === undefined)
            return good('an id of its own for this run');
        return [to, from].some((cluster) => cluster.dr?.known_secondaries?.includes(id))
            ? bad(`the id ${id} is already known`, 'Leave secondary-id empty for an id of its own, or revoke the old one first.')
            : good(`${id} is not known yet`);
    },
};
function owner(facts, { vaultToken, ofSecondary }) {
    if (facts === ofSecondary)
        return 'secondary-vault-token';
    return facts === vaultToken ? 'vault-token' : 'dr-operation-token';
}
const switching = ({ world: { from, to }, due }) => due.has('demote') && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(from) === 'primary' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(to) !== 'primary';
const at = (wanted) => (wanted === undefined ? 'the primary' : `position ${wanted}`);
function canaryAge(secondary) {
    const ages = (secondary.dr?.primaries ?? [])
        .map((peer) => peer.replication_primary_canary_age_ms)
        .filter((age) => age !== undefined);
    return ages.length === 0 ? undefined : Math.min(...ages);
}
const LOST = new Set(['transient_failure', 'shutdown', 'idle', 'connecting']);
function loss(from, to) {
    const { connection_state: state, primaries = [] } = to.dr ?? {};
    const fix = `If you know that ${from.host} is lost and stays away, run again with \`override: emergency-evidence\`.`;
    const statuses = primaries.map((peer) => peer.connection_status ?? '');
    const live = [state ?? '', ...statuses].some((word) => /^(ready|connected)$/i.test(word));
    const cut = (state !== undefined && LOST.has(state)) ||
        (statuses.length > 0 && statuses.every((word) => word === 'disconnected'));
    const sight = `${from.host} does not answer here (${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .describe */ .q0)(from)})`;
    if (live)
        return bad(`${sight}, but ${to.host} is still connected to it: it may only be out of this runner's sight`, fix);
    const age = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .heartbeatAge */ .AG)(to, primaries) ?? canaryAge(to);
    if (age !== undefined && age <= _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .STALE */ .yR) {
        return forNow(bad(`${sight}, but ${to.host} heard from it ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(age)} ago (lost counts from ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .STALE */ .yR)} on)`, fix));
    }
    if (!cut)
        return bad(`${sight}, and ${to.host} does not say that its link is down`, fix);
    const heard = age === undefined ? '' : `, last heard of ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(age)} ago`;
    return good(`${sight}, and ${to.host} has lost it too: ${state === undefined ? 'not connected' : `connection ${state.replace(/[^a-z_]/g, '')}`}${heard}`);
}
function token(name, facts) {
    if (facts?.lookup === undefined)
        return short('could not be looked up: only a primary answers that');
    const { lookup } = facts;
    if (lookup.ok)
        return good(`valid${lookup.value.type === undefined ? '' : `, a ${lookup.value.type === 'batch' ? 'batch' : 'service'} token`}`);
    if (lookup.status === 403) {
        return bad('the primary does not accept it (HTTP 403)', `Store a valid ${name}. Its policy must allow auth/token/lookup-self, as the default policy does.`);
    }
    return bad(`could not be looked up: ${lookup.because}`, 'Run again when the primary answers.');
}
function drToken({ credentials: { drOperationToken: facts }, due, inputs, world }) {
    if (facts === undefined)
        return none('none given');
    if (inputs['dr-operation-token'] === undefined)
        return none('none is given; see key-shares');
    const fix = 'Make a new batch DR operation token on the primary (see "Tokens" in the README) and store it.';
    if (facts.onSecondary?.ok)
        return good('a batch token; the DR secondary accepts it');
    if (facts.lookup?.ok) {
        const { type, policies = [] } = facts.lookup.value;
        if (facts.batch || type === 'batch')
            return good('a valid batch token');
        if (policies.includes('root')) {
            const old = ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .compareVersions */ .Zy)(world.to.health?.version, '2.0.0') ?? -1) < 0;
            return old
                ? bad('a root token, which a DR secondary accepts from Vault 2.0 on only', fix)
                : good('a root token, which Vault 2.0 and newer accept');
        }
        return bad('an ordinary service token, which a DR secondary does not accept', fix);
    }
    if (facts.batch) {
        if (facts.lookup?.status === 403)
            return bad('the primary does not accept it (HTTP 403): expired, wrong, or without the default policy', fix);
        if (facts.lookup !== undefined)
            return bad(`could not be looked up: ${facts.lookup.because}`, 'Run again when the primary answers.');
        const invalid = facts.onSecondary?.ok === false && facts.onSecondary.errors.some((error) => /invalid token/i.test(error));
        if (invalid)
            return bad('the DR secondary does not accept it: expired or wrong', fix);
        return short('a batch token that could not be proven: nobody is primary to look it up');
    }
    if (due.has('promote') && due.has('follow') && !(inputs.mode === 'emergency' && facts.lookup === undefined)) {
        return bad('not a batch token: a generated DR operation token is good for one use on one cluster, and this operation needs one on each', `${fix} Or run the phases (promote, then update-primary) with a token of each cluster.`);
    }
    return short('not a batch token: a generated one can only be proven by using it');
}


/***/ }),

/***/ 4704:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ cleanUp)
/* harmony export */ });
/* harmony import */ var _attach_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2891);
/* harmony import */ var _ceremony_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9362);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(918);



async function cleanUp(session, run, on = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV) {
    const { journal } = run;
    const { activations, attempts } = journal.report;
    const busy = activations.length > 0 || Object.keys(attempts).length > 0 || session.made.length > 0;
    if (!busy)
        return false;
    await (0,_attach_js__WEBPACK_IMPORTED_MODULE_0__/* .tidy */ .DZ)(run);
    await endAttempts(run);
    await forgetTokens(session, run, on);
    return true;
}
async function endAttempts({ vaults, lookout, tokens, journal }) {
    for (const side of _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV) {
        const cluster = lookout.world[side];
        const nonce = journal.report.attempts[cluster.host];
        if (nonce === undefined)
            continue;
        const began = (ended) => journal.attempt(cluster.host, ended);
        const ended = await (0,_ceremony_js__WEBPACK_IMPORTED_MODULE_1__/* .cancelOwn */ .Pn)({ vault: vaults[side], token: tokens.forCeremony(cluster), began }, nonce);
        if (!ended)
            journal.note(`An attempt to generate a DR operation token is left on ${cluster.host}: run \`operation: cancel-operation-token\`.`);
    }
}
async function forgetTokens(session, run, on) {
    const { vaults, lookout, tokens, journal } = run;
    const { world } = lookout;
    for (const made of [...session.made]) {
        const { kind, addr, token, batch = false, ttlSeconds = 0 } = made;
        const side = on.find((candidate) => vaults[candidate].addr === addr);
        if (side === undefined)
            continue;
        session.made.splice(session.made.indexOf(made), 1);
        if (kind === 'operation' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world[side]) !== 'primary') {
            const answer = await vaults[side].deleteOperationToken(token, tokens.header);
            if (answer.kind === 'later' || answer.kind === 'unclear')
                journal.note(`A generated DR operation token may be left on ${world[side].host}: ${answer.because}.`);
        }
        if (kind === 'login') {
            const primary = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.find((candidate) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world[candidate]) === 'primary') ?? side;
            const { revoke } = await Promise.all(/* import() */[__webpack_require__.e(752), __webpack_require__.e(893)]).then(__webpack_require__.bind(__webpack_require__, 6893));
            const login = { token, batch, ttlSeconds };
            const left = await revoke(session.http, vaults[primary].addr, login, session.inputs.namespace, session.around);
            if (left !== undefined)
                journal.note(left);
        }
    }
}


/***/ }),

/***/ 7094:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B2: () => (/* binding */ Deadline),
/* harmony export */   Ln: () => (/* binding */ span),
/* harmony export */   x1: () => (/* binding */ monotonic),
/* harmony export */   yy: () => (/* binding */ sleep)
/* harmony export */ });
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);

const monotonic = () => performance.now();
class Deadline {
    #at;
    constructor(ms) {
        this.#at = monotonic() + ms;
    }
    get left() {
        return Math.max(0, this.#at - monotonic());
    }
    get passed() {
        return this.left === 0;
    }
    shorten(ms) {
        this.#at = Math.min(this.#at, monotonic() + ms);
    }
}
async function sleep(ms) {
    if (ms > 0)
        await (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(ms);
}
function span(ms) {
    if (ms < 1000)
        return `${Math.round(ms)} ms`;
    if (ms < 10_000)
        return `${(ms / 1000).toFixed(1)} s`;
    const seconds = Math.round(ms / 1000);
    if (seconds < 60)
        return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60)
        return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
    return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}


/***/ }),

/***/ 918:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   AG: () => (/* binding */ heartbeatAge),
/* harmony export */   BV: () => (/* binding */ SIDES),
/* harmony export */   F: () => (/* binding */ other),
/* harmony export */   FB: () => (/* binding */ lag),
/* harmony export */   FO: () => (/* binding */ lastRole),
/* harmony export */   G1: () => (/* binding */ position),
/* harmony export */   JC: () => (/* binding */ role),
/* harmony export */   Os: () => (/* binding */ primaryOf),
/* harmony export */   Re: () => (/* binding */ twoPrimaries),
/* harmony export */   ZI: () => (/* binding */ attached),
/* harmony export */   Zy: () => (/* binding */ compareVersions),
/* harmony export */   bU: () => (/* binding */ joining),
/* harmony export */   bg: () => (/* binding */ sameRoot),
/* harmony export */   fO: () => (/* binding */ serving),
/* harmony export */   ob: () => (/* binding */ strangers),
/* harmony export */   pk: () => (/* binding */ follows),
/* harmony export */   q0: () => (/* binding */ describe),
/* harmony export */   uc: () => (/* binding */ nobodyPrimary),
/* harmony export */   vu: () => (/* binding */ active),
/* harmony export */   yR: () => (/* binding */ STALE),
/* harmony export */   z2: () => (/* binding */ oneCluster)
/* harmony export */ });
/* unused harmony export connected */
const SIDES = ['from', 'to'];
function role(cluster) {
    switch (cluster.dr?.mode) {
        case undefined:
            return 'unknown';
        case 'primary':
        case 'secondary':
            return cluster.dr.mode;
        default:
            return 'none';
    }
}
const lastRole = (cluster) => cluster.last === undefined ? 'unknown' : role({ ...cluster, dr: cluster.last.dr });
function active(cluster) {
    const { health, healthCode, led } = cluster;
    if (health === undefined || !health.initialized || health.sealed)
        return false;
    if (health.standby === true)
        return led === true && healthCode !== 474 && health.ha_connection_healthy !== false;
    return healthCode === (role(cluster) === 'secondary' ? 472 : 200);
}
const serving = (cluster) => role(cluster) === 'primary' && (cluster.dr?.state ?? 'running') === 'running' && active(cluster);
const strangers = ({ from, to }) => from.dr?.cluster_id !== undefined && to.dr?.cluster_id !== undefined && from.dr.cluster_id !== to.dr.cluster_id;
const oneCluster = ({ from, to }) => from.health?.cluster_id !== undefined && from.health.cluster_id === to.health?.cluster_id && role(from) === role(to);
const twoPrimaries = (world) => role(world.from) === 'primary' && role(world.to) === 'primary' && !strangers(world) && !oneCluster(world);
const nobodyPrimary = ({ from, to }) => [from, to].every((cluster) => ['secondary', 'none'].includes(role(cluster)));
function primaryOf(world) {
    const found = SIDES.filter((side) => role(world[side]) === 'primary');
    return found.length === 1 ? found[0] : undefined;
}
function attached(secondary, primary) {
    const id = secondary.dr?.secondary_id;
    const known = primary.dr?.known_secondaries;
    return known === undefined || id === undefined || known.includes(id);
}
function connected(secondary, primary) {
    const { connection_state: state, primaries = [], secondary_id: id } = secondary.dr ?? {};
    if (state !== undefined && state !== 'ready')
        return false;
    const up = primaries.map((peer) => peer.connection_status).filter((status) => status !== undefined);
    if (up.length > 0 && !up.includes('connected'))
        return false;
    const seen = primary.dr?.secondaries?.find((peer) => peer.node_id === id);
    return seen?.connection_status === undefined || seen.connection_status === 'connected';
}
const follows = (secondary, primary) => role(secondary) === 'secondary' &&
    role(primary) === 'primary' &&
    secondary.dr?.state === 'stream-wals' &&
    attached(secondary, primary) &&
    connected(secondary, primary);
const SYNCING = ['merkle-diff', 'merkle-sync', 'stream-wals', 'connecting'];
function joining(secondary, primary) {
    if (role(secondary) !== 'secondary' || role(primary) !== 'primary' || !attached(secondary, primary))
        return false;
    const { state, connection_state: connection, secondary_id: id } = secondary.dr ?? {};
    if (state === 'stream-wals' && id === undefined)
        return connected(secondary, primary);
    return SYNCING.includes(state) || connection === 'connecting';
}
const position = (primary) => primary.dr?.last_dr_wal ?? primary.dr?.last_wal;
function sameRoot({ from, to }) {
    const root = from.dr?.merkle_root;
    return root !== undefined && root !== '' && root === to.dr?.merkle_root;
}
function lag(world) {
    const side = primaryOf(world);
    if (side === undefined)
        return undefined;
    const [primary, secondary] = [world[side], world[other(side)]];
    if (role(secondary) !== 'secondary')
        return undefined;
    if (sameRoot(world))
        return 0;
    const [ahead, behind] = [position(primary), secondary.dr?.last_remote_wal];
    if (ahead === undefined || behind === undefined || secondary.dr?.state !== 'stream-wals')
        return undefined;
    return Math.max(0, ahead - behind);
}
const other = (side) => (side === 'from' ? 'to' : 'from');
const STALE = 20_000;
function heartbeatAge(cluster, peers) {
    const beats = (peers ?? []).map((peer) => peer.last_heartbeat).filter((at) => at !== undefined);
    const now = cluster.health?.server_time_utc;
    if (beats.length === 0 || now === undefined)
        return undefined;
    return Math.max(0, now * 1000 - Math.max(...beats));
}
const NUMBERS = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.]+))?/;
function compareVersions(a, b) {
    const [left, right] = [a, b].map((version) => NUMBERS.exec(version ?? ''));
    if (!left || !right)
        return undefined;
    for (const at of [1, 2, 3]) {
        const difference = Number(left[at]) - Number(right[at]);
        if (difference !== 0)
            return difference;
    }
    const [before, after] = [left[4], right[4]];
    if (before === after)
        return 0;
    if (before === undefined || after === undefined)
        return before === undefined ? 1 : -1;
    return before.localeCompare(after, 'en', { numeric: true });
}
const STATES = new Set([
    'running',
    'stream-wals',
    'merkle-diff',
    'merkle-sync',
    'idle',
    'shutdown',
    'transient_failure',
    'connecting',
    'ready',
]);
function describe(cluster) {
    const { dr } = cluster;
    if (dr === undefined)
        return cluster.health?.sealed ? 'sealed' : (cluster.because ?? 'not read');
    if (dr.mode === 'disabled')
        return 'DR replication disabled';
    if (dr.mode === 'unsupported')
        return 'its storage can not replicate';
    const state = dr.state === undefined ? '' : STATES.has(dr.state) ? `, ${dr.state}` : ', in an unknown state';
    const link = dr.mode === 'secondary' &&
        dr.connection_state !== undefined &&
        dr.connection_state !== 'ready' &&
        STATES.has(dr.connection_state);
    const sealed = cluster.health?.sealed ? ', sealed' : '';
    return `${dr.mode}${state}${link && dr.connection_state !== dr.state ? `, connection ${dr.connection_state}` : ''}${sealed}`;
}


/***/ }),

/***/ 9522:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R7: () => (/* binding */ PATHS),
/* harmony export */   TG: () => (/* binding */ again),
/* harmony export */   bG: () => (/* binding */ isBatch),
/* harmony export */   sb: () => (/* binding */ examine)
/* harmony export */ });
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);

const PATHS = {
    demote: 'sys/replication/dr/primary/demote',
    secondaryToken: 'sys/replication/dr/primary/secondary-token',
    enablePrimary: 'sys/replication/dr/primary/enable',
    disablePrimary: 'sys/replication/dr/primary/disable',
    revokeSecondary: 'sys/replication/dr/primary/revoke-secondary',
    enableSecondary: 'sys/replication/dr/secondary/enable',
    disableSecondary: 'sys/replication/dr/secondary/disable',
    promote: 'sys/replication/dr/secondary/promote',
    updatePrimary: 'sys/replication/dr/secondary/update-primary',
    generatePublicKey: 'sys/replication/dr/secondary/generate-public-key',
};
const isBatch = (token) => /^(hvb|b)\./.test(token);
async function examine(tokens, primary, secondary) {
    const paths = Object.values(PATHS);
    const onPrimary = async (token) => {
        if (primary === undefined)
            return {};
        const [lookup, capabilities] = await Promise.all([
            again(() => primary.lookupSelf(token)),
            again(() => primary.capabilitiesSelf(token, paths)),
        ]);
        return { lookup, capabilities };
    };
    const facts = async (token, asDrToken) => {
        if (token === undefined)
            return undefined;
        const batch = isBatch(token);
        const [asked, onSecondary] = await Promise.all([
            onPrimary(token),
            asDrToken && batch && secondary !== undefined ? again(() => secondary.autopilotState(token)) : undefined,
        ]);
        return { batch, ...asked, onSecondary };
    };
    const { vaultToken, drOperationToken } = tokens;
    if (vaultToken === drOperationToken) {
        const both = await facts(vaultToken, true);
        return { vaultToken: both, drOperationToken: both };
    }
    const [ofVault, ofDr] = await Promise.all([facts(vaultToken, false), facts(drOperationToken, true)]);
    return { vaultToken: ofVault, drOperationToken: ofDr };
}
async function again(ask) {
    let read = await ask();
    for (const pause of [200, 800]) {
        if (read.ok || (read.status >= 400 && read.status < 500 && read.status !== 429 && read.status !== 412))
            return read;
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(pause);
        read = await ask();
    }
    return read;
}


/***/ }),

/***/ 7207:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   g: () => (/* binding */ execute)
/* harmony export */ });
/* harmony import */ var _attach_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2891);
/* harmony import */ var _bring_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2888);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(918);
/* harmony import */ var _plan_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1781);





const FRESH = 200;
async function execute(run, steps) {
    const { lookout, journal, deadline, deeds } = run;
    for (let rounds = 0; rounds < 12; rounds += 1) {
        const world = await lookout.look(FRESH);
        journal.survey(steps, world);
        const step = steps.find((candidate) => !['so', 'waived'].includes(candidate.verdict(world).is));
        if (step === undefined)
            return;
        const verdict = step.verdict(world);
        if (verdict.is === 'blocked' || verdict.is === 'later')
            return journal.failed(step, world, verdict.because);
        if (deadline.passed)
            return journal.failed(step, world, 'the time is up');
        if (run.cancelled.aborted && !endsNoPrimary(run, step, world))
            return journal.failed(step, world, 'the run was cancelled', 'interrupted');
        if (verdict.is === 'due' && !prepared(run, step) && !(await quiet(run, step)))
            continue;
        const end = verdict.is === 'underway' ? await wait(run, step) : await act(run, step, steps);
        if (end.is === 'so' || end.is === 'again')
            continue;
        journal.failed(step, lookout.world, end.because, run.cancelled.aborted ? 'interrupted' : 'failed');
        if (step.name === 'promote' && end.is === 'refused' && deeds.unclear === undefined && steps.length > 1)
            await wayBack(run);
        return;
    }
}
const endsNoPrimary = (run, step, world) => step.name === 'promote' && run.deeds.demoted && step.verdict(world).is === 'due' && run.deadline.left > 500;
function prepared({ deeds, lookout, inputs }, step) {
    if ((step.name !== 'promote' && step.name !== 'follow') || deeds.demoted || deeds.promoted)
        return true;
    return inputs.mode === 'emergency' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .role */ .JC)(lookout.world.from) === 'unknown';
}
async function quiet(run, step) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_2__/* .Deadline */ .B2(step.name === 'promote' ? 2000 + Math.random() * 500 : _bring_js__WEBPACK_IMPORTED_MODULE_1__/* .UNBROKEN */ .Vt);
    run.journal.say(`${run.lookout.world[step.on].host}: left half way by an earlier run or a person; watching for ${Math.ceil(until.left / 1000)} s whether somebody is at work`);
    for await (const world of run.lookout.watch(step.on, until)) {
        if (step.verdict(world).is !== 'due' || run.cancelled.aborted)
            return false;
    }
    return true;
}
async function wait(run, step) {
    const { journal, lookout, inputs, deeds } = run;
    journal.begin(step, lookout.world);
    const hidden = _cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .SIDES */ .BV.some((side) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .role */ .JC)(lookout.world[side]) === 'unknown');
    const until = deeds.sent === 0 && hidden ? new _clock_js__WEBPACK_IMPORTED_MODULE_2__/* .Deadline */ .B2(Math.min(inputs['catch-up-timeout'], run.deadline.left)) : run.deadline;
    let against;
    for await (const world of lookout.watch(step.on, until)) {
        const verdict = step.verdict(world);
        if (verdict.is === 'so')
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .finish */ .O9)(run, step, world);
        if (verdict.is === 'due' || verdict.is === 'waived')
            return { is: 'again' };
        against = verdict.is === 'underway' ? undefined : (against ?? (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .monotonic */ .x1)());
        if (against !== undefined && (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .monotonic */ .x1)() - against > _bring_js__WEBPACK_IMPORTED_MODULE_1__/* .UNBROKEN */ .Vt && 'because' in verdict)
            return { is: 'turned', because: verdict.because };
        if (run.cancelled.aborted && deeds.sent === 0)
            break;
        journal.waiting(step, world);
    }
    return { is: 'late', because: run.cancelled.aborted ? 'the run was cancelled' : 'it did not come about in time' };
}
async function act(run, step, steps) {
    const { vaults, inputs, lookout, journal, tokens } = run;
    journal.begin(step, lookout.world);
    const clusterAddr = inputs['primary-cluster-addr'];
    switch (step.name) {
        case 'demote':
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'demote sent', () => tokens.asVault('from', (token) => vaults.from.demote(token)));
        case 'promote': {
            if (steps.some(({ name }) => name === 'follow') && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .lastRole */ .FO)(lookout.world.from) === 'secondary') {
                run.followerKey = (0,_attach_js__WEBPACK_IMPORTED_MODULE_0__/* .publicKey */ .jE)(run, 'from', tokens.header);
            }
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'promote sent', () => {
                run.deeds.rpo = atRisk(lookout.world);
                return tokens.use('to', (token) => vaults.to.promote(token, clusterAddr));
            });
        }
        case 'restore':
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'promote sent, to make it primary again', () => tokens.use('from', (token) => vaults.from.promote(token, undefined)));
        case 'follow':
        case 'enrol':
            return (0,_attach_js__WEBPACK_IMPORTED_MODULE_0__/* .attach */ .K0)(run, step, await run.followerKey);
        case 'reunite':
            return wait(run, step);
        case 'enable':
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'primary/enable sent', () => tokens.asVault('from', (token) => vaults.from.enablePrimary(token, clusterAddr)));
        case 'detach':
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'secondary/disable sent', () => tokens.use('to', (token) => vaults.to.disableSecondary(token)));
        case 'revoke': {
            const id = inputs['secondary-id'] ?? (0,_plan_js__WEBPACK_IMPORTED_MODULE_4__/* .formerId */ .jF)(lookout.world.to);
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'revoke-secondary sent', () => tokens.asVault('from', (token) => vaults.from.revokeSecondary(token, id)));
        }
        case 'disable':
            return (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .bring */ .VB)(run, step, 'primary/disable sent', () => tokens.asVault('from', (token) => vaults.from.disablePrimary(token)));
    }
}
async function wayBack(run) {
    const { lookout, journal } = run;
    if (run.cancelled.aborted)
        return;
    journal.note(`${lookout.world.to.host} was refused the role; making ${lookout.world.from.host} primary again`);
    for (const step of [_plan_js__WEBPACK_IMPORTED_MODULE_4__/* .restore */ .PF, _plan_js__WEBPACK_IMPORTED_MODULE_4__/* .reunite */ .jN]) {
        const world = await lookout.look();
        const verdict = step.verdict(world);
        if (verdict.is === 'blocked')
            return journal.failed(step, world, verdict.because);
        const end = verdict.is === 'so'
            ? (0,_bring_js__WEBPACK_IMPORTED_MODULE_1__/* .finish */ .O9)(run, step, world)
            : verdict.is === 'due'
                ? await act(run, step, [])
                : await wait(run, step);
        if (end.is === 'again')
            return journal.failed(step, lookout.world, 'it changed again');
        if (end.is !== 'so')
            return journal.failed(step, lookout.world, end.because);
    }
}
function atRisk(world) {
    const { from, to } = world;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .role */ .JC)(from) !== 'secondary')
        return 'unknown';
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .sameRoot */ .bg)(world))
        return 0;
    const [wrote, received] = [from.dr?.last_dr_wal, to.dr?.last_remote_wal];
    return wrote !== undefined && received !== undefined && received > 0 ? Math.max(0, wrote - received) : 'unknown';
}


/***/ }),

/***/ 7853:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gj: () => (/* binding */ gate),
/* harmony export */   sS: () => (/* binding */ UNREADABLE_FOR),
/* harmony export */   yb: () => (/* binding */ firstLook)
/* harmony export */ });
/* harmony import */ var _checks_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7163);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(918);
/* harmony import */ var _credentials_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9522);
/* harmony import */ var _lookout_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5237);
/* harmony import */ var _report_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2200);
/* harmony import */ var _verify_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(419);







const FRESH = 50;
const PACE = 200;
const READ_WITHIN = 5000;
const LOOKS = 3;
const SHORTEST_LOOK = 500;
const SILENT_FOR = 4000;
const UNREADABLE_FOR = 8000;
async function firstLook(lookout, journal, patience = UNREADABLE_FOR) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B2(patience);
    const silentUntil = new _clock_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B2(Math.min(SILENT_FOR, patience));
    for (let looks = 1;; looks += 1) {
        const world = await lookout.look(0, Math.max(SHORTEST_LOOK, Math.min(until.left, looks === 2 ? _lookout_js__WEBPACK_IMPORTED_MODULE_4__/* .LONG_LOOK */ .$8 : _lookout_js__WEBPACK_IMPORTED_MODULE_4__/* .SHORT_LOOK */ .Xf)));
        const unread = _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.map((side) => world[side]).filter((cluster) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(cluster) === 'unknown');
        const patient = looks < LOOKS && !silentUntil.passed;
        if (unread.every(({ silent, health }) => !patient && (silent || health?.sealed)) || until.passed)
            return world;
        for (const { host, because } of unread)
            journal.say(`${host}: ${because}; looking again`);
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .sleep */ .yy)(looks === 1 ? PACE : 3 * PACE);
    }
}
async function gate(session, leg) {
    const { run, steps } = leg;
    const { inputs, lookout, journal } = run;
    const patience = () => Math.min(UNREADABLE_FOR, run.deadline.left);
    let world = await firstLook(lookout, journal, patience());
    journal.report.before ??= { from: (0,_report_js__WEBPACK_IMPORTED_MODULE_5__/* .view */ .U)(world.from), to: (0,_report_js__WEBPACK_IMPORTED_MODULE_5__/* .view */ .U)(world.to) };
    for (const side of _cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV)
        journal.say(`${world[side].host}: ${(0,_report_js__WEBPACK_IMPORTED_MODULE_5__/* .view */ .U)(world[side]).says}`);
    journal.survey(steps, world);
    const open = () => steps.filter((step) => !['so', 'waived'].includes(step.verdict(world).is));
    await session.remembered;
    if (open().length === 0)
        return true;
    const verified = journal.report.checks.filter(({ name }) => name === 'tls-verification');
    const due = new Set(open().map(({ name }) => name));
    const evidence = await gather(run, world, due);
    if (evidence.canary?.ok)
        run.canary = evidence.canary.digest;
    const again = async () => {
        world = await lookout.look(FRESH);
        if (_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .SIDES */ .BV.some((side) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world[side]) === 'unknown' && world[side].last !== undefined)) {
            world = await firstLook(lookout, journal, patience());
        }
    };
    const judge = async () => {
        const until = new _clock_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B2(Math.min(inputs['catch-up-timeout'], run.deadline.left));
        let lag;
        for (;;) {
            lag = (0,_checks_js__WEBPACK_IMPORTED_MODULE_0__/* .barrier */ .KY)(lag, world, inputs['max-lag']);
            const made = journal.report.checks.filter(({ name }) => name === 'snapshot');
            const checks = (0,_checks_js__WEBPACK_IMPORTED_MODULE_0__/* .check */ .z6)({ inputs, world, due, ...evidence, barrier: lag });
            journal.report.checks = [...verified, ...checks, ...made];
            const failed = checks.filter(({ state }) => state === 'failed');
            if (failed.length === 0 || until.passed || run.cancelled.aborted || !failed.every(({ mayPass }) => mayPass))
                return;
            const waited = failed.map(({ name, evidence: seen }) => `${name} (${seen})`).join(', ');
            journal.look('to', world, `waiting for ${waited}, up to ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .span */ .Ln)(until.left)} more`);
            await (0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .sleep */ .yy)(PACE);
            world = await firstLook(lookout, journal, patience());
            journal.survey(steps, world);
        }
    };
    await again();
    await judge();
    const allowed = () => journal.report.checks.every(({ state }) => state !== 'failed');
    const hopeless = open().find((step) => step.verdict(world).is === 'blocked');
    if (allowed() && hopeless === undefined && !inputs['dry-run'] && (await provide(session, leg, due)) && allowed()) {
        await again();
        await judge();
    }
    tell(journal, journal.report.checks);
    const moves = journal.report.checks.find(({ name, state }) => name === 'performance-replication' && state === 'warned');
    if (moves !== undefined)
        journal.note(`${moves.evidence}.`);
    if (hopeless !== undefined && allowed()) {
        const verdict = hopeless.verdict(world);
        journal.failed(hopeless, world, 'because' in verdict ? verdict.because : '');
    }
    return allowed() && hopeless === undefined;
}
async function gather({ inputs, vaults, tokens }, world, due) {
    const asVault = _checks_js__WEBPACK_IMPORTED_MODULE_0__/* .NEEDS_VAULT */ .bh.some((name) => due.has(name));
    const asDr = _checks_js__WEBPACK_IMPORTED_MODULE_0__/* .NEEDS_DR */ .v5.some((name) => due.has(name));
    const primary = due.has('enable') ? 'from' : ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .primaryOf */ .Os)(world) ?? ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .twoPrimaries */ .Re)(world) ? 'to' : undefined));
    const login = asVault && primary !== undefined ? await tokens.login(primary) : undefined;
    const shares = asDr && inputs['dr-operation-token'] === undefined;
    const attempt = (side) => shares && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world[side]) === 'secondary'
        ? (0,_credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .again */ .TG)(() => vaults[side].attempt(tokens.forCeremony(world[side])))
        : undefined;
    const performanceOf = (side) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world[side]) === 'unknown' ? undefined : (0,_credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .again */ .TG)(() => vaults[side].performance(READ_WITHIN));
    const ownToken = inputs['secondary-vault-token'] ?? tokens.vault;
    const [credentials, ofFrom, ofTo, performance, canary, own] = await Promise.all([
        (0,_credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .examine */ .sb)({
            vaultToken: asVault && tokens.vault !== '' ? tokens.vault : undefined,
            drOperationToken: asDr ? inputs['dr-operation-token'] : undefined,
        }, primary === undefined ? undefined : vaults[primary], (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world.to) === 'secondary' ? vaults.to : undefined),
        due.has('follow') ? attempt('from') : undefined,
        due.has('promote') || due.has('detach') ? attempt('to') : undefined,
        due.has('promote') ? Promise.all([performanceOf('from'), performanceOf('to')]) : undefined,
        inputs['verify-path'] !== undefined && due.has('demote') && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world.from) === 'primary'
            ? (0,_verify_js__WEBPACK_IMPORTED_MODULE_6__/* .readCanary */ .B)(vaults.from, tokens.vault, inputs)
            : undefined,
        due.has('enrol') && ownToken !== ''
            ? (0,_credentials_js__WEBPACK_IMPORTED_MODULE_3__/* .examine */ .sb)({ vaultToken: ownToken, drOperationToken: undefined }, vaults.to, undefined)
            : undefined,
    ]);
    return {
        credentials: { ...credentials, ofSecondary: own?.vaultToken },
        login,
        attempts: { from: ofFrom, to: ofTo },
        performance: performance && { from: performance[0], to: performance[1] },
        canary,
    };
}
async function provide({ http, cancelled, secrets }, { run }, due) {
    const { inputs, journal, tokens, lookout, vaults, deadline } = run;
    const path = inputs['snapshot-path'];
    let done = false;
    const add = (made) => {
        journal.report.checks = [...journal.report.checks.filter(({ name }) => name !== made.name), made];
        journal.save();
    };
    if (path !== undefined && due.has('demote') && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(lookout.world.from) === 'primary') {
        journal.say(`${lookout.world.from.host}: saving a raft snapshot`);
        const { saveSnapshot } = await __webpack_require__.e(/* import() */ 438).then(__webpack_require__.bind(__webpack_require__, 6438));
        const saved = await saveSnapshot({ http, addr: vaults.from.addr, secrets }, tokens.vault, path, deadline, cancelled);
        add(saved.ok
            ? {
                name: 'snapshot',
                state: 'passed',
                evidence: `${saved.bytes} bytes, sha256 ${saved.sha256}, in ${saved.path}`,
            }
            : {
                name: 'snapshot',
                state: 'failed',
                evidence: saved.because,
                fix: 'Mend that, or run without `snapshot-path`.',
            });
        done = true;
        if (!saved.ok)
            return true;
    }
    if ((due.has('promote') || due.has('detach')) &&
        inputs['dr-operation-token'] === undefined &&
        (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(lookout.world.to) === 'secondary') {
        const generated = await tokens.dr('to');
        done = true;
        add(generated.ok
            ? {
                name: 'key-shares',
                state: 'passed',
                evidence: `they made a DR operation token on ${lookout.world.to.host}`,
            }
            : { name: 'key-shares', state: 'failed', evidence: generated.because, fix: generated.fix });
    }
    return done;
}
function tell(journal, checks) {
    const counted = checks.filter(({ state }) => state !== 'skipped');
    journal.say(`${counted.length} checks: ${counted.filter(({ state }) => state === 'passed').length} passed`);
    for (const { name, state, evidence } of counted) {
        if (state !== 'passed')
            journal.say(`check ${name} ${state}: ${evidence}`);
    }
    journal.save();
}


/***/ }),

/***/ 8175:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E2: () => (/* binding */ WAIVERS),
/* harmony export */   Ko: () => (/* binding */ readInputs),
/* harmony export */   hS: () => (/* binding */ InvalidInputs),
/* harmony export */   hl: () => (/* binding */ address),
/* harmony export */   mc: () => (/* binding */ INPUTS),
/* harmony export */   pH: () => (/* binding */ SECRET_INPUTS),
/* harmony export */   uC: () => (/* binding */ loopback),
/* harmony export */   w4: () => (/* binding */ hostOf),
/* harmony export */   xb: () => (/* binding */ OPERATIONS)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9691);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8532);



const WAIVERS = [
    'streaming',
    'heartbeat',
    'lag',
    'merkle',
    'version',
    'vault-token',
    'dr-operation-token',
    'token-ttl',
    'capabilities',
    'emergency-evidence',
    'performance-replication',
    'verify-path',
];
const OPERATIONS = [
    'status',
    'failover',
    'failback',
    'drill',
    'demote',
    'promote',
    'update-primary',
    'setup',
    'revoke-secondary',
    'disable',
    'issue-operation-token',
    'generate-operation-token',
    'cancel-operation-token',
    'delete-operation-token',
];
const SECRET_INPUTS = [
    'vault-token',
    'secondary-vault-token',
    'dr-operation-token',
    'key-shares',
    'approle-secret-id',
    'client-key',
    'github-token',
];
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DAY = 86_400_000;
const duration = (most) => zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => {
    const parts = [...text.matchAll(/(\d{1,9})(ms|s|m|h)/g)];
    const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
    if (parts.length === 0 || parts.map(([all]) => all).join('') !== text) {
        ctx.addIssue('is not a duration: write a number with its unit, like 90s, 10m or 1h30m');
    }
    else if (ms <= 0 || ms > most) {
        ctx.addIssue(`must be more than 0 and at most ${most / 3_600_000}h`);
    }
    return ms;
});
const yesOrNo = zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(['true', 'false', 'True', 'False', 'TRUE', 'FALSE'], 'must be true or false')
    .transform((text) => text.toLowerCase() === 'true');
const token = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
    .regex(/^[\x21-\x7e]+$/, 'holds white space or characters that no Vault token has: store the secret again without a line end (printf %s "$TOKEN" | gh secret set …)')
    .max(8192, 'is longer than any Vault token (8 KiB)');
const address = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const say = (what) => ctx.addIssue(`${what}: write the address of the Vault API, like https://vault.example.com:8200`);
    if (url === undefined || !['https:', 'http:'].includes(url.protocol))
        say('is not an http(s) URL');
    else if (url.username !== '' || url.password !== '')
        say('holds a user name or password');
    else if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
        say('holds a query or a fragment');
    else if (/^\/v1(\/|$)/.test(url.pathname))
        say('ends in /v1, which is added by this action');
    else if (url.protocol === 'http:' && !loopback(url.hostname)) {
        ctx.addIssue('is http: tokens are sent over https only (http is allowed for loopback addresses)');
    }
    else
        return url.href.replace(/\/+$/, '');
    return zod__WEBPACK_IMPORTED_MODULE_3__/* .NEVER */ .tm;
});
const lines = (text) => text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
const addresses = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => lines(text).flatMap((line, at) => {
    const read = address.safeParse(line);
    if (!read.success)
        ctx.addIssue(`line ${at + 1} ${read.error.issues[0]?.message}`);
    return read.success ? [read.data] : [];
}));
const shares = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => {
    const given = lines(text);
    const bad = given.findIndex((line) => !/^([0-9a-f]{2}){16,}$/i.test(line) && !/^[A-Za-z0-9+/]{22,}={0,2}$/.test(line));
    if (bad >= 0)
        ctx.addIssue(`line ${bad + 1} is no key share: give one share per line, as Vault printed it (hex or base64)`);
    return given;
});
const name = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
    .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'is not a name: it may hold letters, digits, dots, dashes, underscores and slashes between');
const loopback = (host) => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
const passedOn = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().regex(/^[\x21-\x7e]{1,300}$/, 'is not an address: it holds white space or is too long');
const pem = zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => {
    if (text.includes('-----BEGIN'))
        return text;
    try {
        const held = (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.readFileSync)(text, 'utf8');
        if (held.includes('-----BEGIN'))
            return held;
        ctx.addIssue('names a file that holds no PEM text (-----BEGIN …)');
    }
    catch {
        ctx.addIssue('is neither PEM text (-----BEGIN …) nor the path of a file that can be read');
    }
    return zod__WEBPACK_IMPORTED_MODULE_3__/* .NEVER */ .tm;
});
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const certificates = pem.superRefine((text, ctx) => {
    const found = text.match(CERTIFICATE) ?? [];
    if (found.length === 0 || !found.every(readable)) {
        ctx.addIssue('holds no certificate that can be read (-----BEGIN CERTIFICATE----- …)');
    }
});
function readable(certificate) {
    try {
        return new node_crypto__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(certificate).fingerprint256 !== '';
    }
    catch {
        return false;
    }
}
const names = (known, what) => zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().transform((text, ctx) => {
    const given = text.split(/[\s,]+/).filter((name) => name !== '');
    const isKnown = (name) => known.includes(name);
    const unknown = given.filter((name) => !isKnown(name));
    if (unknown.length > 0)
        ctx.addIssue(`names ${unknown.length === 1 ? 'a' : ''} ${what} that can't be waived or doesn't exist; it takes ${known.join(', ')}`.replace('  ', ' '));
    return [...new Set(given.filter(isKnown))];
});
const INPUTS = {
    operation: zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(OPERATIONS, { error: () => `must be one of ${OPERATIONS.join(', ')}` }),
    'primary-addr': address.optional(),
    'secondary-addr': address.optional(),
    'other-secondary-addrs': addresses.default([]),
    'vault-token': token.optional(),
    'secondary-vault-token': token.optional(),
    'dr-operation-token': token.optional(),
    'key-shares': shares.default([]),
    'auth-method': zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(['token', 'jwt', 'approle'], { error: () => 'must be token, jwt or approle' }).default('token'),
    'auth-mount': name.optional(),
    'auth-role': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[\x21-\x7e]{1,256}$/, 'is not a role name')
        .optional(),
    'auth-audience': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[\x21-\x7e]{1,512}$/, 'is not an audience')
        .optional(),
    'approle-role-id': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[\x21-\x7e]{1,512}$/, 'is not a role id')
        .optional(),
    'approle-secret-id': token.optional(),
    namespace: name.optional(),
    'ca-cert': certificates.optional(),
    'client-cert': certificates.optional(),
    'client-key': pem.optional(),
    'tls-server-name': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[A-Za-z0-9.-]{1,253}$/, 'is not a host name')
        .optional(),
    mode: zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(['planned', 'emergency'], { error: () => 'must be planned or emergency' }).default('planned'),
    confirm: zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP().optional(),
    'dry-run': yesOrNo.default(false),
    override: names(WAIVERS, 'check').default([]),
    'max-lag': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^\d{1,15}$/, 'must be a whole number of WAL entries, 0 or more')
        .transform(Number)
        .default(0),
    'catch-up-timeout': duration(DAY).default(60_000),
    timeout: duration(DAY).default(600_000),
    'primary-cluster-addr': passedOn.optional(),
    'primary-api-addr': passedOn.optional(),
    'secondary-id': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[A-Za-z0-9._-]{1,128}$/, 'may hold letters, digits, dots, dashes and underscores, at most 128')
        .optional(),
    activation: zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(['auto', 'public-key', 'wrapped'], { error: () => 'must be auto, public-key or wrapped' })
        .default('auto'),
    'snapshot-path': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[^\0\r\n]+$/, 'is not a path')
        .optional(),
    'verify-path': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^(?!\/|v1\/)[\x21-\x7e]{1,512}$/, 'is not a path below /v1/, like secret/data/canary')
        .regex(/^(?!sys\/|auth\/)[^?#]*$/, 'must be the path of a secret, without a query')
        .optional(),
    fleet: zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[^\0\r\n]+$/, 'is not a path')
        .optional(),
    'fail-on': zod__WEBPACK_IMPORTED_MODULE_2__/* ["enum"] */ .k5n(['degraded', 'critical', 'never'], { error: () => 'must be degraded, critical or never' })
        .default('critical'),
    'github-token': token.optional(),
    issue: yesOrNo.default(false),
    'token-ttl': duration(32 * DAY).default(8 * 3_600_000),
    'store-secret': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*$/i, 'is not a name that a GitHub secret can have: letters, digits and underscores, not beginning with GITHUB_')
        .optional(),
    'store-environment': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[^\0\r\n]{1,255}$/, 'is not the name of an environment')
        .optional(),
    'report-path': zod__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP()
        .regex(/^[^\0\r\n]+$/, 'is not a path')
        .optional(),
};
const schema = zod__WEBPACK_IMPORTED_MODULE_2__/* .object */ .Ikc(INPUTS);
class InvalidInputs extends Error {
    mistakes;
    constructor(mistakes) {
        super(mistakes.join('\n'));
        this.mistakes = mistakes;
    }
}
const hostOf = (addr) => new URL(addr).host;
function readInputs(read, secrets, mask) {
    const hide = (secret) => {
        secrets.add(secret);
        mask(secret);
    };
    for (const name of SECRET_INPUTS)
        hide(read(name));
    const given = Object.fromEntries(Object.keys(INPUTS).map((name) => {
        const text = read(name);
        const secret = SECRET_INPUTS.includes(name);
        return [name, (secret ? text : text.trim()) === '' ? undefined : secret ? text : text.trim()];
    }));
    for (const share of lines(read('key-shares')))
        hide(share);
    const parsed = schema.safeParse(given);
    const mistakes = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    mistakes.push(...together(given, parsed.data));
    if (mistakes.length > 0 || !parsed.success)
        throw new InvalidInputs(mistakes);
    hide(parsed.data['client-key'] ?? '');
    const { 'primary-addr': primary = '', 'secondary-addr': secondary = '' } = parsed.data;
    const [from, to] = parsed.data.operation === 'failback' ? [secondary, primary] : [primary, secondary];
    const asGiven = { [primary]: given['primary-addr'] ?? primary, [secondary]: given['secondary-addr'] ?? secondary };
    return {
        ...parsed.data,
        from,
        to,
        asGiven,
        'vault-token': parsed.data['auth-method'] === 'token'
            ? (parsed.data['vault-token'] ?? parsed.data['dr-operation-token'])
            : undefined,
    };
}
const NEEDS = {
    status: [],
    failover: ['vault', 'dr'],
    failback: ['vault', 'dr'],
    drill: ['vault', 'dr'],
    demote: ['vault'],
    promote: ['dr'],
    'update-primary': ['vault', 'dr'],
    setup: ['vault', 'secondary'],
    'revoke-secondary': ['vault'],
    disable: ['vault', 'dr'],
    'issue-operation-token': ['vault'],
    'generate-operation-token': ['shares'],
    'cancel-operation-token': [],
    'delete-operation-token': ['token'],
};
const wantsConfirm = (operation, mode) => mode === 'emergency' || operation === 'setup' || operation === 'disable';
function missingCredentials(operation, given) {
    const has = (name) => given[name] !== undefined;
    const login = given['auth-method'] !== undefined && given['auth-method'] !== 'token';
    const mistakes = {
        vault: !has('vault-token') &&
            !has('dr-operation-token') &&
            !login &&
            `vault-token is missing: ${operation} needs a Vault token for the DR primary (one orphan batch token given as dr-operation-token can serve for both; or log in with auth-method)`,
        dr: !has('dr-operation-token') &&
            !has('key-shares') &&
            `dr-operation-token is missing: ${operation} needs a DR operation token for the DR secondary (or key-shares to make one)`,
        secondary: !has('secondary-vault-token') &&
            !has('vault-token') &&
            !has('dr-operation-token') &&
            'secondary-vault-token is missing: setup needs a token of the cluster that is to be enrolled',
        shares: !has('key-shares') &&
            'key-shares is missing: a DR operation token is generated from unseal or recovery key shares, one per line',
        token: !has('dr-operation-token') && 'dr-operation-token is missing: give the generated token that is to be revoked',
    };
    return NEEDS[operation].flatMap((need) => mistakes[need] || []);
}
function missingLogin(given) {
    const method = given['auth-method'];
    if (method !== 'approle')
        return [];
    return ['approle-role-id', 'approle-secret-id']
        .filter((input) => given[input] === undefined)
        .map((input) => `${input} is missing: auth-method approle logs in with a role id and a secret id`);
}
const ADDRESSES = [
    ['primary-addr', 'the cluster that is the DR primary in normal running'],
    ['secondary-addr', 'the cluster at the DR site'],
];
function together(given, fields) {
    const mistakes = [];
    const operation = OPERATIONS.find((name) => name === given.operation);
    const [primary, secondary] = [given['primary-addr'], given['secondary-addr']].map((text) => {
        const read = address.safeParse(text);
        return read.success ? read.data : undefined;
    });
    if (primary !== undefined && primary === secondary) {
        mistakes.push('secondary-addr is the same address as primary-addr: give the address of the other cluster');
    }
    const fleet = given.fleet !== undefined;
    if (fleet && operation !== undefined && operation !== 'status')
        mistakes.push('fleet goes with operation: status alone');
    for (const [name, what] of fleet ? [] : ADDRESSES) {
        if (given[name] === undefined)
            mistakes.push(`${name} is missing: give the address of ${what}, like https://vault.example.com:8200`);
    }
    if (operation !== undefined)
        mistakes.push(...missingCredentials(operation, given), ...missingLogin(given));
    if (operation === 'revoke-secondary' && given['secondary-id'] === undefined) {
        mistakes.push('secondary-id is missing: revoke-secondary needs the id that may not connect any more');
    }
    if (given['store-secret'] !== undefined && given['github-token'] === undefined) {
        mistakes.push("github-token is missing: store-secret needs a token that may write secrets (the workflow's own GITHUB_TOKEN may not)");
    }
    if (yesOrNo.safeParse(given.issue).data === true) {
        if (operation !== undefined && operation !== 'status')
            mistakes.push('issue goes with operation: status alone');
        if (given['github-token'] === undefined)
            mistakes.push("github-token is missing: issue needs a token that may write issues (the workflow's own, `github.token`, with the permission `issues: write`)");
    }
    if (given['store-environment'] !== undefined && given['store-secret'] === undefined) {
        mistakes.push('store-secret is missing: store-environment says where, store-secret under which name');
    }
    const others = addresses.safeParse(given['other-secondary-addrs'] ?? '');
    if (others.success &&
        others.data.some((addr, at) => addr === primary || addr === secondary || others.data.indexOf(addr) !== at)) {
        mistakes.push('other-secondary-addrs names a cluster twice, or one that is primary-addr or secondary-addr');
    }
    if (wantsConfirm(operation, given.mode)) {
        const to = operation === 'failback' ? primary : secondary;
        const host = to === undefined ? undefined : hostOf(to);
        const confirmed = given.confirm?.toLowerCase();
        const why = given.mode === 'emergency'
            ? 'mode emergency wants the host of the cluster to be promoted'
            : `${operation} wants the host of the cluster that loses its data`;
        if (confirmed === undefined)
            mistakes.push(`confirm is missing: ${why}${host ? `, ${host}` : ''}`);
        else if (host !== undefined && confirmed !== host)
            mistakes.push(`confirm does not name the right cluster, which is ${host}: look again which one you mean`);
    }
    if ((given['client-cert'] === undefined) !== (given['client-key'] === undefined)) {
        const [missing, there] = given['client-cert'] === undefined ? ['client-cert', 'client-key'] : ['client-key', 'client-cert'];
        mistakes.push(`${missing} is missing: ${there} is given, and TLS needs both`);
    }
    else if (fields?.['client-cert'] !== undefined && fields['client-key'] !== undefined) {
        const wrong = mismatch(fields['client-cert'], fields['client-key']);
        if (wrong !== undefined)
            mistakes.push(wrong);
    }
    return mistakes;
}
function mismatch(certificate, key) {
    try {
        const privateKey = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPrivateKey)(key);
        const [leaf] = certificate.match(CERTIFICATE) ?? [];
        return leaf && new node_crypto__WEBPACK_IMPORTED_MODULE_0__.X509Certificate(leaf).checkPrivateKey(privateKey)
            ? undefined
            : 'client-key does not belong to the first certificate in client-cert';
    }
    catch {
        return 'client-key holds no private key that can be read (PEM, without a passphrase)';
    }
}


/***/ }),

/***/ 5237:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $8: () => (/* binding */ LONG_LOOK),
/* harmony export */   Kx: () => (/* binding */ Lookout),
/* harmony export */   Wr: () => (/* binding */ healthOf),
/* harmony export */   Xf: () => (/* binding */ SHORT_LOOK),
/* harmony export */   hF: () => (/* binding */ reading)
/* harmony export */ });
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(918);
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8175);



const FAST = 55;
const SLOWER = 250;
const SLOW = 1000;
const SHORT_LOOK = 2000;
const LONG_LOOK = 4000;
const HUNG_FOR = 2000;
const MOST_AT_ONCE = 40;
class Lookout {
    #vaults;
    #views;
    #seen;
    constructor(vaults, seen) {
        this.#vaults = vaults;
        this.#seen = seen;
        const view = (side) => ({
            cluster: { host: (0,_inputs_js__WEBPACK_IMPORTED_MODULE_2__/* .hostOf */ .w4)(vaults[side].addr), askedAt: 0, at: 0, silent: true, because: 'not read yet' },
            askedAt: Number.NEGATIVE_INFINITY,
            pending: 0,
        });
        this.#views = { from: view('from'), to: view('to') };
    }
    get world() {
        return { from: this.#views.from.cluster, to: this.#views.to.cluster };
    }
    async look(maxAge = 0, within = SHORT_LOOK) {
        const due = _cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.filter((side) => {
            const { askedAt, cluster } = this.#views[side];
            const hung = maxAge > 0 && cluster.silent && Date.now() - cluster.at < HUNG_FOR;
            return !hung && (maxAge === 0 || (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)() - askedAt > maxAge);
        });
        await Promise.all(due.map((side) => this.#read(side, true, within)));
        return this.world;
    }
    sawDemoted(side) {
        const view = this.#views[side];
        view.cluster = { ...view.cluster, demotedHere: true };
    }
    async *watch(side, deadline) {
        const began = (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)();
        for (;;) {
            const at = (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)();
            const waited = at - began;
            const both = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .role */ .JC)(this.world[side]) === 'primary' && !(0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .serving */ .fO)(this.world[side]);
            const pace = waited < 30_000 ? (both ? 2 * FAST : FAST) : waited < 120_000 ? SLOWER : SLOW;
            const within = waited < LONG_LOOK ? SHORT_LOOK : LONG_LOOK;
            if (this.#views[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .other */ .F)(side)].pending === 0)
                void this.#read((0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .other */ .F)(side), false, within);
            const look = this.#views[side].pending < MOST_AT_ONCE ? this.#read(side, false, within) : (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(pace);
            await Promise.race([look, (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(Math.max(pace, 250))]);
            yield this.world;
            if (deadline.passed)
                return;
            await (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .sleep */ .yy)(Math.min(pace - ((0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)() - at), deadline.left));
        }
    }
    async #read(side, whole, within) {
        const [vault, view] = [this.#vaults[side], this.#views[side]];
        const [asked, askedAt] = [(0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .monotonic */ .x1)(), Date.now()];
        view.pending += 1;
        const [status, wholeHealth] = await Promise.all([vault.status(within), whole ? healthOf(vault, within) : undefined]);
        const before = view.cluster;
        const matters = status.ok && status.value.mode === 'primary' && !(0,_cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .serving */ .fO)(before);
        const health = wholeHealth ?? (matters ? await healthOf(vault, within) : undefined);
        view.pending -= 1;
        if (asked < view.askedAt)
            return;
        view.askedAt = asked;
        view.cluster = reading(before, askedAt, status, health);
        this.#seen(this.world);
    }
}
async function healthOf(vault, within, last = false) {
    const health = await vault.health(within, last);
    if (!health.ok || health.value.standby !== true)
        return { health, led: undefined };
    const leader = await vault.leader(within);
    return { health, led: leader.ok ? (leader.value.leader_address ?? '') !== '' : undefined };
}
function reading(before, askedAt, status, read) {
    const at = Date.now();
    const health = read === undefined ? before.health : read.health.ok ? read.health.value : undefined;
    const healthCode = read === undefined ? before.healthCode : read.health.status;
    const led = read === undefined ? before.led : read.led;
    const formerId = (status.ok ? status.value.secondary_id : undefined) || before.formerId;
    const base = { host: before.host, askedAt, at, health, healthCode, led, formerId };
    if (status.ok) {
        const { mode } = status.value;
        const settled = mode === 'primary' || mode === 'secondary';
        const demotedHere = before.demotedHere && mode !== 'primary';
        return {
            ...base,
            silent: false,
            dr: status.value,
            demotedHere,
            last: settled ? { dr: status.value, at } : before.last,
        };
    }
    const enterpriseOnly = status.status === 404;
    const because = enterpriseOnly
        ? 'it has no DR replication: this is not Vault Enterprise, or not Vault'
        : health?.initialized === false
            ? 'it is not initialized'
            : status.because;
    const silent = status.silent && !(read?.health.ok ?? false);
    return { ...base, silent, because, demotedHere: before.demotedHere, last: before.last };
}


/***/ }),

/***/ 1245:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KT: () => (/* binding */ repoint),
/* harmony export */   df: () => (/* binding */ watchOthers),
/* harmony export */   lY: () => (/* binding */ cleanOthers)
/* harmony export */ });
/* harmony import */ var _bring_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2888);
/* harmony import */ var _cleanup_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4704);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(918);
/* harmony import */ var _execute_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7207);
/* harmony import */ var _gate_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7853);





const legs = (session, primary) => session.inputs['other-secondary-addrs'].map((addr) => session.leg({ ...session.inputs, operation: 'update-primary', from: addr, to: primary, 'secondary-id': undefined }, (0,_bring_js__WEBPACK_IMPORTED_MODULE_0__/* .noDeeds */ .Nm)()));
async function repoint(session, main) {
    const told = await Promise.all(legs(session, main.run.inputs.to).map(async ({ run, steps }) => {
        run.tokens.inherit(main.run.tokens);
        run.deeds.promoted = main.run.deeds.promoted;
        const world = await (0,_gate_js__WEBPACK_IMPORTED_MODULE_4__/* .firstLook */ .yb)(run.lookout, run.journal);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(world.from) === 'secondary')
            await (0,_execute_js__WEBPACK_IMPORTED_MODULE_3__/* .execute */ .g)(run, steps);
        if (!session.cancelled.aborted)
            await (0,_cleanup_js__WEBPACK_IMPORTED_MODULE_1__/* .cleanUp */ .n)(session, run, ['from']);
        main.run.deeds.accepted += run.deeds.accepted;
        main.run.deeds.sent += run.deeds.sent;
        const { from, to } = run.lookout.world;
        return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .follows */ .pk)(from, to)
            ? []
            : [`${from.host} does not follow ${to.host}: ${run.lookout.world.from.because ?? 'see its step'}.`];
    }));
    return told.flat();
}
async function watchOthers(session, primary) {
    const told = await Promise.all(legs(session, primary).map(async ({ run }) => {
        const { from, to } = await (0,_gate_js__WEBPACK_IMPORTED_MODULE_4__/* .firstLook */ .yb)(run.lookout, run.journal);
        return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .follows */ .pk)(from, to)
            ? []
            : [`${from.host} does not stream from ${to.host}: ${from.because ?? from.dr?.state ?? 'no state'}.`];
    }));
    return told.flat();
}
async function cleanOthers(session, main) {
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_2__/* .role */ .JC)(main.run.lookout.world.to) !== 'primary')
        return;
    await Promise.all(legs(session, main.run.inputs.to).map(async ({ run }) => {
        run.tokens.inherit(main.run.tokens);
        await (0,_gate_js__WEBPACK_IMPORTED_MODULE_4__/* .firstLook */ .yb)(run.lookout, run.journal);
        await (0,_cleanup_js__WEBPACK_IMPORTED_MODULE_1__/* .cleanUp */ .n)(session, run, ['from']);
    }));
}


/***/ }),

/***/ 7072:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ep: () => (/* binding */ conclude),
/* harmony export */   VY: () => (/* binding */ legReport),
/* harmony export */   YZ: () => (/* binding */ concludeFleet),
/* harmony export */   h4: () => (/* binding */ diagnose),
/* harmony export */   md: () => (/* binding */ worstFirst)
/* harmony export */ });
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(918);
/* harmony import */ var _report_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2200);


function conclude(ending) {
    const { inputs, world, deeds } = ending;
    const looked = inputs.operation === 'status' && ending.checks.every(({ state }) => state !== 'failed');
    const decided = looked ? 'done' : decide(ending);
    const outcome = ending.crashed && _report_js__WEBPACK_IMPORTED_MODULE_1__/* .OUTCOMES */ .i[decided] === 0 ? 'unknown' : decided;
    const primary = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .primaryOf */ .Os)(world);
    const condition = diagnose(world);
    const short = [...(ending.findings ?? []), ...(ending.short ?? [])];
    const doubtful = ending.checks.some(({ name, state }) => state === 'failed' && OF_THE_LINK.includes(name));
    const health = condition.health === 'healthy' && (short.length > 0 || doubtful) ? 'degraded' : condition.health;
    const legs = ending.legs ?? [legReport(deeds, world)];
    return {
        outcome,
        exitCode: looked ? (fails(health, inputs['fail-on']) ? 1 : 0) : _report_js__WEBPACK_IMPORTED_MODULE_1__/* .OUTCOMES */ .i[outcome],
        changed: deeds.accepted > 0 || onTheWayBack(inputs),
        health,
        activeAddr: primary === undefined ? '' : (inputs.asGiven[inputs[primary]] ?? inputs[primary]),
        redundancy: primary !== undefined && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .other */ .F)(primary)], world[primary]) ? 'protected' : 'unprotected',
        lag: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lag */ .FB)(world),
        rtoMs: worst(legs.map(({ rtoMs }) => rtoMs)),
        rpoEntries: legs.some(({ rpoEntries }) => rpoEntries === 'unknown')
            ? 'unknown'
            : worst(legs.map(({ rpoEntries }) => rpoEntries)),
        clusterId: [world.to, world.from].map(({ dr }) => dr?.cluster_id ?? '').find((id) => UUID.test(id)) ?? '',
        ...(looked
            ? statusWords(health, world, [...condition.reasons, ...(ending.findings ?? [])])
            : ending.chore === undefined
                ? words(outcome, ending)
                : choreWords(outcome, ending.chore, ending)),
    };
}
function legReport({ outage, promoted, rpo }, world) {
    const rtoMs = promoted && outage?.until !== undefined ? Math.max(0, outage.until - outage.from) : undefined;
    return { to: world.to.host, rtoMs, rpoEntries: promoted ? rpo : undefined, outage };
}
function worst(figures) {
    const known = figures.filter((figure) => typeof figure === 'number');
    return known.length === 0 ? undefined : Math.max(...known);
}
const OF_THE_LINK = ['streaming', 'heartbeat', 'lag'];
const NO_PRIMARY = 'No primary answers.';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const fails = (health, failOn) => failOn === 'degraded' ? health !== 'healthy' : failOn === 'critical' && health === 'critical';
const WORST = { critical: 2, degraded: 1, healthy: 0 };
const worstFirst = (pairs) => [...pairs].sort((a, b) => WORST[b.health] - WORST[a.health] || (a.name < b.name ? -1 : 1));
function concludeFleet(inputs, pairs) {
    const count = (health) => pairs.filter((pair) => pair.health === health).length;
    const health = worstFirst(pairs)[0]?.health ?? 'critical';
    const counts = ['critical', 'degraded', 'healthy'].map((word) => `${count(word)} ${word}`).join(', ');
    return {
        outcome: 'done',
        exitCode: fails(health, inputs['fail-on']) ? 1 : 0,
        changed: false,
        health,
        activeAddr: '',
        redundancy: pairs.every(({ secondary, health: own }) => secondary !== '' && own === 'healthy')
            ? 'protected'
            : 'unprotected',
        lag: undefined,
        rtoMs: undefined,
        rpoEntries: undefined,
        clusterId: '',
        verdict: health === 'healthy' ? `All ${pairs.length} pairs are healthy.` : `Of ${pairs.length} pairs, ${counts}.`,
        reasons: [],
        next: [],
    };
}
function decide(ending) {
    const { inputs, steps, deeds, world, checks, cancelled, chore, report, short = [] } = ending;
    const { from, to } = world;
    const untouched = deeds.sent === 0;
    const refused = checks.some(({ state }) => state === 'failed');
    if (untouched && ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world) || (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .oneCluster */ .z2)(world) || inputs.operation === 'status'))
        return 'blocked';
    if (chore !== undefined)
        return ofChore(chore, world);
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .twoPrimaries */ .Re)(world))
        return 'two-primaries';
    if (steps.length === 0)
        return untouched ? 'failed' : 'unknown';
    if (deeds.restored && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary')
        return 'restored';
    const half = inputs.operation === 'drill' && !onTheWayBack(inputs);
    if (holds(ending)) {
        if (inputs['dry-run'] && half)
            return 'planned';
        if (short.length > 0 || half)
            return 'incomplete';
        return deeds.accepted > 0 || inputs.operation === 'drill' ? 'done' : 'unchanged';
    }
    const open = steps.some((step) => ['due', 'later', 'underway'].includes(step.verdict(world).is));
    if (inputs['dry-run'] && !refused && open)
        return 'planned';
    const unclear = deeds.unclear !== undefined && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(world[deeds.unclear]) === 'unknown';
    const stopped = cancelled && !refused ? 'failed' : 'blocked';
    if (steps.some(({ name }) => name === 'enable' || name === 'detach')) {
        if (untouched)
            return stopped;
        const moved = _cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .SIDES */ .BV.some((side) => report.before !== undefined && report.before[side].role !== (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(world[side]));
        return unclear ? 'unknown' : deeds.accepted > 0 || moved ? 'incomplete' : 'failed';
    }
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .nobodyPrimary */ .uc)(world))
        return 'no-primary';
    if (onTheWayBack(inputs) && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary')
        return 'incomplete';
    if (untouched && refused && inputs.operation === 'update-primary')
        return 'blocked';
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'primary')
        return 'incomplete';
    if (untouched)
        return stopped;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary')
        return 'failed';
    if (unclear)
        return 'unknown';
    return deeds.demoted ? 'no-primary' : 'failed';
}
const holds = ({ steps, world }) => steps.every((step) => ['so', 'waived'].includes(step.verdict(world).is));
const onTheWayBack = (inputs) => inputs.operation === 'drill' && inputs.from !== inputs['primary-addr'];
function ofChore({ is }, world) {
    if (is === 'done' || is === 'unchanged' || is === 'planned')
        return is;
    if (is === 'unclear')
        return 'unknown';
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .twoPrimaries */ .Re)(world))
        return 'two-primaries';
    return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .nobodyPrimary */ .uc)(world) ? 'no-primary' : is;
}
function diagnose(world) {
    const { from, to } = world;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .oneCluster */ .z2)(world))
        return { health: 'critical', reasons: [`${from.host} and ${to.host} are two addresses of one cluster.`] };
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world))
        return { health: 'critical', reasons: ['The two clusters belong to different DR sets (cluster_id).'] };
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .twoPrimaries */ .Re)(world))
        return { health: 'critical', reasons: ['Two clusters claim the primary role.'] };
    const corrupt = [from, to].filter(({ dr }) => dr?.corrupted_merkle_tree);
    if (corrupt.length > 0)
        return { health: 'critical', reasons: corrupt.map(({ host }) => `The merkle tree of ${host} is corrupt.`) };
    const side = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .primaryOf */ .Os)(world);
    if (side === undefined) {
        return {
            health: 'critical',
            reasons: [NO_PRIMARY, ...[from, to].map((cluster) => `${cluster.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(cluster)}.`)],
        };
    }
    const [primary, secondary] = [world[side], world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .other */ .F)(side)]];
    if (!(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(primary))
        return {
            health: 'critical',
            reasons: [
                `${primary.host} is primary and does not serve: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(primary)}, sys/health ${primary.healthCode || 'unread'}.`,
            ],
        };
    if (!(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(secondary, primary)) {
        const stranger = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(secondary) === 'secondary' && secondary.dr?.state === 'stream-wals';
        return {
            health: 'degraded',
            reasons: [
                `${secondary.host} does not stream from ${primary.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(secondary)}${stranger ? ', and not connected as a secondary that this primary knows' : ''}.`,
            ],
        };
    }
    if (secondary.health?.sealed)
        return { health: 'degraded', reasons: [`${secondary.host} is sealed.`] };
    const ofSecondary = primary.dr?.secondaries?.filter((peer) => peer.node_id === secondary.dr?.secondary_id);
    const beats = [(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .heartbeatAge */ .AG)(primary, ofSecondary), (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .heartbeatAge */ .AG)(secondary, secondary.dr?.primaries)].filter((age) => age !== undefined);
    if (beats.some((age) => age > _cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .STALE */ .yR))
        return {
            health: 'degraded',
            reasons: [`The last heartbeat between the clusters is ${Math.round(Math.max(...beats) / 1000)} s old.`],
        };
    return { health: 'healthy', reasons: [] };
}
function statusWords(health, world, reasons) {
    const side = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .primaryOf */ .Os)(world);
    const verdict = {
        healthy: side === undefined
            ? ''
            : `Healthy: ${world[side].host} is the DR primary, and ${world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .other */ .F)(side)].host} streams from it.`,
        degraded: `Degraded: ${side === undefined ? 'the primary' : world[side].host} serves, but its protection is short.`,
        critical: `Critical: ${reasons[0] ?? 'no primary answers.'}`,
    }[health];
    const next = {
        healthy: [],
        degraded: [
            'Mend the secondary or its link before it is needed; a failover would be refused, or lose writes, as it stands.',
        ],
        critical: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .twoPrimaries */ .Re)(world)
            ? [
                'Decide which cluster holds the data to keep, then run `operation: failover` (to keep the one at `secondary-addr`) or `operation: failback` (the one at `primary-addr`) with `mode: emergency` and its host in `confirm`.',
            ]
            : reasons[0] !== NO_PRIMARY
                ? []
                : (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .nobodyPrimary */ .uc)(world)
                    ? [
                        'Nobody serves. Run `operation: failover` or `operation: failback`: it makes the one or the other cluster primary.',
                    ]
                    : [
                        'If the primary is lost, run `operation: failover` with `mode: emergency` and the host of the DR site in `confirm`.',
                    ],
    };
    return { verdict, reasons: health === 'critical' ? reasons.slice(1) : reasons, next: next[health] };
}
function choreWords(outcome, chore, ending) {
    const said = `${chore.says}.`;
    const next = (chore.next ?? []).filter((step) => step !== '');
    if (outcome === chore.is || chore.is === 'unclear')
        return { verdict: said, reasons: [], next };
    const truth = words(outcome, ending);
    return { verdict: truth.verdict, reasons: [said, ...truth.reasons], next: [...truth.next, ...next] };
}
function words(outcome, ending) {
    const { inputs, world, steps, checks, report, deeds, short = [] } = ending;
    const { from, to } = world;
    const back = onTheWayBack(inputs);
    const phase = inputs.operation === 'drill' ? (back ? 'failback' : 'failover') : inputs.operation;
    const drilling = inputs.operation === 'drill';
    const again = drilling
        ? `Run \`operation: ${phase}\`: it goes on from what the clusters say.`
        : `Run the same workflow again (\`operation: ${phase}\`): it goes on from what the clusters say.`;
    const failed = report.steps.filter(({ state, because: why }) => why !== undefined && ['failed', 'interrupted', 'blocked'].includes(state));
    const because = failed.map((step) => `${step.name} on ${step.host}: ${step.because}.`);
    const refusals = checks.filter(({ state }) => state === 'failed');
    const reasons = [...refusals.map(({ name, evidence }) => `${name}: ${evidence}.`), ...because];
    const fixes = refusals.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
    const protectedNow = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(from, to)
        ? `${from.host} follows it and streams.`
        : `Nothing follows it yet (${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}).`;
    const nothingToPromote = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'none' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'none';
    const mayLand = deeds.unclear === undefined
        ? ''
        : 'A call whose answer was lost may still take effect: wait two minutes and look again before the next line. ';
    switch (outcome) {
        case 'done':
            if (BUILT[phase] !== undefined)
                return { verdict: BUILT[phase](from.host, to.host, inputs['secondary-id']), reasons: [], next: [] };
            if (drilling)
                return drilled(ending);
            if (phase === 'demote')
                return {
                    verdict: `${from.host} is no longer the DR primary.`,
                    reasons: [],
                    next: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'primary' ? [] : ['Nobody serves until the next phase: run `operation: promote`.'],
                };
            return {
                verdict: `${to.host} is the DR primary. ${protectedNow}`,
                reasons: [],
                next: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(from, to)
                    ? []
                    : (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'unknown'
                        ? [
                            `Keep clients away from ${from.host}: when it comes back it still believes to be primary. Then run this again with \`mode: emergency\` and the same \`confirm\`: it demotes and re-attaches it.`,
                        ]
                        : ['Run `operation: update-primary`: it attaches the old primary to the new one.'],
            };
        case 'unchanged':
            if (BUILT[phase] !== undefined) {
                return {
                    verdict: `It was so already: ${BUILT[phase](from.host, to.host, inputs['secondary-id'])}`,
                    reasons: [],
                    next: [],
                };
            }
            return {
                verdict: phase === 'demote'
                    ? `It was so already: ${from.host} is not the DR primary.`
                    : `It was so already: ${to.host} is the DR primary. ${protectedNow}`,
                reasons: [],
                next: phase === 'demote' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .nobodyPrimary */ .uc)(world) ? ['Nobody serves: run `operation: promote`.'] : [],
            };
        case 'planned': {
            const wishes = steps.filter((step) => !['so', 'waived'].includes(step.verdict(world).is));
            const said = wishes.map(({ name, on }) => `${name === 'follow' ? 'attach' : name} ${world[on].host}${name === 'follow' ? ' to it' : ''}`);
            return {
                verdict: `It would go: ${said.join(', then ')}. Nothing was changed.`,
                reasons: [],
                next: ['Run it without `dry-run`. Passing now is no promise for later: everything is looked at again.'],
            };
        }
        case 'invalid':
            return { verdict: 'The inputs are wrong; nothing was sent.', reasons: [], next: [] };
        case 'blocked':
            return { verdict: 'Refused, and nothing was changed.', reasons, next: fixes };
        case 'failed':
            return {
                verdict: `It failed, and the roles are as they were${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary' ? `: ${from.host} is the DR primary` : ''}.`,
                reasons,
                next: [...fixes, again],
            };
        case 'incomplete':
            if (BUILT[phase] !== undefined) {
                return {
                    verdict: `Half done. ${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}. ${to.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}.`,
                    reasons,
                    next: [...fixes.slice(0, 3), again],
                };
            }
            if (drilling && (back || holds(ending)) && short.length === 0) {
                const [site, home] = back ? [from, to] : [to, from];
                return {
                    verdict: `The failover to ${site.host} is done, but the failback to ${home.host} is not.`,
                    reasons,
                    next: [...fixes.slice(0, 3), `Run \`operation: failback\`: it makes ${home.host} primary again.`],
                };
            }
            if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(from, to) && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(to)) {
                return {
                    verdict: `${to.host} is the DR primary, but something is still short.`,
                    reasons: [...short, ...reasons],
                    next: [
                        drilling && !back
                            ? `Find out why; then run \`operation: failback\`, which makes ${from.host} primary again.`
                            : again,
                    ],
                };
            }
            return {
                verdict: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(to)
                    ? `${to.host} is the DR primary, but ${from.host} does not follow it. ${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}.`
                    : `${to.host} is the DR primary, but does not serve yet. It says: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}.`,
                reasons,
                next: [...fixes.slice(0, 3), again],
            };
        case 'restored':
            return {
                verdict: `${to.host} was refused the role; ${from.host} is the DR primary again.`,
                reasons: [
                    ...because,
                    (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(to, from) ? `${to.host} follows it again.` : `${to.host} does not follow it yet: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}.`,
                ],
                next: [`Find out why ${to.host} could not be promoted, then run it again.`],
            };
        case 'no-primary':
            return {
                verdict: `Act now: nobody is the DR primary. ${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}. ${to.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}.`,
                reasons,
                next: [
                    ...fixes,
                    ...(nothingToPromote
                        ? []
                        : phase === 'failover' || phase === 'failback'
                            ? [
                                `Run \`operation: ${phase}\`: it promotes ${to.host} as soon as it can.`,
                                `${mayLand}If ${to.host} can not take over, run \`operation: ${phase === 'failover' ? 'failback' : 'failover'}\`: it makes ${from.host} primary again.`,
                            ]
                            : [
                                `Run \`operation: failover\` to make ${to.host} primary, or \`operation: failback\` to make ${from.host} primary again.`,
                            ]),
                ],
            };
        case 'two-primaries': {
            const other = phase === 'failback' ? 'failover' : 'failback';
            const keepNew = `To keep ${to.host}: \`operation: ${phase === 'failback' ? 'failback' : 'failover'}\`, \`mode: emergency\`, \`confirm: ${to.host}\`.`;
            const keepOld = `To keep ${from.host}: \`operation: ${other}\`, \`mode: emergency\`, \`confirm: ${from.host}\`.`;
            const outranked = generation(to) < generation(from);
            const told = refusals.filter(({ name }) => name !== 'one-primary' || outranked);
            return {
                verdict: `Two clusters claim the primary role: ${from.host} and ${to.host}.${deeds.sent === 0 ? ' Nothing was sent to either.' : ''}`,
                reasons: [...told.map(({ name, evidence }) => `${name}: ${evidence}.`), ...because],
                next: [
                    'Decide which cluster holds the data to keep; what only the other one took since the split is discarded.',
                    ...(outranked ? [] : [keepNew]),
                    ...(generation(from) < generation(to) ? [] : [keepOld]),
                ],
            };
        }
        case 'unknown':
            return {
                verdict: `It is not known what became of the last call. ${from.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}. ${to.host}: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}.`,
                reasons,
                next: [
                    'Run `operation: status` as soon as both clusters answer; then run this again: it goes on from what they say.',
                ],
            };
    }
}
const generation = ({ dr }) => dr?.ssct_generation_counter ?? 0;
const BUILT = {
    setup: (from, to) => `${from} is a DR primary, and ${to} streams from it.`,
    'revoke-secondary': (from, _, id) => `The id ${id} may not connect to ${from} any more.`,
    disable: (from, to) => `DR replication is taken apart at ${to}, and at ${from} unless other secondaries are left there.`,
};
function drilled({ world: { to, from }, legs = [] }) {
    const figures = legs.map((leg) => `${leg.rtoMs === undefined ? 'an unknown time' : `${(leg.rtoMs / 1000).toFixed(1)} s`} without a primary on the way to ${leg.to}`);
    return {
        verdict: `The drill is done: ${to.host} is the DR primary again, and ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(from, to) ? `${from.host} streams from it` : 'nothing follows it yet'}.`,
        reasons: figures.length === 0 ? [] : [`${figures.join(', ')}.`],
        next: [],
    };
}


/***/ }),

/***/ 1781:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PF: () => (/* binding */ restore),
/* harmony export */   et: () => (/* binding */ plan),
/* harmony export */   jF: () => (/* binding */ formerId),
/* harmony export */   jN: () => (/* binding */ reunite)
/* harmony export */ });
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(918);

const so = { is: 'so' };
const due = { is: 'due' };
const underway = (because) => ({ is: 'underway', because });
const later = (because) => ({ is: 'later', because });
const waived = (because) => ({ is: 'waived', because });
const blocked = (because) => ({ is: 'blocked', because });
const STEPS = {
    failover: ['demote', 'promote', 'follow'],
    failback: ['demote', 'promote', 'follow'],
    drill: ['demote', 'promote', 'follow'],
    demote: ['demote'],
    promote: ['promote'],
    'update-primary': ['follow'],
    setup: ['enable', 'enrol'],
    'revoke-secondary': ['revoke'],
    disable: ['revoke', 'detach', 'disable'],
};
const plan = (inputs) => (STEPS[inputs.operation] ?? []).map((name) => wishes(inputs)[name]);
function wishes({ operation, mode, override, 'secondary-id': id }) {
    const emergency = mode === 'emergency';
    const mayTake = !emergency || operation === 'demote' || override.includes('emergency-evidence');
    return {
        demote: demote(emergency, mayTake),
        promote: promote(emergency),
        follow: follow(emergency),
        enable,
        enrol,
        detach,
        revoke: revoke(operation === 'revoke-secondary' ? id : undefined),
        disable,
    };
}
const demote = (emergency, mayTake) => ({
    name: 'demote',
    on: 'from',
    verdict(world) {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world))
            return blocked('the two clusters are not of one DR set');
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from)) {
            case 'secondary':
                return so;
            case 'none':
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'primary' ? underway(`${from.host} shows no role yet: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`) : so;
            case 'primary':
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'unknown' && !emergency) {
                    const because = `${to.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`;
                    return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(to) === 'unknown' ? blocked(because) : underway(because);
                }
                if (!(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .twoPrimaries */ .Re)(world))
                    return mayTake ? due : blocked(`${from.host} answers as primary: it is not lost`);
                if (!emergency)
                    return blocked('both clusters are primary');
                return outranked(world)
                    ? blocked(`${to.host} is the older primary of the two by its ssct_generation_counter`)
                    : due;
            case 'unknown':
                if (from.demotedHere)
                    return so;
                if (emergency && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) !== 'primary')
                    return waived(`${from.host} is lost: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) !== 'unknown')
                    return underway(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
                return blocked(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
        }
    },
});
const promote = (emergency) => ({
    name: 'promote',
    on: 'to',
    verdict(world) {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world))
            return blocked('the two clusters are not of one DR set');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(to))
            return so;
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to)) {
            case 'primary':
                return underway(`${to.host} is primary and does not serve yet`);
            case 'none':
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(to) === 'unknown'
                    ? blocked(`${to.host} is no DR secondary: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`)
                    : underway(`${to.host} shows no role yet: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
            case 'unknown':
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(to) !== 'unknown' || (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'secondary')
                    return underway(`${to.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
                return blocked(`${to.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
            case 'secondary':
                return free(from, emergency);
        }
    },
});
function free(from, emergency) {
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary')
        return later(`${from.host} is still primary`);
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'secondary' || from.demotedHere)
        return due;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'none' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'unknown')
        return due;
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'secondary')
        return underway(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
    if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'primary' || !emergency)
        return blocked(`${from.host} may still be primary: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
    return due;
}
const follow = (emergency) => ({
    name: 'follow',
    on: 'from',
    verdict(world) {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world))
            return blocked('the two clusters are not of one DR set');
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'none' && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(to) === 'unknown')
            return blocked(`${to.host} is not primary: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) !== 'primary')
            return later(`${to.host} is not primary yet`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(from, to))
            return so;
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from)) {
            case 'secondary':
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .joining */ .bU)(from, to) ? underway(`${from.host} is joining ${to.host}`) : due;
            case 'primary':
                return later(`${from.host} is still primary`);
            case 'none':
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) === 'unknown'
                    ? blocked(`${from.host} can not follow: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`)
                    : underway(`${from.host} shows no role yet: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
            case 'unknown':
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(from) !== 'unknown')
                    return underway(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
                if (emergency)
                    return waived(`${from.host} is lost: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
                return from.silent || from.health?.sealed
                    ? blocked(`${from.host} can not be reached: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`)
                    : underway(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
        }
    },
});
const restore = {
    name: 'restore',
    on: 'from',
    verdict(world) {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(from))
            return so;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) === 'primary')
            return blocked(`${to.host} is primary`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary')
            return underway(`${from.host} is primary and does not serve yet`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'unknown')
            return underway(`${from.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) !== 'secondary')
            return blocked(`${to.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
        return due;
    },
};
const reunite = {
    name: 'reunite',
    on: 'to',
    verdict: ({ from, to }) => (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(to, from)
        ? so
        : (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary'
            ? underway(`${to.host} finds ${from.host} again`)
            : blocked(`${from.host} is not primary`),
};
const enable = {
    name: 'enable',
    on: 'from',
    verdict({ from }) {
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from)) {
            case 'primary':
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .serving */ .fO)(from) ? so : underway(`${from.host} is primary and does not serve yet`);
            case 'none':
                return from.dr?.mode === 'disabled' ? due : blocked(`${from.host} can not replicate: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(from)}`);
            case 'secondary':
                return blocked(`${from.host} is a DR secondary already`);
            case 'unknown':
                return hidden(from);
        }
    },
};
const enrol = {
    name: 'enrol',
    on: 'to',
    verdict(world) {
        const { from, to } = world;
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(to, from))
            return so;
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to)) {
            case 'primary':
                return blocked(`${to.host} is a DR primary itself: it is not erased`);
            case 'secondary':
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .joining */ .bU)(to, from))
                    return underway(`${to.host} is joining ${from.host}`);
                return blocked(`${to.host} is a DR secondary already, and does not stream from ${from.host}: it is not erased`);
            case 'none':
                if (to.dr?.mode !== 'disabled')
                    return blocked(`${to.host} can not replicate: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(to)}`);
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary' ? due : later(`${from.host} is not primary yet`);
            case 'unknown':
                return hidden(to);
        }
    },
};
const detach = {
    name: 'detach',
    on: 'to',
    verdict(world) {
        const { from, to } = world;
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to)) {
            case 'none':
                return so;
            case 'primary':
                return blocked(`${to.host} is a DR primary: fail back first, so that nothing but a copy is taken apart`);
            case 'secondary':
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .strangers */ .ob)(world))
                    return blocked(`${to.host} belongs to another DR set than ${from.host}`);
                return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'primary'
                    ? due
                    : blocked(`${from.host} is not seen as primary: ${to.host} may hold the only copy`);
            case 'unknown':
                return hidden(to);
        }
    },
};
const formerId = (cluster) => cluster.dr?.secondary_id ?? cluster.formerId ?? '';
const revoke = (given) => ({
    name: 'revoke',
    on: 'from',
    verdict({ from, to }) {
        const id = given ?? formerId(to);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) === 'unknown')
            return hidden(from);
        if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from) !== 'primary')
            return given === undefined ? so : blocked(`${from.host} is not primary`);
        if (given !== undefined && to.dr?.secondary_id === given && (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .follows */ .pk)(to, from)) {
            return blocked(`${given} is the id by which ${to.host} follows: use operation disable, or attach it under another id first`);
        }
        return from.dr?.known_secondaries?.includes(id) ? due : so;
    },
});
const disable = {
    name: 'disable',
    on: 'from',
    verdict({ from, to }) {
        switch ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(from)) {
            case 'none':
                return so;
            case 'secondary':
                return blocked(`${from.host} is a DR secondary`);
            case 'unknown':
                return hidden(from);
            case 'primary': {
                if ((0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(to) !== 'none')
                    return later(`${to.host} is not detached yet`);
                const left = from.dr?.known_secondaries?.length ?? 0;
                return left === 0
                    ? due
                    : waived(`${left} other secondar${left === 1 ? 'y is' : 'ies are'} left at ${from.host}`);
            }
        }
    },
};
function hidden(cluster) {
    const because = `${cluster.host} does not tell its role: ${(0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(cluster)}`;
    return (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .lastRole */ .FO)(cluster) === 'unknown' ? blocked(because) : underway(because);
}
function outranked({ from, to }) {
    const [theirs, ours] = [from.dr?.ssct_generation_counter, to.dr?.ssct_generation_counter];
    return theirs !== undefined && ours !== undefined && ours < theirs;
}


/***/ }),

/***/ 3911:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ code),
/* harmony export */   g: () => (/* binding */ printable)
/* harmony export */ });
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu;
function printable(text, longest = 300) {
    const line = text
        .toWellFormed()
        .replace(UNSEEN, ' ')
        .replace(/\s+/g, ' ')
        .replaceAll('##[', '# # [')
        .replaceAll('::', ': :')
        .trim();
    return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line;
}
function code(text, longest = 300) {
    const inside = printable(text, longest).replaceAll('`', 'ˋ').replaceAll('|', '¦');
    return inside === '' ? '' : `\`${inside}\``;
}


/***/ }),

/***/ 4453:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ renderSummary)
/* harmony export */ });
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(918);
/* harmony import */ var _outcome_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7072);
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3911);




const MOST = { sentences: 20, steps: 40, checks: 60, pairs: 1000 };
const LONGEST = { sentence: 600, evidence: 300, name: 100, heading: 140 };
function renderSummary(report) {
    const { operation, result } = report;
    const prose = writer(report);
    const tone = toneOf(report);
    const [headline, more] = headlineOf(report);
    const reasons = result?.reasons ?? [];
    const invalid = result?.outcome === 'invalid';
    const parts = [
        simulated(report) ? '**Simulated clusters:** no real Vault was asked or changed.' : '',
        `## ${MARKS[tone]} ${prose(headline, LONGEST.heading)}`,
        alert(tone, [
            prose(more),
            operation === 'status' && report.fleet === undefined ? facts(report) : '',
            invalid ? bullets(reasons, prose) : '',
            nextSteps(report, prose),
        ]),
        invalid ? '' : list('Why', reasons, prose),
        clusters(report),
        fleet(report, prose),
        operation === 'status' ? '' : facts(report),
        gantt(report),
        timeline(report, prose),
        list('Also', report.notes, prose),
        waivers(report.checks),
        evidence(report, prose),
        colophon(report),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
const MARKS = { good: '✅', plain: 'ℹ️', bad: '⚠️', worst: '🛑' };
const ALERTS = { good: undefined, plain: 'NOTE', bad: 'WARNING', worst: 'CAUTION' };
const TONES = {
    done: 'good',
    unchanged: 'good',
    planned: 'plain',
    invalid: 'bad',
    blocked: 'bad',
    failed: 'bad',
    incomplete: 'bad',
    restored: 'bad',
    'no-primary': 'worst',
    'two-primaries': 'worst',
    unknown: 'worst',
};
const HEALTH_TONES = { healthy: 'good', degraded: 'bad', critical: 'worst' };
function toneOf({ operation, result }) {
    if (result === undefined)
        return 'bad';
    const tone = TONES[result.outcome];
    if (operation === 'status')
        return tone === 'good' && result.health !== '' ? HEALTH_TONES[result.health] : tone;
    if (tone === 'good' && result.health !== 'healthy')
        return 'bad';
    return ['blocked', 'failed'].includes(result.outcome) && result.health === 'critical' ? 'worst' : tone;
}
const OPERATIONS = {
    status: 'Status',
    failover: 'Failover',
    failback: 'Failback',
    demote: 'Demotion',
    promote: 'Promotion',
    'update-primary': 'Re-attachment',
    drill: 'Drill',
    setup: 'Setup',
    'revoke-secondary': 'Revocation',
    disable: 'Taking apart',
    'issue-operation-token': 'Issuing a token',
    'generate-operation-token': 'Generating a token',
    'cancel-operation-token': 'Cancelling an attempt',
    'delete-operation-token': 'Revoking a token',
};
const MEANINGS = {
    done: 'done',
    unchanged: 'nothing to do',
    planned: 'it would go, nothing was changed',
    invalid: 'an input is wrong, nothing was sent',
    blocked: 'refused, nothing was changed',
    failed: 'failed, the roles are as they were',
    incomplete: 'something is still short',
    restored: 'refused, the old primary serves again',
    'no-primary': 'nobody is the DR primary',
    'two-primaries': 'two clusters claim to be primary',
    unknown: 'it is not known what the last call changed',
};
const CONSEQUENCES = {
    'no-primary': 'Nobody can read or write a secret until one of the two is promoted.',
    'two-primaries': 'Each takes writes that the other one never sees.',
    unknown: 'Change nothing else on either cluster until this is known.',
};
function headlineOf({ operation, steps, result }) {
    const subject = operation === undefined ? 'Run' : OPERATIONS[operation];
    if (result === undefined) {
        const begun = steps.some((step) => step.since !== undefined);
        return [
            `${subject}: not ended yet`,
            begun
                ? 'This was written in the middle of a change: what is told of the clusters may be old.'
                : 'This was written before anything was changed.',
        ];
    }
    const meaning = `${subject}: ${operation === 'status' ? `the pair is ${result.health}` : MEANINGS[result.outcome]}`;
    const verdict = (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(result.verdict, LONGEST.sentence);
    const end = /[.!?](?=\s)/.exec(verdict);
    const first = end === null ? verdict : verdict.slice(0, end.index + 1);
    const short = first !== '' && first.length <= LONGEST.heading;
    const under = [CONSEQUENCES[result.outcome] ?? '', short ? verdict.slice(first.length).trim() : verdict];
    return [short ? first.replace(/\.$/, '') : meaning, under.filter((text) => text !== '').join(' ')];
}
function alert(tone, texts) {
    const inside = texts.filter((text) => text !== '').join('\n\n');
    const kind = ALERTS[tone];
    if (inside === '' || kind === undefined)
        return inside;
    return [`[!${kind}]`, ...inside.split('\n')].map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
}
function nextSteps({ result }, prose) {
    const next = result?.next ?? [];
    if (next.length <= 1)
        return next.map((text) => `**What to do now:** ${prose(text)}`).join('');
    return ['**What to do now:**', '', ...capped(next, MOST.sentences, (text, at) => `${at + 1}. ${prose(text)}`)].join('\n');
}
function list(title, texts, prose) {
    if (texts.length === 0)
        return '';
    if (texts.length === 1)
        return `**${title}:** ${prose(texts[0] ?? '')}`;
    return `**${title}:**\n\n${bullets(texts, prose)}`;
}
const bullets = (texts, prose) => capped(texts, MOST.sentences, (text) => `- ${prose(text)}`).join('\n');
const simulated = ({ before, after }) => _cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.some((side) => [before, after].some((views) => views?.[side].version?.endsWith('+sim') === true));
function clusters({ hosts, before, after, operation }) {
    const now = after ?? (operation === 'status' ? before : undefined);
    if (before === undefined && now === undefined)
        return '';
    const row = (title, show) => {
        const cells = _cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.map(show);
        return cells.every((text) => text === '') ? [] : [tr([title, ...cells.map((text) => text || '–')])];
    };
    const roles = (views) => (side) => views === undefined ? '' : roleOf(views[side]);
    const same = before && now && _cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.every((side) => roles(before)(side) === roles(now)(side));
    const title = now === undefined ? '' : `${same && operation !== 'status' ? 'before and ' : ''}**now**${readAt(now)}`;
    const latest = (show) => (side) => {
        const [then, current] = [before, now].map((views) => (views === undefined ? '' : show(views[side])));
        return current || (then ? `${then} before` : '');
    };
    return [
        tr(['', ..._cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.map((side) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(hosts[side], LONGEST.name) || '–')]),
        tr([':--', ':--', ':--']),
        ...(same || operation === 'status' ? [] : row('before', roles(before))),
        ...row(title, roles(now)),
        ...row('version', (side) => cell(now?.[side].version ?? before?.[side].version ?? '')),
        ...row('WAL position', latest(({ position }) => (position === undefined ? '' : count(position)))),
        ...row('last heartbeat', (side) => {
            const age = (now ?? before)?.[side].heartbeatAge;
            return age === undefined ? '' : `${(0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .span */ .Ln)(age)} ago`;
        }),
    ].join('\n');
}
function roleOf({ role, says }) {
    const text = (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(says, LONGEST.evidence);
    if (text.startsWith(role)) {
        return role === 'primary' ? `**primary**${word(text.slice(role.length), false)}` : word(text);
    }
    if (role === 'primary')
        return text === '' ? '**primary**' : `**primary**: ${word(text)}`;
    if (text === '')
        return role;
    return role === 'unknown' ? `unknown: ${word(text)}` : word(text);
}
function readAt(views) {
    const latest = Math.max(..._cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.map((side) => Date.parse(views[side].readAt)));
    return Number.isNaN(latest) ? '' : ` (${clock(latest).slice(0, 8)} UTC)`;
}
function facts({ operation, legs = [], result, endedAt }) {
    const open = legs.map(({ outage }) => outage).find((outage) => outage !== undefined && outage.until === undefined);
    const told = [];
    if (operation === 'status' && result !== undefined)
        told.push(`Health: **${result.health}**`);
    if (result?.rtoMs !== undefined)
        told.push(`**${(0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .span */ .Ln)(Math.max(0, result.rtoMs))}** without a primary (RTO)`);
    else if (open !== undefined && !UNTOUCHED.has(result?.outcome)) {
        const so = endedAt === undefined ? Number.NaN : Date.parse(endedAt) - open.from;
        told.push(`No primary since **${clock(open.from)} UTC**${so >= 0 ? `, ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .span */ .Ln)(so)} at the end of this run` : ''}`);
    }
    if (result?.rpoEntries !== undefined)
        told.push(loss(result.rpoEntries));
    if (result !== undefined && result.redundancy !== '') {
        told.push(`Redundancy: **${result.redundancy}** (${PROTECTION[result.redundancy]})`);
        if (result.lag !== undefined)
            told.push(`lag ${entries(result.lag)}`);
    }
    return told.join(' · ');
}
const UNTOUCHED = new Set([
    'unchanged',
    'planned',
    'blocked',
    'failed',
    'restored',
    'two-primaries',
    'invalid',
]);
const PROTECTION = {
    protected: 'a secondary streams',
    unprotected: 'no secondary streams',
};
function loss(lost) {
    if (lost === 'unknown')
        return 'Loss **unknown** (RPO)';
    return lost === 0 ? '**0** WAL entries lost (RPO)' : `at most **${entries(lost)}** lost (RPO)`;
}
function fleet({ fleet: pairs = [] }, prose) {
    if (pairs.length === 0)
        return '';
    const rows = (0,_outcome_js__WEBPACK_IMPORTED_MODULE_2__/* .worstFirst */ .md)(pairs)
        .slice(0, MOST.pairs)
        .map(({ name, health, primary, secondary, lag, reasons }) => tr([
        `${MARKS[HEALTH_TONES[health]]} ${health}`,
        cell(name),
        (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(primary),
        (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(secondary),
        lag === undefined ? '' : entries(lag),
        prose(reasons.join(' '), LONGEST.evidence),
    ]));
    const more = pairs.length - rows.length;
    return [
        tr(['health', 'pair', 'DR primary', 'secondary', 'lag', 'why']),
        '|:--|:--|:--|:--|--:|:--|',
        ...rows,
        ...(more > 0 ? ['', `… and ${more} more; all are in the report.`] : []),
    ].join('\n');
}
const STEPS = {
    demote: 'demote',
    promote: 'promote',
    follow: 'follow the new primary',
    restore: 'make primary again',
    reunite: 'follow the restored primary',
    enable: 'enable as primary',
    enrol: 'enrol as secondary',
    detach: 'take apart at the secondary',
    revoke: 'revoke the id',
    disable: 'take apart at the primary',
};
function gantt({ steps, hosts, legs = [], result, endedAt }) {
    const outages = UNTOUCHED.has(result?.outcome) ? [] : legs.flatMap(({ outage }) => outage ?? []);
    const timed = steps
        .slice(0, MOST.steps)
        .flatMap((step) => (step.since === undefined ? [] : [{ step, since: step.since }]));
    if (timed.length === 0)
        return '';
    const ended = endedAt === undefined ? Number.NaN : Date.parse(endedAt);
    const moments = [
        ...timed.flatMap(({ step, since }) => [since, step.sentAt ?? since, step.until ?? since]),
        ...outages.flatMap(({ from, until }) => [from, until ?? from]),
    ];
    const first = Math.min(...moments);
    const open = [...timed.map(({ step }) => step.until), ...outages.map(({ until }) => until)].includes(undefined);
    const last = Math.max(...moments, open && ended >= first ? ended : first);
    const bar = (name, kind, from, until = last) => {
        const start = Math.round(from - first);
        return `  ${name} :${kind}, ${start}, ${Math.max(start + 1, Math.round(until - first))}`;
    };
    const sections = _cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.flatMap((side) => {
        const bars = timed.filter(({ step }) => step.host === hosts[side]);
        if (bars.length === 0)
            return [];
        return [
            {
                name: label(hosts[side]).slice(0, 40).trim() || 'cluster',
                bars: bars.map(({ step, since }) => bar(STEPS[step.name], step.state === 'done' ? 'done' : 'active', since, step.until)),
            },
        ];
    });
    const others = timed.filter(({ step }) => !Object.values(hosts).includes(step.host));
    if (others.length > 0) {
        sections.push({
            name: 'others',
            bars: others.map(({ step, since }) => bar(label(`${step.host} ${STEPS[step.name]}`), step.state === 'done' ? 'done' : 'active', since, step.until)),
        });
    }
    if (outages.length > 0)
        sections.push({ name: 'service', bars: outages.map(({ from, until }) => bar('no primary', 'crit', from, until)) });
    const padding = 30 + 6 * Math.max(...sections.map(({ name }) => name.length));
    return [
        '```mermaid',
        `%%{init: {"gantt": {"leftPadding": ${padding}}}}%%`,
        'gantt',
        '  dateFormat x',
        ...axis(last - first),
        '  todayMarker off',
        ...sections.flatMap(({ name, bars }) => [`  section ${name}`, ...bars]),
        '```',
    ].join('\n');
}
function axis(length) {
    const every = (amount, unit) => `  tickInterval ${amount}${unit}`;
    if (length <= 2000)
        return ['  axisFormat %Q ms', every(length <= 500 ? 50 : 250, 'millisecond')];
    const seconds = [1, 2, 5, 10, 30].find((step) => length / step <= 10_000);
    if (seconds !== undefined)
        return ['  axisFormat %s s', every(seconds, 'second')];
    const minutes = [1, 2, 5, 10, 30].find((step) => length / step <= 600_000);
    return [
        '  axisFormat %s s',
        minutes === undefined ? every(Math.ceil(length / 36_000_000), 'hour') : every(minutes, 'minute'),
    ];
}
function timeline({ steps, dryRun }, prose) {
    if (steps.length === 0)
        return '';
    const begun = steps.some((step) => step.since !== undefined);
    const sent = steps.some((step) => step.sentAt !== undefined && step.until !== undefined);
    const resent = steps.some((step) => (step.sends ?? 0) > 1);
    const shown = [
        'step',
        'on',
        ...(begun ? ['began (UTC)', 'took'] : []),
        ...(sent ? ['of which Vault'] : []),
        ...(resent ? ['sends'] : []),
        'result',
    ];
    return [
        tr(shown),
        tr(shown.map((column) => (['took', 'of which Vault', 'sends'].includes(column) ? '--:' : ':--'))),
        ...capped(steps, MOST.steps, (step) => tr([
            STEPS[step.name],
            (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(step.host, LONGEST.name),
            ...(begun ? [step.since === undefined ? '' : clock(step.since), took(step.since, step)] : []),
            ...(sent ? [took(step.sentAt, step)] : []),
            ...(resent ? [step.sends === undefined || step.sends < 1 ? '' : String(step.sends)] : []),
            wentLike(step, dryRun, prose),
        ]), (rest) => tr([`… and ${rest} more`, ...shown.slice(1).map(() => '')])),
    ].join('\n');
}
const took = (from, { until }) => from === undefined || until === undefined ? '' : (0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .span */ .Ln)(Math.max(0, until - from)).replaceAll(' ', '&nbsp;');
function wentLike({ state, because }, dryRun, prose) {
    const words = {
        so: 'was so already',
        due: dryRun ? 'would be done' : 'not begun',
        waived: 'waived',
        blocked: '**blocked**',
        running: '**not ended**',
        done: 'done',
        failed: '**failed**',
        interrupted: '**interrupted**',
    };
    if (because === undefined || because === '')
        return words[state];
    return `${state === 'done' ? '' : `${words[state]}: `}${prose(because, LONGEST.evidence)}`;
}
const WORST_FIRST = ['failed', 'warned', 'waived', 'passed', 'skipped'];
function waivers(checks) {
    const names = checks.filter((check) => check.state === 'waived').map((check) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(check.name, LONGEST.name));
    return names.length === 0 ? '' : `**Waived by \`override\`:** ${names.slice(0, MOST.checks).join(', ')}`;
}
function evidence({ checks, operation }, prose) {
    if (checks.length === 0)
        return '';
    const sorted = WORST_FIRST.flatMap((state) => checks.filter((check) => check.state === state));
    const counts = WORST_FIRST.flatMap((state) => {
        const found = checks.filter((check) => check.state === state).length;
        return found === 0 ? [] : [`${found} ${state}`];
    });
    const open = checks.some(({ state }) => state === 'failed' || (operation === 'status' && state === 'warned'));
    return [
        `<details${open ? ' open' : ''}><summary>${checks.length === 1 ? '1 check' : `${checks.length} checks`}: ${counts.join(', ')}</summary>`,
        '',
        tr(['check', '', 'what it saw']),
        tr([':--', ':--', ':--']),
        ...capped(sorted, MOST.checks, ({ name, state, evidence: saw, fix }) => {
            const mend = fix === undefined || state === 'passed' || state === 'skipped' ? '' : `<br>→ ${prose(fix)}`;
            return tr([
                (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(name, LONGEST.name),
                state === 'failed' ? '**failed**' : state,
                `${prose(saw, LONGEST.evidence)}${mend}`,
            ]);
        }, (rest) => tr([`… and ${rest} more`, '', ''])),
        '',
        '</details>',
    ].join('\n');
}
function colophon({ operation, mode, dryRun, run, startedAt, endedAt, result }) {
    const [began, ended] = [startedAt, endedAt].map((at) => (at === undefined ? Number.NaN : Date.parse(at)));
    const how = `, ${mode === 'emergency' ? '**emergency**' : mode}${dryRun ? ', dry run' : ''}`;
    const what = operation === undefined ? '' : `${operation}${operation === 'status' ? '' : how}`;
    const name = run.runId === '' ? '' : `run${number(run.runId)}`;
    const link = /^https?:\/\/[\w.:-]+(\/[\w.-]+)+\/actions\/runs\/\d+(\/attempts\/\d+)?$/.test(run.url)
        ? `[${name}](${run.url})`
        : name;
    return [
        run.actor === ''
            ? 'Run outside GitHub Actions'
            : `Run by ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(run.actor, LONGEST.name)} in ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(run.repository, LONGEST.name)}`,
        (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(run.workflow, LONGEST.name),
        link,
        run.attempt === '' ? '' : `attempt${number(run.attempt)}`,
        what,
        result === undefined ? '' : `outcome \`${result.outcome}\`, exit code ${result.exitCode}`,
        began === undefined || Number.isNaN(began)
            ? ''
            : `${new Date(began).toISOString().slice(0, 10)} ${clock(began).slice(0, 8)} UTC`,
        began !== undefined && ended !== undefined && ended > began ? `took ${(0,_clock_js__WEBPACK_IMPORTED_MODULE_0__/* .span */ .Ln)(ended - began)}` : '',
    ]
        .filter((part) => part !== '')
        .join(' · ');
}
function writer({ hosts, before, after, steps }) {
    const known = [
        ..._cluster_js__WEBPACK_IMPORTED_MODULE_1__/* .SIDES */ .BV.flatMap((side) => [hosts[side], before?.[side].host, after?.[side].host]),
        ...steps.slice(0, MOST.steps).map((step) => step.host),
    ];
    const names = [...new Set(known.map((host) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(host ?? '')))].filter((host) => host !== '');
    const hostNames = names.sort((a, b) => b.length - a.length).map((host) => host.replace(/\W/g, '\\$&'));
    const spans = new RegExp(['`([^`]+)`', ...hostNames.map((host) => `(?<![\\w./@:-])${host}(?![\\w-]|[.:]\\w)`)].join('|'), 'g');
    return (text, longest = LONGEST.sentence) => {
        const line = (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(text, longest);
        let written = '';
        let at = 0;
        for (const found of line.matchAll(spans)) {
            written += word(line.slice(at, found.index), written === '');
            written += (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(found[1] ?? found[0]);
            at = found.index + found[0].length;
        }
        return written + word(line.slice(at), written === '');
    };
}
const HARMLESS = /^[\p{L}\p{N}.,;:'’"()/%+=?!–—…·×→-]*$/u;
const READ = /:\/\/|www\.|mailto:|xmpp:|\b[0-9a-f]{7,}\b|\bGH-\d|:[\w+-]+:/i;
const STARTS = /^([-+=]|\d+[.)]$)/;
function word(text, first = true) {
    const words = text.split(' ');
    const risky = (one, at) => one !== '' && (!HARMLESS.test(one) || READ.test(one) || (first && at === 0 && STARTS.test(one)));
    let written = '';
    let run = [];
    const end = () => {
        const [, before, inside, after] = /^([("']*)(.*?)([)"'.,;:!?]*)$/.exec(run.join(' ')) ?? [];
        const shown = (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .code */ .a)(inside ?? '', Number.POSITIVE_INFINITY);
        run = [];
        return shown === '' ? `${before ?? ''}${after ?? ''}` : `${before}${shown}${after}`;
    };
    for (const [at, one] of words.entries()) {
        const open = run.length > 0;
        if (risky(one, at)) {
            if (!open && at > 0)
                written += ' ';
            run.push(one);
        }
        else {
            written += `${open ? end() : ''}${at > 0 ? ' ' : ''}${one}`;
        }
    }
    return run.length > 0 ? written + end() : written;
}
const cell = (text) => word((0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(text, LONGEST.name));
const tr = (cells) => `| ${cells.join(' | ')} |`;
const label = (text) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_3__/* .printable */ .g)(text, LONGEST.name)
    .replace(/[^A-Za-z0-9 .-]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
const count = (value) => value.toLocaleString('en-US');
const entries = (value) => `${count(value)} WAL ${value === 1 ? 'entry' : 'entries'}`;
function clock(ms) {
    const at = new Date(ms);
    return Number.isNaN(at.getTime()) ? '?' : at.toISOString().slice(11, 21);
}
const number = (text) => (/^\d{1,20}$/.test(text) ? ` ${text}` : '');
function capped(items, most, show, rest = (beyond) => `- … and ${beyond} more`) {
    const lines = items.slice(0, most).map(show);
    return items.length > most ? [...lines, rest(items.length - most)] : lines;
}


/***/ }),

/***/ 2200:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ view),
/* harmony export */   i: () => (/* binding */ OUTCOMES)
/* harmony export */ });
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(918);

const OUTCOMES = {
    done: 0,
    unchanged: 0,
    planned: 0,
    invalid: 2,
    blocked: 10,
    failed: 20,
    incomplete: 21,
    restored: 22,
    'no-primary': 30,
    'two-primaries': 31,
    unknown: 40,
};
function view(cluster) {
    const primary = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(cluster) === 'primary';
    return {
        host: cluster.host,
        role: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .role */ .JC)(cluster),
        says: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .describe */ .q0)(cluster),
        version: cluster.health?.version,
        position: primary ? (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .position */ .G1)(cluster) : cluster.dr?.last_remote_wal,
        heartbeatAge: (0,_cluster_js__WEBPACK_IMPORTED_MODULE_0__/* .heartbeatAge */ .AG)(cluster, primary ? cluster.dr?.secondaries : cluster.dr?.primaries),
        readAt: new Date(cluster.at).toISOString(),
    };
}


/***/ }),

/***/ 5009:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ Secrets)
/* harmony export */ });
const SHORTEST = 8;
const REDACTED = '[redacted]';
class Secrets {
    #needles = new Set();
    #pieces = new Set();
    add(secret) {
        for (const part of new Set([secret, ...secret.split(/\r?\n/)])) {
            const value = part.trim();
            if (value.length < SHORTEST || value.startsWith('-----'))
                continue;
            for (const form of forms(value)) {
                if (form.length < SHORTEST)
                    continue;
                this.#needles.add(form);
                const plain = bare(form);
                for (let at = 0; at + PIECE <= plain.length; at += 1)
                    this.#pieces.add(plain.slice(at, at + PIECE));
            }
        }
    }
    redact(text) {
        let clean = text;
        for (const needle of [...this.#needles].sort((a, b) => b.length - a.length)) {
            clean = clean.replaceAll(needle, REDACTED);
        }
        return clean;
    }
    redactForeign(text) {
        const clean = this.redact(text);
        const rest = clean.replaceAll(REDACTED, ' ');
        const once = decoded(rest);
        const readings = [rest, unescaped(rest), unescaped(unescaped(rest)), once, decoded(once), unescaped(once)];
        return readings.some((reading) => this.#shows(bare(reading))) ? '[withheld: it holds a part of a secret]' : clean;
    }
    #shows(plain) {
        for (let at = 0; at + PIECE <= plain.length; at += 1)
            if (this.#pieces.has(plain.slice(at, at + PIECE)))
                return true;
        return false;
    }
}
const PIECE = 12;
const bare = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '');
function unescaped(text) {
    const character = (digits, base) => {
        const code = Number.parseInt(digits, base);
        return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    };
    return text
        .replace(/%([0-9a-f]{2})/gi, (_, digits) => character(digits, 16))
        .replace(/\\u\{?([0-9a-f]{4,6})\}?|\\x([0-9a-f]{2})/gi, (_, long, short) => character(long ?? short ?? '', 16))
        .replace(/&#x([0-9a-f]{1,6});?/gi, (_, digits) => character(digits, 16))
        .replace(/&#(\d{1,7});?/g, (_, digits) => character(digits, 10));
}
const decoded = (text) => (text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []).map((run) => Buffer.from(run, 'base64').toString('latin1')).join(' ');
function forms(value) {
    const bytes = Buffer.from(value);
    const hex = bytes.toString('hex');
    const base64 = [0, 1, 2].flatMap((shift) => {
        const text = Buffer.concat([Buffer.alloc(shift), bytes])
            .toString('base64')
            .replace(/=+$/, '');
        const sure = text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((bytes.length + shift) * 8) / 6));
        return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
    });
    const json = JSON.stringify(value).slice(1, -1);
    const uri = encodeURIComponent(value);
    return [value, hex, hex.toUpperCase(), ...base64, json, uri, uri.toLowerCase(), [...value].reverse().join('')];
}


/***/ }),

/***/ 6272:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  bQ: () => (/* binding */ newReport),
  fA: () => (/* binding */ openSession),
  mk: () => (/* binding */ publish),
  Ym: () => (/* binding */ toRunner)
});

// UNUSED EXPORTS: Session

// EXTERNAL MODULE: ./build/actions.js
var actions = __webpack_require__(5579);
// EXTERNAL MODULE: ./build/bring.js
var bring = __webpack_require__(2888);
// EXTERNAL MODULE: ./build/cleanup.js
var cleanup = __webpack_require__(4704);
// EXTERNAL MODULE: ./build/clock.js
var clock = __webpack_require__(7094);
// EXTERNAL MODULE: ./build/cluster.js
var build_cluster = __webpack_require__(918);
// EXTERNAL MODULE: ./build/inputs.js
var build_inputs = __webpack_require__(8175);
;// CONCATENATED MODULE: ./build/journal.js


const REMIND = 5000;
class Journal {
    report;
    #log;
    #save;
    #told = { state: '', at: Number.NEGATIVE_INFINITY };
    #waitingSince = (0,clock/* monotonic */.x1)();
    #closed = false;
    constructor(report, log, save) {
        this.report = report;
        this.#log = log;
        this.#save = save;
    }
    close() {
        this.#closed = true;
    }
    say(text) {
        if (this.#closed)
            return;
        this.#log(`${new Date().toISOString().slice(11, 23)}  ${text}`);
    }
    note(text) {
        this.say(text);
        this.report.notes.push(text);
        this.#save();
    }
    sends(step, world) {
        return this.#step(step, world).sends ?? 0;
    }
    attempt(host, nonce) {
        const { attempts } = this.report;
        if (nonce === undefined)
            delete attempts[host];
        else
            attempts[host] = nonce;
        this.#save();
    }
    save() {
        this.#save();
    }
    survey(steps, world) {
        for (const step of steps) {
            const report = this.#step(step, world);
            if (report.since !== undefined)
                continue;
            const verdict = step.verdict(world);
            report.state = verdict.is === 'underway' || verdict.is === 'later' ? 'due' : verdict.is;
            report.because = 'because' in verdict ? verdict.because : undefined;
        }
        this.#save();
    }
    begin(step, world) {
        const report = this.#step(step, world);
        report.since ??= Date.now();
        report.state = 'running';
        report.because = undefined;
        this.#waitingSince = (0,clock/* monotonic */.x1)();
        this.#told = { state: '', at: (0,clock/* monotonic */.x1)() };
        this.#save();
    }
    sent(step, world, what) {
        const report = this.#step(step, world);
        report.sentAt = Date.now();
        report.sends = (report.sends ?? 0) + 1;
        this.say(`${world[step.on].host}: ${what}${report.sends > 1 ? ` (sent for the ${report.sends}. time)` : ''}`);
        this.#save();
    }
    waiting(step, world, extra = '') {
        this.look(step.on, world, `waiting until ${WISHES[step.name]}${extra}`);
    }
    look(side, world, what) {
        const cluster = world[side];
        const state = cluster.dr === undefined ? 'out of sight' : (0,build_cluster/* describe */.q0)(cluster);
        const now = (0,clock/* monotonic */.x1)();
        if (state === this.#told.state && now - this.#told.at < REMIND)
            return;
        if (this.#told.state === '' && now - this.#told.at < 250)
            return;
        this.#told = { state, at: now };
        const shown = cluster.dr === undefined ? `out of sight for now (${(0,build_cluster/* describe */.q0)(cluster)})` : state;
        this.say(`${cluster.host}: ${what}; now ${shown}, ${(0,clock/* span */.Ln)(now - this.#waitingSince)}`);
    }
    done(step, world) {
        const report = this.#step(step, world);
        report.until = world[step.on].at;
        report.state = 'done';
        report.because = `${PROVEN[step.name]} at ${new Date(report.until).toISOString().slice(11, 23)} UTC`;
        this.say(`${world[step.on].host}: ${(0,build_cluster/* describe */.q0)(world[step.on])}; ${PROVEN[step.name]}, ${(0,clock/* span */.Ln)(Math.max(0, report.until - (report.since ?? report.until)))}`);
        this.#save();
    }
    failed(step, world, because, state = 'failed') {
        const report = this.#step(step, world);
        if (report.since !== undefined)
            report.until = Date.now();
        report.state = state;
        report.because = because;
        this.say(`${world[step.on].host}: ${step.name} ${state}: ${because}`);
        this.#save();
    }
    #step(step, world) {
        const { steps } = this.report;
        const { host } = world[step.on];
        const found = steps.find((report) => report.name === step.name && report.host === host);
        if (found)
            return found;
        const report = { name: step.name, on: step.on, host, state: 'due' };
        steps.push(report);
        return report;
    }
}
const WISHES = {
    demote: 'it is no longer primary',
    promote: 'it serves as the DR primary',
    follow: 'it follows the new primary and streams',
    restore: 'it serves as the DR primary again',
    reunite: 'it follows the restored primary again',
    enable: 'it is a DR primary',
    enrol: 'it follows the primary and streams',
    detach: 'its DR replication is disabled',
    revoke: 'the id is unknown',
    disable: 'its DR replication is disabled',
};
const PROVEN = {
    demote: 'seen demoted',
    promote: 'seen serving as the DR primary',
    follow: 'seen streaming from the new primary',
    restore: 'seen serving as the DR primary again',
    reunite: 'seen streaming from the restored primary',
    enable: 'seen serving as a DR primary',
    enrol: 'seen streaming from the primary',
    detach: 'seen without DR replication',
    revoke: 'the id is no longer known',
    disable: 'seen without DR replication',
};

// EXTERNAL MODULE: ./build/lookout.js
var build_lookout = __webpack_require__(5237);
// EXTERNAL MODULE: ./build/outcome.js
var outcome = __webpack_require__(7072);
// EXTERNAL MODULE: ./build/plan.js
var plan = __webpack_require__(1781);
// EXTERNAL MODULE: ./build/report.js
var build_report = __webpack_require__(2200);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/sealed.js

const VERSION = 'v1';
const SALT = 32;
const NONCE = 12;
const TAG = 16;
function seal(value, keys) {
    const salt = (0,external_node_crypto_.randomBytes)(SALT);
    const key = keyFrom(keys, salt);
    if (key === undefined)
        return '';
    const nonce = (0,external_node_crypto_.randomBytes)(NONCE);
    const cipher = (0,external_node_crypto_.createCipheriv)('aes-256-gcm', key, nonce, { authTagLength: TAG });
    cipher.setAAD(Buffer.from(VERSION));
    const parts = [salt, nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `${VERSION}.${Buffer.concat(parts).toString('base64url')}`;
}
function sealed_open(sealed, keys) {
    const [version, text, ...more] = sealed.split('.');
    if (version !== VERSION || text === undefined || more.length > 0)
        return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < SALT + NONCE + TAG)
        return undefined;
    const key = keyFrom(keys, bytes.subarray(0, SALT));
    if (key === undefined)
        return undefined;
    try {
        const cipher = (0,external_node_crypto_.createDecipheriv)('aes-256-gcm', key, bytes.subarray(SALT, SALT + NONCE), { authTagLength: TAG });
        cipher.setAAD(Buffer.from(VERSION));
        cipher.setAuthTag(bytes.subarray(-TAG));
        return Buffer.concat([cipher.update(bytes.subarray(SALT + NONCE, -TAG)), cipher.final()]).toString('utf8');
    }
    catch {
        return undefined;
    }
}
function keyFrom(keys, salt) {
    const given = keys.filter((key) => key !== '').map((key) => Buffer.from(key));
    if (given.length === 0)
        return undefined;
    const material = given.flatMap((key) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(key.length);
        return [length, key];
    });
    return Buffer.from((0,external_node_crypto_.hkdfSync)('sha256', Buffer.concat(material), salt, 'vault-dr-failover state', 32));
}

// EXTERNAL MODULE: ./build/secrets.js
var build_secrets = __webpack_require__(5009);
// EXTERNAL MODULE: ./build/ceremony.js
var ceremony = __webpack_require__(9362);
// EXTERNAL MODULE: ./build/credentials.js
var credentials = __webpack_require__(9522);
;// CONCATENATED MODULE: ./build/tokens.js



class Tokens {
    #sources;
    #generated = new Map();
    #vault;
    constructor(sources) {
        this.#sources = sources;
        this.#vault = sources.inputs['vault-token'] ?? '';
    }
    get vault() {
        return this.#vault;
    }
    adopt(made) {
        this.#vault ||= made.find(({ kind }) => kind === 'login')?.token ?? '';
    }
    inherit(other) {
        this.#vault = other.#vault;
    }
    get header() {
        return [this.#sources.inputs['dr-operation-token'], this.#vault].find((token) => token !== undefined && (0,credentials/* isBatch */.bG)(token));
    }
    get onPrimary() {
        const borrowed = this.#vault === this.#sources.inputs['dr-operation-token'] && !(0,credentials/* isBatch */.bG)(this.#vault);
        return borrowed || this.#vault === '' ? undefined : this.#vault;
    }
    forCeremony(cluster) {
        const order = (0,build_cluster/* compareVersions */.Zy)(cluster.health?.version, '2.0.0');
        return (order !== undefined && order < 0) || this.#vault === '' ? undefined : this.#vault;
    }
    async login(side) {
        const { login, vaults, journal } = this.#sources;
        if (login === undefined || this.#vault !== '')
            return undefined;
        const answer = await login(vaults[side]);
        if (answer.ok) {
            this.#vault = answer.token;
            const { token, batch, ttlSeconds } = answer;
            await this.#sources.keep({ kind: 'login', addr: vaults[side].addr, token, batch, ttlSeconds });
            journal.say(`${this.#sources.world()[side].host}: logged in`);
        }
        return answer;
    }
    async asVault(side, call) {
        const first = await this.login(side);
        if (first?.ok === false)
            return { kind: 'refused', because: first.because, status: 0 };
        const answer = await call(this.#vault);
        if (answer.kind !== 'refused' || answer.status !== 403 || this.#sources.login === undefined || first !== undefined)
            return answer;
        this.#vault = '';
        const again = await this.login(side);
        return again?.ok ? call(this.#vault) : answer;
    }
    async dr(side) {
        const { inputs, vaults, world, secrets, journal } = this.#sources;
        const given = inputs['dr-operation-token'];
        if (given !== undefined)
            return { ok: true, token: given };
        const held = this.#generated.get(side);
        if (held !== undefined)
            return { ok: true, token: held.token };
        const cluster = world()[side];
        const generated = await (0,ceremony/* generate */.cM)({
            vault: vaults[side],
            host: cluster.host,
            shares: inputs['key-shares'],
            token: this.forCeremony(cluster),
            secrets,
            deadline: this.#sources.deadline,
            cancelled: this.#sources.cancelled,
            began: (nonce) => journal.attempt(cluster.host, nonce),
        });
        if (generated.ok) {
            this.#generated.set(side, { token: generated.token, uses: 0 });
            await this.#sources.keep({ kind: 'operation', addr: vaults[side].addr, token: generated.token });
            journal.say(`${cluster.host}: a DR operation token was made from the key shares`);
        }
        return generated;
    }
    async use(side, call) {
        for (;;) {
            const generated = await this.dr(side);
            if (!generated.ok)
                return { kind: 'refused', because: generated.because, status: 0 };
            const answer = await call(generated.token);
            const held = this.#generated.get(side);
            if (held === undefined)
                return answer;
            held.uses += 1;
            if (answer.kind !== 'refused' || held.uses < 2)
                return answer;
            this.#generated.delete(side);
        }
    }
}

// EXTERNAL MODULE: ./build/vault/client.js
var client = __webpack_require__(852);
// EXTERNAL MODULE: external "node:util/types"
var types_ = __webpack_require__(3429);
// EXTERNAL MODULE: ./node_modules/undici/lib/api/api-request.js
var api_request = __webpack_require__(4043);
// EXTERNAL MODULE: ./node_modules/undici/lib/dispatcher/agent.js
var agent = __webpack_require__(7405);
// EXTERNAL MODULE: ./node_modules/undici/lib/dispatcher/env-http-proxy-agent.js
var env_http_proxy_agent = __webpack_require__(3137);
// EXTERNAL MODULE: ./build/vault/json.js
var json = __webpack_require__(6189);
;// CONCATENATED MODULE: ./build/vault/http.js






const LARGEST = 1024 * 1024;
const LARGEST_ERROR = 64 * 1024;
const CONNECT_WITHIN = 4000;
const GRACE = 20;
class Http {
    #kept;
    #fresh;
    constructor(tls, connections = null) {
        const connect = {
            timeout: CONNECT_WITHIN,
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls.cert === undefined ? {} : { cert: tls.cert }),
            ...(tls.key === undefined ? {} : { key: tls.key }),
            ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
        };
        const proxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => process.env[name]);
        const dispatcher = (pipelining) => {
            const options = { connect, connections, pipelining, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
            return proxied ? new env_http_proxy_agent({ ...options, requestTls: connect }) : new agent(options);
        };
        this.#kept = dispatcher(1);
        this.#fresh = dispatcher(0);
    }
    async send(addr, call) {
        const late = { answered: false, because: `no answer within ${(0,clock/* span */.Ln)(call.within)}`, sent: true };
        let timer;
        const tooLate = new Promise((resolve) => {
            timer = setTimeout(resolve, call.within + GRACE, late);
        });
        const answer = await Promise.race([this.#send(addr, call), tooLate]);
        clearTimeout(timer);
        return answer;
    }
    async #send(addr, call) {
        try {
            const answer = await api_request.call(call.fresh ? this.#fresh : this.#kept, {
                ...target(addr, call.path),
                method: call.method,
                headers: {
                    accept: 'application/json',
                    'accept-encoding': 'identity',
                    'user-agent': 'vault-dr-failover',
                    'x-vault-request': 'true',
                    ...(call.token === undefined ? {} : { 'x-vault-token': call.token }),
                    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
                    ...call.headers,
                },
                reset: call.last ?? false,
                body: call.body === undefined ? null : JSON.stringify(call.body),
                signal: AbortSignal.timeout(Math.ceil(call.within)),
            });
            return await read(answer);
        }
        catch (error) {
            return { answered: false, ...explain(error, call.within) };
        }
    }
    async download(addr, call, take) {
        const stop = new AbortController();
        let because;
        let taking = false;
        const giveUp = (why) => {
            because ??= why;
            stop.abort();
        };
        const cancel = () => giveUp('the run was cancelled');
        if (call.signal.aborted)
            cancel();
        call.signal.addEventListener('abort', cancel);
        const whole = setTimeout(giveUp, call.within, `it was not complete within ${(0,clock/* span */.Ln)(call.within)}`);
        const head = setTimeout(giveUp, call.headWithin, `no answer within ${(0,clock/* span */.Ln)(call.headWithin)}`);
        try {
            const answer = await api_request.call(this.#fresh, {
                ...target(addr, call.path),
                method: 'GET',
                headers: {
                    'accept-encoding': 'identity',
                    'user-agent': 'vault-dr-failover',
                    'x-vault-request': 'true',
                    ...(call.token === undefined ? {} : { 'x-vault-token': call.token }),
                },
                signal: stop.signal,
            });
            const { location, 'content-encoding': encoding } = answer.headers;
            if (answer.statusCode !== 200 || (encoding !== undefined && encoding !== 'identity')) {
                const other = await read(answer);
                if (!other.answered)
                    return { kind: 'none', because: other.because };
                const { status, json } = other;
                return { kind: 'answer', status, json, location: typeof location === 'string' ? location : undefined };
            }
            clearTimeout(head);
            taking = true;
            const idle = `nothing more came for ${(0,clock/* span */.Ln)(call.idle)}`;
            const value = await take(pieces(answer.body, () => setTimeout(giveUp, call.idle, idle)));
            return { kind: 'taken', value };
        }
        catch (error) {
            if (error instanceof CutShort)
                return { kind: 'none', because: because ?? 'its answer was cut short' };
            if (taking)
                throw error;
            return { kind: 'none', because: because ?? explain(error, call.within).because };
        }
        finally {
            clearTimeout(whole);
            clearTimeout(head);
            call.signal.removeEventListener('abort', cancel);
        }
    }
    async close() {
        await Promise.all([this.#kept.destroy(), this.#fresh.destroy()]);
    }
}
class CutShort extends Error {
}
async function* pieces(body, idle) {
    let timer = idle();
    try {
        for await (const piece of body) {
            clearTimeout(timer);
            yield piece;
            timer = idle();
        }
    }
    catch {
        throw new CutShort();
    }
    finally {
        clearTimeout(timer);
        body.on('error', () => undefined).destroy();
    }
}
function target(addr, path) {
    const { origin, pathname, search } = new URL(`${addr}/v1/${path}`);
    return { origin, path: `${pathname}${search}` };
}
async function read(answer) {
    const { statusCode, headers, body } = answer;
    const failed = (because) => {
        body.on('error', () => undefined).destroy();
        return { answered: false, because, sent: true };
    };
    if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
        return failed('it sent a compressed answer, which nobody asked for');
    }
    const chunks = [];
    let size = 0;
    for await (const chunk of body) {
        const bytes = chunk;
        size += bytes.length;
        const largest = statusCode < 300 ? LARGEST : LARGEST_ERROR;
        if (size > largest)
            return failed(`its answer is larger than ${largest / 1024} KiB, which no Vault sends here`);
        chunks.push(bytes);
    }
    const retryAfter = headers['retry-after'];
    return {
        answered: true,
        status: statusCode,
        json: (0,json/* parseJson */.q)(Buffer.concat(chunks).toString('utf8')),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    };
}
const UNSENT = {
    ECONNREFUSED: 'connection refused',
    ENOTFOUND: 'its host name does not resolve',
    EAI_AGAIN: 'its host name does not resolve at the moment',
    EHOSTUNREACH: 'its host is unreachable',
    ENETUNREACH: 'its network is unreachable',
    EADDRNOTAVAIL: 'its address can not be reached from here',
    UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name (see tls-server-name)',
    CERT_HAS_EXPIRED: 'its certificate has expired',
    CERT_NOT_YET_VALID: 'its certificate is not valid yet',
    CERT_REVOKED: 'its certificate has been revoked',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not known here (see ca-cert)',
    SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from a CA that is not known here (see ca-cert)',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from a CA that is not known here (see ca-cert)',
    UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from a CA that is not known here (see ca-cert)',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from a CA that is not known here (see ca-cert)',
    CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the CA that it names (see ca-cert)',
    INVALID_CA: 'its CA certificate is not valid (see ca-cert)',
    CERT_UNTRUSTED: 'its certificate is not trusted (see ca-cert)',
    ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (is the address https, and the port right?)',
    ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (is the address https, and the port right?)',
    ERR_SSL_HTTP_REQUEST: 'it does not speak TLS (is the address https, and the port right?)',
    UND_ERR_PRX_TLS: 'TLS with the proxy failed',
    UND_ERR_ABORTED: 'the proxy refused to connect to it',
};
const PERHAPS_SENT = {
    ECONNRESET: 'it closed the connection without an answer',
    EPIPE: 'it closed the connection without an answer',
    ETIMEDOUT: 'it did not answer in time',
    UND_ERR_SOCKET: 'it closed the connection without an answer',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer was cut short',
    UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are too large',
};
function explain(error, within) {
    for (const { code, name } of causes(error)) {
        if (name === 'TimeoutError')
            return { because: `no answer within ${(0,clock/* span */.Ln)(within)}`, sent: true };
        const unsent = UNSENT[code];
        if (unsent !== undefined)
            return { because: unsent, sent: false };
        const sent = PERHAPS_SENT[code];
        if (sent !== undefined)
            return { because: sent, sent: true };
        if (code.startsWith('HPE_'))
            return { because: 'its answer is not HTTP', sent: true };
        if (code.startsWith('ERR_SSL_'))
            return { because: `TLS failed (${code.slice(8).toLowerCase().replaceAll('_', ' ')})`, sent: true };
    }
    return { because: 'the connection failed', sent: true };
}
function causes(error) {
    const found = [];
    const visit = (at, depth) => {
        if (!(0,types_.isNativeError)(at) || depth > 5)
            return;
        found.push({ code: 'code' in at && typeof at.code === 'string' ? at.code : '', name: at.name });
        visit(at.cause, depth + 1);
        if ('errors' in at && Array.isArray(at.errors))
            for (const inner of at.errors)
                visit(inner, depth + 1);
    };
    visit(error, 0);
    return found;
}

;// CONCATENATED MODULE: ./build/session.js
















const toRunner = (secrets) => new actions/* Runner */.b(secrets);
function openSession(cancelled, before, edge = toRunner) {
    const secrets = new build_secrets/* Secrets */.S();
    const runner = edge(secrets);
    for (const proxy of PROXIES)
        secrets.add(passwordOf(process.env[proxy]));
    try {
        const inputs = (0,build_inputs/* readInputs */.Ko)((name) => runner.input(name), secrets, (secret) => runner.mask(secret));
        return new Session(runner, secrets, inputs, cancelled, before);
    }
    catch (error) {
        if (!(error instanceof build_inputs/* InvalidInputs */.hS))
            throw error;
        const operation = build_inputs/* OPERATIONS */.xb.find((name) => name === runner.input('operation').trim());
        return { mistakes: error.mistakes, runner, operation };
    }
}
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
const MADE = 'made';
class Session {
    runner;
    inputs;
    journal;
    reportPath;
    cancelled;
    deadline;
    http;
    made = [];
    current;
    secrets;
    #first;
    #remembered;
    constructor(runner, secrets, inputs, cancelled, before) {
        this.runner = runner;
        this.inputs = inputs;
        this.cancelled = cancelled;
        this.secrets = secrets;
        this.reportPath = before?.path ?? runner.reportPath(inputs['report-path']);
        const report = before?.report ?? newReport(inputs);
        this.journal = new Journal(report, (line) => runner.log(line), () => runner.save(report, this.reportPath));
        this.deadline = new clock/* Deadline */.B2(inputs.timeout);
        const tls = {
            ca: inputs['ca-cert'],
            cert: inputs['client-cert'],
            key: inputs['client-key'],
            serverName: inputs['tls-server-name'],
        };
        this.http = new Http(tls, inputs.fleet === undefined ? null : 1);
    }
    get first() {
        this.#first ??= this.leg(this.inputs, this.journal.report.deeds);
        return this.#first;
    }
    #remember() {
        this.#remembered ??= this.runner.remember('report', this.reportPath);
    }
    get remembered() {
        return this.#remembered ?? Promise.resolve();
    }
    leg(inputs, deeds) {
        const { journal, http } = this;
        const vaults = { from: new client/* Vault */.n(inputs.from, http, this.secrets), to: new client/* Vault */.n(inputs.to, http, this.secrets) };
        const lookout = new build_lookout/* Lookout */.Kx(vaults, (world) => {
            clockOutage(deeds, world);
            this.#remember();
        });
        const by = loginBy(inputs);
        const tokens = new Tokens({
            inputs,
            vaults,
            world: () => lookout.world,
            secrets: this.secrets,
            journal,
            deadline: this.deadline,
            cancelled: this.cancelled,
            login: by && (async (vault) => (await Promise.all(/* import() */[__webpack_require__.e(752), __webpack_require__.e(893)]).then(__webpack_require__.bind(__webpack_require__, 6893))).login(http, vault.addr, by, this.around)),
            keep: (made) => this.#keep(made),
        });
        const run = {
            inputs,
            vaults,
            lookout,
            journal,
            tokens,
            deadline: this.deadline,
            cancelled: this.cancelled,
            deeds,
        };
        return { run, steps: (0,plan/* plan */.et)(inputs) };
    }
    turned({ run }, deeds) {
        const leg = this.leg({ ...run.inputs, from: run.inputs.to, to: run.inputs.from }, deeds);
        leg.run.tokens.inherit(run.tokens);
        this.current = leg;
        return leg;
    }
    async end({ run, steps }, more = {}) {
        const { journal } = this;
        const { report } = journal;
        let world = await lastLook(run);
        if (!this.cancelled.aborted) {
            if (await (0,cleanup/* cleanUp */.n)(this, run))
                world = await run.lookout.look();
        }
        else if (this.made.length > 0 || report.activations.length > 0) {
            journal.say('the post step takes away what this run made');
        }
        journal.survey(steps, world);
        const turned = world.from.host !== report.hosts.from;
        report.after = turned
            ? { from: (0,build_report/* view */.U)(world.to), to: (0,build_report/* view */.U)(world.from) }
            : { from: (0,build_report/* view */.U)(world.from), to: (0,build_report/* view */.U)(world.to) };
        report.endedAt = new Date().toISOString();
        report.cancelled = this.cancelled.aborted;
        const ending = {
            inputs: run.inputs,
            steps,
            deeds: run.deeds,
            world,
            checks: report.checks,
            cancelled: this.cancelled.aborted,
            report,
        };
        const result = (0,outcome/* conclude */.Ep)({ ...ending, ...more });
        const switches = steps.some(({ name }) => name === 'demote' || name === 'promote');
        report.legs = more.legs ?? (switches && run.deeds.sent > 0 ? [(0,outcome/* legReport */.VY)(run.deeds, world)] : []);
        report.result = result;
        const token = more.chore?.token;
        if (token !== undefined)
            this.runner.mask(token);
        journal.close();
        await publish(this.runner, report, this.reportPath, result, token);
        await this.http.close();
        return result;
    }
    recall({ run }) {
        const text = sealed_open(this.runner.recall(MADE), this.#keys);
        if (text === undefined)
            return;
        const made = JSON.parse(text);
        for (const { token } of made)
            this.secrets.add(token);
        this.made.push(...made);
        run.tokens.adopt(made);
    }
    get around() {
        const { deadline, cancelled } = this;
        return { secrets: this.secrets, mask: (secret) => this.runner.mask(secret), deadline, cancelled };
    }
    get #keys() {
        const given = build_inputs/* SECRET_INPUTS */.pH.map((name) => this.runner.input(name)).filter((key) => key !== '');
        const request = process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '';
        return given.length > 0 ? given : [request].filter((key) => key !== '');
    }
    async #keep(made) {
        this.made.push(made);
        await this.runner.remember(MADE, seal(JSON.stringify(this.made), this.#keys));
    }
    async handOut() {
        this.made.length = 0;
        await this.runner.remember(MADE, '');
    }
}
async function publish(runner, report, reportPath, result, token) {
    runner.save(report, reportPath);
    await runner.summarize(report, reportPath);
    await runner.output(result, reportPath, token);
    const told = [result.verdict, ...result.reasons, ...result.next.map((step) => `Next: ${step}`)];
    runner.log(`outcome: ${result.outcome}`);
    for (const line of told)
        runner.log(line);
    if (result.exitCode !== 0)
        runner.fail(`${result.outcome}: ${[result.verdict, ...result.reasons.slice(0, 3), ...result.next.slice(0, 2)].join(' ')}`);
    else if (result.outcome === 'done' && result.health === 'degraded')
        runner.warn(result.verdict);
    process.exitCode = result.exitCode;
}
function newReport(inputs) {
    const env = (name) => process.env[name] ?? '';
    const run = `${env('GITHUB_SERVER_URL')}/${env('GITHUB_REPOSITORY')}/actions/runs/${env('GITHUB_RUN_ID')}`;
    return {
        schema: 1,
        operation: inputs?.operation,
        mode: inputs?.mode ?? 'planned',
        dryRun: inputs?.['dry-run'] ?? false,
        startedAt: new Date().toISOString(),
        run: {
            actor: env('GITHUB_ACTOR'),
            repository: env('GITHUB_REPOSITORY'),
            workflow: env('GITHUB_WORKFLOW'),
            runId: env('GITHUB_RUN_ID'),
            attempt: env('GITHUB_RUN_ATTEMPT'),
            url: env('GITHUB_RUN_ID') === '' ? '' : run,
        },
        hosts: {
            from: inputs === undefined || inputs.from === '' ? '' : (0,build_inputs/* hostOf */.w4)(inputs.from),
            to: inputs === undefined || inputs.to === '' ? '' : (0,build_inputs/* hostOf */.w4)(inputs.to),
        },
        checks: [],
        steps: [],
        notes: [],
        activations: [],
        attempts: {},
        deeds: (0,bring/* noDeeds */.Nm)(),
    };
}
async function lastLook({ lookout, cancelled, deeds }) {
    if (deeds.sent === 0 && lookout.world.to.at > 0)
        return lookout.world;
    for (let looks = 1;; looks += 1) {
        const world = await lookout.look(0, cancelled.aborted ? 1000 : undefined);
        const missing = build_cluster/* SIDES */.BV.some((side) => (0,build_cluster/* role */.JC)(world[side]) === 'unknown' && world[side].last !== undefined);
        if (!missing || looks >= (cancelled.aborted ? 1 : 4))
            return world;
        await (0,clock/* sleep */.yy)(400);
    }
}
function clockOutage(deeds, { from, to }) {
    if ((0,build_cluster/* serving */.fO)(from) && !deeds.demoted && !deeds.promoted)
        deeds.outage = { from: from.at };
    else if (deeds.outage !== undefined && deeds.outage.until === undefined && (0,build_cluster/* serving */.fO)(to))
        deeds.outage.until = to.at;
}
function loginBy(inputs) {
    const method = inputs['auth-method'];
    if (method === 'token')
        return undefined;
    return {
        method,
        mount: inputs['auth-mount'] ?? method,
        role: inputs['auth-role'],
        audience: inputs['auth-audience'],
        roleId: inputs['approle-role-id'],
        secretId: inputs['approle-secret-id'],
        namespace: inputs.namespace,
    };
}
function passwordOf(proxy) {
    if (proxy === undefined || !URL.canParse(proxy))
        return '';
    return decodeURIComponent(new URL(proxy).password);
}


/***/ }),

/***/ 852:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ Vault)
/* harmony export */ });
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3911);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2759);


const WRITE_WITHIN = 8000;
const MAKE_WITHIN = 5000;
const READ_WITHIN = 10_000;
const CEREMONY = 'sys/replication/dr/secondary/generate-operation-token';
const LONGEST_ERROR = 2000;
const LONGEST_PAUSE = 30_000;
class Vault {
    addr;
    #http;
    #secrets;
    constructor(addr, http, secrets) {
        this.addr = addr;
        this.#http = http;
        this.#secrets = secrets;
    }
    status(within) {
        return this.#get('sys/replication/dr/status', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .replication */ .fr), { within });
    }
    health(within, last = false) {
        return this.#get('sys/health', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .health */ .vK, { within, anyStatus: true, last });
    }
    leader(within) {
        return this.#get('sys/leader', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .leader */ .Uf, { within });
    }
    lookupSelf(token) {
        return this.#get('auth/token/lookup-self', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .token */ .zW), { token });
    }
    async capabilitiesSelf(token, paths) {
        const answer = await this.#http.send(this.addr, {
            method: 'POST',
            path: 'sys/capabilities-self',
            token,
            body: { paths },
            within: READ_WITHIN,
        });
        const read = this.#read(answer, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .capabilities */ .R7), false);
        return read.ok ? { ...read, value: new Map(Object.entries(read.value)) } : read;
    }
    autopilotState(drOperationToken) {
        return this.#get('sys/storage/raft/autopilot/state', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, { token: drOperationToken });
    }
    demote(token) {
        return this.#write('sys/replication/dr/primary/demote', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, {}, token);
    }
    promote(drOperationToken, primaryClusterAddr) {
        return this.#write('sys/replication/dr/secondary/promote', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, {
            dr_operation_token: drOperationToken,
            ...(primaryClusterAddr === undefined ? {} : { primary_cluster_addr: primaryClusterAddr }),
        });
    }
    async generatePublicKey(token) {
        const answer = await this.#write('sys/replication/dr/secondary/generate-public-key', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .publicKey */ .jE), {}, token, MAKE_WITHIN);
        return answer.kind === 'accepted' ? { kind: 'accepted', value: answer.value.secondary_public_key } : answer;
    }
    async secondaryToken(token, id, publicKey) {
        const answer = await this.#write('sys/replication/dr/primary/secondary-token', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .activation */ .tg, { id, ...(publicKey === undefined ? {} : { secondary_public_key: publicKey }) }, token, MAKE_WITHIN);
        if (answer.kind === 'accepted')
            this.#secrets.add(answer.value);
        return answer;
    }
    revokeSecondary(token, id) {
        return this.#write('sys/replication/dr/primary/revoke-secondary', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, { id }, token);
    }
    updatePrimary(drOperationToken, activationToken, primaryApiAddr) {
        return this.#write('sys/replication/dr/secondary/update-primary', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, {
            dr_operation_token: drOperationToken,
            token: activationToken,
            ...(primaryApiAddr === undefined ? {} : { primary_api_addr: primaryApiAddr }),
        });
    }
    enablePrimary(token, primaryClusterAddr) {
        const body = primaryClusterAddr === undefined ? {} : { primary_cluster_addr: primaryClusterAddr };
        return this.#write('sys/replication/dr/primary/enable', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, body, token);
    }
    disablePrimary(token) {
        return this.#write('sys/replication/dr/primary/disable', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, {}, token);
    }
    enableSecondary(token, activationToken, primaryApiAddr) {
        const body = {
            token: activationToken,
            ...(primaryApiAddr === undefined ? {} : { primary_api_addr: primaryApiAddr }),
        };
        return this.#write('sys/replication/dr/secondary/enable', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, body, token);
    }
    disableSecondary(drOperationToken) {
        return this.#write('sys/replication/dr/secondary/disable', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, {
            dr_operation_token: drOperationToken,
        });
    }
    policy(token, name) {
        return this.#get(`sys/policies/acl/${name}`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .policy */ .JN), { token });
    }
    writePolicy(token, name, policy) {
        return this.#write(`sys/policies/acl/${name}`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, { policy }, token, MAKE_WITHIN);
    }
    tokenRole(token, role) {
        return this.#get(`auth/token/roles/${role}`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .tokenRole */ .Sh), { token });
    }
    writeTokenRole(token, role, policy) {
        const body = { allowed_policies: [policy], orphan: true, renewable: false, token_type: 'batch' };
        return this.#write(`auth/token/roles/${role}`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, body, token, MAKE_WITHIN);
    }
    async createToken(token, role, ttl) {
        const answer = await this.#write(`auth/token/create/${role}`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .createdToken */ .IH, { ttl: `${ttl}s` }, token, MAKE_WITHIN);
        if (answer.kind === 'accepted')
            this.#secrets.add(answer.value.client_token);
        return answer;
    }
    nodes(token) {
        return this.#get('sys/storage/raft/autopilot/state', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .autopilot */ .sN), { token });
    }
    performance(within) {
        return this.#get('sys/replication/performance/status', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .performance */ .FO), { within });
    }
    secret(path, token, namespace) {
        const headers = namespace === undefined ? {} : { 'x-vault-namespace': namespace };
        return this.#get(path, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .enveloped */ .px(_schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8), { token, headers });
    }
    attempt(token) {
        return this.#get(`${CEREMONY}/attempt`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .attempt */ .CD, token === undefined ? {} : { token });
    }
    async startAttempt(token) {
        const answer = await this.#write(`${CEREMONY}/attempt`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .attempt */ .CD, {}, token, MAKE_WITHIN);
        if (answer.kind === 'accepted')
            this.#secrets.add(answer.value.otp ?? '');
        return answer;
    }
    async submitShare(token, nonce, key) {
        const answer = await this.#write(`${CEREMONY}/update`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .attempt */ .CD, { key, nonce }, token, MAKE_WITHIN);
        if (answer.kind === 'accepted')
            this.#secrets.add(answer.value.encoded_token ?? '');
        return answer;
    }
    cancelAttempt(token) {
        return this.#write(`${CEREMONY}/attempt`, _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, undefined, token, MAKE_WITHIN);
    }
    deleteOperationToken(drOperationToken, token) {
        const body = { dr_operation_token: drOperationToken };
        return this.#write('sys/replication/dr/secondary/operation-token/delete', _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .anything */ .D8, body, token, MAKE_WITHIN);
    }
    async #get(path, schema, options) {
        const { within = READ_WITHIN, token, anyStatus = false, last = false, headers } = options;
        const answer = await this.#http.send(this.addr, { method: 'GET', path, token, within, headers, last });
        return this.#read(answer, schema, anyStatus);
    }
    #read(answer, schema, anyStatus) {
        if (!answer.answered)
            return { ok: false, silent: true, status: 0, because: answer.because, errors: [] };
        const good = answer.status === 200;
        const parsed = good || anyStatus ? schema.safeParse(answer.json) : undefined;
        if (parsed?.success)
            return { ok: true, status: answer.status, value: parsed.data };
        const errors = this.#errors(answer.json);
        const because = good ? 'its answer is not one that Vault gives in a settled state' : said(answer.status, errors);
        return { ok: false, silent: false, status: answer.status, because, errors };
    }
    async #write(path, schema, body, token, within = WRITE_WITHIN) {
        const method = body === undefined ? 'DELETE' : 'POST';
        const answer = await this.#http.send(this.addr, { method, path, token, body, within, fresh: true });
        if (!answer.answered)
            return { kind: 'unclear', because: answer.because, sent: answer.sent };
        const { status, json, retryAfter } = answer;
        if (status === 200 || status === 204) {
            const parsed = status === 204 || isObject(json) ? schema.safeParse(json) : undefined;
            if (parsed?.success)
                return { kind: 'accepted', value: parsed.data };
            return { kind: 'unclear', because: `HTTP ${status} with an answer that is not one that Vault gives`, sent: true };
        }
        const errors = this.#errors(json);
        const because = said(status, errors);
        const catchingUp = status === 503 && errors.some((error) => /catching up/i.test(error));
        if (status === 429 || status === 412 || catchingUp)
            return { kind: 'later', because, afterMs: pause(retryAfter) };
        const landed = errors.some((error) => /not a dr secondary/i.test(error));
        if (status >= 300 && status < 400) {
            return {
                kind: 'refused',
                because: `HTTP ${status}: it redirects elsewhere, which is not followed; give the address of the active node or of a load balancer that leads to it`,
                status,
            };
        }
        if (status >= 400 && status < 500 && _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .errors */ .sO.safeParse(json).success && !landed)
            return { kind: 'refused', because, status };
        return { kind: 'unclear', because, sent: true };
    }
    #errors(json) {
        const parsed = _schemas_js__WEBPACK_IMPORTED_MODULE_0__/* .errors */ .sO.safeParse(json);
        return parsed.success
            ? parsed.data.errors.slice(0, 5).map((error) => this.#secrets.redactForeign(error.slice(0, LONGEST_ERROR)))
            : [];
    }
}
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
function pause(retryAfter) {
    const seconds = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : 0.5;
    return Math.min(Math.max(seconds * 1000, 250), LONGEST_PAUSE);
}
const MEANINGS = {
    403: 'the token is wrong, expired, or its policy does not allow this',
    404: 'there is no such path: is this Vault Enterprise, and the address right?',
    405: 'this path takes no such call: is this Vault Enterprise, and the address right?',
    412: 'a node that has not caught up yet answered',
    429: 'too many requests, by a quota of this Vault',
    431: 'a header is too large',
    501: 'Vault is not initialized',
};
function said(status, errors) {
    const words = errors.map((error) => (0,_printable_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g)(error)).filter((error) => error !== '');
    if (words.length > 0)
        return `HTTP ${status}, ${JSON.stringify(words.join('; '))}`;
    return `HTTP ${status}${MEANINGS[status] ? ` (${MEANINGS[status]})` : ''}`;
}


/***/ }),

/***/ 6189:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   q: () => (/* binding */ parseJson)
/* harmony export */ });
const DEEPEST = 64;
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
function parseJson(text) {
    try {
        const value = JSON.parse(text);
        return ambiguous(text) ? undefined : value;
    }
    catch {
        return undefined;
    }
}
function ambiguous(text) {
    const open = [];
    for (const [token, colon] of text.matchAll(TOKENS)) {
        if (token === '{' || token === '[') {
            if (open.push(new Set()) > DEEPEST)
                return true;
        }
        else if (token === '}' || token === ']')
            open.pop();
        else if (colon !== undefined) {
            const key = JSON.parse(token.slice(0, -colon.length));
            const keys = open.at(-1);
            if (typeof key !== 'string' || key === '__proto__' || keys?.has(key))
                return true;
            keys?.add(key);
        }
    }
    return false;
}


/***/ }),

/***/ 2759:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CD: () => (/* binding */ attempt),
/* harmony export */   D8: () => (/* binding */ anything),
/* harmony export */   FO: () => (/* binding */ performance),
/* harmony export */   IH: () => (/* binding */ createdToken),
/* harmony export */   JN: () => (/* binding */ policy),
/* harmony export */   R7: () => (/* binding */ capabilities),
/* harmony export */   Sh: () => (/* binding */ tokenRole),
/* harmony export */   Uf: () => (/* binding */ leader),
/* harmony export */   fr: () => (/* binding */ replication),
/* harmony export */   jE: () => (/* binding */ publicKey),
/* harmony export */   px: () => (/* binding */ enveloped),
/* harmony export */   sN: () => (/* binding */ autopilot),
/* harmony export */   sO: () => (/* binding */ errors),
/* harmony export */   tg: () => (/* binding */ activation),
/* harmony export */   vK: () => (/* binding */ health),
/* harmony export */   zW: () => (/* binding */ token)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9691);

const count = zod__WEBPACK_IMPORTED_MODULE_0__/* .union */ .KCZ([
    zod__WEBPACK_IMPORTED_MODULE_0__/* .int */ .Whr(),
    zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()
        .regex(/^-?\d{1,15}$/)
        .transform(Number),
]);
const absent = (type) => type.nullish().transform((value) => value ?? undefined);
const list = (type) => zod__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(type)
    .nullable()
    .optional()
    .transform((value) => (value === null ? [] : value));
const text = zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().max(512);
const time = text.transform((value) => {
    const at = Date.parse(value);
    return Number.isFinite(at) && at > 0 ? at : undefined;
});
const version = zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}[0-9A-Za-z.+-]{0,40}$/);
const peer = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    node_id: absent(text),
    connection_status: absent(text),
    last_heartbeat: absent(time),
    replication_primary_canary_age_ms: absent(count),
});
const replication = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    mode: zod__WEBPACK_IMPORTED_MODULE_0__/* ["enum"] */ .k5n(['primary', 'secondary', 'disabled', 'unsupported']),
    cluster_id: absent(text),
    state: absent(text),
    corrupted_merkle_tree: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    merkle_root: absent(text),
    ssct_generation_counter: absent(count),
    reindex_in_progress: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    last_dr_wal: absent(count),
    last_wal: absent(count),
    known_secondaries: list(text),
    secondaries: list(peer),
    last_remote_wal: absent(count),
    connection_state: absent(text),
    secondary_id: absent(text),
    primaries: list(peer),
});
const performance = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ mode: text, cluster_id: absent(text) });
const health = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    initialized: zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY(),
    sealed: zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY(),
    standby: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    ha_connection_healthy: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    version: absent(version),
    cluster_id: absent(text),
    server_time_utc: absent(count),
});
const leader = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ leader_address: absent(text) });
const token = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    ttl: count,
    type: absent(text),
    policies: list(text),
    num_uses: absent(count),
});
const capabilities = zod__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), zod__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(text));
const publicKey = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ secondary_public_key: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().min(1).max(8192) });
const activation = zod__WEBPACK_IMPORTED_MODULE_0__/* .union */ .KCZ([
    zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ data: zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ token: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().min(8) }) }).transform((body) => body.data.token),
    zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ wrap_info: zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ token: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().min(8) }) }).transform((body) => body.wrap_info.token),
]);
const attemptBody = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    nonce: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().max(256),
    started: zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY(),
    progress: count,
    required: count,
    complete: zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY(),
    encoded_token: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().max(4096)),
    otp: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().max(4096)),
});
const attempt = zod__WEBPACK_IMPORTED_MODULE_0__/* .union */ .KCZ([attemptBody, zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ data: attemptBody }).transform((body) => body.data)]);
const autopilot = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    servers: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ name: absent(text), healthy: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()), node_status: absent(text) }))),
});
const tokenRole = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    allowed_policies: list(text),
    orphan: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    renewable: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
    token_type: absent(text),
});
const policy = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ policy: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP() });
const createdToken = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    auth: zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
        client_token: zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP().min(8),
        lease_duration: count,
        orphan: absent(zod__WEBPACK_IMPORTED_MODULE_0__/* .boolean */ .zMY()),
        token_type: absent(text),
    }),
})
    .transform((body) => body.auth);
const errors = zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ errors: zod__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(zod__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()) });
const anything = zod__WEBPACK_IMPORTED_MODULE_0__/* .unknown */ .L5J();
const enveloped = (type) => zod__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({ data: zod__WEBPACK_IMPORTED_MODULE_0__/* .unknown */ .L5J() })
    .transform((body) => body.data)
    .pipe(type);


/***/ }),

/***/ 419:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ readCanary),
/* harmony export */   M: () => (/* binding */ verify)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7094);


const PATIENCE = 5000;
const PAUSE = 250;
async function readCanary(vault, token, { 'verify-path': path, namespace }) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_1__/* .Deadline */ .B2(PATIENCE);
    for (;;) {
        const read = await vault.secret(path ?? '', token, namespace);
        if (read.ok)
            return { ok: true, digest: (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(canonical(read.value)).digest('hex') };
        if (until.passed || (read.status >= 400 && read.status < 500 && read.status !== 412 && read.status !== 429)) {
            return { ok: false, because: read.because };
        }
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_1__/* .sleep */ .yy)(PAUSE);
    }
}
function canonical(value) {
    if (Array.isArray(value))
        return `[${value.map(canonical).join(',')}]`;
    if (typeof value !== 'object' || value === null)
        return JSON.stringify(value);
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
async function verify({ run }) {
    const { inputs, vaults, tokens, lookout, journal } = run;
    if (inputs['verify-path'] === undefined)
        return [];
    const login = await tokens.login('to');
    if (login?.ok === false)
        return [`The verify-path could not be read: ${login.because}.`];
    const { host } = lookout.world.to;
    const after = await readCanary(vaults.to, tokens.vault, inputs);
    if (!after.ok)
        return [`The verify-path can not be read on ${host}: ${after.because}.`];
    if (run.canary !== undefined && run.canary !== after.digest)
        return [`The verify-path answers something else on ${host} than it did before.`];
    journal.note(run.canary === undefined
        ? `The verify-path can be read on ${host}.`
        : `The verify-path answers the same on ${host} as it did before.`);
    return [];
}


/***/ })

};
