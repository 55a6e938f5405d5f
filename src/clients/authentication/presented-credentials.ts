/** The client credentials of a request: read here once, checked by the methods. */
import { parseParameters, type Parsed, textParameter } from '../../http/exchange/declared-parameters.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { CLIENT_ASSERTION_JWT } from '../../protocol/constants.js';
import { invalidClient, invalidRequest } from '../../protocol/oauth-error.js';
import type { RegisteredClient } from '../registered-client.js';
import { readBasicCredentials } from './basic-credentials.js';

/** The parameters that name or authenticate a client in a form (RFC 6749 §2.3.1, RFC 7521 §4.2). */
const PARAMETERS = {
  client_id: textParameter,
  client_secret: textParameter,
  client_assertion: textParameter,
  client_assertion_type: textParameter,
};

export interface PresentedCredentials {
  /** From the Authorization header; the secret may be empty. */
  basic?: { clientId: string; secret: string };
  /** `client_id` of the body. */
  clientId?: string;
  /** `client_secret` of the body, not empty. */
  secret?: string;
  /** A JWT (RFC 7523 §2.2). */
  assertion?: string;
  /** The certificate of the connection, or what a trusted proxy passed on (RFC 8705 §2). Read where a method needs it. */
  certificate: Exchange['certificate'];
  /** Finds a client that has no row yet by its document; absent at endpoints where a client must have one. */
  introduce?: (clientId: string) => Promise<RegisteredClient | undefined>;
  /** Finds a client where it begins something: its document must be fresh. Absent at other endpoints. */
  begin?: (clientId: string) => Promise<RegisteredClient | undefined>;
  /** The network address of the caller. */
  address: string;
  /** The path of the endpoint. */
  path: string;
}

/** @throws OAuthError invalid_request where they cannot be read, invalid_client where they name two clients */
export function readCredentials(
  authorization: string | undefined,
  form: FormParams,
  exchange: Pick<Exchange, 'remoteAddress' | 'path' | 'certificate'>,
): PresentedCredentials {
  const parameters = parseParameters(PARAMETERS, form);
  const presented: PresentedCredentials = {
    basic: readBasicCredentials(authorization),
    clientId: parameters.client_id,
    secret: parameters.client_secret,
    assertion: readAssertion(parameters),
    certificate: () => exchange.certificate(),
    address: exchange.remoteAddress,
    path: exchange.path,
  };
  if (presented.basic && presented.clientId !== undefined && presented.clientId !== presented.basic.clientId) {
    throw invalidClient('The Authorization header and client_id in the body name different clients: name one.');
  }
  return presented;
}

/** RFC 7521 §4.2: type and assertion come together. */
function readAssertion({
  client_assertion_type: type,
  client_assertion: assertion,
}: Parsed<typeof PARAMETERS>): string | undefined {
  if (type === undefined && assertion === undefined) return undefined;
  if (type !== CLIENT_ASSERTION_JWT) {
    throw invalidRequest(`The client_assertion_type must be '${CLIENT_ASSERTION_JWT}'.`);
  }
  if (assertion === undefined) throw invalidRequest('The client_assertion is missing: send the signed JWT.');
  return assertion;
}

/** Whether the form has no parameter that names or authenticates a client. */
export function isWithoutCredentials(form: FormParams): boolean {
  return Object.values(parseParameters(PARAMETERS, form)).every((value) => value === undefined);
}
