/**
 * Every parser of input gets texts that a stranger would choose: a beginning and long repetitions of one fragment. Its
 * work must not grow faster than its input. Only these tests depend on time, because they check the growth of the
 * work.
 */
import { fullFormats } from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBasicCredentials } from '../../src/clients/authentication/basic-credentials.js';
import { applyClientPatch } from '../../src/clients/administration/client-patch.js';
import { checkCorsOrigins } from '../../src/clients/registration-rules/cors-origins.js';
import { isClientId } from '../../src/clients/client-id.js';
import { attributeValue } from '../../src/clients/certificates/certificate.js';
import { readDistinguishedName } from '../../src/clients/certificates/distinguished-name.js';
import { linearPattern } from '../../src/config/linear-pattern.js';
import { parseAuthorizationDetails } from '../../src/protocol/authorization-details.js';
import { parseDuration } from '../../src/protocol/duration.js';
import { parseTimestamp } from '../../src/protocol/timestamp.js';
import { AllowedAudiences, firstRefusedAudience, parseAudience } from '../../src/protocol/audience.js';
import { readInteractionParameters } from '../../src/protocol/authorization-request.js';
import { parseJson, stringifyJson } from '../../src/protocol/json.js';
import { invalidRequest } from '../../src/protocol/oauth-error.js';
import {
  isTrustedPublicRedirectUri,
  isWellFormedRedirectUri,
  matchRedirectUri,
} from '../../src/protocol/redirect-uri.js';
import { refuseBadResources } from '../../src/protocol/resource.js';
import { AllowedScopes, firstRefusedScope, splitWords } from '../../src/protocol/scope.js';
import { preferred } from '../../src/http/replies/accept.js';
import { CERTIFICATE_FORMATS } from '../../src/http/client-certificate/formats/index.js';
import { bearerToken } from '../../src/http/exchange/bearer-token.js';
import { clientAddress } from '../../src/http/exchange/client-address.js';
import { eachOnce } from '../../src/http/exchange/each-once.js';
import { faultOfEncoded } from '../../src/http/exchange/encoded-text.js';
import type { Exchange } from '../../src/http/exchange/exchange.js';
import { FormParams } from '../../src/http/exchange/form-params.js';
import { readHydraSession } from '../../src/http/exchange/hydra-cookie.js';
import { readGobStringMap } from '../../src/http/exchange/hydra-gob.js';
import { JsonBody } from '../../src/http/exchange/json-body.js';
import { languageFor, uiLocales } from '../../src/http/replies/page-language.js';
import { originAllowed } from '../../src/http/listener/cors/origin-match.js';
import { escapeHtml } from '../../src/http/replies/page.js';
import { redirectReply } from '../../src/http/replies/replies.js';
import { parseForm } from '../../src/http/exchange/request-form.js';
import { isHidden, normalisePath, splitTarget, withParameter } from '../../src/http/listener/routes/request-path.js';
import { UrlGlob } from '../../src/http/outbound/url-glob.js';
import { validationPipe } from '../../src/http/exchange/validation-pipe.js';
import { OAuth2ClientDto } from '../../src/clients/client.dto.js';
import { AcceptOAuth2ConsentRequestDto } from '../../src/consent/requests/accept-consent-request.dto.js';
import { appUrl, withVerifier } from '../../src/consent/flow/request-url.js';
import { withState } from '../../src/consent/logout/logout-url.js';
import { parseJwt } from '../../src/jwt/compact-jwt.js';
import { algorithmOf, overlay, unsignedClaims } from '../../src/oauth2/authorize/request-object.js';
import { hasDuplicateMembers } from '../../src/protocol/duplicate-members.js';
import { parseRequestedClaims } from '../../src/protocol/requested-claims.js';
import { parseResponseType } from '../../src/protocol/response-type.js';
import { TrustOAuth2JwtGrantIssuerDto } from '../../src/trust/trusted-issuer.dto.js';
import { growth, isLinear, type Work } from './growth.js';

/** The characters of the longest text: the longest query, and a large part of a form. */
const LONGEST = 65_536;
const SIZE = LONGEST / 16;

const exchange = (given: Partial<Exchange>): Exchange =>
  ({ method: 'POST', headers: {}, rawQuery: '', query: () => new FormParams(), ...given }) as Exchange;
