/** An answer without Express: hot routes and controllers return it, and the listener or the HTTP adapter writes it. */
export class Reply {
  /** Makes the type nominal: an object of the same structure is a document, which is sent as JSON. */
  declare protected readonly isReply: true;

  constructor(
    readonly status: number,
    /** Header names in lower case. */
    readonly headers: Record<string, string | string[]> = {},
    readonly body?: string | Buffer,
  ) {}

  /** The same reply with these headers, which replace its own of the same names. */
  withHeaders(headers: Reply['headers']): Reply {
    return new Reply(this.status, { ...this.headers, ...headers }, this.body);
  }
}
