/**
 * The entry of the bundle. The name of the file that the runner started says which step this is: `dist/index.js` is the
 * main step, `dist/post.js` (a line that imports this one) the post step. Nothing that could be lost on the way, such as
 * the state between them, decides it: a post step that took itself for the main one would fail over once more.
 */
import { basename } from 'node:path'

const cancel = new AbortController()
// The runner sends SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL. Neither of the first two ends the run by itself,
// also not while the program is being loaded: hence the imports below this line.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancel.abort())

const post = basename(process.argv[1] ?? '') === 'post.js'
if (post) await (await import('./post.ts')).post(cancel.signal)
else await (await import('./main.ts')).main(cancel.signal)

// Everything has been told. A connection to a cluster that hangs, or a wait that a cancel has left behind, would keep the
// process for seconds more, in which GitHub may kill it.
process.stdout.write('', () => process.exit())
