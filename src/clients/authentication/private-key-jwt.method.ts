import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { UseMarks } from '../../database/use-marks.js';
import { Events } from '../../events/events.js';
import { parseJwt, type UnverifiedJwt, type VerifiedJwt } from '../../keys/compact-jwt.js';
import type { FormParams } from '../../http/form-params.js';
import { invalidClient, invalidRequest, jtiKnown } from '../../protocol/oauth-error.js';
import { ClientKeyNotFound, ClientKeys } from '../client-keys.js';
import { RegisteredClient } from '../registered-client.js';
import { assertionAudiences } from './assertion-audiences.js';
import { type AuthenticationMethod, notAuthenticated, requireMethod } from './authentication-method.js';
import { checkAssertionClaims, type SingleUse } from './check-assertion-claims.js';
import { CurrentClient } from './current-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** The marks of assertions, as a grant or as authentication, are of one kind. */
const ASSERTION_PURPOSE = 'assertion';

/** RFC 7523 §2.2: a JWT signed with a key that the client registered, good for one request. */
@Injectable()
export class PrivateKeyJwt implements AuthenticationMethod {
  readonly name = 'private_key_jwt';
  /** Requests that spent their assertion: one that is judged anew, because its client changed meanwhile, brings the same. */
  private readonly spenders = new WeakSet<FormParams>();

  constructor(
    private readonly currentClient: CurrentClient,
    private readonly keys: ClientKeys,
    private readonly marks: UseMarks,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  isPresented({ assertion }: PresentedCredentials): boolean {
    return assertion !== undefined;
  }

  async authenticate({ assertion = '', clientId, form }: PresentedCredentials, now: Date): Promise<RegisteredClient> {
    const unverified = parseJwt(assertion);
    if (!unverified) throw invalidClient('The client_assertion is no JWT signed with an asymmetric algorithm.');
    const claimed = clientId ?? unverified.payload.sub;
    if (typeof claimed !== 'string') throw invalidClient("Claim 'sub' of the client_assertion must be the client id.");
    return this.currentClient.judge(claimed, async (client) => {
      if (!client) throw notAuthenticated();
      const once = await this.verify(client, assertion, { unverified, now });
      if (!this.spenders.has(form)) await this.spend(client, once, now);
      this.spenders.add(form);
      return client;
    });
  }

  /** Gives what makes the assertion single use. That is spent last: one that is refused for anything else stays unused. */
  private async verify(
    client: RegisteredClient,
    assertion: string,
    { unverified, now }: { unverified: UnverifiedJwt; now: Date },
  ): Promise<SingleUse> {
    requireMethod(client, this.name);
    const alg = client.metadata.token_endpoint_auth_signing_alg ?? 'RS256';
    if (unverified.alg !== alg) {
      throw invalidClient(`The client_assertion is signed with '${unverified.alg}', the client registered '${alg}'.`);
    }
    const { payload } = await this.verifySignature(client, assertion, alg);
    const audiences = assertionAudiences(this.config.current);
    return checkAssertionClaims(payload, { clientId: client.clientId, audiences, now });
  }

  private async spend(client: RegisteredClient, { jti, expiresAt }: SingleUse, now: Date): Promise<void> {
    if (await this.marks.claim(ASSERTION_PURPOSE, `${client.clientId}\u0000${jti}`, expiresAt, now)) return;
    this.events.publish({ type: 'assertion.replayed', at: now, clientId: client.clientId });
    throw jtiKnown('Make an assertion with a new jti for each request.');
  }

  private async verifySignature(client: RegisteredClient, assertion: string, alg: string): Promise<VerifiedJwt> {
    try {
      return await this.keys.verify(client, assertion, { algorithms: [alg] });
    } catch (error) {
      if (error instanceof ClientKeyNotFound) {
        throw invalidRequest('The client_assertion names a key (kid) that is not among the keys of the client.', error);
      }
      throw invalidClient(
        'The signature of the client_assertion cannot be verified with the keys of the client.',
        error,
      );
    }
  }
}
