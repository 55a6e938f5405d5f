/**
 * Our cookies: `v1.` and the value sealed under `secrets.cookie`, its name bound to it. Names, Domain, Path, Secure and
 * SameSite follow the configuration in force; a cookie is taken away with the attributes it was set with, for a browser
 * ignores a deletion that names another Domain or Path (RFC 6265 §5.3).
 */
import { Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import { ConfigHolder } from '../config/config-holder.js';
import { open, seal } from '../crypto/aead.js';
import type { Exchange } from './exchange.js';

/** `login_csrf` holds the browser id, which serves login and consent alike. */
export type CookieName = 'session' | 'login_csrf' | 'device_csrf';

type SameSite = 'lax' | 'strict' | 'none';

const VERSION = 'v1.';
/** Browsers refuse cookies beyond 4 KiB; what does not fit was never ours. */
const MAX_SEALED_CHARACTERS = 4096;

@Injectable()
export class Cookies {
  constructor(private readonly config: ConfigHolder) {}

  /**
   * The plain value; undefined where the cookie is missing, altered, or sealed under a secret that is gone.
   * @param suffix tells cookies of one kind apart: it ends the name
   */
  read(exchange: Exchange, name: CookieName, suffix?: string): string | undefined {
    const { cookie: header } = exchange.headers;
    if (!header) return undefined;
    const sent = parseCookie(header);
    const wireName = this.wireName(name, suffix);
    return this.opened(name, sent[wireName]) ?? this.opened(name, sent[legacyName(wireName)]);
  }

  /** The Set-Cookie lines that give the browser the value for `maxAgeSeconds`. */
  write(name: CookieName, value: string, maxAgeSeconds: number, suffix?: string): string[] {
    const sealed = seal(this.config.current.secrets.cookie, purpose(name), value).toString('base64url');
    return this.lines({ name, suffix }, `${VERSION}${sealed}`, maxAgeSeconds);
  }

  /** The Set-Cookie lines that take the cookie away. */
  clear(name: CookieName): string[] {
    return this.lines({ name }, '', 0);
  }

  private opened(name: CookieName, sent: string | undefined): string | undefined {
    if (!sent?.startsWith(VERSION) || sent.length > MAX_SEALED_CHARACTERS) return undefined;
    const sealed = Buffer.from(sent.slice(VERSION.length), 'base64url');
    return open(this.config.current.secrets.cookie, purpose(name), sealed)?.toString();
  }

  private lines({ name, suffix }: { name: CookieName; suffix?: string }, value: string, maxAge: number): string[] {
    const wireName = this.wireName(name, suffix);
    const { cookies } = this.config.current.serve;
    const attributes = {
      domain: cookies.domain,
      path: name === 'session' ? cookies.paths.session : '/',
      secure: this.secure,
      httpOnly: true,
      maxAge,
      ...(maxAge <= 0 && { expires: new Date(0) }),
    };
    const main = stringifySetCookie({ name: wireName, value, ...attributes, sameSite: this.sameSite });
    if (!this.hasLegacyTwin(name)) return [main];
    return [main, stringifySetCookie({ name: legacyName(wireName), value, ...attributes })];
  }

  private wireName(name: CookieName, suffix?: string): string {
    const { serve, dev } = this.config.current;
    return [serve.cookies.names[name], ...(dev ? ['dev'] : []), ...(suffix ? [suffix] : [])].join('_');
  }

  /** Production is always Secure. */
  private get secure(): boolean {
    const { dev, serve } = this.config.current;
    return !dev || serve.cookies.secure;
  }

  /** `None` works over https only: browsers drop such a cookie that is not Secure. */
  private get sameSite(): SameSite {
    const { dev, serve, urls } = this.config.current;
    const mode = serve.cookies.same_site_mode ?? (dev ? 'Lax' : 'None');
    if (mode !== 'None') return mode === 'Strict' ? 'strict' : 'lax';
    return this.secure && urls.self.issuer.startsWith('https:') ? 'none' : 'lax';
  }

  /** Browsers of 2019 read `None` as `Strict`: for them the CSRF cookies are set a second time without SameSite. */
  private hasLegacyTwin(name: CookieName): boolean {
    const workaround = this.config.current.serve.cookies.same_site_legacy_workaround;
    return workaround && name !== 'session' && this.sameSite === 'none';
  }
}

const purpose = (name: CookieName): string => `cookie ${name}`;
const legacyName = (wireName: string): string => `${wireName}_legacy`;
