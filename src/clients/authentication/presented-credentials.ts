/** What a request brings to prove who the client is: read here once, judged by the methods. */
import type { FormParams } from '../../http/form-params.js';
import { CLIENT_ASSERTION_JWT } from '../../protocol/constants.js';
import { invalidClient, invalidRequest } from '../../protocol/oauth-error.js';
import { readBasicCredentials } from './basic-credentials.js';

export interface PresentedCredentials {
  /** Of the Authorization header; the secret may be empty. */
  basic?: { clientId: string; secret: string };
  /** `client_id` of the body. */
  clientId?: string;
  /** `client_secret` of the body, not empty. */
  secret?: string;
  /** A JWT (RFC 7523 §2.2). */
  assertion?: string;
  /** The form they came with: the same one whenever a request is judged anew. */
  form: FormParams;
}

/** @throws OAuthError invalid_request for what cannot be read, invalid_client where two clients are named */
export function readCredentials(authorization: string | undefined, form: FormParams): PresentedCredentials {
  const presented: PresentedCredentials = {
    basic: readBasicCredentials(authorization),
    clientId: form.first('client_id'),
    secret: form.first('client_secret'),
    assertion: readAssertion(form),
    form,
  };
  if (presented.basic && presented.clientId !== undefined && presented.clientId !== presented.basic.clientId) {
    throw invalidClient('The Authorization header and client_id in the body name different clients: name one.');
  }
  return presented;
}

/** RFC 7521 §4.2: type and assertion come together. */
function readAssertion(form: FormParams): string | undefined {
  const type = form.first('client_assertion_type');
  const assertion = form.first('client_assertion');
  if (type === undefined && assertion === undefined) return undefined;
  if (type !== CLIENT_ASSERTION_JWT) {
    throw invalidRequest(`The client_assertion_type must be '${CLIENT_ASSERTION_JWT}'.`);
  }
  if (assertion === undefined) throw invalidRequest('The client_assertion is missing: send the signed JWT.');
  return assertion;
}
