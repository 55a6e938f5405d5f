/** The rules between the keys of CIBA Core 1.0. What cannot work is refused at the start. */
import type { Rule, RuleFault } from './rule.js';

const SWITCH = 'oidc.ciba.enabled';

const fault = (key: string, problem: string): RuleFault => ({ path: key.split('.'), problem });

/** Only the operator's app can reach a person: this server shows nothing to anybody. */
const hookOfApp: Rule = ({ oidc: { ciba } }) =>
  ciba.enabled && ciba.hook === undefined
    ? [fault('oidc.ciba.hook', `expected the address of your app, because ${SWITCH} is true`)]
    : [];

/** The hook is told who is asked for what. */
const secureHook: Rule = ({ dev, oidc: { ciba } }) => {
  const url = typeof ciba.hook === 'string' ? ciba.hook : ciba.hook?.url;
  if (dev || url === undefined || /^https:/i.test(url)) return [];
  return [
    fault(
      'oidc.ciba.hook',
      'expected an address that begins with https:// (http is only for development mode: dev, or serve --dev)',
    ),
  ];
};

/** CIBA Core §7.3: the interval is a positive integer. */
const interval: Rule = ({ oidc: { ciba } }) =>
  Number.isInteger(ciba.interval) && ciba.interval >= 1
    ? []
    : [fault('oidc.ciba.interval', 'expected a duration of whole seconds, at least 1s')];

const lifetime: Rule = ({ ttl: { ciba_request: seconds } }) =>
  seconds >= 1 && seconds <= 86_400 ? [] : [fault('ttl.ciba_request', 'expected a duration from 1s to 24h')];

export const cibaRules: readonly Rule[] = [hookOfApp, secureHook, interval, lifetime];
