/** A device without a browser (RFC 8628), with openid-client as device and the example app as pages. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA, registerApp, signInAndAllow } from './support/relying-party.js';
import { textOf, Visitor } from './support/visitor.mjs';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

describe('the device flow with openid-client', () => {
  let database: TestDatabase;
  let demo: Demo;
  let television: oidc.Configuration;
  let visitor: Visitor;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({ DSN: database.dsn, SECRETS_SYSTEM: 'a-system-secret-of-the-tests' });
    television = await registerApp(demo, {
      grant_types: [DEVICE_CODE, 'refresh_token'],
      redirect_uris: [],
      post_logout_redirect_uris: [],
    });
  });

  afterAll(async () => {
    await demo.stop();
    await database.drop();
  });

  beforeEach(() => {
    visitor = new Visitor('nowhere:');
  });

  const begin = (): Promise<oidc.DeviceAuthorizationResponse> =>
    oidc.initiateDeviceAuthorization(television, { scope: 'openid profile offline_access' });

  const poll = (code: string): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers> =>
    oidc.genericGrantRequest(television, DEVICE_CODE, { device_code: code });

  it('issues tokens to the device after the person typed the code, signed in and agreed', async () => {
    const device = await begin();
    await expect(poll(device.device_code)).rejects.toMatchObject({ error: 'authorization_pending' });

    const codePage = await visitor.open(device.verification_uri);
    const loginPage = await visitor.submit(codePage, { user_code: device.user_code });
    const end = await signInAndAllow(visitor, loginPage);
    expect(textOf(end.html)).toContain('Your device is connected');

    const second = await begin();
    expect(second.user_code).not.toBe(device.user_code);
    expect((await poll(device.device_code)).refresh_token).toMatch(/^ory_rt_/);
  });

  it('fills in the code of the complete address', async () => {
    const device = await begin();
    const page = await visitor.open(device.verification_uri_complete!);
    expect(page.html).toContain(`value="${device.user_code}"`);
  });

  it('shows the code page again after a wrong code', async () => {
    const device = await begin();
    const codePage = await visitor.open(device.verification_uri);
    const again = await visitor.submit(codePage, { user_code: 'nonsense' });
    expect(again.status).toBe(422);
    expect(textOf(again.html)).toContain('There is no such code');
    const loginPage = await visitor.submit(again, { user_code: device.user_code });
    expect(textOf(loginPage.html)).toContain('Sign in');
  });

  it('answers access_denied to the device if the person refuses', async () => {
    const device = await begin();
    const codePage = await visitor.open(device.verification_uri_complete!);
    const loginPage = await visitor.submit(codePage);
    const consentPage = await visitor.submit(loginPage, { ...ADA, answer: 'sign-in' });
    await visitor.submit(consentPage, { answer: 'deny' });
    await expect(poll(device.device_code)).rejects.toMatchObject({ error: 'access_denied' });
  });
});
