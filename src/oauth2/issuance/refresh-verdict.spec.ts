import { describe, expect, it } from 'vitest';
import { Confirmation } from '../sender-constraint/confirmation.js';
import { type ChainState, gracePeriod, judgeRefresh, type Presented, type RefreshVerdict } from './refresh-verdict.js';

const DIGEST = Buffer.alloc(32, 1);
const OTHER = Buffer.alloc(32, 2);
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

const row: ChainState = {
  generation: 3,
  digest: DIGEST,
  expires_at: at(50),
  previous_used_at: at(10),
  previous_uses: 1,
  chain_revoked_at: null,
  revoked_at: null,
  client_key: '7',
  judged_at: at(20),
  cnf: null,
};
const presented = (number: number, over: Partial<Presented> = {}): Presented => ({
  token: { number, id: 'x', digest: DIGEST },
  clientKey: '7',
  arrivedAt: at(20),
  grace: { uses: 0 },
  ...over,
});
const KEY = Confirmation.ofKey(DIGEST);
const BOUND = { cnf: KEY.bytes };
const GRACE = { period: 30, uses: 0 };

describe('a presented refresh token', () => {
  it.each<[string, RefreshVerdict, Partial<ChainState>, Presented]>([
    ['of the current generation may be spent', 'spendable', {}, presented(3)],
    ['with another digest is inactive', 'inactive', { digest: OTHER }, presented(3)],
    ['of a generation that was never issued is inactive', 'inactive', {}, presented(4)],
    ['that expired before the request arrived is expired', 'expired', {}, presented(3, { arrivedAt: at(50) })],
    ['that never expires may be spent', 'spendable', { expires_at: null }, presented(3, { arrivedAt: at(59) })],
    ['of a revoked grant is inactive', 'inactive', { revoked_at: at(1) }, presented(3)],
    ['of a revoked chain is inactive', 'inactive', { chain_revoked_at: at(1) }, presented(3)],
    ['of another client is foreign, used or not', 'foreign', {}, presented(2, { clientKey: '8' })],
    ['of the previous generation was used', 'used', {}, presented(2)],
    ['of an older generation was used', 'used', {}, presented(1)],
    ['used within the grace period may be spent again', 'spendable', {}, presented(2, { grace: GRACE })],
    ['used before the grace period was used', 'used', { judged_at: at(40) }, presented(2, { grace: GRACE })],
    ['may be spent as often as the count says', 'spendable', {}, presented(2, { grace: { period: 30, uses: 2 } })],
    ['was used beyond the count', 'used', { previous_uses: 2 }, presented(2, { grace: { period: 30, uses: 2 } })],
    ['of a grandparent was used within the grace period too', 'used', {}, presented(1, { grace: GRACE })],
    ['bound to a key may be spent with it', 'spendable', BOUND, presented(3, { confirmation: KEY })],
    ['bound to a key is unproven without a proof', 'unproven', BOUND, presented(3)],
    [
      'bound is unproven with another key',
      'unproven',
      BOUND,
      presented(3, { confirmation: Confirmation.ofKey(OTHER) }),
    ],
    [
      'bound is unproven by a certificate of the same digest',
      'unproven',
      BOUND,
      presented(3, { confirmation: Confirmation.ofCertificate(DIGEST) }),
    ],
    [
      'that was used is unproven first, so that nobody without the key revokes the grant',
      'unproven',
      BOUND,
      presented(1),
    ],
    ['of another client is foreign, bound or not', 'foreign', BOUND, presented(3, { clientKey: '8' })],
    ['bound to nothing may be spent with any key', 'spendable', {}, presented(3, { confirmation: KEY })],
  ])('%s', (_, verdict, over, token) => {
    expect(judgeRefresh({ ...row, ...over }, token)).toBe(verdict);
  });
});

describe('the grace period', () => {
  it.each([
    ['0 is strict rotation', 0, 0, undefined],
    ['is capped at five minutes', 3_600, 0, 300],
    ['with a count of uses is capped at 180 days', 86_400 * 365, 3, 86_400 * 180],
  ])('%s', (_, rotation_grace_period, rotation_grace_reuse_count, period) => {
    expect(gracePeriod({ rotation_grace_period, rotation_grace_reuse_count }).period).toBe(period);
  });
});
