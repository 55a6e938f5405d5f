/**
 * The wildcard strategy of scopes. Segments are separated by dots. `*` stands for one non-empty segment; as the last segment
 * it stands for one or more. The patterns form one tree of segments, and a word follows all its matching branches at once,
 * segment by segment, instead of being compared with each pattern.
 */
const ANY = '*';

interface Node {
  readonly next: Map<string, Node>;
  /** A pattern ends here. */
  ends: boolean;
  /** A pattern ends here in `*`, which matches further segments too. */
  takesMore: boolean;
}

export class WildcardPatterns {
  private readonly root = newNode();

  /** Only patterns with a wildcard are kept: the caller looks up plain words itself. */
  constructor(patterns: Iterable<string>) {
    for (const pattern of patterns) if (pattern.includes(ANY)) this.add(pattern.split('.'));
  }

  match(word: string): boolean {
    const segments = word.split('.');
    const lastEmpty = segments.lastIndexOf('');
    let nodes = [this.root];
    for (const [i, segment] of segments.entries()) {
      nodes = nodes.flatMap((node) => successors(node, segment));
      if (nodes.length === 0) return false;
      if (lastEmpty <= i && nodes.some(({ takesMore }) => takesMore)) return true;
    }
    return nodes.some(({ ends }) => ends);
  }

  private add(segments: string[]): void {
    let node = this.root;
    for (const segment of segments) {
      const known = node.next.get(segment) ?? newNode();
      node.next.set(segment, known);
      node = known;
    }
    node.ends = true;
    node.takesMore ||= segments.at(-1) === ANY;
  }
}

function newNode(): Node {
  return { next: new Map(), ends: false, takesMore: false };
}

/** The nodes after a segment: by its own name, and by a wildcard where it is not empty. */
function successors({ next }: Node, segment: string): Node[] {
  const [named, any] = [segment === ANY ? undefined : next.get(segment), segment === '' ? undefined : next.get(ANY)];
  return [named, any].filter((node) => node !== undefined);
}
