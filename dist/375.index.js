export const id = 375;
export const ids = [375];
export const modules = {

/***/ 9756:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   readFleet: () => (/* binding */ readFleet),
/* harmony export */   watchFleet: () => (/* binding */ watchFleet)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8815);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(9691);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7094);
/* harmony import */ var _cluster_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(918);
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(8175);
/* harmony import */ var _lookout_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(5237);
/* harmony import */ var _outcome_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(7072);
/* harmony import */ var _vault_client_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(852);









const AT_ONCE = 64;
const HANGS_AFTER = 250;
const PAIR_WITHIN = 5000;
const pair = zod__WEBPACK_IMPORTED_MODULE_8__/* .strictObject */ .rej({
    name: zod__WEBPACK_IMPORTED_MODULE_8__/* .string */ .YjP('is missing: a name for the pair')
        .regex(/^[\w.-][\w .:/-]{0,98}[\w.-]?$/, 'may hold letters, digits, blanks and . : / _ -, at most 100'),
    'primary-addr': zod__WEBPACK_IMPORTED_MODULE_8__/* .string */ .YjP('is missing: the address of the cluster that is the DR primary in normal running')
        .pipe(_inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .address */ .hl),
    'secondary-addr': zod__WEBPACK_IMPORTED_MODULE_8__/* .string */ .YjP('is missing: the address of the cluster at the DR site').pipe(_inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .address */ .hl),
});
function readFleet(path) {
    let text;
    try {
        text = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(path, 'utf8');
    }
    catch {
        throw new _inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .InvalidInputs */ .hS(['fleet names a file that can not be read']);
    }
    const lines = new yaml__WEBPACK_IMPORTED_MODULE_1__/* .LineCounter */ .HN();
    const document = (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .parseDocument */ .Tp)(text, { lineCounter: lines, uniqueKeys: true });
    const line = (offset) => `line ${lines.linePos(offset ?? 0).line}`;
    const [broken] = document.errors;
    if (broken !== undefined)
        throw new _inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .InvalidInputs */ .hS([
            `fleet ${line(broken.pos[0])}: is not valid YAML (${broken.code.toLowerCase().replaceAll('_', ' ')})`,
        ]);
    const items = (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .isSeq */ .oP)(document.contents) ? document.contents.items : undefined;
    if (items === undefined || items.length === 0)
        throw new _inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .InvalidInputs */ .hS(['fleet must be a list of pairs, each with name, primary-addr and secondary-addr']);
    const mistakes = [];
    const names = new Map();
    const pairs = items.flatMap((item) => {
        const start = (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .isMap */ .jh)(item) ? item.range?.[0] : undefined;
        const read = pair.safeParse((0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .isMap */ .jh)(item) ? item.toJSON() : undefined);
        if (!read.success) {
            for (const issue of read.error.issues) {
                const key = String(issue.path[0] ?? '');
                const value = (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .isMap */ .jh)(item) && key !== '' ? item.get(key, true) : undefined;
                const what = issue.code === 'unrecognized_keys'
                    ? `has a key that no pair has: it takes ${Object.keys(pair.shape).join(', ')}`
                    : (0,yaml__WEBPACK_IMPORTED_MODULE_1__/* .isMap */ .jh)(item)
                        ? issue.message
                        : 'is no pair';
                mistakes.push(`fleet ${line(value?.range?.[0] ?? start)}: ${key === '' ? '' : `${key} `}${what}`);
            }
            return [];
        }
        const { name } = read.data;
        const twice = names.get(name);
        if (twice !== undefined)
            mistakes.push(`fleet ${line(start)}: the name ${name} is taken (${twice})`);
        else
            names.set(name, line(start));
        if (read.data['primary-addr'] === read.data['secondary-addr'])
            mistakes.push(`fleet ${line(start)}: secondary-addr is the same address as primary-addr`);
        return [read.data];
    });
    if (mistakes.length > 0)
        throw new _inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .InvalidInputs */ .hS(mistakes);
    return pairs;
}
async function watchFleet(session, pairs) {
    const { journal, cancelled } = session;
    const results = [];
    const running = new Set();
    let inPlace = 0;
    let free = () => { };
    for (const [at, entry] of pairs.entries()) {
        while (inPlace >= AT_ONCE && !cancelled.aborted)
            await new Promise((resolve) => (free = resolve));
        if (cancelled.aborted)
            break;
        inPlace += 1;
        let held = true;
        const release = () => {
            if (!held)
                return;
            held = false;
            inPlace -= 1;
            free();
        };
        const look = watchPair(session, entry).then((result) => {
            results[at] = result;
            release();
        });
        running.add(look);
        void look.then(() => running.delete(look));
        const hangs = setTimeout(release, HANGS_AFTER);
        void look.then(() => clearTimeout(hangs));
    }
    const progress = setInterval(() => journal.say(`${running.size} of ${pairs.length} pairs still to answer`), 5000);
    await Promise.all(running);
    clearInterval(progress);
    return results.filter((result) => result !== undefined);
}
async function watchPair(session, entry) {
    const until = new _clock_js__WEBPACK_IMPORTED_MODULE_2__/* .Deadline */ .B2(Math.min(PAIR_WITHIN, session.deadline.left));
    let world;
    for (let looks = 1;; looks += 1) {
        const [from, to] = await Promise.all([
            readOnce(session, entry['primary-addr'], until),
            readOnce(session, entry['secondary-addr'], until),
        ]);
        world = { from, to };
        const behind = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .lag */ .FB)(world);
        const settled = (0,_outcome_js__WEBPACK_IMPORTED_MODULE_6__/* .diagnose */ .h4)(world).health === 'healthy' && (behind ?? 0) <= session.inputs['max-lag'];
        if (settled || looks >= 3 || until.left < 1000 || session.cancelled.aborted)
            break;
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_2__/* .sleep */ .yy)(looks === 1 ? 300 : 1000);
    }
    const { health, reasons } = (0,_outcome_js__WEBPACK_IMPORTED_MODULE_6__/* .diagnose */ .h4)(world);
    const side = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .primaryOf */ .Os)(world);
    const behind = (0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .lag */ .FB)(world);
    const late = health === 'healthy' && behind !== undefined && behind > session.inputs['max-lag'];
    const told = late ? 'degraded' : health;
    return {
        name: entry.name,
        health: told,
        primary: side === undefined ? '' : world[side].host,
        secondary: side === undefined ? '' : world[(0,_cluster_js__WEBPACK_IMPORTED_MODULE_3__/* .other */ .F)(side)].host,
        lag: behind,
        reasons: late ? [`${behind} WAL entries behind.`] : reasons,
    };
}
async function readOnce({ http, secrets }, addr, until) {
    const vault = new _vault_client_js__WEBPACK_IMPORTED_MODULE_7__/* .Vault */ .n(addr, http, secrets);
    const asked = Date.now();
    const status = await vault.status(Math.max(1, until.left));
    const health = status.ok || !status.silent ? await (0,_lookout_js__WEBPACK_IMPORTED_MODULE_5__/* .healthOf */ .Wr)(vault, Math.max(1, until.left), true) : undefined;
    const nothing = { host: (0,_inputs_js__WEBPACK_IMPORTED_MODULE_4__/* .hostOf */ .w4)(addr), askedAt: asked, at: asked, silent: true };
    return (0,_lookout_js__WEBPACK_IMPORTED_MODULE_5__/* .reading */ .hF)(nothing, asked, status, health);
}


/***/ })

};
