/** Lists in pages: their flags, and the token of the next page, which comes in the Link header (RFC 8288). */
import { type Command, InvalidArgumentError } from 'commander';
import { CommandFailed } from '../command-failed.js';
import type { Listing } from '../output/format.js';
import type { Api, Reply } from './api.js';
import { flagsOf } from './remote.js';

interface PageFlags {
  pageSize?: number;
  pageToken?: string;
}

export interface Page<Item> {
  items: Item[];
  /** JSON and footer in the form that Hydra prints. */
  listing: Pick<Listing, 'value' | 'footer'>;
}

const PAGE_SIZE = 100;

export function withPages(command: Command): Command {
  return command
    .option('--page-size <number>', `how many items at most (default: ${PAGE_SIZE})`, positiveNumber)
    .option('--page-token <token>', 'where to go on: the token that the page before printed');
}

export function pageQuery(command: Command): Record<string, string | undefined> {
  const { pageSize = PAGE_SIZE, pageToken = '' } = flagsOf<PageFlags>(command);
  return { page_size: String(pageSize), page_token: pageToken || undefined };
}

/** @throws CommandFailed where the response is not a list */
export function pageOf<Item>({ body, headers }: Reply): Page<Item> {
  if (!Array.isArray(body)) throw new CommandFailed('The answer is no list: is this the address of the admin API?');
  const token = nextToken(String(headers.link ?? ''));
  const items = body as Item[];
  return {
    items,
    listing: {
      value: { items, next_page_token: token, is_last_page: token === '' },
      footer: [
        ['NEXT PAGE TOKEN', token],
        ['IS LAST PAGE', String(token === '')],
      ],
    },
  };
}

/** The items of all pages. @throws CommandFailed where a response is not a list */
export async function allPages<Item>(
  api: Api,
  path: string,
  query: Record<string, string | undefined>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const reply = await api.call('GET', path, { query: { ...query, page_size: '500', page_token: token } });
    all.push(...pageOf<Item>(reply).items);
    token = nextToken(String(reply.headers.link ?? '')) || undefined;
  } while (token !== undefined);
  return all;
}

/** The token is empty on the last page. */
function nextToken(link: string): string {
  const next = [...link.matchAll(/<([^<>]*)>([^<]*)/g)].find(([, , rest = '']) => /;\s*rel="?next"?/i.test(rest));
  return (next && new URL(next[1] ?? '', 'http://server').searchParams.get('page_token')) ?? '';
}

function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1.');
}
