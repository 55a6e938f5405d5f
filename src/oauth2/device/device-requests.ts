/**
 * Device requests: a browser that is asked for a user code. The device app answers through the admin API; the browser
 * comes back with the verifier and goes on to login. Each request takes a limited number of wrong codes
 * (RFC 8628 §5.1), and so does the address of the browser where that is configured.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Handles, newFlowId } from '../../consent/handles.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { invalidRequest, notFound, requestUnauthorized } from '../../protocol/oauth-error.js';
import { type DeviceRecord, DeviceAuthorizations } from '../issuance/device-authorizations.js';
import { expiryOf } from '../issuance/lifespans.js';
import { Guesses } from './guesses.js';
import { verificationAddress } from './verification-address.js';

const KIND = 'device_request';
const MAX_GUESSES = 20;

interface DeviceRequest {
  /** See BrowserBinding. */
  browser: string;
  /** The network address of the browser: the app that answers has another. */
  address: string;
  /** What the browser asked for beside the user code: prompt, max_age and the like. */
  parameters: [string, string][];
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
    private readonly guesses: Guesses,
    private readonly config: ConfigHolder,
  ) {}

  /** The challenge of a new request. */
  async start(
    asking: Pick<DeviceRequest, 'browser' | 'address'>,
    parameters: [string, string][],
    now: Date,
  ): Promise<string> {
    const id = newFlowId();
    const request: DeviceRequest = { ...asking, parameters, guesses: 0 };
    const expiresAt = expiryOf(now, this.config.current.ttl.login_consent_request);
    await this.flows.put(KIND, id, request, { now, expiresAt });
    return this.handles.make('device_challenge', id);
  }

  /**
   * Takes the code that the person entered; gives the address where the browser goes on. May be repeated with another.
   * @throws OAuthError 404 for an unknown challenge, 401 for an expired one, 400 for a wrong code or too many of them
   */
  async accept(challenge: string, userCode: string | undefined, now: Date): Promise<string> {
    const found = await this.find('device_challenge', challenge);
    if (!found) throw notFound();
    if (found.expiresAt <= now) throw requestUnauthorized('The device request has expired. Start again.');
    if (!userCode) throw invalidRequest("Member 'user_code' is missing.");
    const device = await this.guess(found, userCode, now);
    const address = new URL(verificationAddress(this.config.current));
    for (const [name, value] of found.data.parameters) address.searchParams.append(name, value);
    address.searchParams.set('client_id', device.data.clientId);
    address.searchParams.set('device_verifier', this.handles.make('device_verifier', found.id));
    return address.toString();
  }

  /**
   * What the right browser brought its verifier for.
   * @param check throws where the browser is not the one of this digest
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

  private async guess(found: Found, userCode: string, now: Date): Promise<DeviceRecord> {
    if (found.data.guesses >= MAX_GUESSES) throw invalidRequest('Too many wrong codes. Start again.');
    const { address } = found.data;
    if (await this.guesses.areUsedUp(address, now)) {
      throw invalidRequest('Too many wrong codes came from the network of this browser. Try again in ten minutes.');
    }
    const device = await this.devices.findByUserCode(userCode, now);
    const next = device
      ? { ...found.data, authorization: device.id }
      : { ...found.data, guesses: found.data.guesses + 1 };
    if (!device) await this.guesses.note(address, now);
    const stored = await this.flows.transition<DeviceRequest>(KIND, found.id, { from: found, to: next });
    if (!stored) throw invalidRequest('Another code was entered at the same time. Try again.');
    if (!device) throw invalidRequest('The user code could not be found or has expired. Check it on the device.');
    return device;
  }

  private async find(kind: 'device_challenge' | 'device_verifier', handle: string): Promise<Found | undefined> {
    const id = this.handles.read(kind, handle);
    const record = id && (await this.flows.get<DeviceRequest>(KIND, id));
    return record && id ? { ...record, id } : undefined;
  }
}
