/** The first words of the command line. A verb is one line here, and what it needs is loaded when it is named. */
import type { Command } from 'commander';

export interface Verb {
  name: string;
  description: string;
  /** Gives the command its flags, its sub-commands and its act. */
  load: () => Promise<(command: Command) => void>;
}

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
    name: 'openapi',
    description: 'write the OpenAPI document',
    load: async () => (await import('./openapi.command.js')).openApiCommand,
  },
  {
    name: 'version',
    description: 'show the version',
    load: async () => (await import('./version.command.js')).versionCommand,
  },
];
