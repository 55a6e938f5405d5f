/**
 * The authorities of `oauth2.mtls.certificate_authorities`. Their files are read again when they change, and a changed
 * configuration counts at once; what cannot be used changes nothing, and the log says why.
 */
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { PemSource } from '../../config/configuration.js';
import { FileWatch } from '../../config/file-watch.js';
import { readText, reason } from '../../config/read-text.js';
import type { Certificate } from './certificate.js';

const KEY = 'oauth2.mtls.certificate_authorities';
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** An authority cannot be used. The message is for the operator. */
export class CertificateAuthorityError extends Error {
  constructor(index: number, problem: string) {
    super(`${KEY}.${index}: ${problem}`);
    this.name = 'CertificateAuthorityError';
  }
}

@Injectable()
export class CertificateAuthorities implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('mtls');
  private authorities: readonly Certificate[] = [];
  private sources: readonly PemSource[] = [];
  private watch?: FileWatch;
  private reloading?: Promise<void>;

  constructor(private readonly config: ConfigHolder) {}

  /** @throws CertificateAuthorityError, which ends the start */
  async onModuleInit(): Promise<void> {
    const { enabled, certificate_authorities: sources } = this.config.current.oauth2.mtls;
    if (!enabled) return;
    this.follow(sources);
    this.authorities = await readAuthorities(sources);
  }

  onModuleDestroy(): void {
    this.watch?.close();
  }

  /** The current ones. The same list means the same authorities. */
  async current(): Promise<readonly Certificate[]> {
    const { certificate_authorities: sources } = this.config.current.oauth2.mtls;
    if (sources !== this.sources) {
      this.follow(sources);
      this.reloading = this.reload();
    }
    await this.reloading;
    return this.authorities;
  }

  private follow(sources: readonly PemSource[]): void {
    this.sources = sources;
    this.watch?.close();
    this.watch = new FileWatch(
      sources.flatMap(({ path, base64 }) => (path && !base64 ? [path] : [])),
      () => {
        this.watch?.look();
        this.reloading = this.reload();
      },
      (text) => {
        this.log.warn(text);
      },
    );
    this.watch.look();
  }

  private async reload(): Promise<void> {
    try {
      this.authorities = await readAuthorities(this.sources);
      this.log.log(`${this.authorities.length} certificate authorities are in force (${KEY}).`);
    } catch (error) {
      if (!(error instanceof CertificateAuthorityError)) throw error;
      this.log.error(`The certificate authorities before stay in force. ${error.message}`);
    }
  }
}

/** @throws CertificateAuthorityError */
export async function readAuthorities(sources: readonly PemSource[]): Promise<Certificate[]> {
  const { readCertificate } = await import('./certificate.js');
  return sources.flatMap((source, index) => {
    const blocks = pemOf(source, index).match(PEM) ?? [];
    if (blocks.length === 0) throw new CertificateAuthorityError(index, 'it holds no certificate in PEM.');
    return blocks.map((block) => {
      const certificate = readCertificate(Buffer.from(block.replace(/-----[A-Z ]+-----/g, ''), 'base64'));
      if (!certificate) throw new CertificateAuthorityError(index, 'it holds a certificate that cannot be read.');
      const problem = findAuthorityFault(certificate);
      if (problem)
        throw new CertificateAuthorityError(index, `${certificate.x509.subject.replaceAll('\n', ', ')}: ${problem}`);
      return certificate;
    });
  });
}

function findAuthorityFault({ isAuthority, weakness, unknownExtension }: Certificate): string | undefined {
  if (!isAuthority) return 'it is not the certificate of an authority (basic constraints, RFC 5280 §4.2.1.9).';
  if (weakness !== undefined) return `it is too weak. ${weakness}`;
  if (unknownExtension === undefined) return undefined;
  return `its extension ${unknownExtension} restricts it in a way that this server does not know.`;
}

function pemOf({ path, base64 }: PemSource, index: number): string {
  if (base64) return Buffer.from(base64, 'base64').toString();
  try {
    return readText(path ?? '');
  } catch (error) {
    throw new CertificateAuthorityError(index, `${path ?? ''} cannot be read: ${reason(error)}.`);
  }
}
