import { describe, expect, it } from 'vitest';
import {
  adapted,
  conversionOf,
  HYDRA_SECRET,
  microseconds,
  takingOf,
  written,
} from '../../../../test/support/hydra-conversion.js';
import { openDetails } from '../../../consent/consents/consent-details.js';
import { REASONS } from '../table-import.js';
import { CONSENTS, NESTED_CLAIMS, NO_ADDRESS, NOTHING_GRANTED } from './consent.js';

const ID = '2182f037-3519-4d11-93a4-e8659b8f5275';
const BASIS = '421f5e01-1f13-4a11-9add-d0e9ef02dbe6';
const hex = (uuid: string): string => uuid.replaceAll('-', '');
const URL_OF_REQUEST = "https://op.example/oauth2/auth?client_id=shop&scope=openid+offline_access&state=it's";

const ROW = {
  ...{ consent_challenge_id: hex(ID), subject: 'alice', client_id: 'shop', state: null, taken: 'true' },
  ...{ login_session_id: 'd4248a55-0a31-49a8-814c-8d2de5c41fe4', basis: null, later_end: null },
  ...{ requested_scope: '["openid", "profile"]', granted_scope: '["openid"]', requested_at_audience: '["api", "b"]' },
  ...{ granted_at_audience: '["api"]', amr: '["pwd"]', acr: 'gold', context: '{"from": ["app"]}' },
  ...{ oidc_context: '{"login_hint": "alice", "display": null}', request_url: URL_OF_REQUEST },
  ...{ session_id_token: '{"email": "a@example.org"}', session_access_token: '{"n": 90071992547409931234}' },
  ...{ consent_skip: 'false', consent_remember: 'true', consent_remember_for: '0' },
  ...{ requested_at: '2026-11-24 23:04:57', consent_handled_at: '2026-11-24 23:05:03.863766' },
};
const convert = conversionOf(CONSENTS, ROW, takingOf(['shop']));
type Over = Parameters<typeof convert>[0];
const consentOf = (over?: Over) => written(convert(over))[0]!;
const detailsOf = (over?: Over) => {
  const { id, details } = consentOf(over) as { id: string; details: Buffer };
  return openDetails({ id, details }, { system: [HYDRA_SECRET], accept_unbound: false });
};

describe('a consent', () => {
  it('keeps its id, and its login', () => {
    const { details, ...columns } = consentOf();
    expect(details).toBeInstanceOf(Buffer);
    expect(columns).toEqual({
      ...{ id: ID, subject: 'alice', client_key: 'shop', login_session_id: ROW.login_session_id },
      ...{ granted_scope: ['openid'], granted_audience: ['api'], remember: true, remember_for: 0, skip: false },
      requested_at: microseconds('2026-11-24T23:04:57Z'),
      handled_at: microseconds('2026-11-24T23:05:03.863Z') + 766n,
      ...{ expires_at: null, rests_on: null, superseded: false },
    });
  });

  it.each([null, 'no uuid'])('may hang on no login that is taken: %j', (login_session_id) => {
    expect(consentOf({ login_session_id })).toMatchObject({ login_session_id: null });
  });

  it('seals its claims and all else that its list shows', () => {
    expect(detailsOf()).toEqual({
      idTokenClaims: { email: 'a@example.org' },
      accessTokenClaims: { n: 90071992547409931234n },
      userinfoClaims: {},
      context: { from: ['app'] },
      oidcContext: { login_hint: 'alice' },
      ...{ acr: 'gold', amr: ['pwd'], requestUrl: URL_OF_REQUEST },
      ...{ requestedScope: ['openid', 'profile'], requestedAudience: ['api', 'b'] },
    });
  });

  it.each([null, 'null', '{}'])('may have no claims: %j', (none) => {
    expect(detailsOf({ session_id_token: none, session_access_token: none, oidc_context: none })).toMatchObject({
      ...{ idTokenClaims: {}, accessTokenClaims: {}, oidcContext: {} },
    });
    expect(detailsOf({ context: none === '{}' ? null : none })).toMatchObject({ context: null });
  });

  it('keeps no secret in the address of its request', () => {
    const request_url = 'https://op.example/oauth2/auth?client_secret=s3cret&consent_verifier=v&state=x';
    expect(detailsOf({ request_url })?.requestUrl).toBe('https://op.example/oauth2/auth?state=x');
  });

  it.each(['', null])('may have no address: %j', (request_url) => {
    expect(detailsOf({ request_url })?.requestUrl).toBe('');
    expect(adapted(convert({ request_url }))).toEqual([]);
  });

  it('leaves out what is no address, and claims that could not be written', () => {
    expect(adapted(convert({ request_url: 'no address' }))).toEqual([NO_ADDRESS]);
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(adapted(convert({ session_id_token: deep }))).toEqual([NESTED_CLAIMS]);
    expect(detailsOf({ session_id_token: deep })).toMatchObject({ idTokenClaims: {}, acr: 'gold' });
  });

  it.each([
    ['3600', 'true', microseconds('2026-11-25T00:04:57Z')],
    ['3600', 'false', microseconds('2026-11-25T00:04:57Z')],
    ['0', 'true', null],
    ['-1', 'true', null],
    [null, 'true', null],
  ])(
    'of %j seconds, remembered: %s, ends as Hydra computes it',
    (consent_remember_for, consent_remember, expires_at) => {
      expect(consentOf({ consent_remember_for, consent_remember })).toMatchObject({ expires_at });
    },
  );

  it('that was handled at no known time was handled when it was requested', () => {
    expect(consentOf({ consent_handled_at: null })).toMatchObject({ handled_at: microseconds('2026-11-24T23:04:57Z') });
  });

  it.each([
    [{ state: '4' }, REASONS.underWay],
    [{ state: null, consent_challenge_id: null }, REASONS.underWay],
    [{ state: '128' }, NOTHING_GRANTED],
    [{ state: '129' }, NOTHING_GRANTED],
    [{ state: null }, NOTHING_GRANTED],
  ])('is left out (%#)', (over, leftOut) => {
    expect(convert({ ...over, taken: 'false' })).toEqual({ leftOut });
  });

  it('of a client that is not here is left out', () => {
    expect(convert({ client_id: 'gone' })).toEqual({ leftOut: REASONS.withoutClient });
  });
});

describe('the consents of a person to a client', () => {
  it('that were skipped rest on the one before them', () => {
    expect(consentOf({ consent_skip: 'true', basis: hex(BASIS) })).toMatchObject({ skip: true, rests_on: BASIS });
    expect(consentOf({ consent_skip: 'true', basis: null })).toMatchObject({ skip: true, rests_on: null });
    expect(consentOf({ basis: hex(BASIS) })).toMatchObject({ rests_on: null });
  });

  it.each([
    ['the newest', {}, false],
    ['one before another', { later_end: 'infinity' }, true],
    ['one before another that has not expired', { later_end: '2030-06-01 12:00:01' }, true],
    ['one before another that has expired', { later_end: '2030-06-01 12:00:00' }, false],
    ['one that has expired', { consent_remember_for: '60' }, true],
    ['one that was never used', { state: '5' }, true],
    ['one that is not remembered', { consent_remember: 'false', later_end: 'infinity' }, false],
    ['one that was skipped', { consent_skip: 'true', later_end: 'infinity' }, false],
  ])('count as Hydra counts them: %s', (_, over, superseded) => {
    expect(consentOf(over)).toMatchObject({ superseded });
  });
});
