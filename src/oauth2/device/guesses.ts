/**
 * Wrong user codes counted by the network address of the browser (RFC 8628 §5.1): somebody who guesses begins one
 * request after the other. Off unless it is configured, for behind a proxy every browser has the proxy's address, and
 * one who guesses would lock out all.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Flows } from '../../flow-store/flows.js';
import { addressBlock } from './address-block.js';

const KIND = 'device_guesses';
const WINDOW_MS = 600_000;
/** Of a count that others change at the same time. What is lost beyond them is lost in favour of the person. */
const TRIES = 20;

@Injectable()
export class Guesses {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
  ) {}

  /** Whether browsers of this address have guessed as often as they may. */
  async areUsedUp(address: string, now: Date): Promise<boolean> {
    if (!this.limit) return false;
    const record = await this.flows.get<number>(KIND, addressBlock(address));
    return record !== undefined && record.expiresAt > now && record.data >= this.limit;
  }

  /** Notes a wrong code. The window begins with the first. */
  async note(address: string, now: Date): Promise<void> {
    if (!this.limit) return;
    const handle = addressBlock(address);
    for (let i = 0; i < TRIES; i++) {
      const record = await this.flows.get<number>(KIND, handle);
      if (!record || record.expiresAt <= now) {
        return this.flows.put(KIND, handle, 1, { now, expiresAt: new Date(now.getTime() + WINDOW_MS) });
      }
      if (await this.flows.transition(KIND, handle, record, record.data + 1)) return;
    }
  }

  private get limit(): number {
    return this.config.current.oauth2.device_authorization.max_guesses_per_address;
  }
}
