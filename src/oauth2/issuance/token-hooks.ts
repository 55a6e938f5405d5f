/**
 * The operator's hooks at the token endpoint: `oauth2.refresh_token_hook` (refresh alone), then `oauth2.token_hook` (every
 * grant). They run after the right was proven and before it is claimed, never inside a transaction: a denial, an error or
 * a slow hook spends nothing.
 */
import { Injectable, Logger } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { HookConfiguration } from '../../config/configuration.js';
import type { FormParams } from '../../http/form-params.js';
import { Outbound } from '../../http/outbound.js';
import { AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN } from '../../protocol/constants.js';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../../protocol/json.js';
import { accessDenied, serverError } from '../../protocol/oauth-error.js';
import type { GrantSession, SessionClaims } from './grant-session.js';
import { expiryOf, lifespan } from './lifespans.js';
import type { Right } from './right.js';
import { type HookRequest, refreshHookPayload, tokenHookPayload } from './token-hook-payload.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_048_576;
/** Connection errors and 5xx are tried again: three calls in all. */
const RETRY = { count: 2, pauseMs: 1_000 };
/** Grants that began with a consent: its claims stay, a hook adds and changes. */
const KEEPS_CONSENT_CLAIMS = new Set<string>([AUTHORIZATION_CODE, DEVICE_CODE]);

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
   * The session as the hooks want it; undefined where they leave it as it is.
   * @throws OAuthError access_denied where a hook answered 403, server_error where it did not answer as it should
   */
  async call(
    grantType: string,
    right: Right,
    by: { client: RegisteredClient; form: FormParams },
  ): Promise<GrantSession | undefined> {
    const { oauth2 } = this.config.current;
    const request = this.request(grantType, right, by);
    let changed: GrantSession | undefined;
    if (oauth2.refresh_token_hook && grantType === REFRESH_TOKEN) {
      changed = await this.ask(oauth2.refresh_token_hook, request, refreshHookPayload(request, this.config.current));
    }
    if (!oauth2.token_hook) return changed;
    const next = changed ? { ...request, right: { ...right, session: changed } } : request;
    return (await this.ask(oauth2.token_hook, next, tokenHookPayload(next, this.config.current))) ?? changed;
  }

  private request(
    grantType: string,
    right: Right,
    { client, form }: { client: RegisteredClient; form: FormParams },
  ): HookRequest {
    const now = new Date();
    const seconds =
      lifespan(this.config.current, client, grantType, 'access_token') ?? this.config.current.ttl.access_token;
    return { grantType, right, client, form, now, accessTokenExpiry: expiryOf(now, seconds) };
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
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json', ...credential(hook) },
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

  private claims(hook: HookConfiguration, text: string): SessionClaims {
    let answer: unknown;
    try {
      answer = parseJson(text);
    } catch (cause) {
      return this.broken(hook, 'its answer is no JSON', cause);
    }
    const session = isJsonObject(answer) && isJsonObject(answer.session) ? answer.session : {};
    return {
      accessTokenClaims: isJsonObject(session.access_token) ? session.access_token : {},
      idTokenClaims: isJsonObject(session.id_token) ? session.id_token : {},
    };
  }

  private broken(hook: HookConfiguration, why: string, cause?: unknown): never {
    const { host } = new URL(hook.url);
    this.log.error({ message: `The token hook at ${host} failed: ${why}.`, error: cause });
    throw serverError('The token hook of this server failed. Nothing was spent: try again.', cause);
  }
}

/** The hook's maps replace those of the session; after a consent they are laid over them. */
function sessionAfter({ grantType, right }: HookRequest, claims: SessionClaims): GrantSession {
  const { session } = right;
  if (!KEEPS_CONSENT_CLAIMS.has(grantType)) return { ...session, ...claims };
  return {
    ...session,
    idTokenClaims: { ...session.idTokenClaims, ...claims.idTokenClaims },
    accessTokenClaims: { ...session.accessTokenClaims, ...claims.accessTokenClaims },
  };
}

function credential({ auth }: HookConfiguration): Record<string, string> {
  if (!auth) return {};
  const { in: where, name, value } = auth.config;
  return where === 'cookie' ? { cookie: `${name}=${value}` } : { [name.toLowerCase()]: value };
}
