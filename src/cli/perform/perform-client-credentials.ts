import type { Command } from 'commander';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { commaList } from '../input/comma-list.js';
import { ClientRequests } from '../token/client-requests.js';
import { credentialsOf, withClientCredentials } from '../token/token-flags.js';
import { tokenRow, tokensIn } from '../token/token-listing.js';

interface GrantFlags {
  scope?: string[];
  audience?: string[];
  resource?: string[];
  tokenUrl?: string;
}

/** The client credentials grant (RFC 6749 §4.4). */
export function performClientCredentials(verb: Command): void {
  const command = verb
    .command('client-credentials')
    .description('get an access token for a client itself; --endpoint is the public address')
    .option('--scope <list>', 'scopes to ask for', commaList)
    .option('--audience <list>', 'audiences to ask for', commaList)
    .option('--resource <list>', 'resources to ask for (RFC 8707)', commaList)
    .option('--token-url <url>', 'address of the token endpoint (default: /oauth2/token of the endpoint)');
  withRemote(withClientCredentials(command)).action(async () => {
    const client = credentialsOf(command, true);
    const { scope = [], audience = [], resource = [], tokenUrl = '/oauth2/token' } = flagsOf<GrantFlags>(command);
    const form = { grant_type: 'client_credentials', scope: scope.join(' '), audience: audience.join(' '), resource };
    const api = apiOf(command);
    const { body } = await new ClientRequests(api, client).post(api.url(tokenUrl), form);
    await show(command, tokenRow(tokensIn(body, new Date())));
  });
}
