import type { Command } from 'commander';
import { showIds } from '../api/delete-each.js';
import { apiOf, withRemote } from '../api/remote.js';
import { postAsClient } from './post-as-client.js';
import { credentialsOf, withClientCredentials } from './token-flags.js';

/** RFC 7009, on the public address. A token that is unknown or over is no failure. */
export function revokeToken(verb: Command): void {
  const command = verb
    .command('token')
    .description('revoke an access or refresh token of a client; --endpoint is the public address')
    .argument('<token>', 'the token');
  withRemote(withClientCredentials(command)).action(async (token: string) => {
    const client = credentialsOf(command);
    const api = apiOf(command);
    await postAsClient(api, api.url('/oauth2/revoke'), { token }, client);
    await showIds(command, [token]);
  });
}
