import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { limitScope } from '../../issuance/resource-scopes.js';
import type { SenderProof } from '../../sender-constraint/sender-proof.js';
import type { Authorization } from './grant.js';

/** Access that the request itself proves. It yields an access token without a grant, refresh token or ID token. */
interface ProvenAccess {
  access: AuthorizedAccess;
  grantType: string;
  client: RegisteredClient;
  now: Date;
  proof?: SenderProof;
  /** Spends the credential after the token was stored. @throws OAuthError if it was spent before: no token is returned */
  spend?: () => Promise<void>;
}

/** The common part of client credentials and assertions: nothing is spent before the token is stored. */
@Injectable()
export class AccessWithoutGrant {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly config: ConfigHolder,
  ) {}

  authorization({ access: proven, spend, ...asked }: ProvenAccess): Authorization {
    const access = limitScope(proven, this.config.current);
    return {
      describe: () => Promise.resolve(access),
      issue: async ({ session } = {}) => {
        const entitled = session ? { ...access, session } : access;
        const accessToken = await this.accessTokens.issueWithoutGrant(entitled, asked);
        await spend?.();
        return { access: entitled, accessToken };
      },
    };
  }
}
