import { DataSource } from 'typeorm';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration, KeysConfiguration } from '../../../src/config/configuration.js';
import { Events } from '../../../src/events/events.js';
import type { ImportLedger } from '../../../src/imported/import-ledger.js';
import { Invalidation } from '../../../src/invalidation/invalidation.js';
import { JsonWebKeyEntity } from '../../../src/keys/json-web-key.entity.js';
import { PublishedKeys } from '../../../src/keys/published-keys.js';
import { JwtSigner } from '../../../src/keys/jwt-signer.js';
import { JwtVerifier } from '../../../src/jwt/jwt-verifier.js';
import { KeyAdministration } from '../../../src/keys/key-administration.js';
import { KeyRecords } from '../../../src/keys/key-records.js';
import { KeySets } from '../../../src/keys/key-sets.js';

export const SECRET = 'a-system-secret-of-the-test';

const DEFAULTS: KeysConfiguration = {
  algorithm: 'RS256',
  rsa_bits: 2048,
  rotation: { enabled: false, every: 7_776_000, publish_ahead: 86_400, keep_retired: 2_592_000 },
};

interface Settings {
  secrets?: string[];
  broadcast?: string[];
  keys?: Partial<KeysConfiguration>;
  encryption?: boolean;
}

export function configure({
  secrets = [SECRET],
  broadcast = [],
  keys = {},
  encryption = false,
}: Settings = {}): Configuration {
  return {
    secrets: { system: secrets, cookie: secrets, pagination: secrets },
    webfinger: { jwks: { broadcast_keys: broadcast } },
    keys: { ...DEFAULTS, ...keys },
    oauth2: { encryption: { enabled: encryption } },
  } as unknown as Configuration;
}

/** Nothing was imported. */
export const NO_IMPORT = { isUnderWay: () => Promise.resolve(false) } as ImportLedger;

/** The keys module of one process, with its own connection pool. */
export class Replica {
  readonly config: ConfigHolder;
  readonly records: KeyRecords;
  readonly keySets: KeySets;
  readonly administration: KeyAdministration;
  readonly signer: JwtSigner;
  readonly verifier: JwtVerifier;
  readonly jwks: PublishedKeys;

  private constructor(
    readonly dataSource: DataSource,
    settings: Settings,
  ) {
    this.config = new ConfigHolder(configure(settings));
    this.records = new KeyRecords(dataSource.getRepository(JsonWebKeyEntity), this.config);
    this.keySets = new KeySets(this.records, this.config, NO_IMPORT, new Invalidation());
    this.administration = new KeyAdministration(this.records, this.keySets, this.config, new Events());
    this.signer = new JwtSigner(this.keySets);
    this.verifier = new JwtVerifier(this.keySets);
    this.jwks = new PublishedKeys(this.keySets, this.config);
  }

  static async open(dsn: string, settings: Settings = {}, entities: (new () => object)[] = []): Promise<Replica> {
    const dataSource = new DataSource({ type: 'postgres', url: dsn, entities: [JsonWebKeyEntity, ...entities] });
    return new Replica(await dataSource.initialize(), settings);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
