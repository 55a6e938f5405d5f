import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../config/configuration.js';
import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { responseModes, writerOf } from './index.js';

const INJECTION = '"><script>alert(1)</script>\r\nset-cookie: a=b&\u2028#';

const location = (mode: ResponseMode, uri: string, parameters: Record<string, string>): string =>
  String(writerOf(mode).write(uri, parameters).headers.location);

describe('the list of response modes', () => {
  const listed = (enabled: boolean) => responseModes({ oauth2: { jarm: { enabled } } } as unknown as Configuration);

  it('is the one that discovery publishes', () => {
    expect(listed(false)).toEqual(['query', 'fragment', 'form_post']);
  });

  it('has those of JARM at its end where that is enabled', () => {
    expect(listed(true)).toEqual([...listed(false), 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']);
  });

  it('sends a JWT in the way of the plain mode', () => {
    for (const mode of ['query', 'fragment', 'form_post'] as const) {
      const [plain, jwt] = [writerOf(mode), writerOf(`${mode}.jwt`)];
      expect([plain.isJwt, jwt.isJwt]).toEqual([undefined, true]);
      expect(jwt.write('https://a/cb', { response: 'J' })).toEqual(plain.write('https://a/cb', { response: 'J' }));
    }
  });
});

describe('query', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example/cb?code=c%20d&state='],
    ['https://app.example/cb?x=1&y', 'https://app.example/cb?x=1&y&code=c%20d&state='],
    ['https://app.example/cb?', 'https://app.example/cb?code=c%20d&state='],
    ['https://app.example/cb?a=%7E+b', 'https://app.example/cb?a=%7E+b&code=c%20d&state='],
    ['com.example.app:/oauth', 'com.example.app:/oauth?code=c%20d&state='],
    ['myapp://callback/path', 'myapp://callback/path?code=c%20d&state='],
    ['http://[::1]:4300', 'http://[::1]:4300?code=c%20d&state='],
  ])('appends to the query of %s', (uri, expected) => {
    expect(location('query', uri, { code: 'c d', state: '' })).toBe(expected);
  });

  it('replaces parameters of the redirect URI that have the name of a response parameter', () => {
    expect(location('query', 'https://a/cb?code=old&c%6Fde=old&x=1&state', { code: 'new', state: 's' })).toBe(
      'https://a/cb?x=1&code=new&state=s',
    );
  });

  it('redirects with 303, so that a browser that posted asks with GET', () => {
    expect(writerOf('query').write('https://a/cb', {}).status).toBe(303);
  });
});

describe('fragment', () => {
  it('appends after the hash sign, with the query of the redirect URI unchanged', () => {
    expect(location('fragment', 'https://a/cb?x=1', { access_token: 't', scope: 'a b' })).toBe(
      'https://a/cb?x=1#access_token=t&scope=a%20b',
    );
  });
});

describe('values with special characters', () => {
  it.each(['query', 'fragment'] as const)('stay one parameter in a %s', (mode) => {
    const url = new URL(location(mode, 'https://a/cb', { error: 'e', state: INJECTION }));
    expect(url.origin + url.pathname).toBe('https://a/cb');
    const parameters = new URLSearchParams(mode === 'query' ? url.search : url.hash.slice(1));
    expect([...parameters]).toEqual([
      ['error', 'e'],
      ['state', INJECTION],
    ]);
    expect(location(mode, 'https://a/cb', { state: INJECTION })).toMatch(/^[\u0021-\u007e]+$/);
  });

  it('stay one attribute in a form', () => {
    const { body } = writerOf('form_post').write(`https://a/cb?x='"><b>`, { state: INJECTION });
    const html = String(body);
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<b>');
    expect(html.match(/<input\b/g)).toHaveLength(1);
    expect(html).toContain('action="https://a/cb?x=&#39;&quot;&gt;&lt;b&gt;"');
  });
});

describe('form_post', () => {
  const reply = writerOf('form_post').write('https://a/cb', { code: 'c', state: 's' });
  const html = String(reply.body);
  const policy = String(reply.headers['content-security-policy']);

  it('is a page with a form that submits the parameters', () => {
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/html/);
    expect(html).toContain('<form method="post" action="https://a/cb">');
    expect(html).toContain('<input type="hidden" name="code" value="c">');
    expect(html).toContain('<input type="hidden" name="state" value="s">');
  });

  it('runs its own script and no other', () => {
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
    expect(script).toContain('submit()');
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
  });

  it('may be sent anywhere, because the target may redirect', () => {
    expect(policy).not.toContain('form-action');
  });

  it('may be framed, because apps renew silently in a hidden frame', () => {
    expect(policy).not.toContain('frame-ancestors');
    expect(reply.headers).not.toHaveProperty('x-frame-options');
  });

  it('has a button for browsers without scripts', () => {
    expect(html).toMatch(/<noscript>.*<button type="submit">.*<\/noscript>/s);
  });

  it('keeps the opener, so that an app can reach the window that it opened', () => {
    expect(reply.headers['cross-origin-opener-policy']).toBe('unsafe-none');
  });
});
