import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import type { AuthorizationRequest, PushedUse, ResponseMode } from '../../protocol/authorization-request.js';
import type { AuthorizationParameters } from './authorization-parameters.js';
import type { AskedResponseMode } from './response-modes/index.js';

/** The target of a response: an address that is proven to be the client's. */
export interface ResponseTarget {
  redirectUri: string;
  responseMode: ResponseMode;
  state: string;
  /** Set for a pushed request, which the response spends. */
  pushed?: PushedUse;
}

/** A request with proven client and redirect URI, so errors may be sent to the client. The rest is not checked yet. */
export interface ProvenRequest {
  client: RegisteredClient;
  /** The parameters of body and query. */
  sent: FormParams;
  /** The client itself sent the request (RFC 9126), not a browser. */
  isPushed: boolean;
  /** The request was made by a request object, by value or by reference. */
  hasRequestObject: boolean;
  /** The parameters of body, query and request object. */
  parameters: AuthorizationParameters;
  redirectUri: string;
  redirectUriSent: boolean;
  /** The value of `response_mode`. */
  askedMode?: AskedResponseMode;
  /** The mode of the response. */
  responseMode: ResponseMode;
  /** The words of `response_type`, sorted. */
  responseTypes: string[];
  scope: string[];
  audience: string[];
  /** Those of `audience` that came as `resource` (RFC 8707). */
  resources?: string[];
  state: string;
}

/** The first request of a browser: its response may be sent to the target, which is proven. */
export interface BegunRequest {
  client: RegisteredClient;
  target: ResponseTarget;
  /** @throws OAuthError, which is sent to the client */
  validate: () => Promise<AuthorizationRequest>;
}

/** The parts of a request that its client must be registered for. */
export type AskedOfClient = Pick<ProvenRequest, 'client' | 'responseTypes' | 'responseMode' | 'scope' | 'audience'> &
  Pick<AuthorizationRequest, 'authorizationDetails' | 'resources'>;

/** A check that must hold until tokens are issued. @throws OAuthError, which is sent to the client */
export type ClientCheck = (asked: AskedOfClient, configuration: Configuration) => void;

/** One check of the endpoint. @throws OAuthError, which is sent to the client */
export type Check = (asked: ProvenRequest, configuration: Configuration) => void;
