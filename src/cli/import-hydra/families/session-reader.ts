/** Opens the sessions of tokens. Many are the same one, or differ in their moments alone: that is then all that is read. */
import { type HydraSession, readSession } from '../formats/session-data.js';
import { type Opener, REASONS } from '../table-import.js';
import { SessionPattern } from './session-pattern.js';

const NO_SESSION = 'its session is not JSON';
const MOST_PATTERNS = 500;
const LONGEST_PATTERN = 4_096;
/** After so many sessions in a row that were all different, no pattern of that kind is looked for any more. */
const MOST_MISSES = 5;

interface Kind {
  pattern?: SessionPattern;
  misses: number;
}

export class SessionReader {
  /** The tokens of a family mostly have the same session. */
  private last: { text: string; session: HydraSession } | undefined;
  private readonly kinds = new Map<string, Kind>();

  constructor(private readonly envelopes: Opener) {}

  /** The session, or the reason why there is none. @param kind sessions of one kind are likely to follow one pattern */
  read(sealed: string, kind?: string): HydraSession | string {
    const text = this.envelopes.open(sealed)?.text;
    if (text === undefined) return REASONS.unreadable;
    if (this.last?.text === text) return this.last.session;
    const session = kind === undefined ? readSession(text) : this.readLike(kind, text);
    if (!session) return NO_SESSION;
    this.last = { text, session };
    return session;
  }

  private readLike(name: string, text: string): HydraSession | undefined {
    const kind = this.kindOf(name);
    const known = kind.pattern?.read(text);
    if (known) {
      kind.misses = 0;
      return known;
    }
    const session = readSession(text);
    if (session && text.length <= LONGEST_PATTERN && kind.misses++ < MOST_MISSES)
      kind.pattern = SessionPattern.of(text, session);
    return session;
  }

  private kindOf(name: string): Kind {
    let kind = this.kinds.get(name);
    if (kind) return kind;
    if (this.kinds.size >= MOST_PATTERNS) this.kinds.clear();
    this.kinds.set(name, (kind = { misses: 0 }));
    return kind;
  }
}
