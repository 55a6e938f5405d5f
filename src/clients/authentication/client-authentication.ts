/**
 * Client authentication at the endpoints that a client calls itself (RFC 6749 §2.3, §3.2.1): reads the credentials of the
 * request and passes them to the method that it uses.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { FormParams } from '../../http/exchange/form-params.js';
import { invalidClient, OAuthError } from '../../protocol/oauth-error.js';
import { MetadataDocuments } from '../metadata-documents/metadata-documents.service.js';
import type { RegisteredClient } from '../registered-client.js';
import { FAPI_AUTHENTICATION } from '../security-profile/fapi-requirements.js';
import { isUnderFapi } from '../security-profile/security-profile.js';
import { RequestPace } from '../request-pace.js';
import type { AuthenticationMethod } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';
import { METHOD_LIST } from './methods.js';
import { isWithoutCredentials, readCredentials } from './presented-credentials.js';

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="ostiary"' };

@Injectable()
export class ClientAuthentication {
  constructor(
    @Inject(METHOD_LIST) private readonly methods: readonly AuthenticationMethod[],
    private readonly pace: RequestPace,
    private readonly documents: MetadataDocuments,
    private readonly config: ConfigHolder,
  ) {}

  /** Whether the request has neither a client id nor credentials. */
  isAbsent(exchange: Exchange, form: FormParams): boolean {
    return exchange.headers.authorization === undefined && isWithoutCredentials(form);
  }

  /**
   * The proof of the client that sent the request. The request counts once for the client, however often the client is
   * re-read.
   * @param mayBeNew whether the client may be known by its document alone
   * @param begins whether the client begins something: then its document must count now, even if the client has a row
   * @throws OAuthError invalid_client (401), invalid_request (400), jti_known (400), temporarily_unavailable (429, 503)
   */
  async authenticate(
    exchange: Exchange,
    form: FormParams,
    { mayBeNew = false, begins = false }: { mayBeNew?: boolean; begins?: boolean } = {},
  ): Promise<ClientProof> {
    const { authorization } = exchange.headers;
    return challenging(authorization, async () => {
      const credentials = {
        ...readCredentials(authorization, form, exchange),
        ...(mayBeNew && { introduce: (clientId: string) => this.documents.introduction(clientId, exchange) }),
        ...(begins && { begin: (clientId: string) => this.documents.client(clientId, exchange) }),
      };
      const [method, ...others] = this.methods.filter((one) => one.isPresented(credentials));
      // RFC 6749 §2.3: a client must not use more than one method in each request.
      if (!method || others.length) throw invalidClient('Use exactly one method of client authentication.');
      const proof = await method.authenticate(credentials, new Date());
      await this.pace.byClient(exchange, proof.client.clientId);
      const client = this.judged(proof.client);
      const holdsFor: ClientProof['holdsFor'] = (current) =>
        challenging(authorization, async () => this.judged(await proof.holdsFor(current)));
      return { client, holdsFor };
    });
  }

  /** FAPI 2.0 Security Profile §5.3.2.1, for clients that were registered before their profile. */
  private judged(client: RegisteredClient): RegisteredClient {
    const isEnough = FAPI_AUTHENTICATION.includes(client.authMethod) || !isUnderFapi(client, this.config.current);
    if (isEnough) return client;
    throw invalidClient(`The security profile of the client demands ${FAPI_AUTHENTICATION.join(', ')}.`);
  }
}

/** RFC 6749 §5.2: a client that tried the Authorization header gets a challenge with the scheme. */
async function challenging<T>(authorization: string | undefined, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    const isRefusal = error instanceof OAuthError && error.status === 401;
    throw isRefusal && usesBasic(authorization) ? error.withHeaders(CHALLENGE) : error;
  }
}

function usesBasic(authorization: string | undefined): boolean {
  return /^\s*basic\b/i.test(authorization ?? '');
}
