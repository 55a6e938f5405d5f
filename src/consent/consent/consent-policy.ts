import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { maySkipConsent } from '../prompt/prompt-policy.js';
import { Consents } from './consents.js';

/** Applies the prompt policy to what is remembered. */
@Injectable()
export class ConsentPolicy {
  constructor(
    private readonly consents: Consents,
    private readonly config: ConfigHolder,
  ) {}

  /** Whether consent may be skipped, or consent_required where it may not and nobody may be asked. */
  async maySkip(
    request: AuthorizationRequest,
    client: RegisteredClient,
    subject: string,
    now: Date,
  ): Promise<boolean | OAuthError> {
    const rememberedScope = await this.consents.rememberedScope(subject, client.key, now);
    return maySkipConsent({ request, client, rememberedScope, scopeStrategy: this.config.current.strategies.scope });
  }
}
