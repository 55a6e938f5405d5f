/**
 * A call centre: the person who calls approves on a device of their own, and the agent sees who they are (CIBA Core 1.0).
 * Through the npm package openid-client:
 * `ISSUER=http://127.0.0.1:4444 CLIENT_ID=… CLIENT_SECRET=… node examples/ciba/main.mjs ada@example.com`
 */
import { randomInt } from 'node:crypto';
import * as oidc from 'openid-client';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'call-centre', CLIENT_SECRET = '' } = process.env;
const [caller = 'ada@example.com'] = process.argv.slice(2);

// Plain http is for examples on the loopback interface alone.
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute,
});

/** The agent reads it out, and the person compares it with what their device shows. */
const bindingMessage = `Call ${randomInt(1000, 10_000)}`;

try {
  const request = await oidc.initiateBackchannelAuthentication(provider, {
    scope: 'openid profile',
    login_hint: caller,
    binding_message: bindingMessage,
  });
  console.log(`Please approve "${bindingMessage}" on your device.`);
  const tokens = await oidc.pollBackchannelAuthenticationGrant(provider, request);
  const { sub, name, acr } = tokens.claims();
  console.log(`The caller is ${name} (${sub}), authenticated by ${acr}.`);
} catch (error) {
  console.log(`The caller is not known: ${error.error ?? error.message}.`);
  process.exitCode = 1;
}
