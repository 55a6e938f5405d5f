import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import type { DomainEvent, EventListener, EventType, Origin } from './domain-event.js';
import { EVENT_ACTORS } from './domain-event.js';

/**
 * Modules report here what happened. A publisher never waits for a listener and never fails because of one. It need not
 * know the request either: the HTTP layer sets it with `within`. Without listeners both cost next to nothing, but events
 * are counted.
 */
@Injectable()
export class Events {
  private readonly log = new Logger(Events.name);
  private readonly listeners = new Set<EventListener>();
  private readonly origins = new AsyncLocalStorage<Origin>();
  private readonly numbers = new Map<EventType, Map<string, number>>();

  publish(event: DomainEvent): void {
    this.count(event);
    if (this.listeners.size === 0) return;
    const origin = EVENT_ACTORS[event.type] === 'server' ? undefined : this.origins.getStore();
    for (const listener of this.listeners) this.tell(listener, event, origin);
  }

  /** Runs the work of a request: events that it publishes, at once or later, have this request as their origin. */
  within<Result>(origin: Origin, work: () => Result): Result {
    return this.listeners.size === 0 ? work() : this.origins.run(origin, work);
  }

  /** Adds a listener; the returned function removes it. */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The number of events of each type that this process has published, by their reason or outcome; it is empty where they have none. */
  get counts(): ReadonlyMap<EventType, ReadonlyMap<string, number>> {
    return this.numbers;
  }

  private count({ type, outcome = '', reason = outcome }: DomainEvent): void {
    const reasons = this.numbers.get(type) ?? new Map<string, number>();
    this.numbers.set(type, reasons);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
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
