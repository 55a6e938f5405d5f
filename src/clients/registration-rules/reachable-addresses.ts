import { isException } from '../../http/outbound/address-guard.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import { mayReachPrivate } from '../private-reach.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** The limit for all names of one client: a slow name server delays only its own client. */
const LOOK_UP_MS = 5_000;

/** The server itself, or a frame on one of its pages, requests these addresses: they must be web addresses. */
export function checkWebAddresses({ metadata }: Registration): void {
  for (const name of ['jwks_uri', 'frontchannel_logout_uri', 'backchannel_logout_uri'] as const) {
    const uri = metadata[name];
    if (uri !== undefined && !/^https?:\/\/./i.test(uri)) {
      throw invalidClientMetadata(`'${name}' must be an absolute http or https URL.`);
    }
  }
}

/**
 * Where the server may not call private addresses for this client, the client may not register any. The outbound client
 * checks again at each call, because names change.
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
    if (performance.now() - startedAt > LOOK_UP_MS) throw notPublic(name);
    try {
      await outbound.assertPublic(uri);
      if (url) judged.add(url.hostname);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      throw notPublic(name, error);
    }
  }
}

/** The same error for an unknown, a private and a slow name: registration must not reveal the internal network. */
function notPublic(name: string, cause?: unknown): Error {
  return invalidClientMetadata(
    `'${name}' must be an http or https URL whose host has public addresses alone. Try again if it has.`,
    cause,
  );
}

function calledAddresses(metadata: ClientMetadata): [string, string][] {
  const single = [
    ...(['jwks_uri', 'backchannel_logout_uri', 'sector_identifier_uri'] as const),
    'backchannel_client_notification_endpoint' as const,
  ];
  const named = single.map((name): [string, string | undefined] => [name, metadata[name]]);
  const requests = metadata.request_uris.map((uri): [string, string] => ['request_uris', uri]);
  return [...named, ...requests].filter((pair): pair is [string, string] => pair[1] !== undefined);
}
