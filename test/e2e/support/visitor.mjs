/**
 * A person with a browser for pages without scripts: cookies, redirects, and the first form of a page. Cookies do not
 * depend on ports, like in real browsers.
 */
const MOST_STEPS = 20;

export class Visitor {
  #cookies = new Map();
  #elsewhere;

  /** @param elsewhere an address without a server: a redirect to it ends the walk, with that address as the page. */
  constructor(elsewhere) {
    this.#elsewhere = elsewhere;
  }

  open(url) {
    return this.#walk(new URL(url), { method: 'GET' });
  }

  /** Sends the form of a page with these values; `undefined` omits a field (an unchecked box). */
  submit(page, fields = {}) {
    const form = /<form[^>]*>/.exec(page.html);
    if (!form) throw new Error(`There is no form at ${page.url.href}: ${textOf(page.html)}`);
    const body = new URLSearchParams();
    const prefilled = prefilledFields(page.html).filter(([name]) => !(name in fields));
    for (const [name, value] of prefilled) body.append(name, value);
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values ?? []].flat()) body.append(name, value);
    }
    return this.#walk(new URL(attribute(form[0], 'action') ?? '', page.url), { method: 'POST', body });
  }

  async #walk(url, request) {
    let [target, init] = [url, request];
    for (let step = 0; step < MOST_STEPS; step++) {
      if (target.href.startsWith(this.#elsewhere))
        return { url: target, status: 0, html: '', headers: new globalThis.Headers() };
      const response = await fetch(target, { ...init, redirect: 'manual', headers: { cookie: this.#cookieHeader() } });
      this.#remember(response.headers.getSetCookie());
      const html = await response.text();
      const next = response.headers.get('location') ?? refresh(html);
      if (next === undefined) return { url: target, status: response.status, html, headers: response.headers };
      [target, init] = [new URL(next, target), { method: 'GET' }];
    }
    throw new Error(`More than ${MOST_STEPS} redirects, the last one to ${target.href}`);
  }

  #cookieHeader() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #remember(lines) {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name = '', ...value] = pair.split('=');
      if (attributes.some(isOver)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join('='));
    }
  }
}

/** The text that a person reads. */
export const textOf = (html) =>
  unescape(html.replace(/<(style|script)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');

function isOver(text) {
  const [name = '', value = ''] = text.split('=');
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
  return name.toLowerCase() === 'expires' && new Date(value) <= new Date();
}

function refresh(html) {
  const [, url] = /<meta http-equiv="refresh" content="0; url=([^"]*)"/.exec(html) ?? [];
  return url === undefined ? undefined : unescape(url);
}

function prefilledFields(html) {
  return [...html.matchAll(/<input[^>]*>/g)].flatMap(([tag]) => {
    const name = attribute(tag, 'name');
    const box = attribute(tag, 'type') === 'checkbox';
    if (name === undefined || (box && !/\schecked\b/.test(tag))) return [];
    return [[name, attribute(tag, 'value') ?? '']];
  });
}

function attribute(tag, name) {
  const [, value] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? [];
  return value === undefined ? undefined : unescape(value);
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] ?? '');
