import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Migrated } from '../database/migrated.js';
import { ReadinessChecks } from '../health/readiness-checks.js';
import { ACCESS_TOKEN_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import { KeySets } from './key-sets.js';

/**
 * The readiness check of the signing keys. A server that cannot decrypt them fails every login, so it reports that it
 * is not ready, and why. The check reads the cached sets, so the server becomes ready when the secret is restored.
 */
@Injectable()
export class SigningKeysCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('Keys');

  constructor(
    private readonly keySets: KeySets,
    private readonly migrated: Migrated,
    checks: ReadinessChecks,
  ) {
    checks.add('keys', () => this.obstacle());
  }

  /** Logs a fault at the start, without waiting for the first readiness request. */
  onApplicationBootstrap(): void {
    void this.migrated.whenReady
      .then(() => this.obstacle())
      .catch((error: unknown) => {
        this.logger.warn(`The signing keys could not be checked: ${String(error)}`);
      });
  }

  private async obstacle(): Promise<string | undefined> {
    const sets = await Promise.all([ID_TOKEN_KEY_SET, ACCESS_TOKEN_KEY_SET].map((setId) => this.keySets.get(setId)));
    const faults = sets.filter((set) => set.cannotSign).map((set) => set.fault.hint);
    return faults.length > 0 ? faults.join(' ') : undefined;
  }
}
