/**
 * Cross-origin requests (Fetch standard, CORS protocol). One layer lies around each whole listener and knows the list of
 * the configuration; it answers preflights. On the endpoints that a browser application calls, the origins of the client
 * count as well. Read from the configuration at each request.
 *
 * Where every origin is allowed the answer says `*` and never allows credentials: otherwise any site could read, with
 * the session cookie of its visitor, a page that holds an authorization code.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import type { CorsConfiguration } from '../config/configuration.js';
import type { Exchange, Reply } from './exchange.js';
import { originAllowed } from './origin-match.js';

/** The `allowed_cors_origins` of the client that a request is for; empty where no client can be told. */
export type ClientOrigins = (exchange: Exchange) => Promise<readonly string[]>;

export interface CorsDecision {
  /** For the answer, whoever gives it. */
  headers: Record<string, string>;
  /** The whole answer, of a preflight. */
  reply?: Reply;
}

/** The endpoints whose clients name origins of their own. */
const CLIENT_PATHS: ReadonlySet<string> = new Set([
  '/oauth2/token',
  '/oauth2/revoke',
  '/userinfo',
  '/credentials',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
]);
const VARY_ORIGIN = { vary: 'Origin' };
const VARY_PREFLIGHT = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };
const NO_HEADERS: CorsDecision = { headers: {} };

@Injectable()
export class Cors {
  constructor(private readonly config: ConfigHolder) {}

  /** What CORS has to say about a request. A promise only where the client has to be looked up. */
  decide(exchange: Exchange, clientOrigins: ClientOrigins): CorsDecision | Promise<CorsDecision> {
    const cors = this.config.current.serve[exchange.listener].cors;
    if (!cors.enabled) return NO_HEADERS;
    const { origin } = exchange.headers;
    if (isPreflight(exchange)) return this.preflight(exchange, cors);
    if (origin === undefined) return { headers: VARY_ORIGIN };
    if (this.globallyAllowed(cors, origin)) return { headers: this.actual(exchange, cors, origin) };
    return hasClientLayer(exchange) ? this.byClient(exchange, cors, clientOrigins) : { headers: VARY_ORIGIN };
  }

  /**
   * Answered here, unless `options_passthrough` sends it on. Then the endpoints of clients allow every origin, for a
   * preflight carries nothing by which a client could be told; the request that follows is judged.
   */
  private preflight(exchange: Exchange, cors: CorsConfiguration): CorsDecision {
    const origin = exchange.headers.origin ?? '';
    const byClient = cors.options_passthrough && hasClientLayer(exchange);
    const allowed = (byClient || this.globallyAllowed(cors, origin)) && requestAllowed(exchange, cors);
    const headers = allowed ? { ...VARY_PREFLIGHT, ...this.grant(cors, origin, byClient) } : { ...VARY_PREFLIGHT };
    if (allowed) Object.assign(headers, permissions(exchange, cors));
    if (cors.options_passthrough && !byClient) return { headers };
    return { headers, reply: { status: byClient ? 200 : 204 } };
  }

  private async byClient(
    exchange: Exchange,
    cors: CorsConfiguration,
    clientOrigins: ClientOrigins,
  ): Promise<CorsDecision> {
    const origin = exchange.headers.origin ?? '';
    const listed = await clientOrigins(exchange).catch(() => []); // the endpoint will say what is wrong with the request
    const allowed = originAllowed(listed, origin, this.rules);
    return { headers: allowed ? { ...VARY_ORIGIN, ...this.grant(cors, origin, true), ...exposed(cors) } : VARY_ORIGIN };
  }

  private actual(exchange: Exchange, cors: CorsConfiguration, origin: string): Record<string, string> {
    if (!methodAllowed(cors, exchange.method)) return VARY_ORIGIN;
    return { ...VARY_ORIGIN, ...this.grant(cors, origin, false), ...exposed(cors) };
  }

  private grant(cors: CorsConfiguration, origin: string, byClient: boolean): Record<string, string> {
    if (!byClient && allowsEverybody(cors)) return { 'access-control-allow-origin': '*' };
    return {
      'access-control-allow-origin': origin,
      ...(cors.allow_credentials && { 'access-control-allow-credentials': 'true' }),
    };
  }

  private globallyAllowed(cors: CorsConfiguration, origin: string): boolean {
    return allowsEverybody(cors) || originAllowed(cors.allowed_origins, origin, this.rules);
  }

  private get rules(): { allowUnbounded: boolean } {
    return { allowUnbounded: this.config.current.feature_flags.legacy_allow_insecure_origins };
  }
}

function isPreflight({ method, headers }: Exchange): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

function hasClientLayer({ listener, path }: Exchange): boolean {
  return listener === 'public' && CLIENT_PATHS.has(path);
}

function allowsEverybody({ allowed_origins: listed }: CorsConfiguration): boolean {
  return listed.length === 0 || listed.includes('*');
}

function methodAllowed(cors: CorsConfiguration, method: string): boolean {
  return method === 'OPTIONS' || cors.allowed_methods.some((one) => one.toUpperCase() === method.toUpperCase());
}

function requestAllowed({ headers }: Exchange, cors: CorsConfiguration): boolean {
  if (!methodAllowed(cors, wantedMethod(headers))) return false;
  const allowed = new Set(['origin', ...cors.allowed_headers.map((name) => name.toLowerCase())]);
  return allowed.has('*') || wantedHeaders(headers).every((name) => allowed.has(name));
}

function permissions({ headers }: Exchange, cors: CorsConfiguration): Record<string, string> {
  const wanted = wantedHeaders(headers);
  return {
    'access-control-allow-methods': wantedMethod(headers),
    ...(wanted.length > 0 && { 'access-control-allow-headers': wanted.join(', ') }),
    ...(cors.max_age > 0 && { 'access-control-max-age': String(cors.max_age) }),
  };
}

function wantedMethod(headers: Exchange['headers']): string {
  return headers['access-control-request-method'] ?? '';
}

function wantedHeaders(headers: Exchange['headers']): string[] {
  const text = headers['access-control-request-headers'] ?? '';
  return text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function exposed({ exposed_headers: names }: CorsConfiguration): Record<string, string> {
  return names.length > 0 ? { 'access-control-expose-headers': names.join(', ') } : {};
}
