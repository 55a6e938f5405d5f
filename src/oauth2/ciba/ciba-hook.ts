/**
 * The hook of the operator (`oidc.ciba.hook`): it is told of each backchannel authentication request before the client is
 * answered, because only the operator's app knows people and reaches their devices. It is asked once: a repeated question would
 * be a second prompt for the person.
 */
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { HookConfiguration } from '../../config/configuration.js';
import { Outbound } from '../../http/outbound/outbound.js';
import type { OAuth2CibaRequestDto } from '../../consent/ciba/ciba-request.dto.js';
import { isJsonObject, type JsonValue, parseJson, stringifyJson } from '../../protocol/json.js';
import {
  accessDenied,
  expiredLoginHintToken,
  invalidBindingMessage,
  invalidUserCode,
  missingUserCode,
  OAuthError,
  serverError,
  unknownUserId,
} from '../../protocol/oauth-error.js';
import { hookCredential } from '../issuance/hook-credential.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 65_536;
const MAX_SUBJECT = 255;

/** CIBA Core §13: what the app may refuse a request for, by its error. */
const REFUSALS: Record<string, (hint?: string) => OAuthError> = {
  unknown_user_id: unknownUserId,
  expired_login_hint_token: expiredLoginHintToken,
  missing_user_code: missingUserCode,
  invalid_user_code: invalidUserCode,
  invalid_binding_message: invalidBindingMessage,
  access_denied: accessDenied,
};

/** The words of the app for the developer of the client, if they are a text. */
const describedBy = (answer: JsonValue | undefined): string | undefined =>
  isJsonObject(answer) && typeof answer.error_description === 'string' ? answer.error_description : undefined;

@Injectable()
export class CibaHook {
  private readonly log = new Logger(CibaHook.name);

  constructor(
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Tells the app of a request.
   * @returns the subject that the request is for, if the app names one
   * @throws OAuthError of CIBA Core §13 if the app refuses; server_error if it cannot be reached or understood
   */
  async tell(request: OAuth2CibaRequestDto): Promise<string | undefined> {
    const { hook } = this.config.current.oidc.ciba;
    if (!hook) throw serverError('This server has no hook for backchannel authentication: set oidc.ciba.hook.');
    const { status, text } = await this.send(hook, request);
    const answer = this.read(hook, status, text);
    if (status >= 200 && status < 300) return this.subjectOf(hook, answer);
    throw refusalOf(status, answer) ?? this.broken(hook, `it answered with status ${status}`);
  }

  private send(hook: HookConfiguration, request: OAuth2CibaRequestDto): Promise<{ status: number; text: string }> {
    return this.outbound
      .fetch({
        url: hook.url,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          accept: 'application/json',
          ...hookCredential(hook),
        },
        body: stringifyJson(request),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      })
      .catch((cause: unknown) => {
        throw this.broken(hook, 'it cannot be reached', cause);
      });
  }

  /** Undefined for an empty body. A page where JSON is meant comes from something else than the app. */
  private read(hook: HookConfiguration, status: number, text: string): JsonValue | undefined {
    if (text.trim() === '') return undefined;
    try {
      return parseJson(text);
    } catch (cause) {
      throw this.broken(
        hook,
        `it answered with status ${status} and a body that is no JSON: an empty one will do`,
        cause,
      );
    }
  }

  private subjectOf(hook: HookConfiguration, answer: JsonValue | undefined): string | undefined {
    const subject = isJsonObject(answer) ? answer.subject : undefined;
    if (subject === undefined || subject === null) return undefined;
    if (typeof subject === 'string' && subject !== '' && subject.length <= MAX_SUBJECT) return subject;
    throw this.broken(hook, `the subject in its answer is no text of 1 to ${MAX_SUBJECT} characters`);
  }

  private broken(hook: HookConfiguration, why: string, cause?: unknown): OAuthError {
    const { host } = new URL(hook.url);
    this.log.error({ message: `The CIBA hook at ${host} failed: ${why}.`, error: cause });
    return serverError('The hook of this server for backchannel authentication failed. Try again.', cause);
  }
}

/** 400 with an error of the list, or 403. */
function refusalOf(status: number, answer: JsonValue | undefined): OAuthError | undefined {
  const named = isJsonObject(answer) && typeof answer.error === 'string' ? answer.error : undefined;
  const error = named ?? (status === 403 && answer === undefined ? 'access_denied' : undefined);
  if (error === undefined || !Object.hasOwn(REFUSALS, error)) return undefined;
  const isExpected = status === 400 || (status === 403 && error === 'access_denied');
  return isExpected ? REFUSALS[error]?.(describedBy(answer)) : undefined;
}
