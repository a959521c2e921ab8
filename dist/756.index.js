export const id = 756;
export const ids = [756];
export const modules = {

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
