import type { Configuration } from '../../../config/configuration.js';
import { fail, type Finding, ok, warn } from '../finding.js';

type Check = (configuration: Configuration) => Finding[];

/** RFC 6265 §5.3: a browser drops a cookie whose Domain is neither the host that sets it nor a parent domain. */
const domain: Check = ({ serve: { cookies }, urls }) => {
  const host = new URL(urls.self.public).hostname;
  const given = cookies.domain?.replace(/^\./, '').toLowerCase();
  if (!given || host === given || host.endsWith(`.${given}`)) return [];
  const change = `Set it to ${host} or a domain above it, or remove it`;
  return [fail('cookies', `serve.cookies.domain ${given} does not cover ${host}: browsers drop the cookies`, change)];
};

/** The name prefixes `__Host-` and `__Secure-` (RFC 6265bis §4.1.3). */
const prefixes: Check = ({ dev, serve: { cookies } }) =>
  Object.entries(cookies.names).flatMap(([key, name]) => {
    const secure = !dev || cookies.secure;
    const isRoot = key !== 'session' || cookies.paths.session === '/';
    const isAllowed = secure && (!name.startsWith('__Host-') || (!cookies.domain && isRoot));
    if (!/^__(Host|Secure)-/.test(name) || isAllowed) return [];
    const change = name.startsWith('__Host-')
      ? 'It needs Secure, the path / and no serve.cookies.domain'
      : 'It needs Secure: serve.cookies.secure in development mode';
    return [fail('cookies', `browsers drop the cookie ${name} (serve.cookies.names.${key})`, change)];
  });

const distinct: Check = ({ serve: { cookies } }) => {
  const names = Object.values(cookies.names);
  if (new Set(names).size === names.length) return [];
  return [fail('cookies', 'two of serve.cookies.names are the same', 'Give each cookie a name of its own')];
};

const sessionPath: Check = ({ serve: { cookies }, urls }) => {
  const endpoint = `${new URL(urls.self.public).pathname.replace(/\/$/, '')}/oauth2/auth`;
  const path = cookies.paths.session.replace(/\/$/, '');
  if (endpoint === path || endpoint.startsWith(`${path}/`)) return [];
  const change = 'Set it to / or to a path that the endpoints begin with';
  return [fail('cookies', `serve.cookies.paths.session does not cover ${endpoint}: nobody stays logged in`, change)];
};

const sameSite: Check = ({ dev, serve: { cookies }, urls }) => {
  const isHttps = urls.self.issuer.startsWith('https:');
  if (cookies.same_site_mode === 'Strict') {
    const change = 'Use Lax, or None where pages of other sites embed the flow';
    return [warn('cookies', 'SameSite is Strict: who comes from an application of another site is logged out', change)];
  }
  if (cookies.same_site_mode === 'None' && (!isHttps || (dev && !cookies.secure))) {
    const change = 'Use https and serve.cookies.secure, or Lax';
    return [warn('cookies', 'SameSite None needs https and Secure: Lax is sent instead', change)];
  }
  return [];
};

const development: Check = ({ dev, serve: { cookies }, urls }) => {
  const { protocol, hostname } = new URL(urls.self.issuer);
  const isLocal = /^(localhost|127\.|\[::1\])/.test(hostname);
  if (!dev || isLocal) return [];
  const remark = protocol === 'https:' && !cookies.secure ? ', and cookies are not Secure' : '';
  return [warn('development mode', `dev is on for ${hostname}${remark}`, 'Turn dev off where others reach the server')];
};

export function checkCookies(configuration: Configuration): Finding[] {
  const checks = [domain, prefixes, distinct, sessionPath, sameSite, development];
  const found = checks.flatMap((check) => check(configuration));
  return found.length > 0 ? found : [ok('cookies', 'SameSite, Secure, domain, path and names fit the issuer')];
}
