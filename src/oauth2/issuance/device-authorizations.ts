/**
 * Device authorizations (RFC 8628) in the flow store. Each is stored under the id in its device code. Its user code is
 * stored under an HMAC, because a user code is short enough to be guessed from a plain digest.
 */
import { Injectable } from '@nestjs/common';
import { carriedDocument } from '../../clients/metadata-documents/introduced-client.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { canonicalUserCode } from '../../config/user-code.js';
import { deriveKey } from '../../crypto/aead.js';
import { hmacSha256 } from '../../crypto/digest.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { randomFrom } from '../../crypto/random.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { ClientDocument } from '../../protocol/authorization-request.js';
import { invalidGrant, serverError } from '../../protocol/oauth-error.js';
import { expiryOf } from './lifespans.js';
import { judgePoll, type PollingPace } from './polling-pace.js';

const DEVICE = 'device';
const USER_CODE = 'user_code';
const TRIES = 5;

interface DeviceAuthorization extends PollingPace {
  clientId: string;
  clientKey: string;
  clientDocument?: ClientDocument;
  scope: string[];
  audience: string[];
  /** Those of `audience` that came as `resource` (RFC 8707). */
  resources?: string[];
  /** RFC 9396 §2. Absent if the device asked for none. */
  authorizationDetails?: AuthorizationDetail[];
  state: 'pending' | 'approved' | 'denied';
  /** The digest of the device code in base64url. The device code redeems the grant. */
  codeDigest: string;
  /** Set when the person has approved. */
  grantId?: string;
}

export type DeviceRecord = FlowRecord<DeviceAuthorization> & { id: string };

interface StartedDeviceAuthorization {
  deviceCode: string;
  userCode: string;
  /** The lifetime in seconds. */
  expiresIn: number;
  interval: number;
}

@Injectable()
export class DeviceAuthorizations {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
  ) {}

  async start(
    client: RegisteredClient,
    asked: Pick<DeviceAuthorization, 'scope' | 'audience' | 'resources' | 'authorizationDetails'>,
    now: Date,
  ): Promise<StartedDeviceAuthorization> {
    const { secrets, ttl, oauth2 } = this.config.current;
    const minted = mintToken('device_code', secrets.system, { at: now });
    const life = { now, expiresAt: expiryOf(now, ttl.device_user_code) };
    const interval = Math.ceil(oauth2.device_authorization.token_polling_interval);
    const authorization: DeviceAuthorization = {
      ...{
        clientId: client.clientId,
        clientKey: client.key,
        clientDocument: carriedDocument(client),
        ...asked,
        state: 'pending',
        interval,
      },
      codeDigest: minted.digest.toString('base64url'),
    };
    const userCode = await this.newUserCode(minted.id, life);
    await this.flows.put(DEVICE, minted.id, authorization, life);
    return { deviceCode: minted.token, userCode, expiresIn: Math.floor(ttl.device_user_code), interval };
  }

  /** @throws OAuthError invalid_grant for a text that is no device code of this server, or for a deleted one */
  async open(text: string | undefined): Promise<{ code: OpaqueToken; record: DeviceRecord }> {
    const code = text && readToken('device_code', this.config.current.secrets.system, text);
    const record = code && (await this.find(code.id));
    if (!code || !record) throw invalidGrant('The device code is malformed, expired or not valid.');
    return { code, record };
  }

  async find(id: string): Promise<DeviceRecord | undefined> {
    const record = await this.flows.get<DeviceAuthorization>(DEVICE, id);
    return record && { ...record, id };
  }

  /**
   * The authorization for this user code; undefined if the code is unknown, expired or used.
   * @param typed as the person typed it
   */
  async findByUserCode(typed: string, now: Date): Promise<DeviceRecord | undefined> {
    const userCode = canonicalUserCode(typed);
    if (!userCode) return undefined;
    for (const secret of this.config.current.secrets.system) {
      const found = await this.flows.get<string>(USER_CODE, hidden(secret, userCode));
      const record = found && (await this.find(found.data));
      if (record) return record.expiresAt > now && record.data.state === 'pending' ? record : undefined;
    }
    return undefined;
  }

  /** Records a poll of a waiting device; undefined if another poll or the decision of the person came in between. */
  async notePoll(record: DeviceRecord): Promise<'in time' | 'too early' | undefined> {
    const { inTime, pace } = judgePoll(record.data, await this.flows.storeTime(DEVICE, record.id));
    const to = { ...record.data, ...pace };
    if (!(await this.flows.transition(DEVICE, record.id, { from: record, to }))) return undefined;
    return inTime ? 'in time' : 'too early';
  }

  /** Stores the decision of the person. Returns false if there was one before. */
  async decide(id: string, decision: { grantId: string } | 'denied'): Promise<boolean> {
    for (;;) {
      const record = await this.find(id);
      if (record?.data.state !== 'pending') return false;
      const next: DeviceAuthorization =
        decision === 'denied'
          ? { ...record.data, state: 'denied' }
          : { ...record.data, state: 'approved', grantId: decision.grantId };
      if (await this.flows.transition(DEVICE, id, { from: record, to: next })) return true; // else a poll intervened: retry
    }
  }

  private async newUserCode(id: string, life: { now: Date; expiresAt: Date }): Promise<string> {
    const { secrets, oauth2 } = this.config.current;
    const { length, character_set } = oauth2.device_authorization.user_code;
    for (let i = 0; i < TRIES; i++) {
      const userCode = randomFrom(character_set, length);
      const handle = hidden(secrets.system[0] ?? '', userCode);
      if (await this.flows.get(USER_CODE, handle)) continue; // the code is taken
      await this.flows.put(USER_CODE, handle, id, life);
      return userCode;
    }
    throw serverError('No free user code was found. Make oauth2.device_authorization.user_code longer.');
  }
}

function hidden(secret: string, userCode: string): string {
  return hmacSha256(deriveKey(secret, 'user-code'), userCode).toString('base64url');
}
