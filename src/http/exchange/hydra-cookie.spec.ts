import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHydraCookie } from '../../../test/support/hydra-cookie.js';
import { HYDRA_COOKIE_SECONDS, type HydraCookieSecrets, readHydraSession } from './hydra-cookie.js';

/** A cookie that Hydra 26.2 made, with its system secret. */
const MADE_BY_HYDRA = {
  name: 'ory_hydra_session_dev',
  value:
    'MTc5NTU2MTQ5NnxtTjhqWVJGV0NSc1RXalFmc0o1NTJ1WGllVWFrQjQ4YUpuTVk1d2FDRFhSVkV4azhxaUpjMTVRT3ZRbm9EU0tTcXhSUVlMbi1jTDFtelBIeHExeHdHaTVMeHBXVWhNczJ6RlNzdTd6N1YtSUNpdnpLOXNteDduRzM2bXhXbFdpYnzDmUZpF3Urajp4J5RrFn26ncGCCT_Uqxk_NZMjyNxi4g==',
};
const ISSUED_AT = new Date(1795561496_000);
const HYDRA_SECRETS = { own_cookie: [], system: ['youReallyNeedToChangeThis'] };
const SID = 'd4248a55-0a31-49a8-814c-8d2de5c41fe4';

const NOW = new Date('2030-01-01T00:00:00Z');
const NAME = 'ory_hydra_session';
const after = (seconds: number, date = NOW): Date => new Date(date.getTime() + seconds * 1000);
const secretsOf = (system: string[], own: string[] = []): HydraCookieSecrets => ({ own_cookie: own, system });
const made = (given: Partial<Parameters<typeof makeHydraCookie>[0]> = {}): string =>
  makeHydraCookie({ secret: 'system', name: NAME, values: { sid: SID }, issuedAt: NOW, ...given });
const read = (value: string, secrets = secretsOf(['system']), now = NOW, name = NAME): string | undefined =>
  readHydraSession({ name, value }, secrets, now);

describe('a session cookie of Hydra', () => {
  it('is read', () => {
    expect(readHydraSession(MADE_BY_HYDRA, HYDRA_SECRETS, ISSUED_AT)).toBe(SID);
  });

  it.each([
    ['a system secret', {}, secretsOf(['system'])],
    ['an older system secret', {}, secretsOf(['newer', 'system'])],
    ['a cookie secret', { secret: 'own', ofCookies: true }, secretsOf(['system'], ['own'])],
    ['an older cookie secret', { secret: 'own', ofCookies: true }, secretsOf(['system'], ['newer', 'own'])],
  ])('is read under %s', (_, given, secrets) => {
    expect(read(made(given), secrets)).toBe(SID);
  });

  it.each([
    ['an unknown secret', {}, secretsOf(['unknown'])],
    ['a system secret where secrets.cookie is configured, as in Hydra', {}, secretsOf(['system'], ['own'])],
    ['a system secret taken for a cookie secret', { ofCookies: true }, secretsOf(['system'])],
    ['a cookie secret taken for a system secret', {}, secretsOf(['other'], ['system'])],
    ['no secret', {}, secretsOf([])],
  ])('belongs to nobody under %s', (_, given, secrets) => {
    expect(read(made(given), secrets)).toBeUndefined();
  });

  it('is bound to its name', () => {
    expect(read(made({ name: `${NAME}_dev` }))).toBeUndefined();
    expect(read(made(), secretsOf(['system']), NOW, 'ory_hydra_login_csrf')).toBeUndefined();
  });

  it('is good for 400 days after its date', () => {
    expect(read(made(), undefined, after(HYDRA_COOKIE_SECONDS - 1))).toBe(SID);
    expect(read(made(), undefined, after(HYDRA_COOKIE_SECONDS))).toBeUndefined();
  });

  it('may bear the date of a server whose clock is five minutes ahead', () => {
    expect(read(made(), undefined, after(-300))).toBe(SID);
    expect(read(made(), undefined, after(-301))).toBeUndefined();
  });

  it.each([
    ['of a browser that has logged out', { sid: '' }],
    ['without sid', { csrf: 'x' }],
    ['with an id that is none', { sid: 'everybody' }],
    ['without values', {}],
  ])('belongs to nobody %s', (_, values) => {
    expect(read(made({ values }))).toBeUndefined();
  });

  it('is read with a separator in its MAC', () => {
    let value = made();
    while (!Buffer.from(value, 'base64url').subarray(-32).includes('|')) value = made();
    expect(read(value)).toBe(SID);
  });

  it('belongs to nobody once a byte of it was altered', () => {
    const bytes = Buffer.from(made(), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(read(altered.toString('base64url'))).toBeUndefined();
    }
  });

  it.each([
    ['nothing', ''],
    ['a text', 'everybody'],
    ['two parts', Buffer.from('1|2').toString('base64url')],
    ['separators alone', Buffer.from('||||||').toString('base64url')],
    ['a cookie of this server', `v1.${made()}`],
    ['characters between those of base64url', made().replace(/^(.{40})/, '$1 ')],
    ['standard base64', `${made()}+/`],
    ['a value longer than 4096 characters', made({ values: { sid: SID, more: 'x'.repeat(3000) } })],
    ['a date that is no number', Buffer.from(`1e9|AAAA|${'x'.repeat(32)}`).toString('base64url')],
  ])('is not read from %s', (_, value) => {
    expect(read(value)).toBeUndefined();
  });

  it('never makes the reader throw', () => {
    const text = fc.string({ maxLength: 200 });
    const parts = fc.tuple(fc.nat(), text, text).map((some) => Buffer.from(some.join('|')).toString('base64url'));
    fc.assert(fc.property(fc.oneof(text, parts), (value) => read(value) === undefined));
  });
});
