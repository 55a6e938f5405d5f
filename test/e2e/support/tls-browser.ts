import { askTls } from '../../support/ask-tls.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import type { Answer } from '../../support/send.js';
import type { HttpsSite } from './https-site.js';

/** A browser that trusts the certificate of the site. */
export class TlsBrowser extends CookieBrowser {
  constructor(private readonly site: HttpsSite) {
    super(site.server);
  }

  override async go(address: string): Promise<Answer> {
    const { href } = new URL(address, this.site.issuer);
    const { headers: sent, ...rest } = await askTls(href, { ca: this.site.ca, headers: { cookie: this.cookie } });
    const headers = new Headers();
    for (const [name, value] of Object.entries(sent)) {
      for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
    }
    const answer = { ...rest, headers };
    this.keep(answer);
    return answer;
  }
}
