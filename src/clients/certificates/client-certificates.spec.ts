import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate as CertificateSchema } from '@peculiar/asn1-x509';
import { Extension, KeyUsageFlags } from '@peculiar/x509';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  authority,
  certificate,
  type Certificate,
  CLIENT_AUTH,
  inBase64,
  SERVER_AUTH,
} from '../../../test/support/certificates.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration, PemSource } from '../../config/configuration.js';
import { CertificateAuthorities } from './certificate-authorities.js';
import { CertificateRefused } from './certificate-refused.js';
import { ClientCertificates } from './client-certificates.js';
import type { CertificateNames } from './subject-members.js';

const configured = (authorities: PemSource[], enabled = true): Configuration =>
  ({ oauth2: { mtls: { enabled, certificate_authorities: authorities } } }) as unknown as Configuration;

let root: Certificate;
let between: Certificate;
let holder: ConfigHolder;
let trusted: CertificateAuthorities;
let certificates: ClientCertificates;
beforeAll(async () => {
  root = await authority();
  between = await authority('O=Trust, CN=Between', { by: root });
  holder = new ConfigHolder(configured([inBase64(root)]));
  trusted = new CertificateAuthorities(holder);
  await trusted.onModuleInit();
  certificates = new ClientCertificates(trusted);
});
afterEach(() => vi.restoreAllMocks());

const present = ([leaf, ...chain]: Certificate[]) => ({
  leaf: leaf?.der ?? Buffer.alloc(0),
  chain: chain.map(({ der }) => der),
});

/** The names, or the reason of the refusal. */
async function judged(
  sent: Certificate[],
  { now = new Date(), by = certificates } = {},
): Promise<CertificateNames | string> {
  try {
    return await by.names(present(sent), now);
  } catch (error) {
    if (error instanceof CertificateRefused) return error.reason;
    throw error;
  }
}

