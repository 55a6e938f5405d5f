/** The client's side of the authorization code flow (RFC 6749 §4.1, RFC 7636): the request and its response. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { randomFrom, randomText } from '../../crypto/random.js';
import { parseJson } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import type { ClientRequests } from '../token/client-requests.js';
import { type Tokens, tokensIn } from '../token/token-listing.js';

export interface AuthorizationSettings {
  clientId: string;
  authUrl: URL;
  tokenUrl: URL;
  redirectUri: string;
  scope: string[];
  /** Members that are undefined or empty are left out of the request. A list is a repeated parameter. */
  parameters: Record<string, string | readonly string[] | undefined>;
  /** Default: a random value for each request. */
  state?: string;
}

interface Asked {
  nonce: string;
  verifier: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** Requests without a response are forgotten, the oldest first. */
const MAX_OPEN = 100;

export class AuthorizationRequests {
  private readonly open = new LRUCache<string, Asked>({ max: MAX_OPEN });

  constructor(
    private readonly settings: AuthorizationSettings,
    private readonly client: ClientRequests,
  ) {}

  /** Returns the address of a new request. */
  begin(): string {
    const { clientId, authUrl, redirectUri, scope, parameters } = this.settings;
    const { state = randomFrom(LETTERS, 24) } = this.settings;
    const asked = { nonce: randomFrom(LETTERS, 24), verifier: randomText() };
    this.open.set(state, asked);
    const url = new URL(authUrl);
    const all = {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scope.join(' '),
      state,
      nonce: asked.nonce,
      ...parameters,
      code_challenge: createHash('sha256').update(asked.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value = ''] of Object.entries(all)) {
      for (const one of [value].flat().filter(Boolean)) url.searchParams.append(name, one);
    }
    return url.href;
  }

  /** The request that a response belongs to; undefined where its state is unknown or was used before. */
  answered(state: string): Asked | undefined {
    const asked = this.open.get(state);
    this.open.delete(state);
    return asked;
  }

  /** @throws CommandFailed where the server refuses, or the ID token belongs to another request */
  async redeem(code: string, { nonce, verifier }: Asked): Promise<Tokens> {
    const { redirectUri, tokenUrl } = this.settings;
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const tokens = tokensIn((await this.client.post(tokenUrl, form)).body, new Date());
    if (tokens.id_token !== undefined && claimsOf(tokens.id_token).nonce !== nonce) {
      throw new CommandFailed('The ID token belongs to another request: its nonce is not the one that was sent.');
    }
    return tokens;
  }
}

/** The claims of a token that came directly from the token endpoint, so that its signature need not be verified. */
function claimsOf(token: string): { nonce?: unknown } {
  try {
    return parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { nonce?: unknown };
  } catch {
    throw new CommandFailed('The ID token cannot be read.');
  }
}
