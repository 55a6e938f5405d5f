import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { FormParams } from '../../http/form-params.js';
import type { ResponseMode } from '../../protocol/authorization-request.js';

/** Where an answer goes: an address that is proven to be the client's. */
export interface AnswerTarget {
  redirectUri: string;
  responseMode: ResponseMode;
  state: string;
}

/** A request whose client and redirect URI are proven. Its faults may be told to the client; nothing else is proven. */
export interface ProvenRequest {
  client: RegisteredClient;
  /** Of body, query and request object. */
  parameters: FormParams;
  redirectUri: string;
  redirectUriSent: boolean;
  /** What `response_mode` asked for. */
  askedMode?: ResponseMode;
  /** The words of `response_type`, sorted. */
  responseTypes: string[];
  scope: string[];
  audience: string[];
  state: string;
}

/** What a request asks of the registration of its client. */
export type AskedOfClient = Pick<ProvenRequest, 'client' | 'responseTypes' | 'scope' | 'audience'>;

/** A rule that must hold until something is handed out. @throws OAuthError, which goes to the client */
export type ClientCheck = (asked: AskedOfClient, configuration: Configuration) => void;

/** One rule of the endpoint. @throws OAuthError, which goes to the client */
export type Check = (asked: ProvenRequest, configuration: Configuration) => void;