describe('the certificate of a client', () => {
  it('certifies its names where an authority of the operator issued it', async () => {
    const one = await certificate({
      by: root,
      subject: 'C=CH, O=Acme, CN=Service A',
      names: [
        { type: 'dns', value: 'A.example' },
        { type: 'url', value: 'spiffe://Mesh/ns/a' },
        { type: 'ip', value: '192.0.2.7' },
        { type: 'ip', value: '2001:db8::7' },
        { type: 'email', value: 'Ops@A.example' },
      ],
    });
    expect(await judged([one])).toEqual({
      subject: [JSON.stringify([['2.5.4.6=ch'], ['2.5.4.10=acme'], ['2.5.4.3=service a']])],
      dns: ['a.example'],
      uri: ['spiffe://Mesh/ns/a'],
      ip: ['c0000207', '20010db8000000000000000000000007'],
      email: ['Ops@a.example'],
    });
  });

  it('may come with the authorities between, in their order', async () => {
    const one = await certificate({ by: between });
    expect(await judged([one, between])).toMatchObject({ dns: [] });
    expect(await judged([one, between, root])).toMatchObject({ dns: [] });
    expect(await judged([one])).toBe('untrusted');
    expect(await judged([one, root, between])).toBe('untrusted');
  });

  it('names nobody by the names of its issuers (CVE-2023-2422)', async () => {
    const one = await certificate({ by: between, subject: 'CN=other' });
    const names = await judged([one, between]);
    expect(names).toMatchObject({ subject: ['[["2.5.4.3=other"]]'] });
  });

  it.each<[string, string, () => Promise<Certificate[]>]>([
    ['signed by itself', 'untrusted', async () => [await certificate()]],
    [
      'that names an authority, and was signed by another key',
      'untrusted',
      async () => [await certificate({ by: await authority() })],
    ],
    [
      'of an authority that it brings along',
      'untrusted',
      async () => {
        const own = await authority('CN=Own');
        return [await certificate({ by: own }), own];
      },
    ],
    [
      'issued by a client',
      'not_an_authority',
      async () => {
        const client = await certificate({ by: root, usage: null });
        return [await certificate({ by: { ...client, subject: client.subject }, subject: 'CN=below' }), client];
      },
    ],
    [
      'issued by an authority that may not sign',
      'untrusted',
      async () => {
        const issuer = await authority('CN=No', { by: root, usage: KeyUsageFlags.cRLSign });
        return [await certificate({ by: issuer }), issuer];
      },
    ],
    [
      'below more authorities than allowed',
      'not_an_authority',
      async () => {
        const first = await authority('CN=1', { by: root, pathLength: 0 });
        const second = await authority('CN=2', { by: first });
        return [await certificate({ by: second }), second, first];
      },
    ],
    [
      'of an authority for servers',
      'not_an_authority',
      async () => {
        const issuer = await authority('CN=Servers', { by: root, purposes: [SERVER_AUTH] });
        return [await certificate({ by: issuer }), issuer];
      },
    ],
    ['for servers', 'not_for_clients', async () => [await certificate({ by: root, purposes: [SERVER_AUTH] })]],
    [
      'for encipherment',
      'not_for_clients',
      async () => [await certificate({ by: root, usage: KeyUsageFlags.keyEncipherment })],
    ],
    ['that has ended', 'expired', async () => [await certificate({ by: root, to: new Date(Date.now() - 1_000) })]],
    [
      'that has not begun',
      'expired',
      async () => [await certificate({ by: root, from: new Date(Date.now() + 60_000) })],
    ],
    [
      'of an authority that has ended',
      'expired',
      async () => {
        const issuer = await authority('CN=Old', { by: root, to: new Date(Date.now() - 1_000) });
        return [await certificate({ by: issuer }), issuer];
      },
    ],
    ['with an RSA key of 1,024 bits', 'weak', async () => [await certificate({ by: root, key: 'rsa-1024' })]],
    ['signed with SHA-1', 'weak', async () => [await certificate({ by: root, hash: 'SHA-1' })]],
    [
      'of an authority with a weak key',
      'weak',
      async () => {
        const issuer = await authority('CN=Weak', { by: root, key: 'rsa-1024' });
        return [await certificate({ by: issuer }), issuer];
      },
    ],
    [
      'of an authority with a weak key, whose signature is not worth the work',
      'weak',
      async () => {
        const [issuer, signer] = await Promise.all([
          authority('CN=Costly', { key: 'rsa-1024' }),
          authority('CN=Costly', { key: 'rsa' }),
        ]);
        return [await certificate({ by: signer }), issuer];
      },
    ],
    [
      'with an unknown critical extension',
      'unsupported_extension',
      async () => [
        await certificate({ by: root, extensions: [new Extension('1.2.3.4', true, new Uint8Array([5, 0]))] }),
      ],
    ],
    [
      'of an authority with name constraints',
      'unsupported_extension',
      async () => {
        const issuer = await authority('CN=Constrained', {
          by: root,
          extensions: [new Extension('2.5.29.30', false, new Uint8Array([0x30, 0]))],
        });
        return [await certificate({ by: issuer }), issuer];
      },
    ],
    ['that is none', 'unreadable', () => Promise.resolve([{ ...root, der: Buffer.from([0x30, 0x82, 0, 0]) }])],
    [
      'with something behind it',
      'unreadable',
      async () => {
        const one = await certificate({ by: root });
        return [{ ...one, der: Buffer.concat([one.der, Buffer.from([0])]) }];
      },
    ],
    [
      'with an extension twice',
      'unreadable',
      async () => [
        await certificate({
          by: root,
          extensions: [1, 2].map(() => new Extension('1.2.3.4', false, new Uint8Array([5, 0]))),
        }),
      ],
    ],
  ])('is refused: one %s', async (_, reason, sent) => {
    expect(await judged(await sent())).toBe(reason);
  });

  it('is read only where an authority stands behind it', async () => {
    const parse = vi.spyOn(AsnConvert, 'parse');
    const own = await authority('CN=Own');
    const below = await authority('CN=Below', { by: own });
    const [ours, theirs] = await Promise.all([certificate({ by: root, usage: null }), certificate({ by: below })]);
    const forged = await certificate({ by: ours });
    const read = () => parse.mock.calls.filter(([, schema]) => schema === CertificateSchema).length;
    parse.mockClear();
    expect(await judged([theirs, below, own])).toBe('untrusted');
    expect(await judged([forged, ours])).toBe('not_an_authority');
    expect(read()).toBe(0);
    expect(await judged([ours])).toMatchObject({ dns: [] });
    expect(read()).toBe(1);
  });

  it('is accepted without extensions for purposes, with other purposes beside, and with other keys', async () => {
    for (const one of await Promise.all([
      certificate({ by: root, purposes: null, usage: null }),
      certificate({ by: root, purposes: [SERVER_AUTH, CLIENT_AUTH] }),
      certificate({ by: root, key: 'rsa' }),
      certificate({ by: root, key: 'ed25519' }),
      certificate({ by: root, extensions: [new Extension('1.2.3.4', false, new Uint8Array([5, 0]))] }),
    ]))
      expect(await judged([one])).toMatchObject({ dns: [] });
  });

  it('is judged once, but by the time of each request', async () => {
    const one = await certificate({ by: root });
    expect(await judged([one])).toBe(await judged([one]));
    expect(await judged([one], { now: new Date(Date.now() + 2 * 86_400_000) })).toBe('expired');
    expect(await judged([one])).toMatchObject({ dns: [] });
  });
});

