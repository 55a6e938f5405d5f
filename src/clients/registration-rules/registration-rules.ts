import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Outbound } from '../../http/outbound.js';
import { REGISTRATION_RULES } from './index.js';
import type { Registration } from './registration-rule.js';

/** Checks a client before it is written, whoever writes it. */
@Injectable()
export class RegistrationRules {
  constructor(
    private readonly config: ConfigHolder,
    private readonly outbound: Outbound,
  ) {}

  /** @throws OAuthError of the first rule that does not hold */
  async check(registration: Registration): Promise<void> {
    const context = { configuration: this.config.current, outbound: this.outbound };
    for (const rule of REGISTRATION_RULES) await rule(registration, context);
  }
}
