/**
 * A token request may ask for less than was granted, for this access token alone: the grant and its refresh token keep
 * everything. Each such parameter is one line of NARROWINGS. They are applied before anything is spent.
 */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { resourceParameter } from '../../http/exchange/declared-parameters.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { firstUncovered } from '../../protocol/compare-authorization-details.js';
import { invalidAuthorizationDetails, invalidTarget } from '../../protocol/oauth-error.js';
import { refuseBadResources } from '../../protocol/resource.js';
import { allowedDetails } from './asked-details.js';
import type { AuthorizedAccess } from './authorized-access.js';
import type { GrantSession } from './grant-session.js';
import { requireLocations } from './wanted-audience.js';

export interface Narrowed {
  /** The access of the token, made from the access of the grant. @throws OAuthError if it is not a part of it */
  apply: (granted: AuthorizedAccess) => AuthorizedAccess;
  /** The same for the issuing statement, if it can judge it: then the access of the grant need not be read before. */
  byStatement?: Pick<OwnAccess, 'audience'>;
}

interface NarrowingRequest {
  form: FormParams;
  client: RegisteredClient;
  configuration: Configuration;
}

/** Undefined if the request leaves its parameter out. @throws OAuthError if it is malformed */
type Narrowing = (request: NarrowingRequest) => Narrowed | undefined;

/** RFC 9396 §6. */
const narrowAuthorizationDetails: Narrowing = ({ form, client, configuration }) => {
  const wanted = allowedDetails(form.first('authorization_details'), client, configuration);
  if (!wanted) return undefined;
  return {
    apply: (granted) => {
      const index = firstUncovered(granted.session.authorizationDetails ?? [], wanted);
      if (index === undefined) return { ...granted, session: { ...granted.session, authorizationDetails: wanted } };
      throw invalidAuthorizationDetails(`Element ${index + 1} of 'authorization_details' was not granted.`);
    },
  };
};

/**
 * RFC 8707 §2.2: the token is for these resources alone. Where authorization details may be granted, their locations are in the
 * sealed session, which no statement can read.
 */
const narrowResources: Narrowing = ({ form, configuration: { oauth2 } }) => {
  const resources = resourceParameter(form, 'resource');
  if (resources.length === 0 || !oauth2.resource_indicators.enabled) return undefined;
  refuseBadResources(resources);
  const audience = [...new Set(resources)];
  return {
    apply: (granted) => {
      requireGranted(audience, granted);
      requireLocations(granted.session.authorizationDetails, { audience, resources });
      return { ...granted, audience };
    },
    byStatement: oauth2.authorization_details.types.length > 0 ? undefined : { audience },
  };
};

/** In this order: the locations of the details that are left must lie at the resources. */
const NARROWINGS: readonly Narrowing[] = [narrowAuthorizationDetails, narrowResources];

/** All narrowings of the request in one; undefined if it asks for everything that was granted. @throws OAuthError */
export function narrowingOf(request: NarrowingRequest): Narrowed | undefined {
  const all = NARROWINGS.flatMap((narrowing) => narrowing(request) ?? []);
  const [only] = all;
  if (all.length <= 1) return only;
  return { apply: (granted) => all.reduce((access, { apply }) => apply(access), granted) };
}

/** RFC 8707 §2.2: exactly these texts were granted. @throws OAuthError invalid_target */
export function requireGranted(wanted: readonly string[], { audience }: Pick<AuthorizedAccess, 'audience'>): void {
  const granted = new Set(audience);
  const refused = wanted.find((one) => !granted.has(one));
  if (refused !== undefined)
    throw invalidTarget(`Resource '${refused}' was not granted. Name granted ones, or none for all.`);
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
