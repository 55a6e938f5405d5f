/** A person with a browser, the application that they use, and the confirmed results of both. */
import { createHash, randomBytes } from 'node:crypto';
import type { Answer } from '../ask.js';
import type { Fact } from '../ledger.js';
import type { Random } from '../random.js';
import type { Persisted, World } from '../world.js';
import { type Application, DEVICE_CODE } from './application.js';
import { Browser, BYE, CALLBACK, FlowEnded } from './browser.js';
import { TAKEOVER_KNOWN_AFTER_MS } from '../takeovers.js';
import { Session } from './sessions.js';

/** How many codes are kept for a replay. */
const SPENT_KEPT = 6;
/** How many sessions are used further; the others are only remembered. */
const IN_USE = 6;
const REPLAY_AFTER_MS = 2_500;

interface Spent {
  form: Record<string, string>;
  at: number;
  session: Session;
}

export class Person {
  /** All facts that it may end at once: the end of a consent ends all of its grants. */
  private sessions: Session[] = [];
  private readonly spent: Spent[] = [];
  private browser: Browser;
  private login: Fact | undefined;
  /** When the flow began in which the login was made. */
  private loginBegunAt = 0;
  private idToken = '';
  /** The consent is remembered, as far as the person knows. */
  private isConsentRemembered = false;

  constructor(
    private readonly world: World,
    readonly app: Application,
    readonly subject: string,
    private readonly random: Random,
  ) {
    this.browser = new Browser(world);
  }

  /** The latest sessions that have not ended. */
  get openSessions(): Session[] {
    this.sessions = this.sessions.filter(({ isOver }) => !isOver);
    return this.sessions.slice(-IN_USE);
  }

  get isLoggedIn(): boolean {
    return this.login?.standing === 'live';
  }

  /** The whole code flow, with PKCE; a browser with a login passes without a question. */
  async logIn(): Promise<void> {
    await this.flow('logins', async (startedAt) => {
      const verifier = randomBytes(32).toString('base64url');
      const callback = await this.authorize(await this.browser.go(this.address(verifier)));
      const form = { grant_type: 'authorization_code', code: parameter(callback, 'code'), redirect_uri: CALLBACK };
      await this.redeem({ ...form, code_verifier: verifier }, startedAt);
    });
  }

  /** With `prompt=none`: a live login is recognized, an ended one is not. */
  async comeAgain(): Promise<void> {
    const { login } = this;
    if (!login || login.isBusy()) return;
    const before = login.stamp;
    const { standing } = login;
    await this.flow('silent logins', async (startedAt) => {
      const verifier = randomBytes(32).toString('base64url');
      try {
        const callback = await this.authorize(await this.browser.go(`${this.address(verifier)}&prompt=none`));
        if (standing === 'ended')
          this.world.violations.add('a login that has ended does not come back', login.describe());
        const form = { grant_type: 'authorization_code', code: parameter(callback, 'code'), redirect_uri: CALLBACK };
        await this.redeem({ ...form, code_verifier: verifier }, startedAt);
      } catch (error) {
        if (!(error instanceof FlowEnded)) throw error;
        if (error.error === 'consent_required' && !this.isConsentRemembered) return;
        if (error.error !== 'login_required') throw error;
        // A login at a server whose clock was far ahead lies in the future of the others: they ask again.
        const clocks = this.world.windows
          .between(this.loginBegunAt, login.toldAt)
          .some((one) => one.startsWith('clock'));
        if (standing === 'live' && login.stamp === before && !clocks) {
          this.world.violations.add('a login that was confirmed is not lost', login.describe());
        }
        this.forgetLogin();
      }
    });
  }

  async useDevice(): Promise<void> {
    await this.flow('device logins', async (startedAt) => {
      const scope = 'openid offline_access';
      const begun = (await this.app.post('/oauth2/device/auth', { client_id: this.app.id, scope })).answer;
      const { device_code: code, user_code: user_code } = (begun?.json ?? {}) as Record<string, string>;
      if (!code) throw new FlowEnded('the device', begun);
      this.world.ledger.keepSecret(code);
      const asked = await this.browser.go('/oauth2/device/verify');
      await this.authorize(await this.browser.go((await this.browser.accept('device', asked, { user_code })).href));
      await this.redeem({ grant_type: DEVICE_CODE, device_code: code }, startedAt);
    });
  }

