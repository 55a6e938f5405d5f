import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Granted } from '../../consent/granted.js';
import { IMPLICIT } from '../../protocol/constants.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AccessTokens } from './access-tokens.js';
import type { GrantSession } from './grant-session.js';
import { IdTokens } from './id-tokens.js';
import { lifespan } from './lifespans.js';
import type { Right } from './right.js';

/** What the response type asks for. */
export interface Wanted {
  code: boolean;
  accessToken: boolean;
  idToken: boolean;
  /** A credential that the client holds already (a device code, RFC 8628) and that will redeem the grant. */
  redeemedBy?: { digest: Buffer; expiresAt: Date };
}

export interface IssuedAuthorization {
  grantId: string;
  code?: string;
  accessToken?: { token: string; expiresIn: number };
  idToken?: string;
}

interface FrontChannel {
  granted: Granted;
  client: RegisteredClient;
  session: GrantSession;
  now: Date;
  wanted: Wanted;
  code?: string;
  accessToken?: AccessTokenDraft;
}

/** The tokens that go through the browser: access token and ID token of implicit and hybrid answers. */
@Injectable()
export class FrontChannelTokens {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly config: ConfigHolder,
  ) {}

  async prepare(client: RegisteredClient, wanted: Wanted): Promise<void> {
    if (wanted.accessToken) await this.accessTokens.prepare(client);
    if (wanted.idToken) await this.idTokens.prepare();
  }

  draft(client: RegisteredClient, now: Date): AccessTokenDraft {
    const { ttl } = this.config.current;
    return this.accessTokens.draft(
      client,
      now,
      lifespan(this.config.current, client, IMPLICIT, 'access_token') ?? ttl.access_token,
    );
  }

  async finish(made: FrontChannel): Promise<Omit<IssuedAuthorization, 'grantId'>> {
    const { client, session, now, code, wanted } = made;
    const accessToken = made.accessToken && {
      token: await this.accessTokens.finish(made.accessToken, client, rightOf(made.granted, session)),
      expiresIn: made.accessToken.expiresIn,
    };
    if (!wanted.idToken) return { code, accessToken };
    const seconds = lifespan(this.config.current, client, IMPLICIT, 'id_token') ?? this.config.current.ttl.id_token;
    const hashed = { accessToken: accessToken?.token, code };
    return {
      code,
      accessToken,
      idToken: await this.idTokens.mint({ client, session, now, lifespan: seconds, ...hashed }),
    };
  }
}

function rightOf(granted: Granted, session: GrantSession): Right {
  return { subject: granted.subject, scope: granted.grantedScope, audience: granted.grantedAudience, session };
}
