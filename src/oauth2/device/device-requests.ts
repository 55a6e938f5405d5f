/**
 * Device requests: a browser is asked for a user code. The device app accepts the code through the admin API; the browser
 * returns with the verifier and continues to login. Each request allows a limited number of wrong codes (RFC 8628 §5.1),
 * and so does the network address of the browser, if configured.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { pack, type Packed, unpack } from '../../consent/flow/packed-request.js';
import { Handles, newFlowId } from '../../consent/flow/handles.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { notFound } from '../../protocol/admin-error.js';
import { invalidRequest, requestUnauthorized } from '../../protocol/oauth-error.js';
import { type DeviceRecord, DeviceAuthorizations } from '../issuance/device-authorizations.js';
import { expiryOf } from '../issuance/lifespans.js';
import { UserCodeAttempts } from './user-code-attempts.js';
import { verificationAddress } from './verification-address.js';

const KIND = 'device_request';
const MAX_GUESSES = 20;
/** The number of retries if other entries intervene. It is larger than the number of allowed wrong codes. */
const MAX_ROUNDS = 100;

interface Sent {
  requestUrl: '';
  parameters: [string, string][];
}

interface DeviceRequest {
  /** See BrowserBinding. */
  browser: string;
  /** The network address of the browser. The request of the device app comes from another one. */
  address: string;
  /** The other parameters of the browser request, such as prompt and max_age. */
  sent?: Packed<Sent>;
  /** The same parameters in records of earlier releases. */
  parameters?: Sent['parameters'];
  guesses: number;
  /** The device authorization whose user code was entered. */
  authorization?: string;
}

type Found = FlowRecord<DeviceRequest> & { id: string };

@Injectable()
export class DeviceRequests {
  constructor(
    private readonly flows: Flows,
    private readonly handles: Handles,
    private readonly devices: DeviceAuthorizations,
    private readonly attempts: UserCodeAttempts,
    private readonly config: ConfigHolder,
  ) {}

  /** The challenge of a new request. */
  async start(
    asking: Pick<DeviceRequest, 'browser' | 'address'>,
    parameters: [string, string][],
    now: Date,
  ): Promise<string> {
    const id = newFlowId();
    const request: DeviceRequest = { ...asking, sent: pack<Sent>({ requestUrl: '', parameters }), guesses: 0 };
    const expiresAt = expiryOf(now, this.config.current.ttl.login_consent_request);
    await this.flows.put(KIND, id, request, { now, expiresAt });
    return this.handles.make('device_challenge', id);
  }

  /**
   * Accepts the code that the person entered, and returns the next address of the browser. Another code may follow.
   * @throws OAuthError 404 for an unknown challenge, 401 for an expired one, 400 for a wrong code or too many of them
   */
  async accept(challenge: string, userCode: string | undefined, now: Date): Promise<string> {
    const found = await this.find('device_challenge', challenge);
    if (!found) throw notFound('The device challenge is unknown: use the one that the browser brought, whole.');
    if (found.expiresAt <= now) throw requestUnauthorized('The device request has expired. Start again.');
    if (!userCode) throw invalidRequest("Member 'user_code' is missing.");
    const device = await this.guess(found, userCode, now);
    const address = new URL(verificationAddress(this.config.current));
    for (const [name, value] of parametersOf(found.data)) address.searchParams.append(name, value);
    address.searchParams.set('client_id', device.data.clientId);
    address.searchParams.set('device_verifier', this.handles.make('device_verifier', found.id));
    return address.toString();
  }

  /**
   * The device authorization of a verifier.
   * @param check throws if the browser does not have this digest
   * @throws OAuthError
   */
  async resume(verifier: string, check: (browser: string) => void, now: Date): Promise<DeviceRecord> {
    const found = await this.find('device_verifier', verifier);
    const authorization = found?.data.authorization;
    if (!found || !authorization) throw invalidRequest('The device verifier is unknown. Start again.');
    check(found.data.browser);
    if (found.expiresAt <= now) throw requestUnauthorized('The device request has expired. Start again.');
    const device = await this.devices.find(authorization);
    if (device?.data.state !== 'pending' || device.expiresAt <= now) {
      throw invalidRequest('The user code was used before or has expired. Start again on the device.');
    }
    return device;
  }

  /** Checks one entry. If another entry intervenes, it tries again, so that each wrong code counts. */
  private async guess(first: Found, userCode: string, now: Date): Promise<DeviceRecord> {
    const { address } = first.data;
    refuseUsedUp(first.data);
    if (await this.attempts.areUsedUp(address, now)) {
      throw invalidRequest('Too many wrong codes came from the network of this browser. Try again in ten minutes.');
    }
    const device = await this.devices.findByUserCode(userCode, now);
    if (!device) await this.attempts.note(address, now);
    let found: Found | undefined = first;
    for (let round = 0; found && round < MAX_ROUNDS; round++) {
      refuseUsedUp(found.data);
      if (await this.note(found, device)) return known(device);
      found = await this.get(found.id);
    }
    throw invalidRequest('Other codes were entered at the same time. Try again.');
  }

  /** Stores the result of an entry. Returns false if another entry intervened. */
  private async note(found: Found, device: DeviceRecord | undefined): Promise<boolean> {
    if (device && found.data.authorization === device.id) return true; // the same code was entered twice
    const next = device
      ? { ...found.data, authorization: device.id }
      : { ...found.data, guesses: found.data.guesses + 1 };
    return this.flows.transition<DeviceRequest>(KIND, found.id, { from: found, to: next });
  }

  private async find(kind: 'device_challenge' | 'device_verifier', handle: string): Promise<Found | undefined> {
    const id = this.handles.read(kind, handle);
    return id === undefined ? undefined : this.get(id);
  }

  private async get(id: string): Promise<Found | undefined> {
    const record = await this.flows.get<DeviceRequest>(KIND, id);
    return record && { ...record, id };
  }
}

function refuseUsedUp({ guesses }: DeviceRequest): void {
  if (guesses >= MAX_GUESSES) throw invalidRequest('Too many wrong codes. Start again.');
}

function known(device: DeviceRecord | undefined): DeviceRecord {
  if (device) return device;
  throw invalidRequest('The user code could not be found or has expired. Check it on the device.');
}

function parametersOf({ sent, parameters = [] }: DeviceRequest): Sent['parameters'] {
  return sent ? unpack(sent).parameters : parameters;
}
