import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificate, type Certificate } from '../../../../test/support/certificates.js';
import type { CertificateFormat } from '../../../config/configuration.js';
import { CERTIFICATE_FORMATS } from './index.js';

let own: Certificate;
let issuer: Certificate;
let root: Certificate;
beforeAll(async () => {
  [own, issuer, root] = await Promise.all([certificate(), certificate(), certificate()]);
});
const { rfc9440, xfcc, pem, der } = CERTIFICATE_FORMATS;
const b64 = ({ der: bytes }: Certificate): string => bytes.toString('base64');
const bare = ({ cert }: Certificate): string => cert.replace(/-----.*-----|\s/g, '');
const escaped = (...ones: Certificate[]): string => encodeURIComponent(ones.map(({ cert }) => cert).join('\n'));
const bytes = (...ones: Certificate[]): Buffer[] => ones.map((one) => one.der);

describe('RFC 9440', () => {
  it('has a byte sequence, and a list of them for the issuers', () => {
    expect(rfc9440.leaf(`:${b64(own)}:`)).toEqual(bytes(own));
    expect(rfc9440.chain?.(`:${b64(issuer)}:, :${b64(root)}:`)).toEqual(bytes(issuer, root));
    expect(rfc9440.chain?.(`:${b64(issuer)}:,:${b64(root)}:`)).toEqual(bytes(issuer, root));
    expect(rfc9440.chain?.(`(:${b64(issuer)}: :${b64(root)}:)`)).toEqual(bytes(issuer, root));
  });

  it.each([
    ['no colons', () => b64(own)],
    ['one colon', () => `:${b64(own)}`],
    ['two items', () => `:${b64(own)}:, :${b64(own)}:`],
    ['parameters', () => `:${b64(own)}:;a=1`],
    ['base64url', () => ':-_-_:'],
    ['base64 without padding', () => ':YQ:'],
    ['blanks inside', () => ': YQ==:'],
    ['nothing between the colons', () => '::'],
    ['a text', () => `"${b64(own)}"`],
  ])('refuses %s', (_, text) => {
    expect(rfc9440.leaf(text())).toBeUndefined();
  });

  it.each([
    ['an empty item', () => `:${b64(issuer)}:,`],
    ['a text', () => `:${b64(issuer)}:, "a"`],
    ['an open inner list', () => `(:${b64(issuer)}:`],
    ['two inner lists', () => `(:${b64(issuer)}:), (:${b64(root)}:)`],
  ])('refuses %s among the issuers', (_, text) => {
    expect(rfc9440.chain?.(text())).toBeUndefined();
  });
});

describe('X-Forwarded-Client-Cert', () => {
  const element = (one: Certificate, more = ''): string => `Hash=ab12;Cert="${escaped(one)}"${more}`;

  it('has the certificate of the last element, in whatever order its pairs are', () => {
    expect(xfcc.leaf(element(own))).toEqual(bytes(own));
    expect(xfcc.leaf(`By=spiffe://a/b;${element(own)};Subject="CN=\\"a\\",O=x;y";URI=spiffe://c;DNS=d`)).toEqual(
      bytes(own),
    );
    expect(xfcc.leaf(`${element(root, ';Subject="a,b;c=d"')},${element(own)}`)).toEqual(bytes(own));
    expect(xfcc.leaf(`${element(root)}, cert=${escaped(own)}`)).toEqual(bytes(own));
  });

  it('has the issuers in Chain, which begins with the certificate of the client', () => {
    expect(xfcc.leaf(`${element(own)};Chain="${escaped(own, issuer)}"`)).toEqual(bytes(own, issuer));
    expect(xfcc.leaf(`Chain="${escaped(own, issuer)}"`)).toEqual(bytes(own, issuer));
  });

  it('has none where the last element has none, whatever those before it have', () => {
    expect(xfcc.leaf(`${element(own)},Hash=ab12;Subject=""`)).toEqual([]);
    expect(xfcc.leaf('Cert=""')).toEqual([]);
  });

  it.each([
    ['no pairs', () => 'a'],
    ['an open quote', () => `Cert="${escaped(own)}`],
    ['text behind a quote', () => `Cert="${escaped(own)}"x`],
    ['a quote inside', () => `Cert=a"b"`],
    ['an empty element', () => `${element(own)},`],
    ['an empty pair', () => `${element(own)};`],
    ['no name', () => `="${escaped(own)}"`],
    ['Cert twice', () => `Cert="${escaped(own)}";cert="${escaped(root)}"`],
    ['two certificates in Cert', () => `Cert="${escaped(own, root)}"`],
    ['a Chain of another client', () => `Cert="${escaped(own)}";Chain="${escaped(root, own)}"`],
    ['a broken escape', () => 'Cert="%E0%A4%A"'],
    ['base64 without armour lines', () => `Cert="${encodeURIComponent(b64(own))}"`],
    ['a key', () => `Cert="${encodeURIComponent(own.key)}"`],
    ['text before the certificate', () => `Cert="x${escaped(own)}"`],
    ['text behind the certificate', () => `Cert="${escaped(own)}x"`],
  ])('refuses %s', (_, text) => {
    expect(xfcc.leaf(text())).toBeUndefined();
  });
});

