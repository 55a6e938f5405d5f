import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { unboundValue } from '../../../test/support/unbound-value.js';
import { Cookies } from './cookies.js';
import type { Exchange } from './exchange.js';

interface Choice {
  dev?: boolean;
  issuer?: string;
  secrets?: string[];
  cookies?: Partial<Configuration['serve']['cookies']>;
}

function cookies({
  dev = false,
  issuer = 'https://issuer.example',
  secrets = ['cookie secret'],
  ...choice
}: Choice = {}): Cookies {
  const configuration = {
    dev,
    secrets: { cookie: secrets },
    urls: { self: { issuer } },
    serve: {
      cookies: {
        same_site_legacy_workaround: false,
        secure: false,
        names: { session: 'ses', login_csrf: 'login', consent_csrf: 'consent', device_csrf: 'device' },
        paths: { session: '/' },
        ...choice.cookies,
      },
    },
  };
  return new Cookies(new ConfigHolder(configuration as unknown as Configuration));
}

const sent = (...lines: string[]) =>
  ({ headers: { cookie: lines.map((line) => line.split(';', 1)[0]).join('; ') } }) as unknown as Exchange;
const attributes = (line = '') => line.split('; ').slice(1).sort();

describe('the value of a cookie', () => {
  it('is sealed, and read back', () => {
    const jar = cookies();
    const lines = jar.write('session', 'the session id', 60);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ses=v1\.[A-Za-z0-9_-]+;/);
    expect(jar.read(sent('other=1', ...lines), 'session')).toBe('the session id');
  });

  it('is bound to its name and to the suffix of the name', () => {
    const jar = cookies();
    const [line = ''] = jar.write('login_csrf', 'x', 60, 'one');
    expect(jar.read(sent(line), 'login_csrf', 'one')).toBe('x');
    expect(jar.read(sent(line.replace('login_one=', 'login_two=')), 'login_csrf', 'two')).toBeUndefined();
    expect(jar.read(sent(line.replace('login_one=', 'login=')), 'login_csrf')).toBeUndefined();
  });

  it('is read where an earlier version bound it to its kind only', () => {
    const old = `ses=v1.${unboundValue('cookie secret', 'cookie session', 'an old login').toString('base64url')}`;
    expect(cookies().read(sent(old), 'session')).toBe('an old login');
    expect(cookies().read(sent(old.replace('ses=', 'login=')), 'login_csrf')).toBeUndefined();
  });

  it('is unreadable when missing, altered, of another kind or under another secret', () => {
    const jar = cookies();
    const [line = ''] = jar.write('session', 'x', 60);
    expect(jar.read({ headers: {} } as Exchange, 'session')).toBeUndefined();
    expect(jar.read(sent('ses='), 'session')).toBeUndefined();
    expect(jar.read(sent('ses=v1.'), 'session')).toBeUndefined();
    expect(jar.read(sent('ses=v1.AAAA'), 'session')).toBeUndefined();
    expect(jar.read(sent(line.replace('v1.', 'v1.A')), 'session')).toBeUndefined();
    expect(jar.read(sent(line.replace('ses=', 'login=')), 'login_csrf')).toBeUndefined();
    expect(cookies({ secrets: ['another'] }).read(sent(line), 'session')).toBeUndefined();
  });

  it('is distinguished from others of its kind by a suffix of the name', () => {
    const jar = cookies({ dev: true });
    const lines = [...jar.write('login_csrf', 'one', 60, 'a1'), ...jar.write('login_csrf', 'two', 60)];
    expect(lines.map((line) => line.split('=', 1)[0])).toEqual(['login_dev_a1', 'login_dev']);
    expect(jar.read(sent(...lines), 'login_csrf', 'a1')).toBe('one');
    expect(jar.read(sent(...lines), 'login_csrf')).toBe('two');
    expect(jar.read(sent(...lines), 'login_csrf', 'b2')).toBeUndefined();
  });

  it('survives a rotation of the secrets', () => {
    const [line = ''] = cookies({ secrets: ['old'] }).write('session', 'x', 60);
    expect(cookies({ secrets: ['new', 'old'] }).read(sent(line), 'session')).toBe('x');
  });
});

