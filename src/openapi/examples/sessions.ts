import { ANSWERED_CLIENT } from './answered-client.js';
import type { Examples } from './operation-example.js';

export const SESSIONS: Examples = {
  listOAuth2ConsentSessions: {
    parameters: { subject: 'alice', page_size: 50 },
    answers: {
      200: [
        {
          consent_request_id: '52436dd15c8af8b7389601e15cc69a77',
          grant_scope: ['openid', 'offline_access', 'photos.read'],
          grant_access_token_audience: [],
          session: { access_token: { tenant: 'north' }, id_token: { email: 'alice@example.com' } },
          remember: true,
          remember_for: 0,
          handled_at: '2026-11-30T17:48:06Z',
          context: null,
          consent_request: {
            challenge: '',
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
            login_challenge: '',
            login_session_id: 'a83300da-df63-4b53-a7dd-a9db508f9788',
            acr: '1',
            amr: ['pwd', 'otp'],
            context: null,
          },
        },
      ],
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'subject' is missing.",
      },
    },
  },
  revokeOAuth2ConsentSessions: {
    parameters: { subject: 'alice', client: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Send 'consent_request_id' alone, or 'subject' with either 'client' or 'all=true', as query parameters.",
      },
    },
  },
  listOAuth2LoginSessions: {
    parameters: { subject: 'alice', page_size: 50 },
    answers: {
      200: [
        {
          sid: 'a2984de7-bc4d-48c2-a9d9-c9179130bbd7',
          subject: 'alice',
          authenticated_at: '2026-11-30T17:48:07Z',
          last_used_at: '2026-11-30T17:48:07Z',
          expires_at: '2026-11-30T18:48:07Z',
          remember: true,
          client_ids: ['8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11'],
        },
      ],
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'subject' is missing: name the person whose logins are listed.",
      },
    },
  },
  revokeOAuth2LoginSessions: {
    parameters: { subject: 'alice' },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Name the sessions with query parameter 'sid' or 'subject'.",
      },
    },
  },
  getOAuth2LoginSession: {
    parameters: { sid: '3f6c1d52-9a0e-4a6b-8f1d-7c2b5e9a4d10' },
    answers: {
      200: {
        sid: 'a2984de7-bc4d-48c2-a9d9-c9179130bbd7',
        subject: 'alice',
        authenticated_at: '2026-11-30T17:48:07Z',
        last_used_at: '2026-11-30T17:48:07Z',
        expires_at: '2026-11-30T18:48:07Z',
        remember: true,
        client_ids: ['8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11'],
      },
      404: {
        error: 'Unable to locate the resource',
        error_description: "There is no login session of this id, or it has ended: list those that live by 'subject'.",
      },
    },
  },
  endOAuth2LoginSession: {
    parameters: { sid: '3f6c1d52-9a0e-4a6b-8f1d-7c2b5e9a4d10', revoke_tokens: true },
    answers: {
      204: undefined,
      404: {
        error: 'Unable to locate the resource',
        error_description: "There is no login session of this id, or it has ended: list those that live by 'subject'.",
      },
    },
  },
  listOAuth2LogoutDeliveries: {
    parameters: { subject: 'alice', page_size: 50 },
    answers: {
      200: [
        {
          id: 'f4c9fd91-edf1-4d0b-a969-c921de4ca575',
          channel: 'back_channel',
          client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
          subject: 'alice',
          sid: 'de9679dc-c2ad-4fa4-aee2-cde9742a38fb',
          state: 'delivered',
          attempts: 1,
          created_at: '2026-11-30T17:48:08Z',
          last_attempt_at: '2026-11-30T17:48:08Z',
          finished_at: '2026-11-30T17:48:08Z',
          response_status: 200,
        },
      ],
      400: {
        error: 'invalid_request',
        error_description:
          'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The page_token is not one of this list, or older than an hour: start at the first page.',
      },
    },
  },
  listOAuth2Grants: {
    parameters: { subject: 'alice', page_size: 50 },
    answers: {
      200: [
        {
          id: '1f176afe-2506-4fa9-a1a6-9e90e4b2e35a',
          client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11',
          subject: 'alice',
          scope: ['openid', 'offline_access', 'photos.read'],
          audience: [],
          created_at: '2026-11-30T17:48:07Z',
          last_used_at: '2026-11-30T17:48:07Z',
          refresh_tokens: 1,
          refresh_token_expires_at: '2026-12-30T17:48:07Z',
          consent_request_id: '52436dd15c8af8b7389601e15cc69a77',
          login_session_id: 'a2984de7-bc4d-48c2-a9d9-c9179130bbd7',
        },
      ],
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Name whose grants are listed with query parameter 'subject', 'client', or both.",
      },
    },
  },
  revokeOAuth2Grant: {
    parameters: { id: 'b7a9d3c4-1e2f-4c5a-9b8d-6f0e1a2b3c4d' },
    answers: {
      204: undefined,
      404: {
        error: 'Unable to locate the resource',
        error_description: "There is no such grant, or it was revoked before: list those that live by 'subject'.",
      },
    },
  },
  deleteOAuth2Token: {
    parameters: { client_id: '8c1a4f0e-5a52-4f0b-9d0e-2f7a3a6f5b11' },
    answers: {
      204: undefined,
      400: {
        error: 'invalid_request',
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Query parameter 'client_id' is missing: name the client whose access tokens end.",
      },
    },
  },
};
