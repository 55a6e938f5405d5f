/**
 * `npm run test:faults -- --minutes N [--seed S] [--stores postgres,redis] [--only REGEX]
 * [--people N] [--logs FILE]`: runs servers under traffic and one
 * fault after the other, and compares everything that clients were told with the stored state. Exit 1 on a violation.
 * See test/faults/README.md.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import './build-once.mjs';

process.setMaxListeners(0); // every server and store ends with this process

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    stores: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    logs: { type: 'string' },
    people: { type: 'string', default: '8' },
  },
});

const file = fileURLToPath(new URL('../test/faults/rig/run.ts', import.meta.url));
const { module } = await runnerImport(file, { configFile: false, logLevel: 'silent' });
const passed = await module.default({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  stores: values.stores.split(',').filter((name) => name !== ''),
  only: new RegExp(values.only, 'i'),
  people: Number(values.people),
  logFile: values.logs,
});
process.exit(passed ? 0 : 1);
