import { describe, expect, it } from 'vitest';
import { canonicalName } from './canonical-name.js';
import { attributeValue } from './certificate.js';
import { readDistinguishedName } from './distinguished-name.js';

const read = (text: string): string | undefined => readDistinguishedName(text, attributeValue);
const [CN, O, C, OU] = ['2.5.4.3', '2.5.4.10', '2.5.4.6', '2.5.4.11'];
const attribute = (type: string, value: string | Buffer) => [{ type, value }];

describe('a distinguished name in the form of RFC 4514', () => {
  it.each([
    ['CN=service-a,O=Acme,C=CH', [attribute(C, 'CH'), attribute(O, 'Acme'), attribute(CN, 'service-a')]],
    ['cn=SERVICE-A,o=acme,c=ch', [attribute(C, 'CH'), attribute(O, 'Acme'), attribute(CN, 'service-a')]],
    ['2.5.4.3=service-a', [attribute(CN, 'service-a')]],
    ['commonName=a', [attribute(CN, 'a')]],
    ['CN=a  b', [attribute(CN, ' A B ')]],
    ['CN=Ａcme', [attribute(CN, 'acme')]],
    ['CN=Lu\\C4\\8Di\\C4\\87', [attribute(CN, 'Lučić')]],
    ['CN=Lučić', [attribute(CN, 'LUČIĆ')]],
    ['CN=a\\,b\\+c\\"d\\;e\\<f\\>g\\\\h\\=i', [attribute(CN, 'a,b+c"d;e<f>g\\h=i')]],
    ['CN=\\ a\\ ', [attribute(CN, 'a')]],
    ['CN=\\#a', [attribute(CN, '#a')]],
    ['CN=a\\2Cb', [attribute(CN, 'a,b')]],
    ['CN=a=b', [attribute(CN, 'a=b')]],
    ['CN=', [attribute(CN, '')]],
    [
      'CN=a+OU=b,O=c',
      [
        attribute(O, 'c'),
        [
          { type: OU, value: 'b' },
          { type: CN, value: 'a' },
        ],
      ],
    ],
    ['CN=#0C0161', [attribute(CN, 'a')]],
    ['2.5.4.45=#030200FF', [attribute('2.5.4.45', Buffer.from('030200ff', 'hex'))]],
  ])('%s', (text, name) => {
    expect(read(text)).toBe(canonicalName(name));
  });

  it.each([
    ['', 'nothing'],
    ['CN', 'no value'],
    ['=a', 'no type'],
    ['XX=a', 'an unknown type'],
    ['CN=a,', 'an end'],
    ['CN=a,,O=b', 'an empty part'],
    ['CN=a, O=b', 'a blank before the type'],
    ['CN = a', 'blanks around the sign'],
    ['CN=a;O=b', 'a semicolon'],
    ['CN="a"', 'quotes'],
    ['CN=a ', 'a blank at the end'],
    ['CN=a\\\\ ', 'a blank behind an escaped backslash'],
    ['CN= a', 'a blank at the beginning'],
    ['CN=#zz', 'no hexadecimal digits'],
    ['CN=#0C01', 'a value that is cut off'],
    ['CN=a\\', 'a backslash at the end'],
    ['CN=a\\x', 'an escape that is none'],
    ['CN=\\C4', 'bytes that are not UTF-8'],
    ['CN=a\0b', 'NUL'],
    ['3.1=a', 'an OID that is none'],
    ['2.05=a', 'an OID with a leading zero'],
    [`CN=${'a'.repeat(2_050)}`, 'more than 2,048 characters'],
    ['/C=CH/O=Acme/CN=a', 'the form of openssl'],
  ])('refuses %j: %s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is different where order, number, type or value differ', () => {
    const names = [
      'CN=a,O=b',
      'O=b,CN=a',
      'CN=a',
      'CN=a+O=b',
      'CN=a,O=b,O=b',
      'CN=a,OU=b',
      'CN=ab,O=b',
      'CN=a\\,O\\=b',
      'CN=a,CN=a',
    ];
    expect(new Set(names.map(read)).size).toBe(names.length);
    expect(read('CN=a+OU=b')).toBe(read('OU=b+CN=a'));
  });
});
