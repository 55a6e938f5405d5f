export interface Page {
  url: URL;
  status: number;
  html: string;
  headers: Headers;
}

export class Visitor {
  /** @param elsewhere an address without a server: a redirect to it ends the walk, with that address as the page. */
  constructor(elsewhere: string);
  open(url: string | URL): Promise<Page>;
  /** Sends the form of a page with these values; `undefined` omits a field (an unchecked box). */
  submit(page: Page, fields?: Record<string, string | string[] | undefined>): Promise<Page>;
}

/** The text that a person reads. */
export function textOf(html: string): string;
