/** Opens the sessions of tokens. The tokens of a family mostly have the same one, which is then read once. */
import { type HydraSession, readSession } from '../formats/session-data.js';
import { type Opener, REASONS } from '../table-import.js';

const NO_SESSION = 'its session is not JSON';

export class SessionReader {
  private last: { text: string; session: HydraSession } | undefined;

  constructor(private readonly envelopes: Opener) {}

  /** The session, or the reason why there is none. */
  read(sealed: string): HydraSession | string {
    const text = this.envelopes.open(sealed)?.text;
    if (text === undefined) return REASONS.unreadable;
    if (this.last?.text === text) return this.last.session;
    const session = readSession(text);
    if (!session) return NO_SESSION;
    this.last = { text, session };
    return session;
  }
}
