import { OutboundError } from '../../http/outbound-error.js';
import { parseJson } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
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
  const allowPrivate = mayReachPrivate(metadata, context.configuration);
  const listed = listIn(await read(uri, allowPrivate, context.outbound));
  if (!listed) throw invalidClientMetadata("'sector_identifier_uri' must lead to a JSON array of texts.");
  const missing = metadata.redirect_uris.some((redirectUri) => !listed.includes(redirectUri));
  if (missing) throw invalidClientMetadata("The document at 'sector_identifier_uri' must list every redirect URI.");
}

async function read(url: string, allowPrivate: boolean, outbound: RuleContext['outbound']): Promise<string> {
  try {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, retry: RETRY };
    const { status, text } = await outbound.fetch({ url, allowPrivate, ...limits });
    if (status === 200) return text;
    throw invalidClientMetadata(
      `'sector_identifier_uri' answered with status ${status}: it must lead to the list itself.`,
    );
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw invalidClientMetadata(`'sector_identifier_uri' cannot be read. ${error.message}`, error);
  }
}

function listIn(text: string): string[] | undefined {
  try {
    const list = parseJson(text);
    return Array.isArray(list) && list.length && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return undefined; // no JSON
  }
}
