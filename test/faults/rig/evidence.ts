/** The database records of a violated fact, for the people who investigate it. */
import pg from 'pg';

const CHAIN = `select to_jsonb(c) - 'digest' as chain, to_jsonb(g) - 'session' - 'code_digest' as grant
  from refresh_chain c left join authorization_grant g on g.id = c.grant_id where c.id = $1::uuid`;
const ACCESS = `select to_jsonb(t) - 'session' - 'digest' as token, to_jsonb(g) - 'session' - 'code_digest' as grant,
  to_jsonb(c) - 'digest' as chain from access_token t left join authorization_grant g on g.id = t.grant_id
  left join refresh_chain c on c.id = t.chain_id where t.id = $1::uuid`;
const DELIVERIES = 'select to_jsonb(d) as delivery from logout_delivery d where login_session_id = $1::uuid';

export class Evidence {
  /** @param dsn the database at the time of the question */
  constructor(private readonly dsn: () => string) {}

  /** The fourth to nineteenth byte of a token are the identifier of its row. */
  ofToken(token: string): Promise<string> {
    const id = Buffer.from(token.slice('ory_at_'.length), 'base64url').subarray(3, 19).toString('hex');
    return this.rows(token.startsWith('ory_rt_') ? CHAIN : ACCESS, id);
  }

  ofLogout(sid: string): Promise<string> {
    return this.rows(DELIVERIES, sid);
  }

  private async rows(text: string, id: string): Promise<string> {
    const client = new pg.Client({
      connectionString: this.dsn(),
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return JSON.stringify((await client.query(text, [id])).rows);
    } catch (error) {
      return String(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
