/**
 * Starts `next` keys at their time, in any set, and rotates the signing sets and the encryption set (`keys.rotation`, off by default).
 * Every replica checks once a minute. It plans again under a lock on the set, so that each change happens once.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { JWK } from 'jose';
import type { EntityManager } from 'typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { Migrated } from '../database/migrated.js';
import { Events } from '../events/events.js';
import { ImportLedger } from '../imported/import-ledger.js';
import { ACCESS_TOKEN_KEY_SET, ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import { generateOwnJwk, type KeyPurpose } from './generate-jwk.js';
import { KeyRecords } from './key-records.js';
import type { KeySet } from './key-set.js';
import { KeySets } from './key-sets.js';
import { keptAbove } from './missing-keys.js';
import { isNothing, planRotation, type RotationConfiguration, type RotationPlan } from './rotation-plan.js';

const EVERY_MS = 60_000;

@Injectable()
export class KeyRotation implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly records: KeyRecords,
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
    private readonly migrated: Migrated,
    private readonly imports: ImportLedger,
    private readonly events: Events,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(new Date()), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Carries out the due changes of all sets. A failed change is retried a minute later. */
  async look(now: Date): Promise<void> {
    if (!this.migrated.ready) return;
    const rotation = this.config.current.keys.rotation.enabled ? this.config.current.keys.rotation : undefined;
    const rotated = rotation ? [ID_TOKEN_KEY_SET, ACCESS_TOKEN_KEY_SET, ENCRYPTION_KEY_SET] : [];
    await this.quietly('Keys that wait could not be looked for', async () => {
      if (await this.imports.isUnderWay()) return;
      const starting = await this.records.setsToStart(now);
      for (const setId of new Set([...rotated, ...starting])) {
        await this.quietly(`The set ${setId} could not be rotated`, () =>
          this.rotate(setId, rotated.includes(setId) ? rotation : undefined, now),
        );
      }
    });
  }

  /** Carries out the due changes of the set. */
  async rotate(setId: string, rotation: RotationConfiguration | undefined, now: Date): Promise<void> {
    const wanted = planRotation(await this.keySets.fresh(setId), rotation, now);
    if (isNothing(wanted)) return;
    const jwks = new Map(
      await Promise.all(wanted.make.map(async ({ purpose }) => [purpose, await this.makeKey(purpose)] as const)),
    );
    const done = await this.records.exclusively(setId, async (manager) => {
      const set = this.keySets.open(setId, await this.records.rows(setId, manager));
      const plan = planRotation(set, rotation, now);
      return { ...plan, made: await this.carryOut(set, { plan, jwks, now }, manager) };
    });
    this.keySets.announceChange(setId);
    this.report(setId, done, now);
  }

  private async quietly(fault: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.logger.warn(`${fault}, which is tried again: ${String(error)}`);
    }
  }

  private makeKey(purpose: KeyPurpose): Promise<JWK> {
    return generateOwnJwk(purpose, { kid: randomUUID(), rsaBits: this.config.current.keys.rsa_bits });
  }

  /** Returns the kids of the prepared keys that were added. */
  private async carryOut(
    set: KeySet,
    { plan, jwks, now }: { plan: RotationPlan; jwks: ReadonlyMap<KeyPurpose, JWK>; now: Date },
    manager: EntityManager,
  ): Promise<string[]> {
    const { id: setId } = set;
    await this.records.start(setId, plan.start, now, manager);
    await this.records.retire(setId, plan.retire, manager);
    for (const kid of plan.remove) await this.records.remove(setId, kid, manager);
    const made: string[] = [];
    for (const { purpose, notBefore } of plan.make) {
      const jwk = jwks.get(purpose);
      if (!jwk) continue;
      await this.records.add(setId, { jwk, state: 'next', notBefore }, now, manager);
      // The successor of a key that signs for its algorithm alone must not become the default signing key.
      if (purpose !== set.signer?.alg) await this.records.raise(setId, keptAbove(set), manager);
      made.push(String(jwk.kid));
    }
    return made;
  }

  private report(setId: string, done: RotationPlan & { made: string[] }, now: Date): void {
    const acts = [
      ['key.published', done.made],
      ['key.activated', done.start],
      ['key.retired', done.retire],
      ['key.deleted', done.remove],
    ] as const;
    for (const [type, kids] of acts) {
      for (const kid of kids) {
        this.logger.log(`Rotation of ${setId}: ${type} ${kid}.`);
        this.events.publish({ type, at: now, keySet: setId, kid });
      }
    }
  }
}
