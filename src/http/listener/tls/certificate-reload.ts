/**
 * Serves a renewed certificate without a restart, when the files of a listener change. If the new files are unusable, the
 * listener keeps its certificate, and the log says why.
 */
import { Logger } from '@nestjs/common';
import type { TlsConfiguration } from '../../../config/configuration.js';
import { FileWatch } from '../../../config/file-watch.js';
import type { ListenerName } from '../../exchange/exchange.js';
import { readTlsMaterial, type TlsMaterial, TlsMaterialError } from './tls-material.js';
import type { TlsServer } from './tls-server.js';

/** Certificate and key are two files, which do not match while only one of them has been replaced. */
const FIT_MS = 2_000;

export class CertificateReload {
  private readonly log = new Logger('http');
  private readonly watch: FileWatch;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly listener: ListenerName,
    private readonly tls: TlsConfiguration,
    private readonly server: TlsServer,
    private material: TlsMaterial,
  ) {
    const files = [tls.cert, tls.key].flatMap(({ path, base64 }) => (path && !base64 ? [path] : []));
    this.watch = new FileWatch(
      files,
      () => {
        this.reload();
      },
      (text) => {
        this.log.warn(text);
      },
    );
    this.watch.look();
    this.warnOfExpiry();
  }

  close(): void {
    clearTimeout(this.patience);
    this.watch.close();
  }

  private reload(mayWait = true): void {
    this.watch.look();
    clearTimeout(this.patience);
    try {
      this.use(readTlsMaterial(this.tls));
    } catch (error) {
      if (!(error instanceof TlsMaterialError)) throw error;
      if (mayWait) this.tryAgain();
      else this.log.error(`The ${this.listener} listener keeps its certificate. ${error.message}`);
    }
  }

  private tryAgain(): void {
    this.patience = setTimeout(() => {
      this.reload(false);
    }, FIT_MS).unref();
  }

  private use(next: TlsMaterial): void {
    if (next.cert === this.material.cert && next.key === this.material.key) return;
    this.server.replaceMaterial(next);
    this.material = next;
    this.log.log(`The ${this.listener} listener has a new certificate, valid until ${next.endsAt.toISOString()}.`);
    this.warnOfExpiry();
  }

  private warnOfExpiry(): void {
    const { endsAt: end } = this.material;
    if (end.getTime() > Date.now()) return;
    this.log.warn(`The certificate of the ${this.listener} listener ended at ${end.toISOString()}.`);
  }
}