describe('percent-encoded PEM', () => {
  it('is read as nginx and as Traefik write it', () => {
    expect(pem.leaf(escaped(own))).toEqual(bytes(own));
    expect(pem.leaf(escaped(own).replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '='))).toEqual(
      bytes(own),
    );
    expect(pem.leaf(escaped(own, issuer))).toEqual(bytes(own, issuer));
    expect(pem.leaf(bare(own))).toEqual(bytes(own));
    expect(pem.leaf(`${bare(own)},${encodeURIComponent(bare(issuer))}`)).toEqual(bytes(own, issuer));
    expect(pem.chain?.(escaped(issuer, root))).toEqual(bytes(issuer, root));
  });

  it.each([
    ['a broken escape', () => '%'],
    ['something else', () => '(null)'],
    ['no end', () => encodeURIComponent(own.cert.replace(/-----END.*/, ''))],
    ['a key beside it', () => encodeURIComponent(own.cert + own.key)],
    ['an empty certificate', () => encodeURIComponent('-----BEGIN CERTIFICATE----------END CERTIFICATE-----')],
    ['an empty item', () => `${bare(own)},`],
  ])('refuses %s', (_, text) => {
    expect(pem.leaf(text())).toBeUndefined();
  });
});

describe('DER in base64', () => {
  it('is read as HAProxy writes it', () => {
    expect(der.leaf(b64(own))).toEqual(bytes(own));
    expect(der.chain?.(Buffer.concat(bytes(issuer, root)).toString('base64'))).toEqual(bytes(issuer, root));
  });

  it.each(['', 'a', 'YQ', '=', 'Y Q=='])('refuses %j', (text) => {
    expect(der.leaf(text)).toBeUndefined();
  });

  it.each([
    ['a certificate that is cut off', () => own.der.subarray(0, -1)],
    ['something else', () => Buffer.from('hello there')],
    ['something behind it', () => Buffer.concat([own.der, Buffer.from('x')])],
  ])('refuses %s among the issuers', (_, bytesOf) => {
    expect(der.chain?.(bytesOf().toString('base64'))).toBeUndefined();
  });
});

it('any text is read or refused: no parser throws', () => {
  const fragments = fc.constantFrom(
    ':',
    ';',
    ',',
    '"',
    '\\',
    '=',
    '%',
    '%41',
    ' ',
    '(',
    ')',
    'Cert=',
    'Chain="',
    'YQ==',
    'x',
    '\t',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 80, unit: 'binary' }),
    fc.array(fragments).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.constantFrom<CertificateFormat>('rfc9440', 'xfcc', 'pem', 'der'), text, (format, value) => {
      for (const read of [CERTIFICATE_FORMATS[format].leaf(value), CERTIFICATE_FORMATS[format].chain?.(value)])
        expect(read === undefined || read.every((one) => Buffer.isBuffer(one))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
