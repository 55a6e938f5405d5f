import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Migrated } from '../../database/migrated.js';
import { ReadinessChecks } from '../../health/readiness-checks.js';
import { KeySets } from '../../keys/key-sets.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { FAPI_ALGORITHMS, isFapiAlgorithm } from './fapi-algorithms.js';

/**
 * A server whose clients all have a profile needs a key that may sign for them (FAPI 2.0 Security Profile §5.4.1). Without one it
 * does not start. Where the keys cannot be read yet, or are taken away later, it is not ready.
 */
@Injectable()
export class ProfileKeysCheck implements OnApplicationBootstrap {
  constructor(
    private readonly keySets: KeySets,
    private readonly migrated: Migrated,
    private readonly config: ConfigHolder,
    checks: ReadinessChecks,
  ) {
    checks.add('security_profile', () => this.obstacle());
  }

  /** @throws with a message for the operator */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.migrated.ready) return;
    const obstacle = await this.obstacle();
    if (obstacle !== undefined) throw new Error(obstacle);
  }

  private async obstacle(): Promise<string | undefined> {
    const { oauth2, keys } = this.config.current;
    if (oauth2.security_profile === undefined) return undefined;
    const ours = await this.keySets.algorithms(ID_TOKEN_KEY_SET);
    if (ours.some(isFapiAlgorithm)) return undefined;
    return (
      `oauth2.security_profile needs a signing key for ${FAPI_ALGORITHMS.join(', ')}, and there are keys for ${ours.join(', ')}: ` +
      `set keys.algorithm (now ${keys.algorithm}) to one of them before the first start, or add such a key to ${ID_TOKEN_KEY_SET}.`
    );
  }
}
