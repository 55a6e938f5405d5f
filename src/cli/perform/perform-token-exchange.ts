import type { Command } from 'commander';
import { TOKEN_EXCHANGE } from '../../protocol/constants.js';
import { apiOf, flagsOf, show, withRemote } from '../api/remote.js';
import { commaList } from '../input/comma-list.js';
import { ClientRequests } from '../token/client-requests.js';
import { credentialsOf, withClientCredentials } from '../token/token-flags.js';
import { tokenRow, tokensIn } from '../token/token-listing.js';

interface ExchangeFlags {
  subjectToken?: string;
  subjectTokenType?: string;
  actorToken?: string;
  actorTokenType?: string;
  requestedTokenType?: string;
  scope?: string[];
  audience?: string[];
  resource?: string;
  tokenUrl?: string;
}

/** Types may be named by their last word (RFC 8693 §3). */
const TYPE_PREFIX = 'urn:ietf:params:oauth:token-type:';
const tokenType = (name = 'access_token'): string => (name.includes(':') ? name : TYPE_PREFIX + name);

/** Token exchange (RFC 8693). */
export function performTokenExchange(verb: Command): void {
  const command = verb
    .command('token-exchange')
    .description('exchange a token that is meant for a client for one of its own; --endpoint is the public address')
    .requiredOption('--subject-token <token>', 'the token to exchange')
    .option('--subject-token-type <type>', 'access_token, id_token, jwt, or a whole URN', 'access_token')
    .option('--actor-token <token>', 'the token of who acts; without it the client itself does')
    .option('--actor-token-type <type>', 'as --subject-token-type', 'access_token')
    .option('--requested-token-type <type>', 'access_token, jwt, refresh_token, or a whole URN')
    .option('--scope <list>', 'scopes to ask for (default: those that token and client have)', commaList)
    .option('--audience <list>', 'audiences to ask for', commaList)
    .option('--resource <address>', 'the API that the token is for')
    .option('--token-url <url>', 'address of the token endpoint (default: /oauth2/token of the endpoint)');
  withRemote(withClientCredentials(command)).action(async () => {
    const client = credentialsOf(command, true);
    const flags = flagsOf<ExchangeFlags>(command);
    const api = apiOf(command);
    const url = api.url(flags.tokenUrl ?? '/oauth2/token');
    const { body } = await new ClientRequests(api, client).post(url, formOf(flags));
    await show(command, tokenRow(tokensIn(body, new Date())));
  });
}

function formOf(flags: ExchangeFlags): Record<string, string> {
  const { subjectToken = '', actorToken, requestedTokenType: requested, scope = [], audience = [], resource } = flags;
  return {
    ...{
      grant_type: TOKEN_EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: tokenType(flags.subjectTokenType),
    },
    ...(actorToken !== undefined && { actor_token: actorToken, actor_token_type: tokenType(flags.actorTokenType) }),
    ...(requested !== undefined && { requested_token_type: tokenType(requested) }),
    ...{ scope: scope.join(' '), audience: audience.join(' ') },
    ...(resource !== undefined && { resource }),
  };
}
