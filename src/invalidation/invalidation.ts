import { Injectable } from '@nestjs/common';
import { type Change, CHANGE_KINDS, type ChangeKind } from './change.js';

/** Forgets what it knows of the id; undefined: of every id, because messages may have been missed. */
export type ChangeListener = (id: string | undefined) => void;

/**
 * Tells the caches of this process what changed. Whoever writes publishes after the commit: the listeners here know at
 * once, and whoever carries changes to other processes is told too.
 */
@Injectable()
export class Invalidation {
  private readonly listeners: Record<ChangeKind, ChangeListener[]> = { client: [], key_set: [] };
  private carry: (change: Change) => void = () => undefined;

  subscribe(kind: ChangeKind, listener: ChangeListener): void {
    this.listeners[kind].push(listener);
  }

  /** Something was written by this process. */
  publish(kind: ChangeKind, id: string): void {
    this.deliver({ kind, id });
    this.carry({ kind, id });
  }

  /** Something was written, here or elsewhere. */
  deliver({ kind, id }: Change): void {
    for (const listener of this.listeners[kind]) listener(id);
  }

  /** Messages may have been missed. */
  deliverAll(): void {
    for (const kind of CHANGE_KINDS) {
      for (const listener of this.listeners[kind]) listener(undefined);
    }
  }

  /** Sets who carries what is published to the other processes. */
  carryBy(carry: (change: Change) => void): void {
    this.carry = carry;
  }
}