const jsonBody = (text: string): JsonBody => new JsonBody(exchange({ text: () => Promise.resolve(text) }), 10_485_760);
const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const door = validationPipe(invalidRequest);
const validated = (text: string, metatype: new () => object): Promise<unknown> =>
  door.transform(jsonBody(text), { type: 'body', metatype });
const MULTIPART = 'multipart/form-data; boundary=b';

const DETAIL_PATTERN = linearPattern('^([a-z0-9]+[.-]?)+$');
/** What a format makes of the header with the certificate, and of that with its issuers. */
const readBoth = (format: keyof typeof CERTIFICATE_FORMATS) => (text: string) => {
  const reader = CERTIFICATE_FORMATS[format];
  return [reader.leaf(text), reader.chain?.(text)];
};
/** What the formats of a schema say of a text. */
const formatsOf = (text: string): unknown => {
  const formats = [
    'date-time',
    'duration',
    'uri',
    'uri-reference',
    'email',
    'hostname',
    'ipv6',
    'json-pointer',
  ] as const;
  return formats.map((name) => {
    const format = fullFormats[name] as RegExp | ((text: string) => boolean) | { validate: (text: string) => boolean };
    if (format instanceof RegExp) return format.test(text);
    return typeof format === 'function' ? format(text) : format.validate(text);
  });
};

const PARSERS: Record<string, (text: string) => unknown> = {
  'a query': (text) => eachOnce(FormParams.parse(text)).toString(),
  'a form': (text) => parseForm('application/x-www-form-urlencoded', Buffer.from(text)),
  'a multipart form': (text) => parseForm(MULTIPART, Buffer.from(text)),
  'the head of a part': (text) => parseForm(MULTIPART, Buffer.from(`--b\r\n${text}\r\n\r\nx\r\n--b--\r\n`)),
  'a Content-Type': (text) => parseForm(`multipart/form-data${text}`, Buffer.from('--b--')),
  'encoded text': faultOfEncoded,
  'a list of words': splitWords,
  'a list of audiences': (text) => parseAudience([text]),
  'prompt, max_age and the like': (text) => readInteractionParameters(() => text),
  'a response type': parseResponseType,
  'a wanted scope': (text) => new AllowedScopes(['a.*', '*.a.*.b', '*.*']).admits('wildcard', text),
  'a registered scope': (text) => new AllowedScopes([text]).admits('wildcard', 'a.a.a'),
  'a wanted audience': (text) => new AllowedAudiences(['https://a/a', 'a', '/']).permits(text),
  'a resource': (text) => {
    refuseBadResources([text]);
  },
  'a registered audience': (text) => new AllowedAudiences([text]).permits('https://a/a/a'),
  'a redirect URI': (text) => isWellFormedRedirectUri(text) && isTrustedPublicRedirectUri(text),
  'a redirect URI of a loopback address': (text) => matchRedirectUri(['http://127.0.0.1/a'], text),
  'a registered redirect URI': (text) => matchRedirectUri([text], 'http://127.0.0.1:1/a'),
  'a registered origin': (text) => {
    checkCorsOrigins({ metadata: { allowed_cors_origins: [text] } } as never);
  },
  'an origin': (text) => originAllowed(['https://*.example.com'], text, { allowUnbounded: false }),
  'a listed origin': (text) => originAllowed([text], 'https://a.example.com', { allowUnbounded: false }),
  'a client id': isClientId,
  'a JSON body': (text) => jsonBody(text).read(),
  'a client': (text) => validated(text, OAuth2ClientDto),
  'an accepted consent': (text) => validated(text, AcceptOAuth2ConsentRequestDto),
  'a trusted issuer': (text) => validated(text, TrustOAuth2JwtGrantIssuerDto),
  JSON: (text) => stringifyJson(parseJson(text)),
  'JSON with long numbers': (text) => stringifyJson(parseJson(`[12345678901234567890,${text}]`)),
  'requested claims': parseRequestedClaims,
  'members of JSON': hasDuplicateMembers,
  'authorization details': parseAuthorizationDetails,
  'the pattern of a detail': (text) => ({ found: DETAIL_PATTERN.test(text) }),
  'the formats of a detail': (text) => formatsOf(text),
  'a JWT': parseJwt,
  'claims of a JWT': (text) => parseJwt(`${b64('{"alg":"RS256"}')}.${b64(text)}.${b64('x')}`),
  'the header of a request object': algorithmOf,
  'the claims of a request object': (text) => overlay(new FormParams(), unsignedClaims(`${b64('{}')}.${b64(text)}.`)),
  'Basic credentials': (text) => readBasicCredentials(`Basic ${text}`),
  'a bearer token': (text) => bearerToken(exchange({ headers: { authorization: `Bearer ${text}` } }), true),
  'a cookie of Hydra': (text) =>
    readHydraSession({ name: 'a', value: text }, { own_cookie: [], system: ['a'] }, new Date(0)),
  'strings of Go': (text) => readGobStringMap(Buffer.from(text)),
  'a request target': (text) => {
    const { path } = splitTarget(text);
    return withParameter(normalisePath('admin', path)) + String(isHidden('public', path));
  },
  Accept: (text) => preferred(text, ['text/html', 'application/json']),
  'Accept-Language': (text) => languageFor(exchange({ headers: { 'accept-language': text } })),
  ui_locales: (text) => uiLocales(exchange({ rawQuery: `ui_locales=${text}` })),
  'X-Forwarded-For': (text) =>
    clientAddress({ socket: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': text } } as never, [
      '10.0.0.0/8',
    ]),
  'certificates of RFC 9440': readBoth('rfc9440'),
  'certificates in PEM': readBoth('pem'),
  'certificates in DER': readBoth('der'),
  'certificates of Envoy': readBoth('xfcc'),
  'a distinguished name': (text) => readDistinguishedName(text, attributeValue),
  'a URL that may be an exception': (text) => new UrlGlob('http://**.local/**/a/**').matches(text),
  'a duration': parseDuration,
  'a timestamp': parseTimestamp,
  'text on a page': escapeHtml,
  'an address to redirect to': (text) => redirectReply(302, text),
  'a hint of an error': (text) => invalidRequest(text).publicDescription,
  'the address of a request': (text) => withVerifier(`https://id.example/oauth2/auth?${text}`, 'login_verifier', 'x'),
  'a parameter for an app': (text) => appUrl({ address: '/login', base: 'https://id.example' }, { a: text }),
  'an address after logout': (text) => withState(text, 'x'),
  'the path of a patch': (text) => applyClientPatch({}, [{ op: 'add', path: `/${text}`, value: 1 }]),
};

