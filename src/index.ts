/**
 * The entry of the bundle. The name of the file that was started says what this is: `dist/index.js` is the main step, and
 * the others, each a line that imports this one, are the post step, the command, and the two steps of the simulator.
 * Nothing that could be lost on the way, such as the state between steps, decides it: a post step that took itself for the
 * main one would fail over once more.
 */
import { realpathSync } from 'node:fs'
import { basename } from 'node:path'

// An earlier step may ask all of a job for undici's experimental parser. This program has been tried with the other one.
delete process.env.UNDICI_USE_MILO

const cancel = new AbortController()
// The runner sends SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL. Neither of the first two ends the run by itself,
// also not while the program is being loaded: hence the imports below this line.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancel.abort())

switch (nameOf(process.argv[1] ?? '')) {
  case 'post.js':
    await (await import('./post.ts')).post(cancel.signal)
    break
  case 'cli.js':
    await (await import('./cli.ts')).cli(cancel.signal)
    break
  case 'simulator.js':
    await (await import('./simulator/step.ts')).main(cancel.signal)
    break
  case 'simulator-post.js':
    await (await import('./simulator/step.ts')).post()
    break
  default:
    await (await import('./main.ts')).main(cancel.signal)
}

// Everything has been told. A connection to a cluster that hangs, or a wait that a cancel has left behind, would keep the
// process for seconds more, in which GitHub may kill it.
process.stdout.write('', () => process.exit())

/** What was started, behind the link by which npm makes it a command. */
function nameOf(path: string): string {
  try {
    return basename(realpathSync(path))
  } catch {
    // Started, and gone since: its name still tells.
    return basename(path)
  }
}
