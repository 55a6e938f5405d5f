/** A client's use of the tokens of one authorization, and its conclusions. */
import type { Answer } from '../ask.js';
import type { Fact } from '../ledger.js';
import type { Persisted, World } from '../world.js';
import type { Application } from './application.js';

/** A used credential that is presented again after this time is a replay, not a race. */
const REPLAY_AFTER_MS = 2_500;

export class Session {
  /** Its used refresh tokens, oldest first, with the time of use. */
  private readonly used: { token: string; at: number }[] = [];
  /** The login that it belongs to. */
  login: Fact | undefined;

  private constructor(
    private readonly world: World,
    readonly app: Application,
    readonly grant: Fact,
    private access: Fact,
    private refreshToken: Fact,
  ) {}

  /** The response of the token endpoint. */
  static told(world: World, app: Application, answer: Answer): Session | undefined {
    const { access_token: access, refresh_token: refresh } = answer.json;
    if (typeof access !== 'string' || typeof refresh !== 'string') {
      world.violations.add('an answer holds the tokens that were asked for', answer.text.slice(0, 200));
      return undefined;
    }
    const { ledger } = world;
    const grant = ledger.add('grant', refresh.slice(-16), [app.fact]);
    const facts = [ledger.add('access token', access, [grant]), ledger.add('refresh token', refresh, [grant])] as const;
    ledger.count('tokens told', 2);
    return new Session(world, app, grant, ...facts);
  }

  get accessToken(): Fact {
    return this.access;
  }

  get isOver(): boolean {
    return this.refreshToken.standing === 'ended';
  }

  async refresh(): Promise<void> {
    const token = this.refreshToken.value;
    const before = this.refreshToken.standing;
    this.grant.begin();
    const result = await this.app.token({ grant_type: 'refresh_token', refresh_token: token });
    if (result.answer?.status === 200) this.rotated(result.answer, token);
    else if (result.answer?.status === 400) this.refused(result, before);
    else if (result.answer?.status !== 500) this.unexpected('refresh', result);
    this.grant.done();
  }

  /** RFC 7009: revoking either token ends its grant. */
  async revoke(byRefreshToken: boolean): Promise<void> {
    this.grant.begin();
    this.grant.doubt('its revocation was asked for');
    const token = byRefreshToken ? this.refreshToken.value : this.access.value;
    const result = await this.app.post('/oauth2/revoke', { token });
    if (result.answer?.status === 200) this.grant.end('its revocation was answered with 200');
    else this.unexpected('revocation', result);
    this.grant.done();
    this.world.ledger.count('revocations');
  }

  /** A refresh token that was used long ago is used again: it is refused, and the whole grant ends. */
  async replay(): Promise<void> {
    const old = this.used.at(-2);
    if (!old || Date.now() - old.at < REPLAY_AFTER_MS) return;
    this.grant.begin();
    this.grant.doubt('an old refresh token of it was used again');
    const result = await this.app.token({ grant_type: 'refresh_token', refresh_token: old.token });
    if (result.answer?.status === 200) {
      this.world.violations.add('a used refresh token does not work again', this.refreshToken.describe());
    } else if (result.answer?.status === 400) this.grant.end('an old refresh token of it was used again, and refused');
    else if (result.answer?.status !== 500) this.unexpected('replay', result);
    this.grant.done();
    this.world.ledger.count('replays');
  }

  private rotated(answer: Answer, token: string): void {
    const { world, grant } = this;
    if (world.ledger.worked(token) > 1 && world.place.rotation === 'strict') {
      world.violations.add('a refresh token works once', this.refreshToken.describe());
    }
    const { access_token: access, refresh_token: next } = answer.json as Record<string, string>;
    if (world.place.rotation === 'strict') this.refreshToken.end('it was rotated');
    else this.refreshToken.unheed();
    this.access.end('the refresh token that came with it was rotated');
    this.used.push({ token, at: Date.now() });
    this.access = world.ledger.add('access token', access ?? '', [grant]);
    this.refreshToken = world.ledger.add('refresh token', next ?? '', [grant]);
    world.ledger.count('tokens told', 2);
    world.ledger.count('refreshes');
  }

  private refused({ answer, lost, refused }: Persisted, before: string): void {
    const { ledger, violations, place } = this.world;
    const evidence = `${answer?.text.slice(0, 300) ?? ''}; ${this.refreshToken.describe()}`;
    if (before === 'live') {
      if (lost && place.rotation === 'strict') ledger.count('strict: sessions lost with an answer');
      else if (lost) violations.add('with grace no session is lost with an answer', evidence);
      else if (refused) violations.add('a 503 does not stand for a refresh that was done', evidence);
      else this.world.lost(this.refreshToken, evidence);
    }
    this.refreshToken.end('it was refused');
    this.grant.doubt('its refresh token was refused');
  }

  private unexpected(what: string, { answer }: Persisted): void {
    if (!answer || this.grant.standing !== 'live') return;
    this.world.violations.add(
      `a ${what} is answered as the RFC says`,
      `${String(answer.status)} ${answer.text.slice(0, 300)}`,
    );
  }
}
