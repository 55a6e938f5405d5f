/**
 * `npm run clients [name…]`: the programs of `test/clients`, each of which logs in at one built server by a client library
 * of its own. Prints a line for each step and at the end how many passed. What a program needs and this machine has not got
 * is named, and the program skipped. Exit 1 where one failed. TEST_DSN is the database, as in the tests; otherwise it is the
 * embedded one.
 */
import { setMaxListeners } from 'node:events';
import { outcomeOf } from './clients/outcome.mjs';
import { readPrograms } from './clients/programs.mjs';
import { Stages } from './clients/stage.mjs';

/** Programs that run side by side: most of their time they wait for a start. */
const AT_ONCE = 2;

const stopping = new globalThis.AbortController();
setMaxListeners(0, stopping.signal);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopping.abort());

const programs = await readPrograms(process.argv.slice(2));
const stages = new Stages();
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const waiting = [...programs];
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(waiting)));
} finally {
  await stages.close();
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.failed > 0 || stopping.signal.aborted) process.exitCode = 1;

async function work(waiting) {
  for (let program = waiting.shift(); program && !stopping.signal.aborted; program = waiting.shift()) {
    const say = (
      (name) => (text) =>
        console.log(`${name}: ${text}`)
    )(program.name);
    const began = performance.now();
    const { result, reason } = await outcomeOf(program, { stages, say, signal: stopping.signal });
    counts[result] += 1;
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${result === 'failed' ? 'FAILED' : result} (${seconds} s)${reason ? `: ${reason}` : ''}`);
  }
}
