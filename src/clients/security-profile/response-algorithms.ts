import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { SigningAlgorithm } from '../../keys/algorithms.js';
import { KeySets } from '../../keys/key-sets.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { misconfiguration } from '../../protocol/oauth-error.js';
import type { RegisteredClient } from '../registered-client.js';
import { isFapiAlgorithm } from './fapi-algorithms.js';
import { isUnderFapi } from './security-profile.js';

/** The algorithms of what this server signs for a client: ID tokens, userinfo, authorization and introspection responses. */
@Injectable()
export class ResponseAlgorithms {
  constructor(
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The registered algorithm, else the usual one of the JWT. A profile allows some only: then it is the newest key with one of
   * them that signs (FAPI 2.0 Security Profile §5.4.1).
   * @throws OAuthError misconfiguration if no key has an algorithm of the profile
   */
  of(
    client: RegisteredClient,
    registered: SigningAlgorithm | undefined,
  ): SigningAlgorithm | undefined | Promise<SigningAlgorithm> {
    const isFitting = !isUnderFapi(client, this.config.current) || isFapiAlgorithm(registered);
    return isFitting ? registered : this.fitting();
  }

  private async fitting(): Promise<SigningAlgorithm> {
    const found = (await this.keySets.algorithms(ID_TOKEN_KEY_SET)).find(isFapiAlgorithm);
    if (found !== undefined) return found as SigningAlgorithm;
    throw misconfiguration(
      'No signing key has an algorithm of the security profile: set keys.algorithm, or add a key.',
    );
  }
}
