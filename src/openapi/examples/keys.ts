import type { Examples } from './operation-example.js';

export const KEYS: Examples = {
  createJsonWebKeySet: {
    parameters: { set: 'photo-albums' },
    request: { alg: 'ES256', kid: '2026-11', use: 'sig' },
    answers: {
      201: {
        keys: [
          {
            use: 'sig',
            kid: '2026-11',
            alg: 'ES256',
            kty: 'EC',
            x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
            y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
            crv: 'P-256',
            d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
          },
        ],
      },
      400: {
        error: 'Bad Request',
        error_description: 'alg must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA.',
      },
    },
  },
  getJsonWebKeySet: {
    parameters: { set: 'photo-albums' },
    answers: {
      200: {
        keys: [
          {
            use: 'sig',
            kid: '2026-11',
            alg: 'ES256',
            kty: 'EC',
            x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
            y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
            crv: 'P-256',
            d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
          },
        ],
      },
      404: { error: 'Not Found', error_description: 'There is no key in this set.' },
    },
  },
  setJsonWebKeySet: {
    parameters: { set: 'photo-albums' },
    request: {
      keys: [
        {
          use: 'sig',
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          kid: '2026-11',
          x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
          y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
        },
      ],
    },
    answers: {
      200: {
        keys: [
          {
            use: 'sig',
            kty: 'EC',
            crv: 'P-256',
            alg: 'ES256',
            kid: '2026-11',
            x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
            y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
          },
        ],
      },
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'keys.0: The members of the key do not make a valid EC key (RFC 7518 §6, RFC 8037 §2).',
      },
    },
  },
  getJsonWebKey: {
    parameters: { set: 'photo-albums', kid: '2026-11' },
    answers: {
      200: {
        keys: [
          {
            use: 'sig',
            kty: 'EC',
            crv: 'P-256',
            alg: 'ES256',
            kid: '2026-11',
            x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
            y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
          },
        ],
      },
      404: { error: 'Unable to locate the resource', error_description: 'The set has no key of this kid.' },
    },
  },
  setJsonWebKey: {
    parameters: { set: 'photo-albums', kid: '2026-11' },
    request: {
      use: 'sig',
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      kid: '2026-11',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    },
    answers: {
      200: {
        use: 'sig',
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        kid: '2026-11',
        x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
        y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
      },
      400: {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'The member kty of the key must be one of RSA, EC, OKP and oct.',
      },
    },
  },
  deleteJsonWebKey: { parameters: { set: 'photo-albums', kid: '2026-11' }, answers: { 204: undefined } },
  deleteJsonWebKeySet: { parameters: { set: 'photo-albums' }, answers: { 204: undefined } },
};
