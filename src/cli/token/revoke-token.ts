import type { Command } from 'commander';
import { showIds } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';
import { ClientRequests } from './client-requests.js';
import { credentialsOf, withClientCredentials } from './token-flags.js';

/** Token revocation (RFC 7009), at the public address. An unknown or expired token is not a failure. */
export function revokeToken(verb: Command): void {
  const command = verb
    .command('token')
    .description('revoke an access or refresh token of a client; --endpoint is the public address')
    .argument('<token>', 'the token');
  withRemote(withClientCredentials(command)).action(async (token: string) => {
    const client = credentialsOf(command);
    const api = apiOf(command);
    await new ClientRequests(api, client).post(api.url('/oauth2/revoke'), { token });
    await showIds(command, [token]);
  });
}
