import { OutboundError } from '../../http/outbound/outbound-error.js';
import { parseJson } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { ClientMetadata } from '../client-metadata.js';
import { mayReachPrivate } from '../private-reach.js';
import type { Registration, RuleContext } from './registration-rule.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const RETRY = { count: 1, pauseMs: 500 };

/** OpenID Connect Registration §5: an https document that lists every redirect URI. It is read at each write. */
export async function checkSectorIdentifier({ metadata }: Registration, context: RuleContext): Promise<void> {
  const uri = metadata.sector_identifier_uri;
  if (uri === undefined) return;
  if (!/^https:\/\/./i.test(uri)) throw invalidClientMetadata("'sector_identifier_uri' must be an https URL.");
  const fault = await findFault(metadata, uri, context);
  if (fault === undefined) return;
  // A stranger does not learn the content of the address, because it may be one that only this server can reach.
  const shown = metadata.dynamically_registered
    ? 'It must lead to a JSON array that lists every redirect URI.'
    : fault.shown;
  throw invalidClientMetadata(`'sector_identifier_uri' is refused. ${shown}`, fault.cause);
}

interface Fault {
  shown: string;
  cause?: OutboundError;
}

async function findFault(metadata: ClientMetadata, url: string, context: RuleContext): Promise<Fault | undefined> {
  const allowPrivate = mayReachPrivate(metadata, context.configuration);
  try {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, retry: RETRY };
    const { status, text } = await context.documents.read({ url, accept: 'application/json', allowPrivate, ...limits });
    if (status !== 200) return { shown: `It answered with status ${status}: it must lead to the list itself.` };
    const listed = listIn(text);
    if (!listed) return { shown: 'It must lead to a JSON array of texts.' };
    return metadata.redirect_uris.every((one) => listed.has(one))
      ? undefined
      : { shown: 'Its document must list every redirect URI.' };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { shown: `It cannot be read. ${error.message}`, cause: error };
  }
}

function listIn(text: string): Set<string> | undefined {
  try {
    const list = parseJson(text);
    return Array.isArray(list) && list.length && list.every((one) => typeof one === 'string')
      ? new Set(list)
      : undefined;
  } catch {
    return undefined; // no JSON
  }
}
