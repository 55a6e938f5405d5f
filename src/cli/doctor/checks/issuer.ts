import { ConfigHolder } from '../../../config/config-holder.js';
import type { Configuration } from '../../../config/configuration.js';
import { Outbound } from '../../../http/outbound/outbound.js';
import { OutboundError } from '../../../http/outbound/outbound-error.js';
import { fail, type Finding, ok, warn } from '../finding.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_048_576;

/** OpenID Connect Discovery §4: checks the issuer in the same way as clients do. */
export async function checkIssuer(configuration: Configuration): Promise<Finding[]> {
  const { issuer } = configuration.urls.self;
  const slash = issuer.endsWith('/') ? 'with the slash at its end' : 'without a slash at its end';
  const secure = issuer.startsWith('https://')
    ? ok('issuer', `${issuer}, ${slash}, exactly as clients must have it`)
    : warn('issuer', `${issuer}, ${slash}, is not https`, 'Use https for anything but development');
  return [secure, await discovery(configuration)];
}

async function discovery(configuration: Configuration): Promise<Finding> {
  const url = `${configuration.urls.self.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const request = { url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
    const { status, text } = await new Outbound(new ConfigHolder(configuration)).fetch(request);
    if (status === 200) return judge(url, configuration.urls.self.issuer, text);
    return fail('discovery', `${url} answers ${status}`, 'Let the proxy pass this path to the public listener');
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const change = 'Start the server and its proxy, or correct urls.self.issuer, and ask again';
    return warn('discovery', `${url}: ${error.message.replace(/\.$/, '')}`, change);
  }
}

function judge(url: string, issuer: string, text: string): Finding {
  const named = issuerOf(text);
  if (named === issuer) return ok('discovery', `${url} names this issuer`);
  if (named === undefined)
    return fail('discovery', `${url} is no discovery document`, 'Let the issuer lead to the public listener');
  const change = 'Give all servers the same urls.self.issuer, to the character';
  return fail('discovery', `${url} names another issuer, ${JSON.stringify(named).slice(0, 200)}`, change);
}

function issuerOf(text: string): string | undefined {
  try {
    const { issuer } = JSON.parse(text) as { issuer?: unknown };
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}
