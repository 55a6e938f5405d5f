/**
 * Cross-origin requests (Fetch standard, CORS protocol). One layer covers each whole listener, applies the configured list
 * and answers preflights. On the routes that browser applications call (`CorsOfClients`), the origins of the client count as
 * well; for a preflight, which names no client, the origins of all clients count. Public documents are open to every origin.
 * The configuration is read at each request.
 *
 * Where every origin is allowed the answer says `*` and never allows credentials: otherwise any site could read, with the
 * session cookie of its visitor, a page that holds an authorization code.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../../config/config-holder.js';
import type { CorsConfiguration } from '../../../config/configuration.js';
import type { CorsDecision } from './cors-decision.js';
import { CorsOfClients } from './cors-of-clients.js';
import { corsSettings } from './cors-settings.js';
import { cleanPath, hasDoubledSlashes } from '../routes/doubled-slashes.js';
import type { Exchange, ListenerName } from '../../exchange/exchange.js';
import { originAllowed } from './origin-match.js';
import { isPreflight, wantedHeaders, wantedMethod } from './preflight.js';
import { isPublicDocument, publicDocument } from './public-documents.js';
import { Reply } from '../../replies/reply.js';
import { RouteTable } from '../routes/route-table.js';

/** The origins that clients registered (`allowed_cors_origins`). */
export interface ClientOrigins {
  /**
   * The origins of the client that sends a request. Undefined where the request identifies no client, so that the answer can
   * only be an error: any origin that some client registered may read that.
   */
  of(exchange: Exchange): Promise<readonly string[] | undefined>;
  /** Whether some client has the origin. A stranger may ask any number of times. */
  some(origin: string): Promise<boolean>;
}

const VARY_ORIGIN = { vary: 'Origin' };
const VARY_PREFLIGHT = { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' };
const NO_HEADERS: CorsDecision = { headers: {} };

@Injectable()
export class Cors {
  constructor(
    private readonly config: ConfigHolder,
    private readonly routes: RouteTable,
  ) {}

  /** Decides about a request. Returns a promise only where clients have to be looked up. */
  decide(exchange: Exchange, clientOrigins: ClientOrigins): CorsDecision | Promise<CorsDecision> {
    if (isPublicDocument(exchange)) return publicDocument(exchange);
    const cors = corsSettings(this.config.current, exchange.listener);
    if (!cors.enabled) return NO_HEADERS;
    const { origin } = exchange.headers;
    if (isPreflight(exchange)) return this.decidePreflight(exchange, cors, clientOrigins);
    if (origin === undefined) return { headers: VARY_ORIGIN };
    if (this.globallyAllowed(cors, origin)) return { headers: this.actual(exchange, cors, origin) };
    return this.isOfClients(exchange) ? this.byClient(exchange, cors, clientOrigins) : { headers: VARY_ORIGIN };
  }

  /** Whether the configuration allows an origin on a listener. */
  allowsOrigin(listener: ListenerName, origin: string): boolean {
    const { cors } = this.config.current.serve[listener];
    return cors.enabled && this.globallyAllowed(cors, origin);
  }

  private decidePreflight(
    exchange: Exchange,
    cors: CorsConfiguration,
    clientOrigins: ClientOrigins,
  ): CorsDecision | Promise<CorsDecision> {
    const origin = exchange.headers.origin ?? '';
    if (!requestAllowed(exchange, cors)) return this.preflight(exchange, cors, false);
    if (this.globallyAllowed(cors, origin)) return this.preflight(exchange, cors, true);
    if (!this.isOfClients(exchange)) return this.preflight(exchange, cors, false);
    if (cors.options_passthrough) return this.preflight(exchange, cors, true);
    return someClientHas(origin, clientOrigins).then((known) => this.preflight(exchange, cors, known));
  }

  /**
   * Preflights are answered here, unless `options_passthrough` sends them on. Then the endpoints of clients allow every
   * origin, and the request that follows is judged.
   */
  private preflight(exchange: Exchange, cors: CorsConfiguration, allowed: boolean): CorsDecision {
    const { origin = '' } = exchange.headers;
    const byClient = this.isOfClients(exchange) && (cors.options_passthrough || !this.globallyAllowed(cors, origin));
    const headers = allowed ? { ...VARY_PREFLIGHT, ...this.grant(cors, origin, byClient) } : { ...VARY_PREFLIGHT };
    if (allowed) Object.assign(headers, permissions(exchange, cors));
    if (cors.options_passthrough && !this.isOfClients(exchange)) return { headers };
    return { headers, reply: new Reply(cors.options_passthrough ? 200 : 204) };
  }

  private async byClient(
    exchange: Exchange,
    cors: CorsConfiguration,
    clientOrigins: ClientOrigins,
  ): Promise<CorsDecision> {
    const origin = exchange.headers.origin ?? '';
    const listed = await clientOrigins.of(exchange).catch(() => []); // the endpoint will report what is wrong with the request
    const allowed = listed ? originAllowed(listed, origin, this.rules) : await someClientHas(origin, clientOrigins);
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

  /** A page may read the redirect from doubled slashes where it may read the answer at its target. */
  private isOfClients(exchange: Exchange): boolean {
    const { listener, path } = exchange;
    const meant = hasDoubledSlashes(exchange) ? cleanPath(path) : path;
    return this.routes.find(CorsOfClients, listener, meant) !== undefined;
  }

  private get rules(): { allowUnbounded: boolean } {
    return { allowUnbounded: this.config.current.feature_flags.legacy_allow_insecure_origins };
  }
}

/** Where the look-up fails, the origin is not allowed. */
function someClientHas(origin: string, clientOrigins: ClientOrigins): Promise<boolean> {
  return clientOrigins.some(origin).catch(() => false);
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

function exposed({ exposed_headers: names }: CorsConfiguration): Record<string, string> {
  return names.length > 0 ? { 'access-control-expose-headers': names.join(', ') } : {};
}
