import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Documents } from '../../http/outbound/documents.js';
import { Outbound } from '../../http/outbound/outbound.js';
import { KeySets } from '../../keys/key-sets.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { REGISTRATION_RULES } from './index.js';
import type { Registration } from './registration-rule.js';

/** Checks a client before every write. */
@Injectable()
export class RegistrationRules {
  constructor(
    private readonly config: ConfigHolder,
    private readonly outbound: Outbound,
    private readonly documents: Documents,
    private readonly keySets: KeySets,
  ) {}

  /** @throws OAuthError of the first rule that fails */
  async check(registration: Registration): Promise<void> {
    const context = {
      configuration: this.config.current,
      outbound: this.outbound,
      documents: this.documents,
      signingAlgorithms: () => this.keySets.algorithms(ID_TOKEN_KEY_SET),
    };
    for (const rule of REGISTRATION_RULES) await rule(registration, context);
  }
}
