/** The frame of every page: language, landmarks, the stylesheet, and headers that allow nothing else. */
import { createHash } from 'node:crypto';
import { html, trusted } from './html.mjs';
import { style } from './style.mjs';

const styleHash = createHash('sha256').update(style).digest('base64');

/** Without a character between the tags that is not in the hash. */
const styleElement = trusted(`<style>${style}</style>`);

const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer', // addresses carry challenges and codes
  'Cache-Control': 'no-store',
};

const door = html`<svg width="20" height="24" viewBox="0 0 20 24" fill="none" aria-hidden="true">
  <path d="M2 23V9a8 8 0 0 1 16 0v14z" stroke="currentColor" stroke-width="2" stroke-linejoin="round" />
  <circle cx="13.5" cy="14" r="1.5" fill="currentColor" />
</svg>`;

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 24 24"><path d="M2 23V9a8 8 0 0 1 16 0v14z" fill="#2b4a8b"/><circle cx="13.5" cy="14" r="1.5" fill="#fff"/></svg>',
  );

/**
 * Answers with a page. `goOn` is an address that the browser opens at once (with a link for those who switched that off).
 * @param {import('express').Response} response
 */
export function sendPage(response, { status = 200, site, title, body, wide = false, goOn }) {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${site.name}</title>
        <link rel="icon" href="${icon}" />
        ${goOn && html`<meta http-equiv="refresh" content="0; url=${goOn}" />`} ${styleElement}
      </head>
      <body ${wide && html`class="wide"`}>
        <header>
          <span>${door} ${site.name}</span>
        </header>
        <main>${body}</main>
        <footer>${site.footer}</footer>
      </body>
    </html>`;
  response.status(status).set(HEADERS).type('html').send(document.text);
}

/**
 * Leaves for another site after a form was sent. Not by a redirect: `form-action 'self'` covers the redirects that follow
 * a form too, in Chromium, and the way back to an application crosses several sites.
 */
export function sendOnward(response, { site, url, to }) {
  const body = html`<section class="card">
    <h1>One moment</h1>
    <p>You are on your way to ${to}. <a href="${url}">Go on</a> if nothing happens.</p>
  </section>`;
  sendPage(response, { site, title: 'One moment', body, goOn: url });
}
