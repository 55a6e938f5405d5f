/**
 * The audit log: every published event is written as one line of JSON to a stream of its own (`log.audit`), apart from the
 * program's log. docs/audit.md explains each type. No event holds a secret, so no line does.
 */
import { closeSync, openSync, unwatchFile, watchFile } from 'node:fs';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type DestinationStream, pino } from 'pino';
import { ConfigHolder } from '../config/config-holder.js';
import { Events } from '../events/events.js';
import { auditLine } from './audit-line.js';
import { LOG_SINK } from './log-sink.js';

/** Only the operator may read who logs in where. */
const FILE_MODE = 0o600;
const LOOK_EVERY_MS = 1_000;

@Injectable()
export class AuditLog implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Audit');
  private close: () => void = () => undefined;

  constructor(
    private readonly events: Events,
    private readonly config: ConfigHolder,
    @Inject(LOG_SINK) private readonly standardOutput: DestinationStream,
  ) {}

  /** @throws Error where the file is not writable: a server with a configured audit log does not run without it */
  onModuleInit(): void {
    const { audit } = this.config.current.log;
    if (audit === 'off') return;
    const destination = this.open(audit);
    const leave = this.events.subscribe((event, origin) => {
      destination.write(auditLine(event, origin));
    });
    const { close } = this;
    this.close = () => {
      leave();
      close();
    };
  }

  onApplicationShutdown(): void {
    this.close();
  }

  /** Audit lines on standard output share the buffer of the log: with two buffers, lines could be cut apart. */
  private open(audit: string): DestinationStream {
    if (audit === 'stdout') return this.standardOutput;
    const isFile = audit !== 'stderr';
    if (isFile) closeSync(openSync(audit, 'a', FILE_MODE));
    const destination = pino.destination({ dest: isFile ? audit : 2, sync: false, mode: FILE_MODE });
    destination.on('error', (error: unknown) => {
      this.log.error({ message: 'Audit lines cannot be written.', error });
    });
    const reopen = (): void => {
      destination.reopen();
    };
    const leave = isFile ? whenRotated(audit, reopen) : () => undefined;
    this.close = () => {
      leave();
      destination.flushSync();
    };
    return destination;
  }
}

/** A tool that rotates the file may send SIGHUP, or only move the file away, which is noticed within a second. */
function whenRotated(file: string, reopen: () => void): () => void {
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, (now, before) => {
    if (now.ino !== before.ino) reopen();
  });
  process.on('SIGHUP', reopen);
  return () => {
    unwatchFile(file);
    process.off('SIGHUP', reopen);
  };
}
