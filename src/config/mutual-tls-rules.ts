/** The rules between the keys of mutual TLS (RFC 8705). What cannot work is refused at the start. */
import type { Rule, RuleFault } from './rule.js';

const SWITCH = 'oauth2.mtls.enabled';
/** Headers that mean something else: a proxy cannot also pass on a certificate in them. */
const TAKEN = [
  ...['authorization', 'connection', 'content-length', 'content-type', 'cookie', 'dpop', 'host', 'origin'],
  ...['transfer-encoding', 'x-forwarded-for', 'x-forwarded-proto', 'x-request-id'],
];

const fault = (key: string, problem: string): RuleFault => ({ path: key.split('.'), problem });

const switchedOn: Rule = ({ serve, urls, oauth2 }) => {
  if (oauth2.mtls.enabled) return [];
  return [
    ...(serve.mtls.enabled ? [fault('serve.mtls.enabled', `expected false, or ${SWITCH} to be true as well`)] : []),
    ...(urls.self.mtls ? [fault('urls.self.mtls', `expected nothing, or ${SWITCH} to be true as well`)] : []),
  ];
};

const certificateOfListener: Rule = ({ serve: { mtls } }) =>
  (['cert', 'key'] as const)
    .filter((name) => mtls.enabled && !mtls.tls[name].path && !mtls.tls[name].base64)
    .map((name) =>
      fault(`serve.mtls.tls.${name}`, 'expected path or base64 of a PEM text, because serve.mtls.enabled is true'),
    );

const portOfListener: Rule = ({ serve: { mtls, ...others } }) =>
  (['public', 'admin'] as const)
    .filter((name) => mtls.enabled && others[name].port === mtls.port && overlap(others[name].host, mtls.host))
    .map((name) => fault('serve.mtls.port', `expected another port than serve.${name}.port`));

const EVERYWHERE = ['', '0.0.0.0', '::', '[::]'];
const overlap = (one: string, other: string): boolean =>
  one === other || [one, other].some((host) => EVERYWHERE.includes(host));

const proxyHeaders: Rule = ({ oauth2 }) => {
  const { header, chain_header: chain, format } = oauth2.mtls.proxy;
  const key = 'oauth2.mtls.proxy';
  return [
    ...(header && !format ? [fault(`${key}.format`, `expected a format, because ${key}.header is set`)] : []),
    ...(format && !header ? [fault(`${key}.header`, `expected a name, because ${key}.format is set`)] : []),
    ...(chain && !header ? [fault(`${key}.header`, `expected a name, because ${key}.chain_header is set`)] : []),
    ...(chain && chain.toLowerCase() === header?.toLowerCase()
      ? [fault(`${key}.chain_header`, `expected another name than ${key}.header`)]
      : []),
    ...(chain && format === 'xfcc'
      ? [fault(`${key}.chain_header`, `expected nothing, because ${key}.format is xfcc, which has the chain beside`)]
      : []),
    ...(['header', 'chain_header'] as const)
      .filter((name) => TAKEN.includes(oauth2.mtls.proxy[name]?.toLowerCase() ?? ''))
      .map((name) => fault(`${key}.${name}`, 'expected a header that has no other meaning')),
  ];
};

const authoritiesGiven: Rule = ({ oauth2: { mtls } }) =>
  mtls.certificate_authorities.flatMap(({ path, base64 }, index) =>
    path || base64
      ? []
      : [
          {
            path: ['oauth2', 'mtls', 'certificate_authorities', index],
            problem: 'expected path or base64 of a PEM text',
          },
        ],
  );

export const mutualTlsRules: readonly Rule[] = [
  switchedOn,
  certificateOfListener,
  portOfListener,
  proxyHeaders,
  authoritiesGiven,
];
