import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Signer } from '../../keys/signer.js';
import { IMPLICIT } from '../../protocol/constants.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { GrantSession } from './grant-session.js';
import { type IdTokenKeys, IdTokens } from './id-tokens.js';
import { lifespan } from './lifespans.js';

/** The tokens that the response type asks for. */
export interface RequestedTokens {
  code: boolean;
  accessToken: boolean;
  idToken: boolean;
  /** A credential that the client already holds (a device code, RFC 8628) and that will redeem the grant. */
  redeemedBy?: { digest: Buffer; expiresAt: Date };
}

export interface IssuedAuthorization {
  grantId: string;
  code?: string;
  accessToken?: { token: string; expiresIn: number; scope: string[] };
  idToken?: string;
}

interface FrontChannel {
  /** What the access token has. */
  access: AuthorizedAccess;
  client: RegisteredClient;
  session: GrantSession;
  now: Date;
  code?: string;
  accessToken?: AccessTokenDraft;
  signers: Signers;
}

/** The signing keys for the requested tokens, found before anything is spent. */
interface Signers {
  accessToken?: Signer;
  idToken?: IdTokenKeys;
}

/** The tokens that are sent through the browser: access token and ID token of implicit and hybrid responses. */
@Injectable()
export class FrontChannelTokens {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly config: ConfigHolder,
  ) {}

  async prepare(client: RegisteredClient, wanted: RequestedTokens): Promise<Signers> {
    return {
      accessToken: wanted.accessToken ? await this.accessTokens.prepare(client) : undefined,
      idToken: wanted.idToken ? await this.idTokens.prepare(client) : undefined,
    };
  }

  draft(client: RegisteredClient, now: Date): AccessTokenDraft {
    return this.accessTokens.draft(client, IMPLICIT, now);
  }

  async finish(made: FrontChannel): Promise<Omit<IssuedAuthorization, 'grantId'>> {
    const { access, client, session, now, code, signers } = made;
    const accessToken = made.accessToken && {
      token: await this.accessTokens.finish(made.accessToken, client, access, signers.accessToken),
      expiresIn: made.accessToken.expiresIn,
      scope: access.scope,
    };
    if (!signers.idToken) return { code, accessToken };
    const hashed = { accessToken: accessToken?.token, code };
    return {
      code,
      accessToken,
      idToken: await this.idTokens.mint({
        client,
        session,
        now,
        lifespan: lifespan(this.config.current, client, IMPLICIT, 'id_token'),
        keys: signers.idToken,
        ...hashed,
      }),
    };
  }
}
