/**
 * The address of PostgreSQL as in Hydra: a connection string whose query may also contain parameters of the connection pool.
 * Those are removed; the driver gets the others, such as sslmode.
 */
import { availableParallelism } from 'node:os';
import { parseDuration } from '../protocol/duration.js';

/** Options with the names that pg-pool uses. */
interface PoolOptions {
  max: number;
  /** The number of idle connections that stay open without a time limit. */
  min: number;
  /** The time after which the other idle connections close. */
  idleTimeoutMillis: number;
  /** 0: no limit. */
  maxLifetimeSeconds: number;
}

interface ParsedDsn {
  /** The address without the parameters of the pool. */
  url: string;
  /** The host, port and database for messages, without credentials. */
  place: string;
  pool: PoolOptions;
  /** Sentences about parameters that are malformed, so that their default is used, or that have no effect. */
  warnings: string[];
}

/** With fewer connections a single core could not keep PostgreSQL busy while statements wait for the disk. */
const LEAST_DEFAULT_MAX = 10;
const DEFAULT_IDLE_TIMEOUT_MS = 10_000;
const DEFAULT_PORT = '5432';

/** Connections to a standby are closed when it refuses a write; new ones at the same address reach the primary. */
const TARGET_SESSION_ATTRS =
  'The parameter target_session_attrs of the dsn has no effect: use one address that leads to the primary.';
const POOL_PARAMETERS = new Set(['max_conns', 'max_idle_conns', 'max_conn_lifetime', 'max_conn_idle_time']);

export function isPostgresDsn(dsn: string): boolean {
  return /^postgres(ql)?:\/\//.test(dsn) && parsed(dsn) !== undefined;
}

/** @throws Error if this is not a DSN of PostgreSQL; the message does not contain it */
export function parseDsn(dsn: string): ParsedDsn {
  const address = isPostgresDsn(dsn) ? parsed(dsn) : undefined;
  if (!address) throw new Error('The dsn is not of the form postgres://user:password@host:5432/database.');
  const [base = ''] = dsn.split('?', 1);
  const query = dsn.slice(base.length + 1);
  const others = query.split('&').filter((part) => part !== '' && !POOL_PARAMETERS.has(nameOf(part)));
  const reader = new ParameterReader(address.searchParams);
  if (address.searchParams.has('target_session_attrs')) reader.warnings.push(TARGET_SESSION_ATTRS);
  return {
    url: others.length > 0 ? `${base}?${others.join('&')}` : base,
    place: placeOf(address),
    pool: poolOf(reader),
    warnings: reader.warnings,
  };
}

/** The same address with the parameters of another pool. */
export function dsnWithPool({ url }: ParsedDsn, pool: PoolOptions): string {
  const parameters = [
    `max_conns=${pool.max}`,
    `max_idle_conns=${pool.min}`,
    ...(pool.maxLifetimeSeconds > 0 ? [`max_conn_lifetime=${pool.maxLifetimeSeconds}s`] : []),
    ...(pool.idleTimeoutMillis === DEFAULT_IDLE_TIMEOUT_MS ? [] : [`max_conn_idle_time=${pool.idleTimeoutMillis}ms`]),
  ];
  return `${url}${url.includes('?') ? '&' : '?'}${parameters.join('&')}`;
}

function poolOf(reader: ParameterReader): PoolOptions {
  const cores = availableParallelism();
  const max = reader.count('max_conns', 1) ?? Math.max(2 * cores, LEAST_DEFAULT_MAX);
  const idleTime = reader.seconds('max_conn_idle_time');
  return {
    max,
    min: idleTime > 0 ? 0 : Math.min(reader.count('max_idle_conns', 0) ?? cores, max),
    idleTimeoutMillis: idleTime > 0 ? Math.ceil(idleTime * 1000) : DEFAULT_IDLE_TIMEOUT_MS,
    maxLifetimeSeconds: Math.ceil(reader.seconds('max_conn_lifetime')),
  };
}

/** Reads parameters, and collects a warning for each malformed one. */
class ParameterReader {
  readonly warnings: string[] = [];

  constructor(private readonly parameters: URLSearchParams) {}

  count(name: string, least: number): number | undefined {
    const text = this.parameters.get(name);
    if (text === null) return undefined;
    if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
    this.warn(name, `a whole number from ${least}`);
    return undefined;
  }

  /** 0 (no limit) if the parameter is absent or malformed. */
  seconds(name: string): number {
    const text = this.parameters.get(name);
    if (text === null) return 0;
    const seconds = parseDuration(text);
    if (seconds !== undefined && seconds >= 0) return seconds;
    this.warn(name, 'a duration such as 30s or 1h');
    return 0;
  }

  private warn(name: string, expected: string): void {
    this.warnings.push(`The parameter ${name} of the dsn is not ${expected}: its default is used.`);
  }
}

/**
 * The DSN of a unix socket may have a user and no host, which the URL standard does not allow. An `@` in the path comes from a
 * password with a `/` that was not encoded: taken as a database it would be printed.
 */
function parsed(dsn: string): URL | undefined {
  const withHost = dsn.replace(/^(\w+:\/\/[^/?#@]*@)(?=[/?#]|$)/, '$1localhost');
  const url = URL.canParse(withHost) ? new URL(withHost) : undefined;
  return url?.pathname.includes('@') ? undefined : url;
}

function placeOf({ hostname, port, pathname, searchParams }: URL): string {
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  const place = host.startsWith('/') ? host : `${host}:${searchParams.get('port') ?? (port || DEFAULT_PORT)}`;
  return `${place}, database ${pathname.slice(1) || 'of the user'}`;
}

function nameOf(part: string): string {
  return part.split('=', 1)[0] ?? '';
}
