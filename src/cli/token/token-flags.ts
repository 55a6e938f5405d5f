import type { Command } from 'commander';
import { flagsOf } from '../api/remote.js';

export interface ClientCredentials {
  id: string;
  /** Undefined for public clients. */
  secret?: string;
}

interface CredentialFlags {
  clientId?: string;
  clientSecret?: string;
}

export function withClientCredentials(command: Command): Command {
  return command
    .option('--client-id <id>', 'id of the client (default: the variable OAUTH2_CLIENT_ID)')
    .option('--client-secret <secret>', 'its secret (default: the variable OAUTH2_CLIENT_SECRET)');
}

/** Exits with the usage where the id is missing, or a secret that is needed. */
export function credentialsOf(command: Command, secretIsNeeded = false): ClientCredentials {
  const { clientId, clientSecret } = flagsOf<CredentialFlags>(command);
  const id = clientId ?? process.env.OAUTH2_CLIENT_ID ?? '';
  const secret = (clientSecret ?? process.env.OAUTH2_CLIENT_SECRET) || undefined;
  if (id === '') missing(command, '--client-id', 'OAUTH2_CLIENT_ID');
  if (secretIsNeeded && secret === undefined) missing(command, '--client-secret', 'OAUTH2_CLIENT_SECRET');
  return { id, secret };
}

function missing(command: Command, flag: string, variable: string): never {
  return command.error(`error: ${flag} is missing: give the flag or the variable ${variable}`, { exitCode: 1 });
}
