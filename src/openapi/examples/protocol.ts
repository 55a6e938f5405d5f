import type { Examples } from './operation-example.js';

export const PROTOCOL: Examples = {
  oAuth2Authorize: {
    answers: { 302: undefined },
    location: 'https://accounts.example.com/login?login_challenge=Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
  },
  pushAuthorizationRequest: {
    request: {
      client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
      response_type: 'code',
      redirect_uri: 'https://printer.example.com/callback',
      scope: 'openid offline_access photos.read',
      state: '7Yq2mD0cVbXw',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    },
    answers: {
      201: {
        request_uri: 'urn:ietf:params:oauth:request_uri:aBmMO42EOfSDaSdjwFZTmygV2RznQTOYbJILq5ybRrc',
        expires_in: 60,
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Parameter 'request_uri' must not be pushed: push the parameters, or a request object.",
      },
    },
  },
  oauth2TokenExchange: {
    request: {
      grant_type: 'authorization_code',
      code: 'ory_ac_dxjznqD3llrXB7UmfksVHK8G9Nvz1IoenX5EbQvJjt0.89jmqbbwyddw5b0sgGKZFDgaFFekP23CzcXV9TFaBAw',
      redirect_uri: 'https://printer.example.com/callback',
    },
    answers: {
      200: {
        access_token: 'ory_at_Oj6UpnbUpjaff3XSLR3OsLnw1FsxHvAWgyPiDbBXp0U.S8l9NP0FalaPntaY9ajly64zU4BH7kFAKVMwyfd2UGM',
        expires_in: 3600,
        id_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJhdWQiOlsiOGMxYTRmMGUtNWE1Mi00ZjBiLTlkMGUtMmY3YTNhNmY1YjExIl19.dGhlIHNpZ25hdHVyZSBvZiBhbiBleGFtcGxl',
        refresh_token: 'ory_rt_W5zRu2aN3zdYD8PlYFOEqgMMGaDDIoUmsQOINAJ6lx0.4akhB2i7fHga2FR599rCFT0dwWrz6zhjNEaxx8DrCQU',
        scope: 'openid offline_access photos.read',
        token_type: 'bearer',
      },
      400: {
        error: 'unsupported_grant_type',
        error_description:
          'The authorization grant type is not supported by the authorization server. This server knows the grant types authorization_code, client_credentials, refresh_token, urn:ietf:params:oauth:grant-type:device_code, urn:ietf:params:oauth:grant-type:jwt-bearer, urn:openid:params:grant-type:ciba.',
      },
    },
  },
  oAuth2DeviceFlow: {
    answers: {
      200: {
        device_code: 'ory_dc_YoWFXYe8JnFwJbfFwWyTIs3uys5aa0xjjkYFmd8XNWM.lNj6TaYlsajBqnvC3OIK9GvBbednCM0nHfpEZMf5hM8',
        user_code: 'WDJBMJHT',
        verification_uri: 'https://id.example.com/oauth2/device/verify',
        verification_uri_complete: 'https://id.example.com/oauth2/device/verify?user_code=WDJBMJHT',
        expires_in: 600,
        interval: 5,
      },
      400: {
        error: 'invalid_request',
        error_description:
          'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The body of the request is empty: send the parameters in it as application/x-www-form-urlencoded.',
      },
    },
  },
  performOAuth2DeviceVerificationFlow: {
    answers: { 302: undefined },
    location: 'https://accounts.example.com/device?device_challenge=Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
  },
  backchannelAuthentication: {
    request: { scope: 'openid offline_access', login_hint: 'alice@example.com', binding_message: 'W4SCT' },
    answers: {
      200: {
        auth_req_id: 'ory_cr_WKhKY9V45trorbhKtwiaodO8K23LSH9H7jxa0LQ8mX8.65S7TGJ9B9Fvm1xtRhKCp4dj3bj3XbZ7nbKxgvidtMA',
        expires_in: 300,
        interval: 1,
      },
      401: {
        error: 'invalid_client',
        error_description:
          'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). Check the client id, its credentials, and the method that the client is registered with.',
      },
    },
  },
  introspectOAuth2Token: {
    request: {
      token: 'ory_at_Oj6UpnbUpjaff3XSLR3OsLnw1FsxHvAWgyPiDbBXp0U.S8l9NP0FalaPntaY9ajly64zU4BH7kFAKVMwyfd2UGM',
      scope: 'photos.read',
    },
    answers: {
      200: {
        active: true,
        scope: 'openid offline_access photos.read',
        client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
        sub: 'alice',
        exp: 1796064486,
        iat: 1796060886,
        nbf: 1796060886,
        aud: [],
        iss: 'https://id.example.com',
        token_type: 'Bearer',
        token_use: 'access_token',
        ext: { tenant: 'north' },
      },
      400: {
        error: 'invalid_request',
        error_description:
          'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The body of the request is empty: send the parameters in it as application/x-www-form-urlencoded.',
      },
    },
  },
  revokeOAuth2Token: {
    request: {
      token: 'ory_rt_W5zRu2aN3zdYD8PlYFOEqgMMGaDDIoUmsQOINAJ6lx0.4akhB2i7fHga2FR599rCFT0dwWrz6zhjNEaxx8DrCQU',
    },
    answers: {
      200: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The body of the request is empty: send the parameters in it as application/x-www-form-urlencoded.',
      },
    },
  },
  getOidcUserInfo: {
    answers: {
      200: {
        email: 'alice@example.com',
        iss: 'https://id.example.com',
        sub: 'alice',
        aud: ['8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11'],
        rat: 1796060886,
        auth_time: 1796060886,
        acr: '1',
        amr: ['pwd', 'otp'],
        iat: 1796060886,
      },
      401: {
        error: 'invalid_token',
        error_description:
          'The access token provided is expired, revoked, malformed, or invalid for other reasons. Only active access tokens are accepted here.',
      },
    },
  },
  createVerifiableCredential: {
    request: {
      format: 'jwt_vc_json',
      types: ['VerifiableCredential', 'UserInfoCredential'],
      proof: {
        proof_type: 'jwt',
        jwt: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJhdWQiOlsiOGMxYTRmMGUtNWE1Mi00ZjBiLTlkMGUtMmY3YTNhNmY1YjExIl19.dGhlIHNpZ25hdHVyZSBvZiBhbiBleGFtcGxl',
      },
    },
    answers: {
      200: {
        format: 'jwt_vc_json',
        credential_draft_00:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJhdWQiOlsiOGMxYTRmMGUtNWE1Mi00ZjBiLTlkMGUtMmY3YTNhNmY1YjExIl19.dGhlIHNpZ25hdHVyZSBvZiBhbiBleGFtcGxl',
      },
      400: {
        error: 'missing_proof',
        error_description: 'Proof of possession is missing. Sign the nonce with the key that the credential is for.',
        format: 'jwt_vc',
        c_nonce: 'WYVxNuwz3RBEhnJKM4LvVh2tOdXI9WRUPYqAaqa0klM',
        c_nonce_expires_in: 3600,
      },
      401: {
        error: 'invalid_token',
        error_description:
          'The access token provided is expired, revoked, malformed, or invalid for other reasons. Only active access tokens are accepted here.',
      },
    },
  },
  revokeOidcSession: {
    answers: { 302: undefined },
    location: 'https://accounts.example.com/logout?logout_challenge=Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
  },
};
