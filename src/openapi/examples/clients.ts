import { ANSWERED_CLIENT } from './answered-client.js';
import type { Examples } from './operation-example.js';

export const CLIENTS: Examples = {
  listOAuth2Clients: {
    parameters: { page_size: 50, client_name: 'Photo printer' },
    answers: {
      200: [ANSWERED_CLIENT],
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'The page_token is not one of this list, or older than an hour: start at the first page.',
      },
    },
  },
  createOAuth2Client: {
    request: {
      client_name: 'Photo printer',
      redirect_uris: ['https://printer.example.com/callback'],
      post_logout_redirect_uris: ['https://printer.example.com/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access photos.read',
      token_endpoint_auth_method: 'client_secret_basic',
      contacts: ['team@printer.example.com'],
    },
    answers: {
      201: {
        ...ANSWERED_CLIENT,
        created_at: '2026-11-30T17:47:59Z',
        updated_at: '2026-11-30T17:47:59Z',
        client_secret: 'EvolMW6UXYvaZmHW2s6myzdfwq',
        registration_access_token:
          'ory_at_Oj6UpnbUpjaff3XSLR3OsLnw1FsxHvAWgyPiDbBXp0U.S8l9NP0FalaPntaY9ajly64zU4BH7kFAKVMwyfd2UGM',
        registration_client_uri: 'https://id.example.com/oauth2/register/8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
      },
      400: {
        error: 'invalid_redirect_uri',
        error_description:
          "The value of one or more redirection URIs is invalid. 'redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
      },
    },
  },
  getOAuth2Client: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      200: ANSWERED_CLIENT,
      404: { error: 'Unable to locate the resource', error_description: 'No client has this id.' },
    },
  },
  setOAuth2Client: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    request: {
      client_name: 'Photo printer 2',
      redirect_uris: ['https://printer.example.com/callback'],
      post_logout_redirect_uris: ['https://printer.example.com/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access photos.read',
      token_endpoint_auth_method: 'client_secret_basic',
      contacts: ['team@printer.example.com'],
    },
    answers: {
      200: { ...ANSWERED_CLIENT, client_name: 'Photo printer 2' },
      400: {
        error: 'invalid_redirect_uri',
        error_description:
          "The value of one or more redirection URIs is invalid. 'redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
      },
    },
  },
  patchOAuth2Client: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    request: [
      { op: 'replace', path: '/client_name', value: 'Photo printer 2' },
      { op: 'add', path: '/redirect_uris/-', value: 'https://printer.example.com/callback-2' },
    ],
    answers: {
      200: {
        ...ANSWERED_CLIENT,
        redirect_uris: ['https://printer.example.com/callback', 'https://printer.example.com/callback-2'],
        client_name: 'Photo printer 2',
      },
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: "Operation 1 of the patch: '/client_id' cannot be changed by a patch.",
      },
    },
  },
  setOAuth2ClientLifespans: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    request: {
      authorization_code_grant_access_token_lifespan: '15m0s',
      refresh_token_grant_refresh_token_lifespan: '720h0m0s',
    },
    answers: {
      200: {
        ...ANSWERED_CLIENT,
        redirect_uris: ['https://printer.example.com/callback', 'https://printer.example.com/callback-2'],
        authorization_code_grant_access_token_lifespan: '15m0s',
        refresh_token_grant_refresh_token_lifespan: '720h0m0s',
        client_name: 'Photo printer 2',
      },
      400: {
        error: 'invalid_client_metadata',
        error_description:
          "The value of one of the client metadata fields is invalid and the server has rejected this request. jwt_bearer_grant_access_token_lifespan must be a duration in the units h, m, s and ms, such as '1h30m'.",
      },
    },
  },
  rotateOAuth2ClientSecret: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      200: {
        ...ANSWERED_CLIENT,
        redirect_uris: ['https://printer.example.com/callback', 'https://printer.example.com/callback-2'],
        authorization_code_grant_access_token_lifespan: '15m0s',
        refresh_token_grant_refresh_token_lifespan: '720h0m0s',
        client_name: 'Photo printer 2',
        client_secret: 'EvolMW6UXYvaZmHW2s6myzdfwq',
      },
      404: { error: 'Unable to locate the resource', error_description: 'No client has this id.' },
    },
  },
  deleteRotatedOAuth2ClientSecrets: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      200: {
        ...ANSWERED_CLIENT,
        redirect_uris: ['https://printer.example.com/callback', 'https://printer.example.com/callback-2'],
        authorization_code_grant_access_token_lifespan: '15m0s',
        refresh_token_grant_refresh_token_lifespan: '720h0m0s',
        client_name: 'Photo printer 2',
      },
      404: { error: 'Unable to locate the resource', error_description: 'No client has this id.' },
    },
  },
  deleteOAuth2Client: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      204: undefined,
      404: { error: 'Unable to locate the resource', error_description: 'No client has this id.' },
    },
  },
  createOidcDynamicClient: {
    request: {
      client_name: 'Photo printer',
      redirect_uris: ['https://printer.example.com/callback'],
      post_logout_redirect_uris: ['https://printer.example.com/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      contacts: ['team@printer.example.com'],
    },
    answers: {
      201: {
        redirect_uris: ['https://printer.example.com/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope: 'offline_access offline openid',
        contacts: ['team@printer.example.com'],
        subject_type: 'public',
        token_endpoint_auth_method: 'client_secret_basic',
        userinfo_signed_response_alg: 'none',
        skip_consent: false,
        post_logout_redirect_uris: ['https://printer.example.com/bye'],
        client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
        client_name: 'Photo printer',
        client_secret_expires_at: 0,
        created_at: '2026-11-30T17:48:05Z',
        updated_at: '2026-11-30T17:48:05Z',
        client_secret: 'EvolMW6UXYvaZmHW2s6myzdfwq',
        registration_access_token:
          'ory_at_Oj6UpnbUpjaff3XSLR3OsLnw1FsxHvAWgyPiDbBXp0U.S8l9NP0FalaPntaY9ajly64zU4BH7kFAKVMwyfd2UGM',
        registration_client_uri: 'https://id.example.com/oauth2/register/8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
      },
      400: {
        error: 'invalid_redirect_uri',
        error_description:
          "The value of one or more redirection URIs is invalid. 'redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
      },
    },
  },
  getOidcDynamicClient: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      200: {
        redirect_uris: ['https://printer.example.com/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope: 'offline_access offline openid',
        contacts: ['team@printer.example.com'],
        subject_type: 'public',
        token_endpoint_auth_method: 'client_secret_basic',
        userinfo_signed_response_alg: 'none',
        skip_consent: false,
        post_logout_redirect_uris: ['https://printer.example.com/bye'],
        client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
        client_name: 'Photo printer',
        client_secret_expires_at: 0,
        created_at: '2026-11-30T17:48:05Z',
        updated_at: '2026-11-30T17:48:05Z',
        registration_client_uri: 'https://id.example.com/oauth2/register/8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
      },
      401: {
        error: 'The request could not be authorized',
        error_description:
          'Send the registration_access_token of this client as Bearer token in the Authorization header.',
      },
    },
  },
  setOidcDynamicClient: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    request: {
      client_name: 'Photo printer 2',
      redirect_uris: ['https://printer.example.com/callback'],
      post_logout_redirect_uris: ['https://printer.example.com/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      contacts: ['team@printer.example.com'],
    },
    answers: {
      200: {
        redirect_uris: ['https://printer.example.com/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        scope: 'offline_access offline openid',
        contacts: ['team@printer.example.com'],
        subject_type: 'public',
        token_endpoint_auth_method: 'client_secret_basic',
        userinfo_signed_response_alg: 'none',
        skip_consent: false,
        post_logout_redirect_uris: ['https://printer.example.com/bye'],
        client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
        client_name: 'Photo printer 2',
        client_secret_expires_at: 0,
        created_at: '2026-11-30T17:48:05Z',
        updated_at: '2026-11-30T17:48:06Z',
        registration_access_token:
          'ory_at_Oj6UpnbUpjaff3XSLR3OsLnw1FsxHvAWgyPiDbBXp0U.S8l9NP0FalaPntaY9ajly64zU4BH7kFAKVMwyfd2UGM',
        registration_client_uri: 'https://id.example.com/oauth2/register/8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
      },
      401: {
        error: 'The request could not be authorized',
        error_description:
          'Send the registration_access_token of this client as Bearer token in the Authorization header.',
      },
    },
  },
  deleteOidcDynamicClient: {
    parameters: { id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      204: undefined,
      401: {
        error: 'The request could not be authorized',
        error_description:
          'Send the registration_access_token of this client as Bearer token in the Authorization header.',
      },
    },
  },
};
