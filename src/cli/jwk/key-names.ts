import type { Command } from 'commander';

/** The resource below a verb, with its other spellings. */
export function jwkCommand(verb: Command, description: string): Command {
  return verb.command('jwk').alias('jwks').description(description);
}

/** The path of a key set, below the endpoint. */
export const keySetPath = (set: string): string => `/admin/keys/${encodeURIComponent(set)}`;