  /** RP-initiated logout: the login ends, and the receiver is notified. */
  async logOut(): Promise<void> {
    const { login } = this;
    if (!login || login.standing !== 'live') return;
    login.begin();
    await this.flow('logouts', async () => {
      const query = new URLSearchParams({
        id_token_hint: this.idToken,
        post_logout_redirect_uri: BYE,
        state: 'a-state',
      });
      const asked = await this.browser.go(`/oauth2/sessions/logout?${query.toString()}`);
      if (!asked.searchParams.has('logout_challenge')) throw new FlowEnded(`no question but ${asked.href}`, undefined);
      const onward = await this.browser.accept('logout', asked);
      login.doubt('its logout was asked for');
      const last = await this.browser.go(onward.href);
      if (!last.href.startsWith(BYE)) throw new FlowEnded(`the logout led to ${last.href}`, undefined);
      login.end('it was logged out');
      this.expectLogout(login);
    });
    login.done();
    if (!this.isLoggedIn) this.forgetLogin();
  }

  /** An administrator ends the login, with or without its tokens. */
  async beEnded(withTokens: boolean): Promise<void> {
    const { login, world } = this;
    if (!login || login.standing !== 'live') return;
    const grants = withTokens ? this.sessions.filter(({ login: of }) => of === login).map(({ grant }) => grant) : [];
    const path = `/oauth2/auth/sessions/login/${login.value}?revoke_tokens=${String(withTokens)}`;
    // A recent grant without a live session ends as well: it may belong to this login.
    const ended = this.sessions.filter((one) => one.login !== login && one.login?.standing !== 'live');
    if (withTokens) for (const { grant } of ended) grant.doubt('another login was ended with its tokens');
    const done = await this.endByAdministrator(path, [login, ...grants]);
    if (done) this.expectLogout(login);
    this.forgetLogin();
    world.ledger.count('logins ended by the administrator');
  }

  /** An administrator revokes the person's consent: all of its tokens end. */
  async loseConsent(): Promise<void> {
    this.isConsentRemembered = false;
    const path = `/oauth2/auth/sessions/consent?subject=${this.subject}&client=${this.app.id}`;
    await this.endByAdministrator(
      path,
      this.sessions.map(({ grant }) => grant),
    );
    this.world.ledger.count('consents revoked');
  }

  /** @returns whether the end of these facts was confirmed */
  private async endByAdministrator(path: string, facts: readonly Fact[]): Promise<boolean> {
    for (const fact of facts) {
      fact.begin();
      fact.doubt('its end was asked for at the admin listener');
    }
    const { answer, lost, refused } = await this.world.persist(() => this.world.admin('DELETE', path));
    const done = answer?.status === 204 || ((lost || refused) && answer?.status === 404);
    if (done) for (const fact of facts) fact.end('its end was confirmed at the admin listener');
    else if (answer) {
      this.world.violations.add('an administrator can end it', `${path}: ${String(answer.status)} ${answer.text}`);
    }
    for (const fact of facts) fact.done();
    return done;
  }

  /** Replays a code or device code that was redeemed some time ago. */
  async replayCode(): Promise<void> {
    const old = this.spent.find(({ at }) => Date.now() - at > REPLAY_AFTER_MS);
    if (!old) return;
    this.spent.splice(0, this.spent.indexOf(old) + 1);
    const { grant } = old.session;
    grant.begin();
    grant.doubt('its code was used again');
    const { answer } = await this.app.token(old.form);
    if (answer?.status === 200) {
      this.world.violations.add('a code works once', `${String(old.form.grant_type)}: ${grant.describe()}`);
    }
    grant.done();
    this.world.ledger.count('codes replayed');
  }

