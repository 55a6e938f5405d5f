/** Compares the logouts that the receiver got with those that it must have got. */
import { decodeJwt } from 'jose';
import type { Receiver } from '../../support/receiver.js';
import type { Evidence } from './evidence.js';
import type { World } from './world.js';

/** Later attempts come after pauses that double; after a fault of seconds they are over by then. */
const PATIENCE_MS = 90_000;
const POLL_MS = 200;

export class HeardLogouts {
  private readonly heard = new Set<string>();

  constructor(
    private readonly receiver: Receiver,
    private readonly world: World,
    private readonly evidence: Evidence,
  ) {}

  /** Waits for the due logouts. */
  async audit(patienceMs = PATIENCE_MS): Promise<void> {
    const { ledger, violations } = this.world;
    const deadline = Date.now() + patienceMs;
    while (this.missing().length > 0 && Date.now() < deadline) await this.world.pause(POLL_MS);
    for (const name of this.missing()) {
      const rows = await this.evidence.ofLogout(name.split(' ', 1)[0] ?? '');
      violations.add('a receiver is notified of every logout', `${name}: ${rows}`);
    }
    ledger.count('back-channel logouts due', ledger.dueLogouts.length);
  }

  private missing(): string[] {
    for (const { form, answered } of this.receiver.requests.splice(0)) {
      if (answered !== 200) continue; // the delivery has to be repeated
      const { sid, aud } = decodeJwt(form.get('logout_token') ?? '');
      this.heard.add(`${String(sid)} for ${[aud].flat().join()}`);
    }
    const due = this.world.ledger.dueLogouts
      .filter(({ client }) => client.standing === 'live')
      .map(({ sid, client }) => `${sid} for ${client.value}`);
    return due.filter((name) => !this.heard.has(name));
  }
}
