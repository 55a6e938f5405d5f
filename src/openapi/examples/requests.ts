import { ANSWERED_CLIENT } from './answered-client.js';
import type { Examples } from './operation-example.js';

export const REQUESTS: Examples = {
  getOAuth2LoginRequest: {
    parameters: { login_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      200: {
        challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
        requested_scope: ['openid', 'offline_access', 'photos.read'],
        requested_access_token_audience: [],
        skip: false,
        subject: '',
        oidc_context: {},
        client: {
          ...ANSWERED_CLIENT,
          grant_types: [
            'authorization_code',
            'refresh_token',
            'urn:openid:params:grant-type:ciba',
            'urn:ietf:params:oauth:grant-type:device_code',
          ],
          created_at: '2026-11-30T17:47:59Z',
          updated_at: '2026-11-30T17:48:00Z',
        },
        request_url:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read',
        session_id: '1a4644cc-58a3-4fb4-af8e-ee61b1c82a03',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'login_challenge' is missing.",
      },
    },
  },
  acceptOAuth2LoginRequest: {
    parameters: { login_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { subject: 'alice', remember: true, remember_for: 3600, acr: '1', amr: ['pwd', 'otp'] },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read&login_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'login_challenge' is missing.",
      },
    },
  },
  rejectOAuth2LoginRequest: {
    parameters: { login_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { error: 'access_denied', error_description: 'The resource owner denied the request.', status_code: 403 },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read&login_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'login_challenge' is missing.",
      },
    },
  },
  getOAuth2ConsentRequest: {
    parameters: { consent_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      200: {
        challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
        consent_request_id: '52436dd15c8af8b7389601e15cc69a77',
        requested_scope: ['openid', 'offline_access', 'photos.read'],
        requested_access_token_audience: [],
        skip: false,
        subject: 'alice',
        oidc_context: {},
        client: {
          ...ANSWERED_CLIENT,
          grant_types: [
            'authorization_code',
            'refresh_token',
            'urn:openid:params:grant-type:ciba',
            'urn:ietf:params:oauth:grant-type:device_code',
          ],
          created_at: '2026-11-30T17:47:59Z',
          updated_at: '2026-11-30T17:48:00Z',
        },
        request_url:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read',
        login_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
        login_session_id: '0b2a4d75-34dd-434f-a380-75256ba00034',
        acr: '1',
        amr: ['pwd', 'otp'],
        context: null,
      },
      410: {
        redirect_to:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'consent_challenge' is missing.",
      },
    },
  },
  acceptOAuth2ConsentRequest: {
    parameters: { consent_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: {
      grant_scope: ['openid', 'offline_access', 'photos.read'],
      grant_access_token_audience: [],
      remember: true,
      remember_for: 0,
      session: { id_token: { email: 'alice@example.com' }, access_token: { tenant: 'north' } },
    },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read&consent_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'consent_challenge' is missing.",
      },
    },
  },
  rejectOAuth2ConsentRequest: {
    parameters: { consent_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { error: 'access_denied', error_description: 'The resource owner denied the request.', status_code: 403 },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/auth?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&response_type=code&redirect_uri=https%3A%2F%2Fprinter.example.com%2Fcallback&state=7Yq2mD0cVbXw&scope=openid+offline_access+photos.read&consent_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'consent_challenge' is missing.",
      },
    },
  },
  getOAuth2LogoutRequest: {
    parameters: { logout_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      200: {
        challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
        subject: 'alice',
        sid: 'de9679dc-c2ad-4fa4-aee2-cde9742a38fb',
        request_url:
          'https://id.example.com/oauth2/sessions/logout?id_token_hint=eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJhdWQiOlsiOGMxYTRmMGUtNWE1Mi00ZjBiLTlkMGUtMmY3YTNhNmY1YjExIl19.dGhlIHNpZ25hdHVyZSBvZiBhbiBleGFtcGxl&post_logout_redirect_uri=https%3A%2F%2Fprinter.example.com%2Fbye',
        rp_initiated: true,
        expires_at: '2026-11-30T18:18:08Z',
        requested_at: '2026-11-30T17:48:08Z',
        client: {
          ...ANSWERED_CLIENT,
          grant_types: [
            'authorization_code',
            'refresh_token',
            'urn:openid:params:grant-type:ciba',
            'urn:ietf:params:oauth:grant-type:device_code',
          ],
          backchannel_logout_uri: 'https://printer.example.com/backchannel-logout',
          created_at: '2026-11-30T17:47:59Z',
          updated_at: '2026-11-30T17:48:07Z',
        },
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'logout_challenge' is missing.",
      },
    },
  },
  acceptOAuth2LogoutRequest: {
    parameters: { logout_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/sessions/logout?logout_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'logout_challenge' is missing.",
      },
    },
  },
  rejectOAuth2LogoutRequest: {
    parameters: { logout_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'logout_challenge' is missing.",
      },
    },
  },
  acceptUserCodeRequest: {
    parameters: { device_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { user_code: 'WDJBMJHT' },
    answers: {
      200: {
        redirect_to:
          'https://id.example.com/oauth2/device/verify?client_id=8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11&device_verifier=ag5abwea0G5k75SLbzaCK6y0D1JUUwyeehr41ZvatTI',
      },
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'device_challenge' is missing.",
      },
    },
  },
  getOAuth2CibaRequest: {
    parameters: { ciba_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    answers: {
      200: {
        challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4',
        client: {
          ...ANSWERED_CLIENT,
          grant_types: [
            'authorization_code',
            'refresh_token',
            'urn:openid:params:grant-type:ciba',
            'urn:ietf:params:oauth:grant-type:device_code',
          ],
          created_at: '2026-11-30T17:47:59Z',
          updated_at: '2026-11-30T17:48:00Z',
        },
        requested_scope: ['openid', 'offline_access'],
        requested_access_token_audience: [],
        login_hint: 'alice@example.com',
        binding_message: 'W4SCT',
        acr_values: [],
        expires_at: '2026-11-30T17:53:07Z',
      },
      404: {
        error: 'Unable to locate the resource',
        error_description: 'The CIBA challenge is unknown: use the one that the hook got, whole.',
      },
    },
  },
  acceptOAuth2CibaRequest: {
    parameters: { ciba_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { subject: 'alice', acr: '1', amr: ['hwk'], grant_scope: ['openid', 'offline_access'] },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. subject should not be empty.',
      },
    },
  },
  rejectOAuth2CibaRequest: {
    parameters: { ciba_challenge: 'Qm3vT8zLr0cYx5KfW2nJd7HsGp9BaU1eRt6VhXyZoE4' },
    request: { error: 'access_denied', error_description: 'The person refused at the phone.' },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. error must have printable ASCII characters without ' and \\.",
      },
    },
  },
};
