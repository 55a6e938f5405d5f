import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import type { DomainEvent, EventListener, EventType, Origin } from './domain-event.js';
import { EVENT_ACTORS } from './domain-event.js';

/**
 * The port through which modules report what happened. Whoever publishes never waits and never fails by a listener, and
 * need not know the request: the listeners of HTTP tell whose it is (`within`). While nobody listens both cost next to
 * nothing; events are counted all the same.
 */
@Injectable()
export class Events {
  private readonly log = new Logger(Events.name);
  private readonly listeners = new Set<EventListener>();
  private readonly origins = new AsyncLocalStorage<Origin>();
  private readonly numbers = new Map<EventType, number>();

  publish(event: DomainEvent): void {
    this.numbers.set(event.type, (this.numbers.get(event.type) ?? 0) + 1);
    if (this.listeners.size === 0) return;
    const origin = EVENT_ACTORS[event.type] === 'server' ? undefined : this.origins.getStore();
    for (const listener of this.listeners) this.tell(listener, event, origin);
  }

  /** Does the work of a request: what is published on the way, at once or later, comes of it. */
  within<Result>(origin: Origin, work: () => Result): Result {
    return this.listeners.size === 0 ? work() : this.origins.run(origin, work);
  }

  /** Adds a listener; the function that comes back takes it away. */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How many of each type this process has published. */
  get counts(): ReadonlyMap<EventType, number> {
    return this.numbers;
  }

  private tell(listener: EventListener, event: DomainEvent, origin: Origin | undefined): void {
    try {
      void Promise.resolve(listener(event, origin)).catch((error: unknown) => {
        this.failed(event, error);
      });
    } catch (error) {
      this.failed(event, error);
    }
  }

  private failed({ type }: DomainEvent, error: unknown): void {
    this.log.error({ message: `A listener of ${type} failed.`, error });
  }
}
