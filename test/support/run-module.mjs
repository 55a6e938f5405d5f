/**
 * Runs a TypeScript module in a separate process, for tests that need a process to kill:
 * `node run-module.mjs FILE ARGUMENT…` calls the file's default export with the arguments and awaits it.
 */
import { runnerImport } from 'vite';

const [file, ...args] = process.argv.slice(2);
const { module } = await runnerImport(file, { configFile: false, logLevel: 'silent' });
await module.default(...args);
