import type { Examples } from './operation-example.js';

export const TRUST: Examples = {
  trustOAuth2JwtGrantIssuer: {
    request: {
      issuer: 'https://jobs.example.com',
      subject: 'nightly-report',
      scope: ['photos.read'],
      expires_at: '2099-12-31T00:00:00Z',
      jwk: {
        use: 'sig',
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        kid: '2026-11',
        x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
        y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
      },
    },
    answers: {
      201: {
        id: 'b2ccd167-b1a4-450a-af3e-c23c3a0b599d',
        issuer: 'https://jobs.example.com',
        subject: 'nightly-report',
        allow_any_subject: false,
        scope: ['photos.read'],
        public_key: { set: 'https://jobs.example.com', kid: '2026-11' },
        created_at: '2026-11-30T17:48:06Z',
        expires_at: '2099-12-31T00:00:00Z',
      },
      400: {
        error: 'missing_required_parameter',
        error_description:
          'One of the required parameters is missing or is contradicted by another. issuer must be set.',
      },
    },
  },
  listTrustedOAuth2JwtGrantIssuers: {
    parameters: { issuer: 'https://jobs.example.com', page_size: 50 },
    answers: {
      200: [
        {
          id: 'b2ccd167-b1a4-450a-af3e-c23c3a0b599d',
          issuer: 'https://jobs.example.com',
          subject: 'nightly-report',
          allow_any_subject: false,
          scope: ['photos.read'],
          public_key: { set: 'https://jobs.example.com', kid: '2026-11' },
          created_at: '2026-11-30T17:48:06Z',
          expires_at: '2099-12-31T00:00:00Z',
        },
      ],
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'The page_token is not one of this list, or older than an hour: start at the first page.',
      },
    },
  },
  getTrustedOAuth2JwtGrantIssuer: {
    parameters: { id: '30e51720-4a88-48ca-8243-de7d8f461675' },
    answers: {
      200: {
        id: 'b2ccd167-b1a4-450a-af3e-c23c3a0b599d',
        issuer: 'https://jobs.example.com',
        subject: 'nightly-report',
        allow_any_subject: false,
        scope: ['photos.read'],
        public_key: { set: 'https://jobs.example.com', kid: '2026-11' },
        created_at: '2026-11-30T17:48:06Z',
        expires_at: '2099-12-31T00:00:00Z',
      },
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'The id of a trusted issuer is a UUID.',
      },
    },
  },
  deleteTrustedOAuth2JwtGrantIssuer: {
    parameters: { id: '30e51720-4a88-48ca-8243-de7d8f461675' },
    answers: {
      204: undefined,
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'The id of a trusted issuer is a UUID.',
      },
    },
  },
};
