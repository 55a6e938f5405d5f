import type { Command } from 'commander';

const NAMES = ['oauth2-client', 'client', 'clients', 'oauth2-clients'];

/** The resource below a verb, with all its spellings. @param name the spelling that the help shows */
export function clientCommand(verb: Command, name: string, description: string): Command {
  const aliases = NAMES.filter((other) => other !== name);
  return verb.command(name).aliases(aliases).description(description);
}

/** The path of a client, below the endpoint. */
export const clientPath = (id: string): string => `/admin/clients/${encodeURIComponent(id)}`;
