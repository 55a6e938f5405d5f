/**
 * The cookies of this server: `v1.` and the value sealed under `secrets.cookie`, bound to the name of the cookie. Names,
 * Domain, Path, Secure and SameSite follow the current configuration. A cookie is deleted with the attributes it was set
 * with, because a browser ignores a deletion with another Domain or Path (RFC 6265 §5.3).
 *
 * A session cookie that Hydra made is read, too, and never written.
 */
import { Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import { open, seal, type SealedPlace } from '../../crypto/aead.js';
import type { Exchange } from './exchange.js';
import { readHydraSession } from './hydra-cookie.js';

/** A key of `serve.cookies.names`: the room that sets a cookie says which. `consent_csrf` is Hydra's, and is not set. */
export type CookieName = Exclude<keyof Configuration['serve']['cookies']['names'], 'consent_csrf'>;

type SameSite = 'lax' | 'strict' | 'none';

const VERSION = 'v1.';
/** Browsers refuse cookies beyond 4 KiB, so this server never set a longer one. */
const MAX_SEALED_CHARACTERS = 4096;

/** The name that browsers see: as in Hydra, development mode has names of its own. */
export function cookieName({ serve, dev }: Configuration, name: CookieName, suffix?: string): string {
  return [serve.cookies.names[name], ...(dev ? ['dev'] : []), ...(suffix ? [suffix] : [])].join('_');
}

@Injectable()
export class Cookies {
  constructor(private readonly config: ConfigHolder) {}

  /**
   * The plain value; undefined where the cookie is missing, altered, or sealed under a secret that is no longer configured.
   * @param suffix a suffix of the name, which distinguishes cookies of one kind
   */
  read(exchange: Exchange, name: CookieName, suffix?: string): string | undefined {
    const { cookie: header } = exchange.headers;
    if (!header) return undefined;
    const sent = parseCookie(header);
    const wireName = this.wireName(name, suffix);
    const place = placeOf(name, wireName);
    return (
      this.opened(place, sent[wireName]) ??
      this.opened(place, sent[legacyName(wireName)]) ??
      (name === 'session' ? this.hydraSession(wireName, sent[wireName], exchange.arrivedAt) : undefined)
    );
  }

  /** The Set-Cookie lines that set the value for `maxAgeSeconds`; undefined: until the browser is closed. */
  write(name: CookieName, value: string, maxAgeSeconds: number | undefined, suffix?: string): string[] {
    const place = placeOf(name, this.wireName(name, suffix));
    const sealed = seal(this.config.current.secrets.cookie, place, value).toString('base64url');
    return this.lines({ name, suffix }, `${VERSION}${sealed}`, maxAgeSeconds);
  }

  /** The Set-Cookie lines that delete the cookie. */
  clear(name: CookieName): string[] {
    return this.lines({ name }, '', 0);
  }

  /** Cookies of earlier versions are bound to their kind only. They stay valid until they expire: no store lists them. */
  private opened(place: SealedPlace, sent: string | undefined): string | undefined {
    if (!sent?.startsWith(VERSION) || sent.length > MAX_SEALED_CHARACTERS) return undefined;
    const sealed = Buffer.from(sent.slice(VERSION.length), 'base64url');
    return open(this.config.current.secrets.cookie, place, sealed, 'accept')?.toString();
  }

  private hydraSession(name: string, value: string | undefined, now: Date): string | undefined {
    if (!value || value.startsWith(VERSION)) return undefined;
    return readHydraSession({ name, value }, this.config.current.secrets, now);
  }

  private lines({ name, suffix }: { name: CookieName; suffix?: string }, value: string, maxAge?: number): string[] {
    const wireName = this.wireName(name, suffix);
    const { cookies } = this.config.current.serve;
    const attributes = {
      domain: cookies.domain,
      path: name === 'session' ? cookies.paths.session : '/',
      secure: this.secure,
      httpOnly: true,
      maxAge,
      ...(maxAge !== undefined && maxAge <= 0 && { expires: new Date(0) }),
    };
    const main = stringifySetCookie({ name: wireName, value, ...attributes, sameSite: this.sameSite });
    if (!this.hasLegacyTwin(name)) return [main];
    return [main, stringifySetCookie({ name: legacyName(wireName), value, ...attributes })];
  }

  private wireName(name: CookieName, suffix?: string): string {
    return cookieName(this.config.current, name, suffix);
  }

  /** In production cookies are always Secure. */
  private get secure(): boolean {
    const { dev, serve } = this.config.current;
    return !dev || serve.cookies.secure;
  }

  /** `None` works over https only: browsers drop such a cookie when it is not Secure. */
  private get sameSite(): SameSite {
    const { dev, serve, urls } = this.config.current;
    const mode = serve.cookies.same_site_mode ?? (dev ? 'Lax' : 'None');
    if (mode !== 'None') return mode === 'Strict' ? 'strict' : 'lax';
    return this.secure && urls.self.issuer.startsWith('https:') ? 'none' : 'lax';
  }

  /** Browsers of 2019 read `None` as `Strict`: for them the CSRF cookies are set a second time, without SameSite. */
  private hasLegacyTwin(name: CookieName): boolean {
    const workaround = this.config.current.serve.cookies.same_site_legacy_workaround;
    return workaround && name !== 'session' && this.sameSite === 'none';
  }
}

const placeOf = (name: CookieName, wireName: string): SealedPlace => ({ purpose: `cookie ${name}`, at: wireName });
const legacyName = (wireName: string): string => `${wireName}_legacy`;
