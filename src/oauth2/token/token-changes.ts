import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { type AccessChanges, type Narrowed, narrowedChanges, narrowingOf } from '../issuance/narrowing.js';
import { limitScope } from '../issuance/resource-scopes.js';
import { sessionsAreInDoubt } from '../issuance/open-session.js';
import { TokenHooks } from '../issuance/token-hooks.js';
import type { Authorization, Grant } from './grants/grant.js';

/** What a request for tokens gets in place of everything that was granted: by its own parameters, and by the hooks. */
@Injectable()
export class TokenChanges {
  constructor(
    private readonly hooks: TokenHooks,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The granted access is read only where it is needed, and nothing is spent.
   * @throws OAuthError if the request asks for more than was granted, a hook denies it, or the session cannot be read
   */
  async of(
    grant: Grant,
    authorization: Authorization,
    by: { client: RegisteredClient; form: FormParams },
  ): Promise<AccessChanges> {
    const narrowed = grant.mayNarrow ? await this.narrowing(authorization, by) : undefined;
    const isHooked = this.hooks.configuredFor(grant.grantType);
    const own = narrowed ? narrowed.byStatement : {};
    if (!isHooked && own && !sessionsAreInDoubt()) return { own };
    const granted = await authorization.describe();
    const access = narrowed?.apply(granted) ?? granted;
    const ofToken = limitScope(access, this.config.current);
    const { exchanged } = authorization;
    const session = isHooked ? await this.hooks.call(grant.grantType, ofToken, { ...by, exchanged }) : undefined;
    return narrowed ? narrowedChanges(granted, access, session) : { session };
  }

  /** RFC 6749 §4.1.2: a credential that is used a second time ends its grant, whatever else is wrong with the request. */
  private async narrowing(
    authorization: Authorization,
    by: { client: RegisteredClient; form: FormParams },
  ): Promise<Narrowed | undefined> {
    try {
      return narrowingOf({ ...by, configuration: this.config.current });
    } catch (error) {
      await authorization.describe();
      throw error;
    }
  }
}
