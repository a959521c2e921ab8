export const id = 438;
export const ids = [438];
export const modules = {

/***/ 6438:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   saveSnapshot: () => (/* binding */ saveSnapshot)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8522);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(9691);
/* harmony import */ var _clock_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7094);
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8175);
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(3911);
/* harmony import */ var _vault_client_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(852);
/* harmony import */ var _vault_json_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(6189);
/* harmony import */ var _vault_schemas_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(2759);











const PATIENCE = { head: 300_000, idle: 60_000, pause: 500 };
const PATH = 'sys/storage/raft/snapshot';
const LOOK_WITHIN = 5000;
const LARGEST = 1024 * 1024;
const PIECE = 64 * 1024;
class Shortcoming extends Error {
    because;
    mayPass;
    constructor(because, mayPass) {
        super();
        this.because = because;
        this.mayPass = mayPass;
    }
}
const bad = (what) => new Shortcoming(what, true);
async function saveSnapshot(source, token, path, until, signal, patience = PATIENCE) {
    let part;
    try {
        part = await Part.create(path);
        const request = { source, token, until, signal, patience };
        const saved = await twice(request, part);
        if (signal.aborted)
            throw new Shortcoming('the run was cancelled', false);
        await part.keep();
        return { ok: true, path, ...saved };
    }
    catch (error) {
        const kind = error instanceof Error ? error.name : 'of no kind';
        return { ok: false, because: error instanceof Shortcoming ? error.because : `an unexpected error (${kind})` };
    }
    finally {
        await part?.drop();
    }
}
async function twice(request, part) {
    try {
        return await obtain(request, part);
    }
    catch (error) {
        const { until, signal, patience } = request;
        if (!(error instanceof Shortcoming) || !error.mayPass || signal.aborted || until.left <= patience.pause)
            throw error;
        await (0,_clock_js__WEBPACK_IMPORTED_MODULE_4__/* .sleep */ .yy)(patience.pause);
        await part.restart();
        return obtain(request, part);
    }
}
async function obtain(request, part) {
    const { source, token, until, signal, patience } = request;
    const ask = (addr) => {
        if (until.passed)
            throw new Shortcoming('no time is left for it', false);
        const { head, idle } = patience;
        const call = { path: PATH, token, within: until.left, headWithin: Math.min(head, until.left), idle, signal };
        return source.http.download(addr, call, (pieces) => receive(pieces, part));
    };
    let answer = await ask(source.addr);
    if (answer.kind === 'answer' && answer.status === 307) {
        answer = await ask(await activeNode(request, answer.location));
        if (answer.kind === 'answer' && answer.status === 307)
            throw new Shortcoming('the node that it redirects to redirects once more, which is not followed', true);
    }
    if (answer.kind === 'taken')
        return answer.value;
    if (answer.kind === 'none')
        throw new Shortcoming(answer.because, true);
    throw refusal(answer.status, answer.json, source.secrets);
}
async function activeNode({ source, until, signal }, location) {
    const { http, addr, secrets } = source;
    const refuse = (why, mayPass = false) => new Shortcoming(`it redirects to another node, which is not followed: ${why}`, mayPass);
    const [from, to] = [urlOf(addr), urlOf(location)];
    if (!to || !/^https?:\/\/[^/\\?#@\s]+\/v1\/sys\/storage\/raft\/snapshot$/i.test(location ?? ''))
        throw refuse('the Location is not the address of a raft snapshot');
    const plain = from?.protocol === 'http:' && to.protocol === 'http:';
    if (to.protocol !== 'https:' && !(plain && (0,_inputs_js__WEBPACK_IMPORTED_MODULE_5__/* .loopback */ .uC)(from.hostname) && (0,_inputs_js__WEBPACK_IMPORTED_MODULE_5__/* .loopback */ .uC)(to.hostname)))
        throw refuse('the Location is http, and tokens are sent over https only');
    const within = () => Math.min(LOOK_WITHIN, until.left);
    const given = new _vault_client_js__WEBPACK_IMPORTED_MODULE_6__/* .Vault */ .n(addr, http, secrets);
    const leader = known(await unlessCancelled(given.leader(within()), signal), 'sys/leader gave no answer');
    const named = urlOf(leader.leader_address);
    if (!named)
        throw refuse('sys/leader names no active node at the moment', true);
    if (named.origin !== to.origin)
        throw refuse('sys/leader names another active node than the Location', true);
    const target = new _vault_client_js__WEBPACK_IMPORTED_MODULE_6__/* .Vault */ .n(to.origin, http, secrets);
    const both = Promise.all([given.health(within()), target.health(within())]);
    const [here, there] = (await unlessCancelled(both, signal)).map((read) => known(read, 'sys/health could not be read on both nodes'));
    if (here?.cluster_id === undefined || here.cluster_id === '' || here.cluster_id !== there?.cluster_id)
        throw refuse('the node there is not one of the same cluster by its sys/health');
    return to.origin;
    function known(read, otherwise) {
        if (read.ok)
            return read.value;
        throw refuse(`${otherwise} (${read.because})`, true);
    }
}
const urlOf = (text) => text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
async function unlessCancelled(work, signal) {
    const cancelled = Promise.withResolvers();
    const cancel = () => cancelled.reject(new Shortcoming('the run was cancelled', false));
    if (signal.aborted)
        cancel();
    signal.addEventListener('abort', cancel);
    try {
        return await Promise.race([cancelled.promise, work]);
    }
    finally {
        signal.removeEventListener('abort', cancel);
    }
}
function refusal(status, json, secrets) {
    const parsed = _vault_schemas_js__WEBPACK_IMPORTED_MODULE_7__/* .errors */ .sO.safeParse(json);
    const words = parsed.success ? (0,_printable_js__WEBPACK_IMPORTED_MODULE_8__/* .printable */ .g)(parsed.data.errors.map((error) => secrets.redact(error)).join('; ')) : '';
    const quoted = words === '' ? '' : `, ${JSON.stringify(words)}`;
    const mayPass = status >= 500 || status === 429 || status === 412;
    if (/raft storage is not in use/i.test(words))
        return new Shortcoming(`HTTP ${status}: this Vault does not use raft (integrated) storage, so that there is nothing to take a snapshot of; back its storage up by other means and leave snapshot-path empty`, false);
    if (status === 403)
        return new Shortcoming(`HTTP 403${quoted}: the token is wrong or expired, or its policy lacks read on ${PATH}`, false);
    if (status >= 300 && status < 400)
        return new Shortcoming(`HTTP ${status}: it redirects elsewhere, which is not followed`, false);
    if (status === 404 || status === 405)
        return new Shortcoming(`HTTP ${status}${quoted}: there is no such path: is the address right?`, false);
    if (status < 300)
        return new Shortcoming(`HTTP ${status} without a snapshot`, false);
    return new Shortcoming(`HTTP ${status}${quoted}`, mayPass);
}
async function receive(pieces, part) {
    const hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    const archive = new Archive();
    const unpacking = new Unpacking((piece) => archive.take(piece));
    let bytes = 0;
    try {
        for await (const piece of pieces) {
            bytes += piece.length;
            hash.update(piece);
            await part.write(piece);
            await unpacking.write(piece);
        }
        await unpacking.end();
        archive.verify();
        return { bytes, sha256: hash.digest('hex') };
    }
    finally {
        unpacking.close();
    }
}
class Unpacking {
    #gunzip = (0,node_zlib__WEBPACK_IMPORTED_MODULE_3__.createGunzip)({ chunkSize: PIECE, rejectGarbageAfterEnd: true });
    #failed = Promise.withResolvers();
    #ended = Promise.withResolvers();
    #written = 0;
    #unpacked = 0;
    constructor(take) {
        this.#failed.promise.catch(() => undefined);
        this.#gunzip.on('error', (error) => this.#failed.reject(this.#told(error)));
        this.#gunzip.on('end', () => this.#ended.resolve());
        this.#gunzip.on('data', (piece) => {
            this.#unpacked += piece.length;
            try {
                take(piece);
            }
            catch (error) {
                this.#failed.reject(error);
                this.#gunzip.destroy();
            }
        });
    }
    async write(piece) {
        this.#written += piece.length;
        const written = new Promise((resolve) => this.#gunzip.write(piece, () => resolve()));
        await Promise.race([this.#failed.promise, this.#ended.promise, written]);
        if (this.#gunzip.destroyed)
            await this.#failed.promise;
    }
    async end() {
        this.#gunzip.end();
        await Promise.race([this.#failed.promise, this.#ended.promise]);
        if (this.#gunzip.bytesWritten !== this.#written)
            throw bad(GARBAGE);
    }
    close() {
        this.#gunzip.destroy();
    }
    #told(error) {
        const code = codeOf(error);
        if (code === 'Z_BUF_ERROR')
            return bad('the snapshot was cut short: its gzip stream does not end');
        if (code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END')
            return bad(GARBAGE);
        if (this.#unpacked === 0)
            return bad('what it sent is not a snapshot: it is not gzip');
        return bad('the snapshot is damaged: its gzip stream is not valid');
    }
}
const GARBAGE = 'the snapshot is damaged: something follows the end of its gzip stream';
const MEMBERS = ['meta.json', 'state.bin', 'SHA256SUMS', 'SHA256SUMS.sealed'];
class Member {
    size;
    #hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    #kept;
    #length = 0;
    constructor(size, kept) {
        this.size = size;
        this.#kept = Buffer.alloc(kept ? size : 0);
    }
    take(piece) {
        this.#hash.update(piece);
        this.#length += piece.copy(this.#kept, this.#length);
    }
    digest() {
        return this.#hash.digest('hex');
    }
    text(encoding = 'utf8') {
        return this.#kept.toString(encoding);
    }
}
const BLOCK = 512;
class Archive {
    #members = new Map();
    #header = Buffer.alloc(BLOCK);
    #filled = 0;
    #left = 0;
    #padding = 0;
    #reader;
    #whenRead;
    #paxSize;
    #zeroBlocks = 0;
    #behind = 0;
    take(piece) {
        for (let at = 0; at < piece.length;) {
            const rest = piece.length - at;
            if (this.#zeroBlocks === 2) {
                this.#behindEnd(piece.subarray(at));
                return;
            }
            if (this.#left > 0) {
                const length = Math.min(this.#left, rest);
                this.#reader?.take(piece.subarray(at, at + length));
                this.#left -= length;
                at += length;
                if (this.#left === 0)
                    this.#whenRead?.();
            }
            else if (this.#padding > 0) {
                const length = Math.min(this.#padding, rest);
                this.#padding -= length;
                at += length;
            }
            else {
                const length = Math.min(BLOCK - this.#filled, rest);
                piece.copy(this.#header, this.#filled, at, at + length);
                this.#filled += length;
                at += length;
                if (this.#filled === BLOCK) {
                    this.#filled = 0;
                    this.#open();
                }
            }
        }
    }
    verify() {
        const [meta, state, sums, sealed] = MEMBERS.map((name) => this.#members.get(name));
        if (this.#zeroBlocks < 2)
            throw bad('the snapshot was cut short: its tar archive does not end');
        if (!meta || !state || !sums) {
            const missing = MEMBERS.filter((name) => !this.#members.has(name));
            throw bad(`the snapshot is incomplete: it has no ${missing.join(', no ')}`);
        }
        if (!sealed || sealed.size === 0)
            throw bad('the snapshot is incomplete: SHA256SUMS.sealed, which Vault writes last, is missing or empty');
        if (state.size === 0)
            throw bad('the snapshot is incomplete: state.bin is empty');
        this.#checkSize(meta, state.size);
        checkSums(sums.text(), { 'meta.json': meta.digest(), 'state.bin': state.digest() });
    }
    #open() {
        const header = this.#header;
        if (header.every((byte) => byte === 0)) {
            this.#zeroBlocks += 1;
            return;
        }
        if (this.#zeroBlocks > 0 || !sumIsRight(header))
            throw bad('the snapshot is damaged: a tar header is not valid');
        const type = String.fromCharCode(header[156] ?? 0);
        const size = numberAt(header, 124, 12);
        if (type === 'x' || type === 'g')
            this.#openPax(size, type === 'g');
        else if (type === '0' || type === '\0')
            this.#openMember(nameIn(header), this.#paxSize ?? size);
        else
            throw bad('the snapshot holds something other than plain files, which no Vault writes');
    }
    #openMember(name, size) {
        this.#paxSize = undefined;
        const known = MEMBERS.find((member) => member === name);
        if (known === undefined)
            throw bad(`the snapshot holds a member ${/[/\\]/.test(name) ? 'with a path' : 'of a name'} that no Vault writes`);
        if (this.#members.has(known))
            throw bad(`the snapshot holds ${known} twice`);
        if (known !== 'state.bin' && size > LARGEST)
            throw bad(`${known} of the snapshot is larger than 1 MiB`);
        const meta = this.#members.get('meta.json');
        if (known === 'state.bin' && meta)
            this.#checkSize(meta, size);
        const member = new Member(size, known === 'meta.json' || known === 'SHA256SUMS');
        this.#members.set(known, member);
        this.#contents(member, undefined);
    }
    #openPax(size, forAll) {
        if (size > LARGEST)
            throw bad('the snapshot is damaged: a pax header is not valid');
        const records = new Member(size, true);
        this.#contents(records, () => {
            const told = paxSize(records.text('latin1'));
            if (forAll && told !== undefined)
                throw bad('the snapshot is damaged: a pax header is not valid');
            this.#paxSize = told;
        });
    }
    #contents(reader, whenRead) {
        this.#reader = reader;
        this.#whenRead = whenRead;
        this.#left = reader.size;
        this.#padding = (BLOCK - (reader.size % BLOCK)) % BLOCK;
        if (this.#left === 0)
            whenRead?.();
    }
    #behindEnd(rest) {
        this.#behind += rest.length;
        if (this.#behind > LARGEST || rest.some((byte) => byte !== 0))
            throw bad('the snapshot is damaged: something follows the end of its tar archive');
    }
    #checkSize(meta, size) {
        const told = metadata.safeParse((0,_vault_json_js__WEBPACK_IMPORTED_MODULE_9__/* .parseJson */ .q)(meta.text()));
        if (!told.success)
            throw bad('the snapshot is damaged: its meta.json is not what Vault writes');
        const { Size } = told.data;
        if (Size !== undefined && Size !== null && Size !== size)
            throw bad(`the snapshot is damaged: meta.json tells a Size of ${Size} bytes, and state.bin has ${size}`);
    }
}
const metadata = zod__WEBPACK_IMPORTED_MODULE_10__/* .object */ .Ikc({ Size: zod__WEBPACK_IMPORTED_MODULE_10__/* .int */ .Whr().nonnegative().nullish() });
function checkSums(list, digests) {
    const wrong = (what) => bad(`the snapshot is damaged: ${what}`);
    const seen = new Set();
    for (const line of list.replace(/\n$/, '').split('\n')) {
        const [, sum = '', name = ''] = /^([0-9a-f]{64}) [ *](meta\.json|state\.bin)$/i.exec(line) ?? [];
        if (name === '')
            throw wrong('its SHA256SUMS is not a list of the sums of meta.json and state.bin');
        if (digests[name] !== sum.toLowerCase())
            throw wrong(`${name} has another SHA-256 than its SHA256SUMS says`);
        seen.add(name);
    }
    for (const name of Object.keys(digests))
        if (!seen.has(name))
            throw wrong(`its SHA256SUMS does not name ${name}`);
}
function sumIsRight(header) {
    let sum = 8 * 0x20;
    for (const [at, byte] of header.entries())
        if (at < 148 || at >= 156)
            sum += byte;
    return sum === numberAt(header, 148, 8);
}
function numberAt(header, at, length) {
    const field = header.subarray(at, at + length);
    let value;
    if (field[0] === 0x80) {
        value = 0;
        for (const byte of field.subarray(1))
            value = value * 256 + byte;
    }
    else {
        const digits = field
            .toString('latin1')
            .replace(/[\0 ]+$/, '')
            .trimStart();
        value = /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
    }
    if (!Number.isSafeInteger(value))
        throw bad('the snapshot is damaged: a tar header is not valid');
    return value;
}
function nameIn(header) {
    const field = (at, length) => header
        .subarray(at, at + length)
        .toString('latin1')
        .replace(/\0.*$/s, '');
    const prefix = field(345, 155);
    return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}
function paxSize(records) {
    let size;
    for (let at = 0; at < records.length;) {
        const [start = '', length = ''] = /^(\d{1,7}) /.exec(records.slice(at, at + 8)) ?? [];
        const end = at + Number(length);
        const record = records.slice(at + start.length, end);
        const [, key = '', value = ''] = /^([^=]+)=(.*)\n$/s.exec(record) ?? [];
        if (start === '' || key === '' || end > records.length)
            throw bad('the snapshot is damaged: a pax header is not valid');
        if (key === 'path' || key === 'linkpath' || key.startsWith('GNU.sparse'))
            throw bad('the snapshot holds a member with another name or form than Vault writes');
        if (key === 'size') {
            size = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
            if (Number.isNaN(size))
                throw bad('the snapshot is damaged: a pax header is not valid');
        }
        at = end;
    }
    return size;
}
const ON_DISK = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EFBIG: 'the file is larger than this system allows',
    EACCES: 'snapshot-path is not writable',
    EPERM: 'snapshot-path is not writable',
    EROFS: 'snapshot-path is on a read-only file system',
    ENOTDIR: 'snapshot-path leads through something that is not a folder',
    EEXIST: 'snapshot-path leads through something that is not a folder, or another run writes there',
    EISDIR: 'snapshot-path is a folder',
    ENAMETOOLONG: 'snapshot-path is too long',
    ELOOP: 'snapshot-path leads through links in a circle',
};
const codeOf = (error) => typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
async function onDisk(work) {
    try {
        return await work;
    }
    catch (error) {
        const code = codeOf(error);
        throw new Shortcoming(ON_DISK[code] ?? `snapshot-path can not be written (${code})`, false);
    }
}
class Part {
    #path;
    #part;
    #file;
    #position = 0;
    constructor(path, part, file) {
        this.#path = path;
        this.#part = part;
        this.#file = file;
    }
    static async create(path) {
        const part = `${path}.part`;
        await onDisk((0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.mkdir)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.dirname)(path), { recursive: true }));
        const there = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.lstat)(path).catch(() => undefined);
        if (there?.isDirectory())
            throw new Shortcoming('snapshot-path is a folder', false);
        if (there && !there.isFile())
            throw new Shortcoming('snapshot-path is not a regular file', false);
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.unlink)(part).catch(() => undefined);
        return new Part(path, part, await onDisk((0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.open)(part, 'wx', 0o600)));
    }
    async write(piece) {
        for (let at = 0; at < piece.length;) {
            const { bytesWritten } = await onDisk(this.#file.write(piece, at, piece.length - at, this.#position));
            at += bytesWritten;
            this.#position += bytesWritten;
        }
    }
    async restart() {
        await onDisk(this.#file.truncate(0));
        this.#position = 0;
    }
    async keep() {
        await onDisk(this.#file.sync());
        if (!(await this.#isOurs()))
            throw new Shortcoming('another run writes to the same snapshot-path', false);
        await onDisk((0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.rename)(this.#part, this.#path));
        const folder = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.open)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.dirname)(this.#path)).catch(() => undefined);
        await folder?.sync().catch(() => undefined);
        await folder?.close();
    }
    async drop() {
        if (await this.#isOurs())
            await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.unlink)(this.#part).catch(() => undefined);
        await this.#file.close().catch(() => undefined);
    }
    async #isOurs() {
        try {
            const [ours, there] = await Promise.all([this.#file.stat({ bigint: true }), (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.lstat)(this.#part, { bigint: true })]);
            return ours.ino === there.ino && ours.dev === there.dev;
        }
        catch {
            return false;
        }
    }
}


/***/ })

};