describe('the attributes of a cookie', () => {
  const base = { dev: false, issuer: 'https://issuer.example' };
  const http = { ...base, issuer: 'http://127.0.0.1:4444' };

  it.each([
    ['production', base, ['Secure', 'SameSite=None']],
    ['production, Strict', { ...base, cookies: { same_site_mode: 'Strict' as const } }, ['Secure', 'SameSite=Strict']],
    ['production, Lax', { ...base, cookies: { same_site_mode: 'Lax' as const } }, ['Secure', 'SameSite=Lax']],
    ['production, issuer without TLS', http, ['Secure', 'SameSite=Lax']],
    ['development', { ...http, dev: true }, ['SameSite=Lax']],
    ['development, Secure', { ...http, dev: true, cookies: { secure: true } }, ['Secure', 'SameSite=Lax']],
    [
      'development, None over http',
      { ...http, dev: true, cookies: { same_site_mode: 'None' as const } },
      ['SameSite=Lax'],
    ],
    [
      'development, None over https',
      { ...base, dev: true, cookies: { same_site_mode: 'None' as const, secure: true } },
      ['Secure', 'SameSite=None'],
    ],
    [
      'development, None but not Secure',
      { ...base, dev: true, cookies: { same_site_mode: 'None' as const } },
      ['SameSite=Lax'],
    ],
  ])('in %s', (_, choice, expected) => {
    const [line] = cookies(choice).write('login_csrf', 'x', 60);
    expect(attributes(line)).toEqual(['HttpOnly', 'Max-Age=60', 'Path=/', ...expected].sort());
  });

  it('have the configured domain, the path of the session, and the suffix of development mode', () => {
    const jar = cookies({ dev: true, cookies: { domain: 'example.com', paths: { session: '/oauth2' } } });
    const [session = ''] = jar.write('session', 'x', 60);
    expect(session).toMatch(/^ses_dev=/);
    expect(attributes(session)).toEqual(expect.arrayContaining(['Domain=example.com', 'Path=/oauth2']));
    expect(attributes(jar.write('device_csrf', 'x', 60)[0])).toContain('Path=/');
  });

  it('are the same in the deletion, so that the browser finds the cookie', () => {
    const jar = cookies({ cookies: { domain: 'example.com', paths: { session: '/oauth2' } } });
    const timeless = (line = '') => attributes(line).filter((one) => !/^(Max-Age|Expires)/.test(one));
    const [gone = ''] = jar.clear('session');
    expect(timeless(gone)).toEqual(timeless(jar.write('session', 'x', 60)[0]));
    expect(gone).toMatch(/^ses=;/);
    expect(attributes(gone)).toEqual(expect.arrayContaining(['Max-Age=0', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']));
  });
});

describe('the workaround for old browsers', () => {
  const old = { cookies: { same_site_legacy_workaround: true } };

  it('sets CSRF cookies a second time without SameSite, and reads that copy where the other is missing', () => {
    const jar = cookies(old);
    const [main = '', legacy = ''] = jar.write('login_csrf', 'x', 60);
    expect(main).toContain('SameSite=None');
    expect(legacy).toMatch(/^login_legacy=v1\./);
    expect(legacy).not.toContain('SameSite');
    expect(jar.read(sent(legacy), 'login_csrf')).toBe('x');
    expect(jar.clear('login_csrf')).toHaveLength(2);
  });

  it('leaves the session cookie alone, and does nothing unless SameSite is None', () => {
    expect(cookies(old).write('session', 'x', 60)).toHaveLength(1);
    const lax = cookies({ cookies: { ...old.cookies, same_site_mode: 'Lax' } });
    expect(lax.write('login_csrf', 'x', 60)).toHaveLength(1);
  });
});
