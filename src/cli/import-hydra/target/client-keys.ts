/** The keys of imported clients. They are numbered here, so that tokens know them without asking the target for each. */
import type { DataSource } from 'typeorm';

export class ClientKeys {
  private readonly keys = new Map<string, string>();
  private last = 0;

  /** Those that an earlier run has written. */
  async load(target: Pick<DataSource, 'query'>): Promise<void> {
    const rows = await target.query<{ client_id: string; key: string }[]>('select client_id, key from client');
    for (const { client_id, key } of rows) {
      this.keys.set(client_id, key);
      this.last = Math.max(this.last, Number(key));
    }
  }

  get all(): ReadonlyMap<string, string> {
    return this.keys;
  }

  add(clientId: string): string {
    const key = String(++this.last);
    this.keys.set(clientId, key);
    return key;
  }
}

/** Clients that are created later get the numbers that follow. */
export const CONTINUE_CLIENT_KEYS = `select setval(pg_get_serial_sequence('client', 'key'), coalesce(max(key), 1), max(key) is not null) from client`;
