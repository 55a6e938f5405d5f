import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { Consents, type ConsentSelection } from './consents.js';

/** Revocation of consents by an administrator: their tokens are revoked too, the login session stays. */
@Injectable()
export class ConsentRevocation {
  constructor(
    private readonly consents: Consents,
    private readonly events: Events,
  ) {}

  async revoke(selection: ConsentSelection, { arrivedAt }: Exchange): Promise<void> {
    const count = await this.consents.revoke(selection);
    const which = 'id' in selection ? { consentRequestId: selection.id } : selection;
    if (count) this.events.publish({ type: 'consent.revoked', at: arrivedAt, ...which, count });
  }
}
