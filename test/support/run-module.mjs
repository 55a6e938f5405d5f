/**
 * Runs a TypeScript module in a process of its own, for tests that need a process to kill:
 * `node run-module.mjs FILE ARGUMENT…` awaits the file's default export with the arguments.
 */
import { runnerImport } from 'vite';

const [file, ...args] = process.argv.slice(2);
const { module } = await runnerImport(file, { configFile: false, logLevel: 'silent' });
await module.default(...args);
