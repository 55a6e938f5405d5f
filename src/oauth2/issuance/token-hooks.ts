/**
 * The operator's hooks at the token endpoint: `oauth2.refresh_token_hook` (refresh only), then `oauth2.token_hook` (every
 * grant). They run after the access was checked and before the credential is spent, never inside a transaction, so a
 * denial, an error or a slow hook spends nothing.
 */
import { Injectable, Logger } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { HookConfiguration } from '../../config/configuration.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { Outbound } from '../../http/outbound/outbound.js';
import { AUTHORIZATION_CODE, CIBA, DEVICE_CODE, REFRESH_TOKEN } from '../../protocol/constants.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson } from '../../protocol/json.js';
import { accessDenied, serverError } from '../../protocol/oauth-error.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { GrantSession, SessionClaims } from './grant-session.js';
import { hookCredential } from './hook-credential.js';
import { expiryOf, lifespan } from './lifespans.js';
import { type ExchangedClaims, type HookRequest, refreshHookPayload, tokenHookPayload } from './token-hook-payload.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_048_576;
/** Connection errors and status 5xx are retried: at most three calls in total. */
const RETRY = { count: 2, pauseMs: 1_000 };
/** Grant types with a consent. Its claims stay, and a hook adds or changes some. */
const KEEPS_CONSENT_CLAIMS = new Set<string>([AUTHORIZATION_CODE, DEVICE_CODE, CIBA]);

interface HookedRequest {
  client: RegisteredClient;
  form: FormParams;
  exchanged?: ExchangedClaims;
}

@Injectable()
export class TokenHooks {
  private readonly log = new Logger(TokenHooks.name);

  constructor(
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  configuredFor(grantType: string): boolean {
    const { token_hook, refresh_token_hook } = this.config.current.oauth2;
    return token_hook !== undefined || (refresh_token_hook !== undefined && grantType === REFRESH_TOKEN);
  }

  /**
   * The session as the hooks changed it; undefined if they did not change it.
   * @throws OAuthError access_denied if a hook answered 403, server_error if its response was invalid or missing
   */
  async call(grantType: string, access: AuthorizedAccess, by: HookedRequest): Promise<GrantSession | undefined> {
    const { oauth2 } = this.config.current;
    const request = this.request(grantType, access, by);
    let changed: GrantSession | undefined;
    if (oauth2.refresh_token_hook && grantType === REFRESH_TOKEN) {
      changed = await this.ask(oauth2.refresh_token_hook, request, refreshHookPayload(request, this.config.current));
    }
    if (!oauth2.token_hook) return changed;
    const next = changed ? { ...request, access: { ...access, session: changed } } : request;
    return (await this.ask(oauth2.token_hook, next, tokenHookPayload(next, this.config.current))) ?? changed;
  }

  private request(
    grantType: string,
    access: AuthorizedAccess,
    { client, form, exchanged }: HookedRequest,
  ): HookRequest {
    const now = new Date();
    const seconds = lifespan(this.config.current, client, grantType, 'access_token');
    return { grantType, access, client, form, exchanged, now, accessTokenExpiry: expiryOf(now, seconds) };
  }

  private async ask(
    hook: HookConfiguration,
    request: HookRequest,
    payload: JsonObject,
  ): Promise<GrantSession | undefined> {
    const answer = await this.outbound
      .fetch({
        url: hook.url,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          accept: 'application/json',
          ...hookCredential(hook),
        },
        body: stringifyJson(payload),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        retry: RETRY,
      })
      .catch((cause: unknown) => this.broken(hook, 'it cannot be reached', cause));
    if (answer.status === 204) return undefined;
    if (answer.status === 403) throw accessDenied('The token hook of this server denied the request.');
    if (answer.status !== 200) return this.broken(hook, `it answered with status ${answer.status}`);
    return sessionAfter(request, this.claims(hook, answer.text));
  }

  /** The claim maps of the response. A missing one is absent, and `null` is an empty one. */
  private claims(hook: HookConfiguration, text: string): Partial<SessionClaims> {
    let answer: unknown;
    try {
      answer = parseJson(text);
    } catch (cause) {
      return this.broken(hook, 'its answer is no JSON', cause);
    }
    const session = isJsonObject(answer) && isJsonObject(answer.session) ? answer.session : {};
    return {
      ...('access_token' in session && { accessTokenClaims: claimsOf(session.access_token) }),
      ...('id_token' in session && { idTokenClaims: claimsOf(session.id_token) }),
    };
  }

  private broken(hook: HookConfiguration, why: string, cause?: unknown): never {
    const { host } = new URL(hook.url);
    this.log.error({ message: `The token hook at ${host} failed: ${why}.`, error: cause });
    throw serverError('The token hook of this server failed. Nothing was spent: try again.', cause);
  }
}

const claimsOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** Each map of the hook replaces that of the session; after a consent it is merged into the session's map. */
function sessionAfter({ grantType, access }: HookRequest, claims: Partial<SessionClaims>): GrantSession {
  const { session } = access;
  if (!KEEPS_CONSENT_CLAIMS.has(grantType)) return { ...session, ...claims };
  return {
    ...session,
    idTokenClaims: { ...session.idTokenClaims, ...claims.idTokenClaims },
    accessTokenClaims: { ...session.accessTokenClaims, ...claims.accessTokenClaims },
  };
}
