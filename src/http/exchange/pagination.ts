/**
 * Keyset pagination: `page_size`, and `page_token`, a cursor sealed under `secrets.pagination` that is valid for one hour and
 * for the list that issued it. The `Link` header names the first and the next page (RFC 8288).
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { open, seal, type SealedPlace } from '../../crypto/aead.js';
import { badRequest } from '../../protocol/admin-error.js';
import { type OAuthError } from '../../protocol/oauth-error.js';
import type { Exchange } from './exchange.js';
import { FormParams } from './form-params.js';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 500;
const TOKEN_LIFE_MS = 3_600_000;

export interface Page {
  /** The rows of a page, 1 to 500. */
  size: number;
  /** The cursor: the page starts after this row. Undefined on the first page. */
  after?: string;
}

interface PageLinks {
  /** The scope given to `parse`: a token of one list is not valid for another. */
  scope: string;
  /** The path of the list, with the `/admin` prefix. */
  path: string;
  /** The query of this request; its other parameters are kept. */
  query: FormParams;
  size: number;
  /** The cursor of the first page. Default: the beginning. */
  first?: string;
  /** The cursor of the next page; undefined on the last page. */
  next?: string;
  /** Default: the current time. */
  now?: Date;
}

interface PageChoices {
  /** Makes the error for a bad size or token. Default: the administration API's bad request. */
  toError?: (hint: string) => OAuthError;
  /** Default: the time when the request arrived. */
  now?: Date;
}

interface Cursor {
  /** The expiry in milliseconds since 1970. */
  e: number;
  /** The cursor; empty at the beginning. */
  c: string;
}

@Injectable()
export class Pagination {
  constructor(private readonly config: ConfigHolder) {}

  /** The requested page. Of repeated parameters the first non-empty value counts. @throws OAuthError 400 by `toError` */
  parse(source: Exchange | FormParams, scope: string, choices: PageChoices = {}): Page {
    const query = source instanceof FormParams ? source : source.query();
    const now = choices.now ?? (source instanceof FormParams ? new Date() : source.arrivedAt);
    const { toError = badRequest } = choices;
    const size = sizeOf(query.all('page_size').find(Boolean), toError);
    const token = query.all('page_token').find(Boolean);
    if (token === undefined) return { size };
    const cursor = this.opened(scope, token, now);
    if (!cursor)
      throw toError('The page_token is not one of this list, or older than an hour: start at the first page.');
    return cursor.c === '' ? { size } : { size, after: cursor.c };
  }

  /** The value of the `Link` header: path-absolute addresses whose parameters are sorted by name. */
  linkHeader(links: PageLinks): string {
    const first = this.link(links, links.first ?? '', 'first');
    return links.next === undefined ? first : `${first},${this.link(links, links.next, 'next')}`;
  }

  private link(links: PageLinks, cursor: string, rel: string): string {
    const expiry = (links.now ?? new Date()).getTime() + TOKEN_LIFE_MS;
    const sealed = seal(
      this.config.current.secrets.pagination,
      placeOf(links.scope),
      JSON.stringify({ e: expiry, c: cursor }),
    );
    const query = new URLSearchParams(links.query.entries());
    query.set('page_size', String(links.size));
    query.set('page_token', sealed.toString('base64url'));
    query.sort();
    return `<${links.path}?${query.toString()}>; rel="${rel}"`;
  }

  private opened(scope: string, token: string, now: Date): Cursor | undefined {
    const { pagination } = this.config.current.secrets;
    const plain = open(pagination, placeOf(scope), Buffer.from(token, 'base64url'), 'accept'); // tokens of this kind expire within the hour
    if (!plain) return undefined;
    const cursor = JSON.parse(plain.toString()) as Cursor;
    return cursor.e > now.getTime() ? cursor : undefined;
  }
}

const placeOf = (scope: string): SealedPlace => ({ purpose: `page of ${scope}`, at: scope });

function sizeOf(text: string | undefined, toError: (hint: string) => OAuthError): number {
  if (text === undefined) return DEFAULT_SIZE;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw toError('page_size must be a whole number between 1 and 500.');
  const size = Number(text);
  return size <= 0 ? DEFAULT_SIZE : Math.min(size, MAX_SIZE);
}
