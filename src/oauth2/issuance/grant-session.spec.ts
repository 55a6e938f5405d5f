import { expect, it } from 'vitest';
import { seal } from '../../crypto/aead.js';
import { EMPTY_SESSION, inGrant, sealSession } from './grant-session.js';
import { openSession } from './open-session.js';

const system = ['a system secret of the tests'];
const secrets = { system, accept_unbound: true };
const place = inGrant('01890a5d-ac96-774b-bcce-b302099a8057');

it('claims for userinfo alone are encrypted with the session', () => {
  const session = { idTokenClaims: { a: 1 }, accessTokenClaims: {}, userinfoClaims: { b: 2 }, sid: 'x' };
  expect(openSession(secrets, place, sealSession(system, place, session))).toEqual(session);
});

it('a session that no secret decrypts is undefined', () => {
  const sealed = sealSession(['another secret of the tests'], place, EMPTY_SESSION);
  expect(openSession(secrets, place, sealed)).toBeUndefined();
});

it('a session of an earlier release has no claims for userinfo alone', () => {
  const older = seal(system, place, JSON.stringify({ idTokenClaims: { a: 1 }, subjectIdentifier: 'alice' }));
  expect(openSession(secrets, place, older)).toEqual({
    ...{ idTokenClaims: { a: 1 }, accessTokenClaims: {}, userinfoClaims: {}, subjectIdentifier: 'alice' },
  });
});
