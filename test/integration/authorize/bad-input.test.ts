import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLBACK } from '../../support/relying-party.js';
import { overBothStores } from '../../support/stores.js';
import { Stage, stopped } from './stage.js';

overBothStores('the authorization endpoint and bad input', (redis) => {
  const stage = new Stage(redis);
  const address = (over: Record<string, string | undefined> = {}, of = stage.client): string =>
    of.address({ scope: 'openid', ...over });

  describe('values with special characters', () => {
    const ATTACK = '"><script>alert(1)</script>\r\nset-cookie: evil=1\u2028</form>';

    it.each(['query', 'fragment', 'form_post'])('come back whole in a %s, as text', async (mode) => {
      const end = await stage.browser().walk(address({ response_mode: mode, state: ATTACK }));
      expect(end.parameters['state']).toBe(ATTACK);
      expect(end.text).not.toContain('<script>alert');
      expect(end.headers.getSetCookie().join()).not.toContain('evil');
    });

    it.each(['scope', 'response_type', 'audience', 'prompt', 'max_age', 'display'])(
      'stay in their parameter where %s names them in an error, or is accepted',
      async (name) => {
        const end = await stage.browser().walk(address({ [name]: ATTACK }), { until: 'login' });
        expect(['app.example', 'ui.example']).toContain(end.url?.hostname);
        for (const [key, value] of Object.entries(end.parameters)) {
          expect(['error', 'error_description', 'state', 'iss', 'login_challenge']).toContain(key);
          // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E
          expect(value).toMatch(/^[\u0020-\u007e]*$/);
          expect(value).not.toMatch(/["\\]/);
        }
        expect(end.headers.getSetCookie().join()).not.toContain('evil');
      },
    );

    it('reach the apps unchanged: login_hint, and the name of the client', async () => {
      const named = await stage.register({ client_name: ATTACK });
      const { asked } = await stopped(stage.browser(), address({ login_hint: ATTACK }, named), 'login');
      expect(asked).toMatchObject({ oidc_context: { login_hint: ATTACK }, client: { client_name: ATTACK } });
    });

    it('are shown as text on the error page', async () => {
      const end = await stage.browser().walk(address({ client_id: ATTACK, error: ATTACK }));
      expect(end.url?.origin).toBe('http://ui.example');
      const said = new URLSearchParams({ error: ATTACK, error_description: ATTACK, error_hint: ATTACK });
      const page = await stage.ask('GET', `/oauth2/fallbacks/error?${said.toString()}`);
      expect(page.status).toBe(500);
      expect(page.text).not.toContain('<script>');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    });
  });

  it('64 KiB of parameters work, more is 414, in a body 413', async () => {
    const room = 65_536 - (address({ claims: '' }).length - '/oauth2/auth?'.length);
    expect((await stage.ask('GET', address({ claims: 'x'.repeat(room) }))).status).toBe(302);
    expect((await stage.ask('GET', address({ claims: 'x'.repeat(room + 1) }))).status).toBe(414);
    const body = (length: number) => new URLSearchParams(address({ claims: 'x'.repeat(length) }).split('?')[1]);
    expect((await stage.ask('POST', '/oauth2/auth', { body: body(room) })).status).toBe(302);
    expect((await stage.ask('POST', '/oauth2/auth', { body: body(room + 1) })).status).toBe(413);
  });

  describe('a thousand garbage requests', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          '%',
          '%00',
          '%ff',
          '%zz',
          '%ed%a0%80',
          '+',
          '&&',
          '=',
          '&=&',
          ';',
          '%0d%0aset-cookie:%20a=b',
          '[]',
          '__proto__',
        ],
        ...[
          'client_id=',
          'redirect_uri=',
          'scope=openid',
          'state=a-long-state',
          'response_type=code',
          'response_mode=',
        ],
        ...['prompt=none', 'max_age=', 'request=', 'request_uri=', 'login_verifier=', 'consent_verifier=', 'form_post'],
        ...['id_token_hint=', 'audience=', 'claims=', 'nonce=', 'code_challenge=', encodeURIComponent(CALLBACK)],
      ),
      fc.string({ maxLength: 12 }).map(encodeURIComponent),
    );
    const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('&').replaceAll('=&', '='));

    it('are answered, none of them with a fault of the server', async () => {
      const browser = stage.browser();
      await fc.assert(
        fc.asyncProperty(query, fc.boolean(), fc.boolean(), async (garbage, known, posted) => {
          const start = known ? `${address()}&` : '/oauth2/auth?';
          const { status, headers } = await browser.go(start + garbage, posted ? { [garbage]: garbage } : undefined);
          expect([302, 303, 200, 400, 413, 414]).toContain(status);
          const location = headers.get('location');
          if (location !== null)
            expect(['http://ui.example', 'https://app.example']).toContain(new URL(location).origin);
          expect(headers.getSetCookie().every((line) => line.startsWith('ory_hydra_'))).toBe(true);
        }),
        { numRuns: 1000 },
      );
    });
  });
});
