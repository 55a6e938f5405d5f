import type { Configuration } from '../../../config/configuration.js';
import { needsCertificate } from '../../../config/listener-tls.js';
import { readTlsMaterial, TlsMaterialError } from '../../../http/listener/tls/tls-material.js';
import { fail, type Finding, ok, warn } from '../finding.js';

const SOON_MS = 14 * 86_400_000;

export function checkTls({ serve }: Configuration, now = new Date()): Finding[] {
  return (['public', 'admin', 'mtls'] as const).flatMap((name) => {
    const { tls, host } = serve[name];
    if (name === 'mtls' && !serve.mtls.enabled) return [];
    if (!tls.enabled || host.startsWith('unix:')) return [];
    if (needsCertificate(serve[name])) return [ownCertificate(`TLS of ${name}`)];
    try {
      return [judge(`TLS of ${name}`, readTlsMaterial(tls).endsAt, now)];
    } catch (error) {
      if (!(error instanceof TlsMaterialError)) throw error;
      return [fail(`TLS of ${name}`, error.message.replace(/\.$/, ''), `Correct serve.${name}.tls or serve.tls`)];
    }
  });
}

function ownCertificate(check: string): Finding {
  const change = 'Set serve.tls.cert and serve.tls.key: outside of development mode the server does not start without';
  return warn(check, 'the server makes a certificate at each start, which nobody trusts', change);
}

function judge(check: string, endsAt: Date, now: Date): Finding {
  const finding = `the certificate ends on ${endsAt.toISOString().slice(0, 10)}`;
  const change = 'Renew it: files are read again without a restart';
  if (endsAt <= now) return fail(check, finding, change);
  return endsAt.getTime() - now.getTime() < SOON_MS ? warn(check, finding, change) : ok(check, finding);
}
