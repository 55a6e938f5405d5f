/**
 * Sessions that differ in their moments alone, as those of one client's tokens do that belong to nobody: only these moments
 * are read. Parsing each document would take as long as opening it.
 */
import { isDeepStrictEqual } from 'node:util';
import { type HydraSession, readSession } from '../formats/session-data.js';
import { jsonMoment } from '../formats/moments.js';

/** A member whose value has no escapes. JSON has these characters in this order nowhere else: within a text, `"` is escaped. */
const MEMBER = /"(access_token|iat)":"([^"\\]*)"/g;
const EXPIRY = 'access_token';
const CLOCK = /^[\dTZ:.+-]{1,40}$/;
const OTHER_TIME = '2001-02-03T04:05:06Z';

export class SessionPattern {
  private constructor(
    /** What lies between the moments, before the first and after the last one. */
    private readonly pieces: readonly string[],
    /** The names of the moments. */
    private readonly names: readonly string[],
    private readonly session: HydraSession,
  ) {}

  /** Undefined where it is not sure which other sessions would be the same. */
  static of(text: string, session: HydraSession): SessionPattern | undefined {
    const members = [...text.matchAll(MEMBER)];
    const names = members.map(([, name = '']) => name);
    if (!names.includes(EXPIRY) || new Set(names).size < names.length) return undefined;
    const pieces: string[] = [];
    let end = 0;
    for (const { 0: member, 2: value = '', index } of members) {
      const start = index + member.length - 1 - value.length;
      pieces.push(text.slice(end, start));
      end = start + value.length;
    }
    pieces.push(text.slice(end));
    const pattern = new SessionPattern(pieces, names, session);
    return pattern.isTrue() ? pattern : undefined;
  }

  /** The session that the text holds; undefined where it does not follow the pattern. */
  read(text: string): HydraSession | undefined {
    let place = 0;
    let accessTokenExpiry: bigint | undefined;
    for (let i = 0; i < this.names.length; i++) {
      const piece = this.pieces[i] ?? '';
      if (!text.startsWith(piece, place)) return undefined;
      const start = place + piece.length;
      place = text.indexOf('"', start);
      const value = text.slice(start, place);
      if (this.names[i] === EXPIRY) accessTokenExpiry = jsonMoment(value);
      else if (!CLOCK.test(value)) return undefined;
    }
    const rest = this.pieces.at(-1) ?? '';
    if (accessTokenExpiry === undefined || place + rest.length !== text.length || !text.endsWith(rest))
      return undefined;
    return { ...this.session, accessTokenExpiry };
  }

  /** Whether the members are those that they seem to be: with other moments the document means what the pattern says. */
  private isTrue(): boolean {
    return this.names.every((changed) => {
      const values = this.names.map((name) => (name === changed ? OTHER_TIME : VALUE));
      const text = this.pieces.map((piece, i) => piece + (values[i] ?? '')).join('');
      return isDeepStrictEqual(readSession(text), this.read(text));
    });
  }
}

const VALUE = '2002-03-04T05:06:07.89Z';
