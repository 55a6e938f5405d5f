/**
 * Device authorizations (RFC 8628): what a device waits for, in the flow store under the id in its device code, and the
 * user codes that lead to them, under an HMAC, for they are short enough to be guessed from a plain digest.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { deriveKey } from '../../crypto/aead.js';
import { hmacSha256 } from '../../crypto/digest.js';
import { mintToken, type OpaqueToken, readToken } from '../../crypto/opaque-token.js';
import { randomFrom } from '../../crypto/random.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { invalidGrant, serverError } from '../../protocol/oauth-error.js';
import { expiryOf } from './lifespans.js';

const DEVICE = 'device';
const USER_CODE = 'user_code';
const TRIES = 5;
/** RFC 8628 §3.5: each slow_down adds five seconds. */
const SLOWER_BY = 5;

export interface DeviceAuthorization {
  clientId: string;
  clientKey: string;
  scope: string[];
  audience: string[];
  state: 'pending' | 'approved' | 'denied';
  /** Of the device code, base64url: redeems the grant. */
  codeDigest: string;
  /** Set when approved. */
  grantId?: string;
  /** Seconds between polls. */
  interval: number;
  /** Milliseconds since 1970. */
  polledAt?: number;
}

export type DeviceRecord = FlowRecord<DeviceAuthorization> & { id: string };

export interface StartedDeviceAuthorization {
  deviceCode: string;
  userCode: string;
  /** Seconds. */
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
    asked: { scope: string[]; audience: string[] },
    now: Date,
  ): Promise<StartedDeviceAuthorization> {
    const { secrets, ttl, oauth2 } = this.config.current;
    const minted = mintToken('device_code', secrets.system, { at: now });
    const life = { now, expiresAt: expiryOf(now, ttl.device_user_code) };
    const interval = Math.ceil(oauth2.device_authorization.token_polling_interval);
    const authorization: DeviceAuthorization = {
      ...{ clientId: client.clientId, clientKey: client.key, ...asked, state: 'pending', interval },
      codeDigest: minted.digest.toString('base64url'),
    };
    const userCode = await this.newUserCode(minted.id, life);
    await this.flows.put(DEVICE, minted.id, authorization, life);
    return { deviceCode: minted.token, userCode, expiresIn: Math.floor(ttl.device_user_code), interval };
  }

  /** @throws OAuthError invalid_grant for a text that is no device code of ours, or one that is long gone */
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

  /** The authorization that waits for this user code; undefined for an unknown, expired or used one. */
  async findByUserCode(userCode: string, now: Date): Promise<DeviceRecord | undefined> {
    for (const secret of this.config.current.secrets.system) {
      const found = await this.flows.get<string>(USER_CODE, hidden(secret, userCode));
      const record = found && (await this.find(found.data));
      if (record) return record.expiresAt > now && record.data.state === 'pending' ? record : undefined;
    }
    return undefined;
  }

  /** Whether the device polls faster than it was told; notes the poll. */
  async tooFast(record: DeviceRecord, now: Date): Promise<boolean> {
    const { data } = record;
    const fast = data.polledAt !== undefined && now.getTime() - data.polledAt < data.interval * 1000;
    const interval = data.interval + (fast ? SLOWER_BY : 0);
    const to = { ...data, polledAt: now.getTime(), interval };
    await this.flows.transition(DEVICE, record.id, { from: record, to });
    return fast;
  }

  /** Ends the waiting. False where it had ended before. */
  async decide(id: string, decision: { grantId: string } | 'denied'): Promise<boolean> {
    for (;;) {
      const record = await this.find(id);
      if (record?.data.state !== 'pending') return false;
      const next: DeviceAuthorization =
        decision === 'denied'
          ? { ...record.data, state: 'denied' }
          : { ...record.data, state: 'approved', grantId: decision.grantId };
      if (await this.flows.transition(DEVICE, id, { from: record, to: next })) return true; // else a poll came between: look again
    }
  }

  private async newUserCode(id: string, life: { now: Date; expiresAt: Date }): Promise<string> {
    const { secrets, oauth2 } = this.config.current;
    const { length, character_set } = oauth2.device_authorization.user_code;
    for (let i = 0; i < TRIES; i++) {
      const userCode = randomFrom(character_set, length);
      const handle = hidden(secrets.system[0] ?? '', userCode);
      if (await this.flows.get(USER_CODE, handle)) continue; // somebody holds it
      await this.flows.put(USER_CODE, handle, id, life);
      return userCode;
    }
    throw serverError('No free user code was found. Make oauth2.device_authorization.user_code longer.');
  }
}

function hidden(secret: string, userCode: string): string {
  return hmacSha256(deriveKey(secret, 'user-code'), userCode).toString('base64url');
}
