/**
 * A token request may ask for less than was granted, for this access token alone: the grant and its refresh token keep
 * everything. Each such parameter is one line of NARROWINGS. They are applied before anything is spent.
 */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { firstUncovered } from '../../protocol/compare-authorization-details.js';
import { invalidAuthorizationDetails } from '../../protocol/oauth-error.js';
import { allowedDetails } from './asked-details.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { GrantSession } from './grant-session.js';

/** The access of the token, made from the access of the grant. @throws OAuthError if it is not a part of it */
export type Narrow = (granted: AuthorizedAccess) => AuthorizedAccess;

interface NarrowingRequest {
  form: FormParams;
  client: RegisteredClient;
  configuration: Configuration;
}

/** Undefined if the request leaves its parameter out. @throws OAuthError if it is malformed */
type Narrowing = (request: NarrowingRequest) => Narrow | undefined;

/** RFC 9396 §6. */
const narrowAuthorizationDetails: Narrowing = ({ form, client, configuration }) => {
  const wanted = allowedDetails(form.first('authorization_details'), client, configuration);
  return (
    wanted &&
    ((granted) => {
      const index = firstUncovered(granted.session.authorizationDetails ?? [], wanted);
      if (index === undefined) return { ...granted, session: { ...granted.session, authorizationDetails: wanted } };
      throw invalidAuthorizationDetails(`Element ${index + 1} of 'authorization_details' was not granted.`);
    })
  );
};

const NARROWINGS: readonly Narrowing[] = [narrowAuthorizationDetails];

/** All narrowings of the request in one; undefined if it asks for everything that was granted. @throws OAuthError */
export function narrowingOf(request: NarrowingRequest): Narrow | undefined {
  const all = NARROWINGS.flatMap((narrowing) => narrowing(request) ?? []);
  if (all.length === 0) return undefined;
  return (granted) => all.reduce((access, narrow) => narrow(access), granted);
}

/** What the row of a narrowed token holds itself. Undefined members are those of its grant. */
export type OwnAccess = Partial<Pick<AuthorizedAccess, 'audience' | 'session'>>;

/** How the issued access differs from the granted one. */
export interface AccessChanges {
  /** The session of the grant, as a hook changed it. */
  session?: GrantSession;
  own?: OwnAccess;
}

/** @param hooked the session of the narrowed access as a hook changed it: the grant keeps what the request left out */
export function narrowedChanges(
  granted: AuthorizedAccess,
  narrowed: AuthorizedAccess,
  hooked: GrantSession | undefined,
): AccessChanges {
  const { authorizationDetails } = granted.session;
  const session = hooked ?? narrowed.session;
  return {
    session: hooked && { ...hooked, authorizationDetails },
    own: {
      ...(narrowed.audience !== granted.audience && { audience: narrowed.audience }),
      ...(session !== granted.session && { session }),
    },
  };
}
