/**
 * Starts backchannel authentication requests. Before the client gets its auth_req_id, the request is stored and the operator's
 * app has taken it. A refused one leaves nothing behind.
 */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { type CibaAuthentication, cibaIdOf, CibaRequests } from '../../consent/ciba/ciba-requests.js';
import { cibaRequestDocument } from '../../consent/ciba/ciba-request.dto.js';
import { mintToken } from '../../crypto/opaque-token.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { type UseMark, UseMarks } from '../../database/use-marks.js';
import { Events } from '../../events/events.js';
import { OpenSlots } from '../../flow-store/open-slots.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { accessDenied, invalidRequest, tooManyRequests } from '../../protocol/oauth-error.js';
import { expiryOf } from '../issuance/lifespans.js';
import type { BackchannelAuthenticationResponseDto } from './ciba.dto.js';
import { CibaHook } from './ciba-hook.js';

interface NewCibaRequest {
  request: BackchannelRequest;
  client: RegisteredClient;
  /** Seconds. */
  lifetime: number;
  /** If the client is to be pinged. */
  notificationToken?: string;
  /** Of a signed request, which counts once. */
  mark?: UseMark;
  now: Date;
}

@Injectable()
export class NewCibaRequests {
  constructor(
    private readonly requests: CibaRequests,
    private readonly slots: OpenSlots,
    private readonly hook: CibaHook,
    private readonly marks: UseMarks,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError */
  async start(asked: NewCibaRequest): Promise<BackchannelAuthenticationResponseDto> {
    const { client, lifetime, now } = asked;
    const slot = await this.takeSlot(asked);
    const minted = mintToken('auth_req_id', this.config.current.secrets.system, { at: now });
    const id = cibaIdOf(minted.id);
    const { notificationToken: token } = asked;
    const authentication: CibaAuthentication = {
      ...{ state: 'pending', request: asked.request, clientKey: client.key, slot },
      consentId: uuidText(uuidV7(now)),
      requestedAt: now.getTime(),
      codeDigest: minted.digest.toString('base64url'),
      ...(token !== undefined && { notice: { authReqId: minted.token, token } }),
    };
    try {
      await this.spend(asked.mark);
      await this.tell(id, authentication, asked);
    } catch (error) {
      await this.requests.drop(id, slot);
      throw error;
    }
    const { consentId: consentRequestId } = authentication;
    this.events.publish({ type: 'ciba.requested', at: now, clientId: client.clientId, consentRequestId });
    const { interval } = this.config.current.oidc.ciba;
    return { auth_req_id: minted.token, expires_in: lifetime, interval };
  }

  /** The request is stored first, because the app may answer before it has answered the hook. */
  private async tell(id: string, data: CibaAuthentication, { client, lifetime, now }: NewCibaRequest): Promise<void> {
    const expiresAt = expiryOf(now, lifetime);
    await this.requests.keep(id, data, { now, expiresAt });
    const document = cibaRequestDocument(this.requests.challengeOf(id), { data, expiresAt }, client);
    const subject = await this.hook.tell(document);
    if (subject === undefined || (await this.requests.bindTo(id, subject))) return;
    throw accessDenied('Another person than the one of the request has answered.');
  }

  /** CIBA Core §14: a client cannot flood a person with prompts. */
  private async takeSlot({ request, client, lifetime }: NewCibaRequest): Promise<string> {
    const { max_open_per_hint: most } = this.config.current.oidc.ciba;
    const { loginHint, loginHintToken, idTokenHintClaims } = request;
    const subject = JSON.stringify([client.key, { loginHint, loginHintToken, sub: idTokenHintClaims?.['sub'] }]);
    const slot = await this.slots.take('backchannel authentication', subject, { most, forMs: lifetime * 1000 });
    if (slot !== undefined) return slot;
    throw tooManyRequests(`The client has ${most} requests for this person that are not answered yet.`, lifetime);
  }

  /** CIBA Core §7.1.1. */
  private async spend(mark: UseMark | undefined): Promise<void> {
    if (!mark || (await this.marks.spend(mark))) return;
    throw invalidRequest("The signed request was used before: make one with a new 'jti'.");
  }
}