/** The repeated parts of the grammars above, and difficult input for their patterns. */
const FRAGMENT = fc.oneof(
  fc.constantFrom(...'/.:*-_=&%+,;?#@ aA0"\'[{\\~\t\n\r<'.split('')),
  fc.constantFrom(
    'a=',
    'a&',
    '%2',
    '%41',
    '%C3%A9',
    '\r\n',
    '--b\r\n',
    '--b',
    '; a=b',
    ';q=',
    'q=0.1,',
    'a;',
    '; name="a"',
  ),
  fc.constantFrom(
    'https://',
    'http://127.0.0.1',
    '127.0.0.1,',
    '../',
    './',
    '/..',
    '/a',
    'a.',
    '.a',
    '*.',
    'a-',
    '[::1]',
  ),
  fc.constantFrom(
    '[',
    '[[',
    '{"a":',
    '{}',
    '{},',
    '[],',
    '"a",',
    '"a":1,',
    '0,',
    '1',
    '\\u0000',
    '\\',
    'en,',
    'en;q=0.5,',
    ':YQ==:,',
    'YQ==,',
    'YWFh',
    'CN=a,',
    'CN=a+',
    '\\,',
    'Cert="",',
    'Cert="YQ==";',
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    'é',
    '😀',
  ),
  fc.string({ minLength: 1, maxLength: 3 }),
);
const BEGINNING = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    'https://',
    'http://127.0.0.1',
    'http://',
    'https://*',
    'https://*.',
    '{"a":',
    '[',
    '"',
    '{"grant_scope":[',
    '{"jwks":{"keys":[',
    'CN=',
    'Cert="',
    '(:',
    '-----BEGIN CERTIFICATE-----',
    '/',
    '?',
    '=',
  ),
  FRAGMENT,
);
const END = fc.oneof(fc.constantFrom('', 'x', '!', '"', ']', '}', '/', '.', '\n', ' ', '%', '\u0000'), FRAGMENT);

