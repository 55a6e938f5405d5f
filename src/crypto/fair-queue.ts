/**
 * A queue in which each client and each address has a lane, and lanes take turns. Each entry is in two lanes, and the lane
 * whose turn comes first serves it. Empty lanes are removed, so that the queue does not grow over time.
 */

export interface Requester {
  client: string;
  address: string;
}

interface Place<T> extends Requester {
  item: T;
}

const KINDS = ['client', 'address'] as const;
type Kind = (typeof KINDS)[number];
/** Lanes in the order of their turns. The entries of a lane are in the order of their arrival. */
type Lanes<T> = Map<string, Set<Place<T>>>;

export class FairQueue<T> {
  private readonly lanes: Record<Kind, Lanes<T>> = { client: new Map(), address: new Map() };
  private turns = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  add(item: T, { client, address }: Requester): void {
    const place = { item, client, address };
    for (const kind of KINDS) {
      const lane = this.lanes[kind].get(place[kind]) ?? new Set();
      this.lanes[kind].set(place[kind], lane.add(place));
    }
    this.count++;
  }

  /** Removes and returns the next entry: the first one of the client, or of the address, whose turn it is. */
  take(): T | undefined {
    const kind = KINDS[this.turns++ % KINDS.length] ?? 'client';
    const [lane] = this.lanes[kind].values();
    const [place] = lane ?? [];
    if (!place) return undefined;
    this.remove(place);
    for (const each of KINDS) toTheEnd(this.lanes[each], place[each]);
    return place.item;
  }

  /**
   * Removes and returns the newest entry of the client, or else of the address, with the most waiting; undefined where the
   * newcomer has as many. Without a newcomer it always removes one.
   */
  drop(newcomer?: Requester): T | undefined {
    for (const kind of KINDS) {
      const longest = this.longest(kind);
      const own = newcomer ? (this.lanes[kind].get(newcomer[kind])?.size ?? 0) + 1 : 0;
      if (!longest || longest.size <= own) continue;
      const place = this.newest(longest, kind === 'client' ? 'address' : 'client');
      if (place) this.remove(place);
      return place?.item;
    }
    return undefined;
  }

  private longest(kind: Kind): Set<Place<T>> | undefined {
    let longest: Set<Place<T>> | undefined;
    for (const lane of this.lanes[kind].values()) if (lane.size > (longest?.size ?? 0)) longest = lane;
    return longest;
  }

  /** Drops the attacker's entries of an attacked client before the client's own, and vice versa for an address. */
  private newest(lane: Set<Place<T>>, other: Kind): Place<T> | undefined {
    let newest: Place<T> | undefined;
    const size = (place: Place<T> | undefined): number =>
      place ? (this.lanes[other].get(place[other])?.size ?? 0) : 0;
    for (const place of lane) if (size(place) >= size(newest)) newest = place;
    return newest;
  }

  private remove(place: Place<T>): void {
    for (const kind of KINDS) {
      const lane = this.lanes[kind].get(place[kind]);
      lane?.delete(place);
      if (lane?.size === 0) this.lanes[kind].delete(place[kind]);
    }
    this.count--;
  }
}

/** The next turn of this lane comes after those of the others. */
function toTheEnd<T>(lanes: Lanes<T>, key: string): void {
  const lane = lanes.get(key);
  if (!lane) return;
  lanes.delete(key);
  lanes.set(key, lane);
}
