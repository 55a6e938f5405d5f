import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import { parseForeignJwt, type UnverifiedJwt, type VerifiedJwt } from '../../jwt/compact-jwt.js';
import { isOfAnotherKind, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { invalidClient, jtiKnown } from '../../protocol/oauth-error.js';
import { ClientKeys } from '../client-keys.js';
import { RegisteredClient } from '../registered-client.js';
import { isUnderFapi } from '../security-profile/security-profile.js';
import { UsedAssertions } from '../used-assertions.js';
import { assertionAlgorithms } from './assertion-algorithms.js';
import { assertionAudiences } from './assertion-audiences.js';
import { type AuthenticationMethod, notAuthenticated, wrongMethod } from './authentication-method.js';
import { checkAssertionClaims, type SingleUse } from './check-assertion-claims.js';
import type { ClientProof } from './client-proof.js';
import { CurrentClient } from './current-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** RFC 7523 §2.2: a JWT signed with a key that the client registered, valid for one request. */
@Injectable()
export class PrivateKeyJwt implements AuthenticationMethod {
  readonly name = 'private_key_jwt';

  constructor(
    private readonly currentClient: CurrentClient,
    private readonly keys: ClientKeys,
    private readonly assertions: UsedAssertions,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  isPresented({ assertion }: PresentedCredentials): boolean {
    return assertion !== undefined;
  }

  async authenticate(
    { assertion = '', clientId, path, introduce, begin }: PresentedCredentials,
    now: Date,
  ): Promise<ClientProof> {
    const unverified = parseForeignJwt(assertion);
    if (!unverified) throw invalidClient('The client_assertion is no JWT signed with an asymmetric algorithm.');
    const claimed = clientId ?? unverified.payload.sub;
    if (typeof claimed !== 'string') throw invalidClient("Claim 'sub' of the client_assertion must be the client id.");
    const verify = (current: RegisteredClient | undefined) =>
      this.verify(current, assertion, { unverified, path, now });
    const { client, once } = await this.currentClient.judge(claimed, verify, { introduce, begin });
    await this.spend(client, once, now); // last: an assertion that is refused for another reason stays unused
    return { client, holdsFor: async (current) => (await verify(current)).client };
  }

  /**
   * The client, and the data that makes the assertion single use. Until the signature is verified the sender is a stranger
   * and learns nothing about the client, not even whether it exists.
   */
  private async verify(
    client: RegisteredClient | undefined,
    assertion: string,
    { unverified, path, now }: { unverified: UnverifiedJwt; path: string; now: Date },
  ): Promise<{ client: RegisteredClient; once: SingleUse }> {
    if (!client) throw notAuthenticated();
    if (client.authMethod !== this.name) throw notAuthenticated(new Error(wrongMethod(client, this.name)));
    const { current } = this.config;
    const { alg } = unverified;
    const allowed = assertionAlgorithms(client, current);
    if (!allowed.includes(alg)) {
      throw notAuthenticated(new Error(`Signed with '${alg}', allowed '${allowed.join(', ')}'.`));
    }
    const { header, payload } = await this.verifySignature(client, assertion, alg);
    // RFC 8725 §3.11: a request object or another JWT that the client signed does not authenticate it.
    if (isOfAnotherKind(header.typ, JWT_KINDS.clientAuthentication))
      throw invalidClient(`The client_assertion is of another kind: see its 'typ'.`);
    const isOneAudience = isUnderFapi(client, current);
    const audiences = isOneAudience ? [current.urls.self.issuer] : assertionAudiences(current, path);
    const { clientId } = client;
    return { client, once: checkAssertionClaims(payload, { clientId, audiences, isOneAudience, now }) };
  }

  private async spend(client: RegisteredClient, once: SingleUse, now: Date): Promise<void> {
    if (await this.assertions.claim({ issuer: client.clientId, ...once }, now)) return;
    this.events.publish({ type: 'assertion.replayed', at: now, clientId: client.clientId });
    throw jtiKnown('Make an assertion with a new jti for each request.');
  }

  private async verifySignature(client: RegisteredClient, assertion: string, alg: string): Promise<VerifiedJwt> {
    try {
      return await this.keys.verify(client, assertion, { algorithms: [alg] });
    } catch (error) {
      throw notAuthenticated(error); // also for a `kid` that no key of the client has
    }
  }
}