interface Pumped {
  beginning: string;
  unit: string;
  end: string;
}
const PUMPED: fc.Arbitrary<Pumped> = fc.record({ beginning: BEGINNING, unit: FRAGMENT, end: END });
const textOf = ({ beginning, unit, end }: Pumped, size: number): string =>
  beginning + unit.repeat(Math.ceil(size / unit.length)) + end;

describe('the work of reading', () => {
  it.each(Object.entries(PARSERS))('%s grows no faster than its length', async (_, parse) => {
    await fc.assert(
      fc.asyncProperty(PUMPED, async (pumped) => {
        const workOf = (size: number): Work => {
          const text = textOf(pumped, size);
          return () => parse(text);
        };
        expect(await growth(workOf, SIZE)).toSatisfy(isLinear);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

const numbered = <T = string>(n: number, nameOf: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => nameOf(i));

/** Checks that compare two long lists. */
const LISTS: Record<string, (n: number) => Work> = {
  'scopes asked of a client that has many': (n) => {
    const [allowed, wanted] = [[...numbered(n, (i) => `p${i}.*`), '*'], numbered(n, (i) => `w${i}.a`)];
    return () => firstRefusedScope('wildcard', new AllowedScopes(allowed), wanted);
  },
  'scopes compared exactly': (n) => {
    const allowed = numbered(n, (i) => `p${i}`);
    return () => firstRefusedScope('exact', allowed, [...allowed].reverse());
  },
  'audiences asked of a client that has many': (n) => {
    const allowed = numbered(n, (i) => `https://api.example/a${i}`);
    return () =>
      firstRefusedAudience(
        new AllowedAudiences(allowed),
        allowed.map((one) => `${one}/x`),
      );
  },
  'audiences that begin alike': (n) => {
    const allowed = numbered(Math.ceil(Math.sqrt(n)), (i) => `${'/'.repeat(i)}x`);
    return () =>
      firstRefusedAudience(
        allowed,
        allowed.map((one) => `${one}/y`),
      );
  },
  'parameters of a query and a form': (n) => {
    const [query, form] = [numbered(n, (i) => `a${i}`).join('&'), numbered(n, (i) => `b${i}`).join('&')];
    return () => FormParams.parse(form).merge(FormParams.parse(query));
  },
  'claims over parameters': (n) => {
    const sent = new FormParams(numbered(500, (i): [string, string] => [`p${i}`, '']));
    const claims = Object.fromEntries(numbered(n, (i) => `c${i}`).map((name) => [name, '']));
    return () => overlay(sent, claims);
  },
  'parts of a multipart form': (n) => {
    const body = Buffer.from(
      numbered(n, (i) => `--b\r\nContent-Disposition: form-data; name="a${i}"\r\n\r\nx\r\n`).join(''),
    );
    return () => parseForm(MULTIPART, body);
  },
  'operations of a patch': (n) => {
    const operations = numbered(n, (i) => `/metadata/a${i}`).map((path) => ({ op: 'add', path, value: 1 }));
    return () => applyClientPatch({}, operations);
  },
  'origins of a client': (n) => {
    const listed = numbered(n, (i) => `https://*.a${i}.example.com`);
    return () => originAllowed(listed, 'https://a.b.example.com', { allowUnbounded: false });
  },
};

describe('the work of comparing lists', () => {
  it.each(Object.entries(LISTS))('%s grows no faster than their number', async (_, workOf) => {
    expect(await growth(workOf, 1_000)).toSatisfy(isLinear);
  });
});

describe('the measure', () => {
  it('distinguishes a quadratic regular expression from a linear one', async () => {
    const workOf = (pattern: RegExp) => (size: number) => {
      const text = `${'/'.repeat(size)}x`;
      return () => pattern.test(text);
    };
    expect(await growth(workOf(new RegExp(['/+', '$'].join(''))), SIZE / 4)).not.toSatisfy(isLinear);
    expect(await growth(workOf(/^\/+x$/), SIZE)).toSatisfy(isLinear);
  });
});
