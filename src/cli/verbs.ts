/** The first words of the command line. Each verb is one line here, and its modules are loaded only when it is used. */
import { REMOTE_VERBS } from './remote-verbs.js';
import type { Verb } from './verb.js';

export const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    description: 'run the server',
    load: async () => (await import('./serve.command.js')).serveCommand,
  },
  {
    name: 'migrate',
    description: 'change the schema of the database',
    load: async () => (await import('./migrate/migrate.command.js')).migrateCommand,
  },
  {
    name: 'janitor',
    description: 'delete expired rows from the database',
    load: async () => (await import('./janitor/janitor.command.js')).janitorCommand,
  },
  ...REMOTE_VERBS,
  {
    name: 'apply',
    description: 'make clients, trusted issuers and keys what files say',
    load: async () => (await import('./apply/apply.command.js')).applyCommand,
  },
  {
    name: 'export',
    description: 'write clients, trusted issuers and keys as files for apply',
    load: async () => (await import('./apply/export.command.js')).exportCommand,
  },
  {
    name: 'reencrypt',
    description: 'encrypt stored values anew under the newest system secret',
    load: async () => (await import('./reencrypt/reencrypt.command.js')).reencryptCommand,
  },
  {
    name: 'doctor',
    description: 'check configuration, stores, clock, issuer and cookies, and say what to change',
    load: async () => (await import('./doctor/doctor.command.js')).doctorCommand,
  },
  {
    name: 'openapi',
    description: 'write the OpenAPI document',
    load: async () => (await import('./openapi.command.js')).openApiCommand,
  },
  {
    name: 'resource-metadata',
    description: 'print the metadata of a protected resource (RFC 9728)',
    load: async () => (await import('./resource-metadata.command.js')).resourceMetadataCommand,
  },
  {
    name: 'completion',
    description: 'print the completion script of a shell',
    load: async () => (await import('./completion/completion.command.js')).completionCommand,
    needsAll: true,
  },
  {
    name: 'version',
    description: 'show the version',
    load: async () => (await import('./version.command.js')).versionCommand,
  },
];
