/** The device's side of the device flow (RFC 8628): ask for codes, then poll until the person has decided. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Form, replyOf } from '../api/api.js';
import { errorBody } from '../api/refusal.js';
import { CommandFailed } from '../command-failed.js';
import type { ClientRequests } from '../token/client-requests.js';
import { type Tokens, tokensIn } from '../token/token-listing.js';

interface DeviceCodes {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete?: string;
  /** In seconds. */
  expires_in: number;
  /** In seconds. Default: 5 (RFC 8628 §3.2). */
  interval?: number;
}

const SLOW_DOWN_SECONDS = 5;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** @throws CommandFailed where the server refuses */
export async function askForCodes(client: ClientRequests, url: URL, form: Form): Promise<DeviceCodes> {
  const codes = (await client.post(url, form)).body as DeviceCodes | undefined;
  if (codes?.device_code && codes.verification_uri) return codes;
  throw new CommandFailed('The answer holds no device code: is this the address of a device authorization endpoint?');
}

/** @throws CommandFailed where the person refuses, or does not decide in time */
export async function pollForTokens(client: ClientRequests, url: URL, codes: DeviceCodes): Promise<Tokens> {
  const end = Date.now() + codes.expires_in * 1000;
  let seconds = codes.interval ?? 5;
  while (Date.now() < end) {
    await sleep(seconds * 1000);
    const answer = await client.send(url, { grant_type: DEVICE_CODE, device_code: codes.device_code });
    const { error } = errorBody(answer.text);
    if (error === 'slow_down') seconds += SLOW_DOWN_SECONDS;
    else if (error !== 'authorization_pending') return tokensIn(replyOf('POST', url, answer).body, new Date());
  }
  throw new CommandFailed('Nobody entered the code in time: begin again.');
}
