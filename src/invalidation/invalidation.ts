import { Injectable } from '@nestjs/common';
import { type Change, CHANGE_KINDS, type ChangeKind } from './change.js';

/** Removes the id from its cache; undefined: removes every id, because messages may have been missed. */
type ChangeListener = (id: string | undefined) => void;

/**
 * Tells the caches of this process which entries have changed. A writer publishes after the commit: the listeners of this
 * process are called at once, and the change feed sends the change to the other processes.
 */
@Injectable()
export class Invalidation {
  private readonly listeners: Record<ChangeKind, ChangeListener[]> = { client: [], key_set: [] };
  private sendToOthers: (change: Change) => void = () => undefined;

  subscribe(kind: ChangeKind, listener: ChangeListener): void {
    this.listeners[kind].push(listener);
  }

  /** This process has written a change. */
  publish(kind: ChangeKind, id: string): void {
    this.deliver({ kind, id });
    this.sendToOthers({ kind, id });
  }

  /** Some process, this or another one, has written a change. */
  deliver({ kind, id }: Change): void {
    for (const listener of this.listeners[kind]) listener(id);
  }

  /** Messages may have been missed. */
  deliverAll(): void {
    for (const kind of CHANGE_KINDS) {
      for (const listener of this.listeners[kind]) listener(undefined);
    }
  }

  /** Sets the function that sends published changes to the other processes. */
  sendWith(send: (change: Change) => void): void {
    this.sendToOthers = send;
  }
}
