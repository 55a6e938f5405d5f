/**
 * What FAPI 2.0 demands of the registration of a client, in the order of judgement. The same table is read where a client is
 * written and by `ostiary doctor --fapi`; the endpoints enforce the same when a request comes, because a client may have been
 * registered before its profile.
 */
import type { Configuration } from '../../config/configuration.js';
import { IMPLICIT } from '../../protocol/constants.js';
import type { ClientMetadata } from '../client-metadata.js';
import { FAPI_ALGORITHMS, isFapiAlgorithm } from './fapi-algorithms.js';
import { isFapiRedirectUri } from './fapi-redirect-uri.js';
import { signsMessages } from './security-profile.js';
import { WAYS_OF_BINDING } from './ways-of-binding.js';

/** A client under a profile, and the server that it uses. */
export interface FapiSubject {
  metadata: ClientMetadata;
  configuration: Configuration;
  /** The algorithms of this server's keys. */
  signingAlgorithms: readonly string[];
}

interface Requirement {
  /** The member that has to change. */
  member: keyof ClientMetadata;
  /** What is wrong, as the end of a sentence; undefined if nothing is. */
  lack: (subject: FapiSubject) => string | undefined;
}

/** One thing that a client lacks. */
export interface Lack {
  member: string;
  problem: string;
}

/** FAPI 2.0 Security Profile §5.3.2.1: a client proves who it is with a key of its own. */
export const FAPI_AUTHENTICATION: readonly string[] = [
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
];

const FAPI_NAMES = FAPI_ALGORITHMS.join(', ');

/** An algorithm that a client registered. Without one, the profile chooses. */
const algorithm = (member: keyof ClientMetadata, ...others: readonly unknown[]): Requirement => ({
  member,
  lack: ({ metadata }) => {
    const alg = metadata[member];
    return alg === undefined || others.includes(alg) || isFapiAlgorithm(alg)
      ? undefined
      : `must be one of ${FAPI_NAMES}`;
  },
});

/** §5.3.2.2, §5.3.2.1: the server must offer what its clients must use. */
const servedByThisServer: Requirement = {
  member: 'security_profile',
  lack: ({ configuration, signingAlgorithms }) => {
    if (!configuration.oauth2.pushed_authorization_requests.enabled)
      return 'needs oauth2.pushed_authorization_requests.enabled: true';
    if (!WAYS_OF_BINDING.some(({ isOn }) => isOn(configuration))) {
      return `needs ${WAYS_OF_BINDING.map(({ key }) => key).join(' or ')}: true`;
    }
    if (signingAlgorithms.some(isFapiAlgorithm)) return undefined;
    return `needs a signing key for one of ${FAPI_NAMES}: set keys.algorithm, or add a key to the set of ID tokens`;
  },
};

const authenticates: Requirement = {
  member: 'token_endpoint_auth_method',
  lack: ({ metadata: { token_endpoint_auth_method: method } }) =>
    FAPI_AUTHENTICATION.includes(method) ? undefined : `must be one of ${FAPI_AUTHENTICATION.join(', ')}`,
};

const onlyCodes: Requirement = {
  member: 'response_types',
  lack: ({ metadata }) =>
    metadata.response_types.every((type) => type === 'code') ? undefined : "must be 'code' alone",
};

const noImplicitGrant: Requirement = {
  member: 'grant_types',
  lack: ({ metadata: { grant_types: types } }) =>
    [IMPLICIT, 'password'].some((type) => types.includes(type))
      ? "must hold neither 'implicit' nor 'password'"
      : undefined,
};

const secureRedirects: Requirement = {
  member: 'redirect_uris',
  lack: ({ metadata }) =>
    metadata.redirect_uris.every(isFapiRedirectUri)
      ? undefined
      : 'must be https on a host other than localhost, or http on a loopback address such as 127.0.0.1',
};

/** §5.3.2.1: a client says how its tokens are bound. It is not guessed. */
const bindsTokens: Requirement = {
  member: 'dpop_bound_access_tokens',
  lack: ({ metadata, configuration }) => {
    const chosen = WAYS_OF_BINDING.filter(({ member }) => metadata[member] === true);
    if (chosen.some(({ isOn }) => isOn(configuration))) return undefined;
    const names = WAYS_OF_BINDING.map(({ member, key }) => `'${member}' (with ${key})`).join(' or ');
    return `must be true where the server binds by it: ${names}`;
  },
};

/** FAPI 2.0 Message Signing §5.3.1. */
const signsRequests: Requirement = {
  member: 'jwks',
  lack: ({ metadata, configuration }) =>
    !signsMessages({ metadata }, configuration) || metadata.jwks || metadata.jwks_uri
      ? undefined
      : "or 'jwks_uri' is needed: authorization requests must be signed",
};

const REQUIREMENTS: readonly Requirement[] = [
  servedByThisServer,
  authenticates,
  algorithm('token_endpoint_auth_signing_alg'),
  algorithm('request_object_signing_alg'),
  algorithm('id_token_signed_response_alg'),
  algorithm('userinfo_signed_response_alg', 'none'),
  algorithm('authorization_signed_response_alg'),
  algorithm('introspection_signed_response_alg'),
  onlyCodes,
  noImplicitGrant,
  secureRedirects,
  bindsTokens,
  signsRequests,
];

/** Everything that a client under a profile lacks; empty if it conforms. */
export function lacksOf(subject: FapiSubject): Lack[] {
  return REQUIREMENTS.flatMap(({ member, lack }) => {
    const problem = lack(subject);
    return problem === undefined ? [] : [{ member, problem }];
  });
}
