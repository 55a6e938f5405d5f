/**
 * The server with the schema of a next release, in a separate process, until that is killed:
 * `node run-module.mjs next-server.ts FILE`. Everything happens while the module is loaded, because its later imports could
 * not be resolved afterwards.
 */
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { migrations } from '../../migrations/index.js';
import { NEXT } from '../migrations/next-schema.js';

(migrations as unknown[]).push(...NEXT); // before any module has read the list
const { startServer } = await import('../../src/server.js');
const configuration = loadConfiguration({ files: [process.argv[3] ?? ''], env: {}, dev: true });
await startServer({ configuration, listeners: ['public', 'admin'] });
await new Promise(() => undefined);
