import { isException } from '../../http/address-guard.js';
import { OutboundError } from '../../http/outbound-error.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import { mayReachPrivate } from '../private-reach.js';
import type { Registration, RuleContext } from './registration-rule.js';

/**
 * For the names of one client together. The system looks up few names at a time, for the whole process: who has a slow
 * name server of his own could hold up all others.
 */
const LOOK_UP_MS = 5_000;

/** Addresses that the server itself, or a frame on one of its pages, goes to: they are web addresses. */
export function checkWebAddresses({ metadata }: Registration): void {
  for (const name of ['jwks_uri', 'frontchannel_logout_uri', 'backchannel_logout_uri'] as const) {
    const uri = metadata[name];
    if (uri !== undefined && !/^https?:\/\/./i.test(uri)) {
      throw invalidClientMetadata(`'${name}' must be an absolute http or https URL.`);
    }
  }
}

/**
 * Where the server may not call private addresses for this client, the client may not name any. The guard of the
 * outbound client judges again at each call: names change.
 */
export async function checkReachableAddresses({ metadata }: Registration, context: RuleContext): Promise<void> {
  const { configuration, outbound } = context;
  if (mayReachPrivate(metadata, configuration)) return;
  const exceptions = configuration.clients.http.private_ip_exception_urls;
  const judged = new Set<string>();
  const startedAt = performance.now();
  for (const [name, uri] of calledAddresses(metadata)) {
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    if (url && (judged.has(url.hostname) || isException(exceptions, url))) continue;
    if (performance.now() - startedAt > LOOK_UP_MS) throw tooSlow(name);
    try {
      await outbound.assertPublic(uri);
      if (url) judged.add(url.hostname);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      throw invalidClientMetadata(`'${name}' must lead to a public address. ${error.message}`, error);
    }
  }
}

function tooSlow(name: string): Error {
  return invalidClientMetadata(
    `The host of '${name}' could not be judged in time: send fewer addresses, and try again.`,
  );
}

function calledAddresses(metadata: ClientMetadata): [string, string][] {
  const single = ['jwks_uri', 'backchannel_logout_uri', 'sector_identifier_uri'] as const;
  const named = single.map((name): [string, string | undefined] => [name, metadata[name]]);
  const requests = metadata.request_uris.map((uri): [string, string] => ['request_uris', uri]);
  return [...named, ...requests].filter((pair): pair is [string, string] => pair[1] !== undefined);
}
