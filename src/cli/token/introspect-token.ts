import type { Command } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import { commaList } from '../input/comma-list.js';
import type { Listing } from '../output/format.js';

interface Introspection {
  active: boolean;
  sub?: string;
  client_id?: string;
  scope?: string;
  /** In seconds since 1970. */
  exp?: number;
  token_use?: string;
}

const COLUMNS = ['ACTIVE', 'SUBJECT', 'CLIENT ID', 'SCOPE', 'EXPIRY', 'TOKEN USE'];

/** Token introspection (RFC 7662). An inactive token is not a failure. */
export function introspectToken(verb: Command): void {
  const command = verb
    .command('token')
    .description('show whether an access or refresh token is active, and what it stands for')
    .argument('<token>', 'the token')
    .option('--scope <list>', 'scopes that it must have to count as active', commaList);
  withRemote(command).action(async (token: string) => {
    const { scope = [] } = flagsOf<{ scope?: string[] }>(command);
    const form = { token, ...(scope.length > 0 && { scope: scope.join(' ') }) };
    const { body } = await apiOf(command).call('POST', '/admin/oauth2/introspect', { form });
    await show(command, introspectionRow(introspectionIn(body)));
  });
}

/** @throws CommandFailed where the response does not describe a token */
function introspectionIn(body: unknown): Introspection {
  if (typeof (body as Introspection | null | undefined)?.active === 'boolean') return body as Introspection;
  throw new CommandFailed('The answer says nothing of a token: is this the address of the admin API?');
}

function introspectionRow(found: Introspection): Listing {
  const { active, sub = '', client_id: clientId = '', scope = '', exp, token_use: use = '' } = found;
  const expiry = exp === undefined ? '' : new Date(exp * 1000).toISOString();
  return { columns: COLUMNS, rows: [[String(active), sub, clientId, scope, expiry, use]], value: found, single: true };
}
