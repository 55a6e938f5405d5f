import type { Command } from 'commander';

/** The resource under a verb, with its other spelling. */
export function jwkCommand(verb: Command, description: string): Command {
  return verb.command('jwk').alias('jwks').description(description);
}

/** Address of a key set, below the endpoint. */
export const keySetPath = (set: string): string => `/admin/keys/${encodeURIComponent(set)}`;
