/** Globs of URLs: `*` matches anything but `.` and `/`, `**` matches anything, every other character matches itself. */
export class UrlGlob {
  private readonly tokens: readonly string[];

  constructor(glob: string) {
    this.tokens = glob.match(/\*\*|[^]/g) ?? [];
  }

  /** Tracks all possible readings of the glob at once, character by character, so that it never backtracks. */
  matches(text: string): boolean {
    let places = this.reached([0]);
    for (const character of text.split('')) {
      places = this.reached([...places].flatMap((place) => this.after(place, character)));
      if (places.size === 0) return false;
    }
    return places.has(this.tokens.length);
  }

  /** The places after one character. */
  private after(place: number, character: string): number[] {
    const token = this.tokens[place];
    if (token === '**' || (token === '*' && character !== '.' && character !== '/')) return [place];
    return token === character ? [place + 1] : [];
  }

  /** A star may match the empty text. */
  private reached(places: number[]): Set<number> {
    const all = new Set(places);
    for (const place of all) if (this.tokens[place]?.startsWith('*')) all.add(place + 1);
    return all;
  }
}