  private async redeem(form: Record<string, string>, startedAt: number): Promise<void> {
    const result = await this.app.token(form);
    const { answer } = result;
    if (answer?.status !== 200) {
      await this.notRedeemed(result, startedAt);
      return;
    }
    const code = form.code ?? form.device_code ?? '';
    if (this.world.ledger.worked(code) > 1) this.world.violations.add('a code works once', String(form.grant_type));
    const session = Session.told(this.world, this.app, answer);
    if (!session) return;
    await this.know(answer, session, startedAt);
    this.sessions.push(session);
    this.spent.push({ form, at: Date.now(), session });
    if (this.spent.length > SPENT_KEPT) this.spent.shift();
  }

  private async notRedeemed({ answer, lost, refused }: Persisted, startedAt: number): Promise<void> {
    const { ledger, violations, windows } = this.world;
    const course = `begun ${new Date(startedAt).toISOString()}, ${this.browser.course}, refused at ${String(answer?.headers['x-server'])}`;
    await this.world.pause(TAKEOVER_KNOWN_AFTER_MS);
    if (lost) ledger.count('codes lost with an answer');
    else if (windows.losesFlows(startedAt)) ledger.count('codes lost with the flow store');
    else if (answer?.status === 500) ledger.count('codes refused because of a hook');
    else {
      const rule = refused
        ? 'a 503 does not stand for a code that was redeemed'
        : 'a code that was confirmed is not lost';
      violations.add(rule, `${course}: ${String(answer?.status)} ${answer?.text.slice(0, 300) ?? ''}`);
    }
  }

  /** Checks what the ID token says about the login. */
  private async know({ json }: Answer, session: Session, startedAt: number): Promise<void> {
    const idToken = String(json.id_token);
    try {
      const { sid, sub } = await this.app.verify(idToken);
      if (sub !== this.subject)
        this.world.violations.add('tokens are those of the person', `${String(sub)} for ${this.subject}`);
      this.idToken = idToken;
      if (this.login?.value !== sid) {
        this.login = this.world.ledger.add('login', String(sid));
        this.loginBegunAt = startedAt;
      }
      session.login = this.login;
    } catch (error) {
      this.world.violations.add('an ID token verifies under a published key', String(error));
    }
  }

  private async authorize(at: URL): Promise<URL> {
    let next = at;
    if (next.searchParams.has('login_challenge')) {
      const said = { subject: this.subject, remember: true, remember_for: 0 };
      next = await this.browser.go((await this.browser.accept('login', next, said)).href);
    }
    if (next.searchParams.has('consent_challenge')) {
      const said = { grant_scope: ['openid', 'offline_access'], remember: true };
      next = await this.browser.go((await this.browser.accept('consent', next, said)).href);
      this.isConsentRemembered = true;
    }
    return next;
  }

  /** When a flow ends early because of a fault, the person starts anew. */
  private async flow(name: string, steps: (startedAt: number) => Promise<void>): Promise<void> {
    const { ledger, windows, violations } = this.world;
    const startedAt = Date.now();
    try {
      await steps(startedAt);
      ledger.count(name);
    } catch (error) {
      if (!(error instanceof FlowEnded)) throw error;
      ledger.count('flows begun anew');
      await this.world.pause(TAKEOVER_KNOWN_AFTER_MS);
      if (windows.explaining(startedAt) === undefined) {
        violations.add('a flow ends well while there is no fault', `${name}: ${error.message}`);
      }
    }
  }

  /** Clients whose consent is valid are notified: after a revocation, the login does not concern them. */
  private expectLogout(login: Fact): void {
    if (this.isConsentRemembered) this.world.ledger.dueLogouts.push({ sid: login.value, client: this.app.fact });
  }

  private forgetLogin(): void {
    this.login = undefined;
    this.browser = new Browser(this.world);
  }

  private address(verifier: string): string {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return `/oauth2/auth?${new URLSearchParams({
      ...{ client_id: this.app.id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid offline_access' },
      ...{ state: `state-${String(this.random.between(1e9, 9e9))}`, nonce: 'a-long-nonce' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    }).toString()}`;
  }
}

function parameter(url: URL, name: string): string {
  const value = url.searchParams.get(name);
  if (!value) throw new FlowEnded(`no ${name} in ${url.href}`, undefined);
  return value;
}
