/**
 * Limits how many things of one subject may be open at the same time, counted by all processes together. Each open thing holds
 * one of a fixed number of slots, which it gives back at its end; a slot that is never given back is free again when its time is
 * over. So there is nothing to count and nothing to scan.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { hmacSha256 } from '../crypto/digest.js';
import { FLOW_STORE, type FlowStore } from './flow-store.js';

@Injectable()
export class OpenSlots {
  constructor(
    @Inject(FLOW_STORE) private readonly store: FlowStore,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Takes a slot: its name, which is a keyed digest, or undefined if all are taken.
   * @param name what is limited @param most the number of slots
   */
  async take(
    name: string,
    subject: string,
    { most, forMs }: { most: number; forMs: number },
  ): Promise<string | undefined> {
    const [secret = ''] = this.config.current.secrets.system;
    for (let i = 0; i < most; i++) {
      const key = hmacSha256(Buffer.from(secret), `open slot\u0000${name}\u0000${String(i)}\u0000${subject}`);
      if ((await this.store.count(key, forMs)).count === 1) return key.toString('base64url');
    }
    return undefined;
  }

  async giveBack(slot: string): Promise<void> {
    await this.store.remove(Buffer.from(slot, 'base64url'));
  }
}
