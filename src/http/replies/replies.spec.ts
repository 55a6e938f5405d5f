import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy.js';
import { escapeHtml, page } from './page.js';
import { htmlReply, jsonReply, noStore, redirectReply } from './replies.js';

describe('a JSON reply', () => {
  it('ends in a line feed and keeps the digits of large integers', () => {
    expect(jsonReply(200, { n: 12345678901234567890n })).toMatchObject({ body: '{"n":12345678901234567890}\n' });
  });

  it('may be kept by no cache', () => {
    expect(noStore(jsonReply(200, {})).headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });
});

describe('a redirect', () => {
  it('cannot be broken into further headers', () => {
    const { headers } = redirectReply(302, 'https://app.example/cb?state=a\r\nset-cookie: x=1&n=\u0000&u=ä\ud800 ');
    expect(headers['location']).toMatch(/^[\u0021-\u007e]+$/);
    expect(headers['location']).toContain('%0D%0Aset-cookie:%20x=1');
    expect(headers['location']).toContain('u=%C3%A4');
  });

  it('keeps a well-formed address unchanged', () => {
    const address = "https://app.example/cb?a=1&b=%20%C3%A4+'(~)#f";
    expect(redirectReply(303, address, { cookies: ['a=1', 'b=2'] })).toEqual({
      status: 303,
      headers: { location: address, 'set-cookie': ['a=1', 'b=2'] },
    });
  });
});

describe('a page', () => {
  it('escapes its title, and the texts that pass through escapeHtml', () => {
    const html = page({ title: '<script>', body: `<p title="${escapeHtml('"><script>\'`&')}">x</p>`, lang: '"x' });
    expect(html).not.toContain('<script>');
    expect(html).toContain('title="&quot;&gt;&lt;script&gt;&#39;&#96;&amp;"');
    expect(html).toContain('lang="&quot;x"');
  });

  it('may load nothing, be framed by nobody, and send its forms nowhere', () => {
    const policy = htmlReply(200, '').headers['content-security-policy'];
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain('script-src');
  });

  it('carries the other security headers of browsers', () => {
    expect(htmlReply(200, '').headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
  });
});

describe('a Content-Security-Policy', () => {
  it('allows the scripts, frames and form targets that a page names', () => {
    const policy = contentSecurityPolicy({ scripts: ['go()'], frames: ['https://a.example'], formAction: ["'self'"] });
    expect(policy).toMatch(/script-src 'sha256-[A-Za-z0-9+/]{43}='/);
    expect(policy).toContain('frame-src https://a.example');
    expect(policy).toContain("form-action 'self'");
  });

  it('cannot be widened by a source that holds a separator', () => {
    const policy = contentSecurityPolicy({ frames: ['https://a.example; script-src *', 'https://b.example,c'] });
    expect(policy).not.toContain('script-src');
    expect(policy).toContain("frame-src 'none'");
  });

  it('leaves the target of a form open where the page says so', () => {
    expect(contentSecurityPolicy({ formAction: 'any' })).not.toContain('form-action');
  });
});
