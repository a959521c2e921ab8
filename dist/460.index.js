export const id = 460;
export const ids = [460];
export const modules = {

/***/ 2460:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: external "node:v8"
var external_node_v8_ = __webpack_require__(8877);
// EXTERNAL MODULE: ./build/checks.js
var checks = __webpack_require__(7163);
// EXTERNAL MODULE: ./build/ceremony.js
var ceremony = __webpack_require__(9362);
// EXTERNAL MODULE: ./build/cluster.js
var build_cluster = __webpack_require__(918);
// EXTERNAL MODULE: ./build/credentials.js
var credentials = __webpack_require__(9522);
// EXTERNAL MODULE: ./build/gate.js
var gate = __webpack_require__(7853);
;// CONCATENATED MODULE: ./build/policy.js
const ISSUED_POLICY_NAME = 'vault-dr-operation';
const ISSUED_ROLE_NAME = 'vault-dr-operation';
const ISSUED_POLICY = `path "sys/replication/dr/secondary/promote" {
  capabilities = ["update"]
}
path "sys/replication/dr/secondary/update-primary" {
  capabilities = ["update"]
}
path "sys/replication/dr/secondary/generate-public-key" {
  capabilities = ["update"]
}
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}
`;

// EXTERNAL MODULE: ./build/report.js
var report = __webpack_require__(2200);
;// CONCATENATED MODULE: ./build/chores.js






const CHORES = {
    'issue-operation-token': issue,
    'generate-operation-token': generate,
    'cancel-operation-token': cancel,
    'delete-operation-token': discard,
};
const secondarySide = ({ lookout }) => ['to', 'from'].find((side) => (0,build_cluster/* role */.JC)(lookout.world[side]) === 'secondary');
async function looked(session) {
    const { first, journal } = session;
    const world = await (0,gate/* firstLook */.yb)(first.run.lookout, journal);
    await session.remembered;
    journal.report.before = { from: (0,report/* view */.U)(world.from), to: (0,report/* view */.U)(world.to) };
    for (const side of build_cluster/* SIDES */.BV)
        journal.say(`${world[side].host}: ${(0,report/* view */.U)(world[side]).says}`);
    return first.run;
}
const blocked = (says, ...next) => ({ is: 'blocked', says, next });
async function issue(session) {
    const run = await looked(session);
    const { inputs, vaults, lookout, tokens, journal } = run;
    const side = (0,build_cluster/* primaryOf */.Os)(lookout.world);
    if (side === undefined)
        return blocked('No primary is seen, and only a primary makes batch tokens');
    const vault = vaults[side];
    const { host } = lookout.world[side];
    const login = await tokens.login(side);
    if (login?.ok === false)
        return blocked(login.because, login.fix ?? '');
    const [policy, tokenRole] = await Promise.all([
        (0,credentials/* again */.TG)(() => vault.policy(tokens.vault, ISSUED_POLICY_NAME)),
        (0,credentials/* again */.TG)(() => vault.tokenRole(tokens.vault, ISSUED_ROLE_NAME)),
    ]);
    for (const read of [policy, tokenRole]) {
        if (!read.ok && read.status !== 404)
            return blocked(`${host} does not tell what is there: ${read.because}`, 'Use a token with the policy for `issue-operation-token` in docs/tokens.md.');
    }
    if (tokenRole.ok && (tokenRole.value.token_type !== 'batch' || tokenRole.value.orphan !== true)) {
        return blocked(`The role ${ISSUED_ROLE_NAME} is there and makes other tokens than orphan batch tokens`, `Remove it (vault delete auth/token/roles/${ISSUED_ROLE_NAME}) and run this again.`);
    }
    const needed = [credentials/* PATHS */.R7.promote, credentials/* PATHS */.R7.updatePrimary];
    if (policy.ok && !policy.value.policy.includes('*') && !needed.every((path) => policy.value.policy.includes(path))) {
        return blocked(`The policy ${ISSUED_POLICY_NAME} is there and does not allow what a DR operation token is for`, `Remove it (vault policy delete ${ISSUED_POLICY_NAME}) and run this again, which writes it anew.`);
    }
    if (inputs['dry-run']) {
        const missing = [policy.ok ? [] : ['the policy'], tokenRole.ok ? [] : ['the role']].flat();
        return { is: 'planned', says: `It would make ${[...missing, 'a token'].join(', ')} on ${host}` };
    }
    const write = async (what, send) => {
        run.deeds.sent += 1;
        let answer = await send();
        if (answer.kind === 'unclear' || answer.kind === 'later')
            answer = await send();
        if (answer.kind === 'accepted')
            run.deeds.accepted += 1;
        journal.say(`${host}: ${what}: ${answer.kind}${answer.kind === 'accepted' ? '' : `: ${answer.because}`}`);
        return answer;
    };
    if (!policy.ok) {
        const answer = await write('policy', () => vault.writePolicy(tokens.vault, ISSUED_POLICY_NAME, ISSUED_POLICY));
        if (answer.kind !== 'accepted')
            return { is: 'failed', says: `The policy could not be written: ${answer.because}` };
    }
    if (!tokenRole.ok) {
        const answer = await write('role', () => vault.writeTokenRole(tokens.vault, ISSUED_ROLE_NAME, ISSUED_POLICY_NAME));
        if (answer.kind !== 'accepted')
            return { is: 'failed', says: `The role could not be written: ${answer.because}` };
    }
    const made = await write('token', () => vault.createToken(tokens.vault, ISSUED_ROLE_NAME, Math.ceil(inputs['token-ttl'] / 1000)));
    if (made.kind !== 'accepted')
        return { is: 'failed', says: `The token could not be made: ${made.because}` };
    const { client_token: token, lease_duration: seconds, token_type: type } = made.value;
    if (type !== undefined && type !== 'batch' && !(0,credentials/* isBatch */.bG)(token))
        return { is: 'failed', says: `${host} made a token that is no batch token, which a DR secondary would not accept` };
    const able = await (0,credentials/* again */.TG)(() => vault.capabilitiesSelf(token, needed));
    const lacking = able.ok
        ? needed.filter((path) => !['root', 'update'].some((one) => able.value.get(path)?.includes(one)))
        : [];
    if (lacking.length > 0) {
        return {
            is: 'failed',
            says: `The policy ${ISSUED_POLICY_NAME}, which was there already, does not let the token ${lacking.join(' and ')}`,
            next: [`Remove it (vault policy delete ${ISSUED_POLICY_NAME}) and run this again, which writes it anew.`],
        };
    }
    const until = new Date(Date.now() + seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
    const problem = inputs['store-secret'] === undefined ? undefined : await store(session, token);
    if (problem !== undefined)
        return { is: 'failed', says: `The token was made and is an output, but could not be stored: ${problem}`, token };
    const stored = inputs['store-secret'] === undefined ? '' : `, stored as the secret ${inputs['store-secret']}`;
    return { is: 'done', says: `A batch DR operation token was made on ${host}, good until ${until} UTC${stored}`, token };
}
async function generate(session) {
    const run = await looked(session);
    const { inputs, vaults, lookout, tokens, deeds } = run;
    const side = secondarySide(run);
    if (side === undefined)
        return blocked('No DR secondary is seen, and only a secondary generates DR operation tokens');
    const cluster = lookout.world[side];
    if (inputs['dry-run']) {
        const attempt = await (0,credentials/* again */.TG)(() => vaults[side].attempt(tokens.forCeremony(cluster)));
        const problem = attempt.ok
            ? (0,ceremony/* attemptProblem */.Tl)(cluster.host, attempt.value, inputs['key-shares'])
            : attempt.status === 403
                ? (0,ceremony/* needsToken */.pD)(cluster.host)
                : { because: attempt.because, fix: '' };
        return problem === undefined
            ? { is: 'planned', says: `It would generate a DR operation token on ${cluster.host}` }
            : blocked(problem.because, problem.fix);
    }
    const generated = await tokens.dr(side);
    if (!generated.ok)
        return blocked(generated.because, generated.fix ?? '');
    deeds.sent += 1;
    deeds.accepted += 1;
    await session.handOut();
    return {
        is: 'done',
        says: `A DR operation token was generated on ${cluster.host}; it is good for one use there`,
        next: ['It has no end of its own: use it, or revoke it with `operation: delete-operation-token`.'],
        token: generated.token,
    };
}
async function cancel(session) {
    const run = await looked(session);
    const { inputs, vaults, lookout, tokens, deeds } = run;
    const sides = build_cluster/* SIDES */.BV.filter((side) => (0,build_cluster/* role */.JC)(lookout.world[side]) === 'secondary');
    if (sides.length === 0)
        return blocked('No DR secondary is seen');
    const ended = [];
    for (const side of sides) {
        const cluster = lookout.world[side];
        const token = tokens.forCeremony(cluster);
        const attempt = await (0,credentials/* again */.TG)(() => vaults[side].attempt(token));
        if (!attempt.ok)
            return blocked(attempt.status === 403 ? (0,ceremony/* needsToken */.pD)(cluster.host).because : `${cluster.host}: ${attempt.because}`, attempt.status === 403 ? (0,ceremony/* needsToken */.pD)(cluster.host).fix : '');
        if (!attempt.value.started)
            continue;
        if (inputs['dry-run'])
            return { is: 'planned', says: `It would cancel the attempt in progress on ${cluster.host}` };
        deeds.sent += 1;
        const answer = await vaults[side].cancelAttempt(token);
        const after = await (0,credentials/* again */.TG)(() => vaults[side].attempt(token));
        if (!after.ok || after.value.started)
            return {
                is: 'failed',
                says: `The attempt on ${cluster.host} is still there: ${answer.kind === 'accepted' ? 'somebody began another one' : answer.because}`,
            };
        deeds.accepted += 1;
        ended.push(cluster.host);
    }
    return ended.length === 0
        ? { is: 'unchanged', says: 'No attempt was in progress' }
        : { is: 'done', says: `The attempt on ${ended.join(' and ')} was cancelled` };
}
async function discard(session) {
    const run = await looked(session);
    const { inputs, vaults, lookout, tokens, deeds } = run;
    const token = inputs['dr-operation-token'] ?? '';
    if ((0,credentials/* isBatch */.bG)(token))
        return blocked('This is a batch token, which can not be revoked: it ends by itself');
    const side = secondarySide(run);
    if (side === undefined)
        return blocked('No DR secondary is seen');
    const { host } = lookout.world[side];
    if (inputs['dry-run'])
        return { is: 'planned', says: `It would revoke the token on ${host}` };
    deeds.sent += 1;
    let answer = await vaults[side].deleteOperationToken(token, tokens.header);
    if (answer.kind === 'unclear' || answer.kind === 'later')
        answer = await vaults[side].deleteOperationToken(token, tokens.header);
    if (answer.kind === 'accepted') {
        deeds.accepted += 1;
        return { is: 'done', says: `The DR operation token was revoked on ${host}` };
    }
    const old = ((0,build_cluster/* compareVersions */.Zy)(lookout.world[side].health?.version, '2.0.0') ?? -1) < 0;
    if (answer.kind === 'refused' && answer.status === 403 && (old || tokens.header !== undefined)) {
        return { is: 'unchanged', says: `The token is not valid on ${host}, or not any more` };
    }
    return {
        is: answer.kind === 'unclear' ? 'unclear' : 'failed',
        says: `${host} did not say that the token is revoked: ${answer.because}`,
    };
}
async function store({ inputs, deadline, cancelled }, token) {
    const { storeSecret } = await __webpack_require__.e(/* import() */ 729).then(__webpack_require__.bind(__webpack_require__, 6729));
    const stored = await storeSecret({
        token: inputs['github-token'] ?? '',
        repository: process.env.GITHUB_REPOSITORY ?? '',
        environment: inputs['store-environment'],
        name: inputs['store-secret'] ?? '',
        value: token,
        apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
        deadline,
        cancelled,
    });
    return stored.ok ? undefined : `${stored.because}. ${stored.fix}`;
}

// EXTERNAL MODULE: ./build/clock.js
var clock = __webpack_require__(7094);
// EXTERNAL MODULE: ./build/execute.js
var execute = __webpack_require__(7207);
// EXTERNAL MODULE: ./build/printable.js
var printable = __webpack_require__(3911);
;// CONCATENATED MODULE: ./build/nodes.js


async function sickNodes({ vaults, lookout, tokens, }) {
    const told = await Promise.all(build_cluster/* SIDES */.BV.map(async (side) => {
        const cluster = lookout.world[side];
        const token = (0,build_cluster/* role */.JC)(cluster) === 'primary' ? tokens.onPrimary : tokens.header;
        if (token === undefined || (0,build_cluster/* role */.JC)(cluster) === 'unknown')
            return [];
        const read = await vaults[side].nodes(token);
        const servers = read.ok ? Object.entries(read.value.servers ?? {}) : [];
        const sick = servers.filter(([, { healthy, node_status: status }]) => healthy === false || (status !== undefined && status !== 'alive'));
        const names = sick.map(([id, { name }]) => (0,printable/* printable */.g)(name ?? id, 60));
        return names.length === 0
            ? []
            : [
                `${cluster.host}: ${names.length === 1 ? 'a node is' : 'nodes are'} not healthy: ${names.slice(0, 9).join(', ')}. After a role change a node may come back sealed: unseal it with the key shares of the DR set.`,
            ];
    }));
    return told.flat();
}

// EXTERNAL MODULE: ./build/others.js
var build_others = __webpack_require__(1245);
// EXTERNAL MODULE: ./build/verify.js
var verify = __webpack_require__(419);
;// CONCATENATED MODULE: ./build/direction.js






async function oneWay(session, leg) {
    const { run, steps } = leg;
    if (!(await (0,gate/* gate */.Gj)(session, leg)) || run.inputs['dry-run'])
        return { leg };
    await (0,execute/* execute */.g)(run, steps);
    if (!session.cancelled.aborted && run.deeds.sent > 0) {
        for (const sick of await sickNodes(run))
            run.journal.note(sick);
        const { from, to } = run.lookout.world;
        if (steps.some(({ name }) => name === 'enrol') && (0,build_cluster/* role */.JC)(to) === 'secondary') {
            run.journal.note(`The standby nodes of ${to.host} seal themselves when it is enrolled: unseal them with the key shares of ${from.host}, unless they unseal by themselves.`);
        }
    }
    const switched = steps.some(({ name }) => name === 'follow') && (0,build_cluster/* role */.JC)(run.lookout.world.to) === 'primary';
    if (!switched || session.cancelled.aborted)
        return { leg };
    return { leg, short: [...(await (0,build_others/* repoint */.KT)(session, leg)), ...(await (0,verify/* verify */.M)(leg))] };
}

// EXTERNAL MODULE: ./build/bring.js
var bring = __webpack_require__(2888);
// EXTERNAL MODULE: ./build/outcome.js
var outcome = __webpack_require__(7072);
;// CONCATENATED MODULE: ./build/drill.js




async function drill(session) {
    const there = await oneWay(session, session.first);
    const { world } = there.leg.run.lookout;
    const short = there.short ?? [];
    if (session.inputs['dry-run'] || session.cancelled.aborted || short.length > 0 || !(0,build_cluster/* follows */.pk)(world.from, world.to))
        return there;
    session.journal.note(`The failover is verified; failing back to ${world.from.host}.`);
    const { checks } = session.journal.report;
    const deeds = (0,bring/* noDeeds */.Nm)();
    session.journal.report.deeds = deeds;
    const back = await oneWay(session, session.turned(there.leg, deeds));
    session.journal.report.checks = [
        ...checks.filter(({ state }) => state === 'waived'),
        ...session.journal.report.checks,
    ];
    return { ...back, legs: [there.leg, back.leg].map(({ run }) => (0,outcome/* legReport */.VY)(run.deeds, run.lookout.world)) };
}

// EXTERNAL MODULE: ./build/inputs.js
var inputs = __webpack_require__(8175);
// EXTERNAL MODULE: ./build/session.js + 4 modules
var build_session = __webpack_require__(6272);
;// CONCATENATED MODULE: ./build/status.js









const PACE = 500;
async function status_status(session) {
    const { run } = session.first;
    const { inputs, lookout, journal, vaults } = run;
    const world = await (0,gate/* firstLook */.yb)(lookout, journal, Math.min(gate/* UNREADABLE_FOR */.sS, run.deadline.left));
    journal.report.before = { from: (0,report/* view */.U)(world.from), to: (0,report/* view */.U)(world.to) };
    for (const side of build_cluster/* SIDES */.BV)
        journal.say(`${world[side].host}: ${(0,report/* view */.U)(world[side]).says}`);
    const primary = (0,build_cluster/* primaryOf */.Os)(world);
    const [tokens, behind, others, sick] = await Promise.all([
        (0,credentials/* examine */.sb)({ vaultToken: inputs['vault-token'], drOperationToken: inputs['dr-operation-token'] }, primary === undefined ? undefined : vaults[primary], (0,build_cluster/* role */.JC)(world.to) === 'secondary' ? vaults.to : undefined),
        (0,outcome/* diagnose */.h4)(world).health === 'healthy' ? catchesUp(run, world) : undefined,
        primary === undefined ? [] : (0,build_others/* watchOthers */.df)(session, inputs[primary]),
        sickNodes(run),
    ]);
    const ending = [tokens.vaultToken, tokens.drOperationToken].some((facts) => facts?.lookup?.ok && facts.lookup.value.ttl > 0 && facts.lookup.value.ttl * 1000 < inputs.timeout);
    const refused = [tokens.vaultToken, tokens.drOperationToken].some((facts) => facts?.lookup?.ok === false && facts.lookup.status === 403 && facts.batch);
    return [
        ...(behind === undefined ? [] : [behind]),
        ...others,
        ...sick,
        ...(ending ? [`A token ends within ${(0,clock/* span */.Ln)(inputs.timeout)}.`] : []),
        ...(refused ? ['The primary does not accept a token that was given (HTTP 403).'] : []),
    ];
}
async function catchesUp({ inputs, lookout, journal, deadline, cancelled }, first) {
    const until = new clock/* Deadline */.B2(Math.min(inputs['catch-up-timeout'], deadline.left));
    let world = first;
    let lag;
    for (;;) {
        const side = (0,build_cluster/* primaryOf */.Os)(world);
        if (side === undefined)
            return undefined;
        lag = (0,checks/* barrier */.KY)(lag, { from: world[side], to: world[(0,build_cluster/* other */.F)(side)] }, inputs['max-lag']);
        if (lag.passed)
            return undefined;
        if (until.passed || cancelled.aborted) {
            const entries = lag.behind === undefined ? 'an unknown number of' : String(lag.behind);
            return `${world[(0,build_cluster/* other */.F)(side)].host} stays ${entries} WAL entries behind (more than max-lag ${inputs['max-lag']}, for ${(0,clock/* span */.Ln)(inputs['catch-up-timeout'])}).`;
        }
        journal.look((0,build_cluster/* other */.F)(side), world, `waiting until it has caught up (${lag.behind ?? '?'} WAL entries behind)`);
        await (0,clock/* sleep */.yy)(PACE);
        world = await lookout.look();
    }
}

;// CONCATENATED MODULE: ./build/main.js













const CANCEL_WITHIN = 3500;
const MOST_ANNOTATIONS = 9;
async function main(cancelled, edge) {
    const session = (0,build_session/* openSession */.fA)(cancelled, undefined, edge);
    if ('mistakes' in session)
        return refuse(session.runner, session.operation, session.mistakes);
    const { journal, deadline } = session;
    cancelled.addEventListener('abort', () => {
        journal.note('The run was cancelled.');
        deadline.shorten(CANCEL_WITHIN);
    });
    try {
        if (session.inputs.fleet !== undefined)
            return await fleet(session, session.inputs.fleet);
        const { leg, ...more } = await Promise.race([carryOut(session), ended(session)]);
        await session.end(leg, more);
        await tellByIssue(session);
    }
    catch (error) {
        if (error instanceof inputs/* InvalidInputs */.hS)
            return refuse(session.runner, 'status', error.mistakes);
        journal.note(`An unexpected error ended the run (${error instanceof Error ? error.name : 'of no kind'}).`);
        await session.end(session.current ?? session.first, { crashed: true });
    }
}
function refuse(runner, operation, mistakes) {
    const report = { ...(0,build_session/* newReport */.bQ)(undefined), operation };
    const result = invalid(mistakes);
    return (0,build_session/* publish */.mk)(runner, { ...report, endedAt: report.startedAt, result }, runner.reportPath(undefined), result);
}
async function fleet(session, path) {
    (0,external_node_v8_.setFlagsFromString)('--semi-space-growth-factor=1');
    const { readFleet, watchFleet } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(375)]).then(__webpack_require__.bind(__webpack_require__, 9756));
    const { inputs, journal, runner } = session;
    const pairs = await watchFleet(session, readFleet(path));
    const result = (0,outcome/* concludeFleet */.YZ)(inputs, pairs);
    Object.assign(journal.report, { fleet: pairs, result, endedAt: new Date().toISOString() });
    for (const { name, health, reasons } of (0,outcome/* worstFirst */.md)(pairs)
        .filter((pair) => pair.health !== 'healthy')
        .slice(0, MOST_ANNOTATIONS)) {
        const line = `${name}: ${health}. ${reasons.join(' ')}`;
        if (health === 'critical')
            runner.fail(line);
        else
            runner.warn(line);
    }
    await (0,build_session/* publish */.mk)(runner, journal.report, session.reportPath, result);
    await tellByIssue(session);
    await session.http.close();
}
async function tellByIssue(session) {
    if (!session.inputs.issue || session.cancelled.aborted)
        return;
    const { keepIssue } = await __webpack_require__.e(/* import() */ 439).then(__webpack_require__.bind(__webpack_require__, 439));
    await keepIssue(session);
}
async function ended(session) {
    const { cancelled } = session;
    await new Promise((resolve) => {
        if (cancelled.aborted)
            resolve(undefined);
        cancelled.addEventListener('abort', resolve);
    });
    await (0,clock/* sleep */.yy)(CANCEL_WITHIN + 500);
    return { leg: session.current ?? session.first };
}
async function carryOut(session) {
    const { first, inputs, journal } = session;
    const tls = (0,checks/* checkTls */.w5)(process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    journal.report.checks = [tls];
    if (tls.state === 'failed')
        return { leg: first };
    if (inputs.operation === 'status')
        return { leg: first, findings: await status_status(session) };
    const chore = CHORES[inputs.operation];
    if (chore !== undefined)
        return { leg: first, chore: await chore(session) };
    if (inputs.operation === 'drill')
        return drill(session);
    const elsewhere = inputs.operation === 'revoke-secondary' && (0,build_cluster/* primaryOf */.Os)(await (0,gate/* firstLook */.yb)(first.run.lookout, journal)) === 'to';
    return oneWay(session, elsewhere ? session.turned(first, journal.report.deeds) : first);
}
const invalid = (mistakes) => ({
    outcome: 'invalid',
    exitCode: report/* OUTCOMES */.i.invalid,
    changed: false,
    health: '',
    activeAddr: '',
    redundancy: '',
    lag: undefined,
    rtoMs: undefined,
    rpoEntries: undefined,
    clusterId: '',
    verdict: mistakes.length === 1
        ? 'An input is wrong; nothing was sent.'
        : `${mistakes.length} inputs are wrong; nothing was sent.`,
    reasons: mistakes,
    next: [],
});


/***/ })

};