describe('the authorities', () => {
  const watched: CertificateAuthorities[] = [];
  afterEach(() => {
    for (const one of watched.splice(0)) one.onModuleDestroy();
  });
  async function started(sources: PemSource[], enabled = true) {
    const config = new ConfigHolder(configured(sources, enabled));
    const authorities = new CertificateAuthorities(config);
    watched.push(authorities);
    await authorities.onModuleInit();
    return { config, authorities, by: new ClientCertificates(authorities) };
  }

  it('are those of the configuration as it is now', async () => {
    const other = await authority('CN=Other');
    const [ours, theirs] = await Promise.all([certificate({ by: root }), certificate({ by: other })]);
    const { config, by } = await started([inBase64(root)]);
    expect([await judged([ours], { by }), await judged([theirs], { by })]).toEqual([expect.any(Object), 'untrusted']);
    config.replace(configured([{ base64: Buffer.from(`a comment\n${other.cert}`).toString('base64') }]));
    expect([await judged([ours], { by }), await judged([theirs], { by })]).toEqual(['untrusted', expect.any(Object)]);
    config.replace(configured([{ base64: Buffer.from(`${other.cert}\n${root.cert}`).toString('base64') }]));
    expect([await judged([ours], { by }), await judged([theirs], { by })]).toEqual([
      expect.any(Object),
      expect.any(Object),
    ]);
  });

  it('are read again when their file changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
    const path = join(folder, 'ca.pem');
    writeFileSync(path, root.cert);
    const other = await authority('CN=Other');
    const theirs = await certificate({ by: other });
    const { by } = await started([{ path }]);
    expect(await judged([theirs], { by })).toBe('untrusted');
    writeFileSync(join(folder, 'next'), other.cert);
    renameSync(join(folder, 'next'), path);
    await vi.waitFor(async () => {
      expect(await judged([theirs], { by })).toMatchObject({ dns: [] });
    }, 20_000);
    rmSync(folder, { recursive: true });
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['no PEM', () => Promise.resolve('hello'), /no certificate in PEM/],
    [
      'a damaged one',
      () => Promise.resolve('-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----'),
      /cannot be read/,
    ],
    [
      'the certificate of a client',
      async () => (await certificate()).cert,
      /C=CH, O=Acme, CN=client: it is not the certificate of an authority/,
    ],
    ['a weak one', async () => (await authority('CN=Weak', { key: 'rsa-1024' })).cert, /too weak/],
  ])('end the start with %s, and change nothing later', async (_, text, message) => {
    const bad = [{ base64: Buffer.from(await text()).toString('base64') }];
    await expect(started(bad)).rejects.toThrow(message);
    await expect(started(bad)).rejects.toThrow(/^oauth2\.mtls\.certificate_authorities\.0: /);
    const { config, by } = await started([inBase64(root)]);
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    config.replace(configured(bad));
    expect(await judged([await certificate({ by: root })], { by })).toMatchObject({ dns: [] });
    expect(logged).toHaveBeenCalledWith(expect.stringMatching(message));
  });

  it('may stand beside those that they were before they were renewed, in whatever order', async () => {
    const ended = await authority('O=Trust, CN=Root', { keys: root.keys, to: new Date(Date.now() - 1_000) });
    const limited = await authority('O=Trust, CN=Root', { keys: root.keys, purposes: [SERVER_AUTH] });
    const one = await certificate({ by: root });
    for (const list of [
      [ended, root],
      [root, ended],
      [limited, ended, root],
    ]) {
      const { by } = await started(list.map(inBase64));
      expect(await judged([one], { by })).toMatchObject({ dns: [] });
    }
    const { by } = await started([limited, ended].map(inBase64));
    expect(await judged([one], { by })).toBe('expired');
  });

  it('may be reached over a renewed certificate of one of them', async () => {
    const ended = await authority('CN=Renewed', { by: root, to: new Date(Date.now() - 1_000) });
    const renewed = await authority('CN=Renewed', { by: root, keys: ended.keys });
    const one = await certificate({ by: renewed });
    const { by } = await started([ended, root].map(inBase64));
    expect(await judged([one], { by })).toBe('expired');
    expect(await judged([one, renewed], { by })).toMatchObject({ dns: [] });
  });

  it('are not read while mutual TLS is off', async () => {
    await expect(started([{ path: '/nowhere' }], false)).resolves.toBeDefined();
    await expect(started([{ path: '/nowhere' }])).rejects.toThrow(/\/nowhere cannot be read: there is no such file/);
  });
});
