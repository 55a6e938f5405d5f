/** Members with these names are secret, at any depth of a log record. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'x-session-token',
  'query',
  'password',
  'secret',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'registration_access_token',
  'code',
  'device_code',
  'user_code',
  'code_verifier',
  'assertion',
  'client_assertion',
  'login_challenge',
  'login_verifier',
  'consent_challenge',
  'consent_verifier',
  'logout_challenge',
  'logout_verifier',
  'device_challenge',
  'device_verifier',
  'ciba_challenge',
  'auth_req_id',
  'client_notification_token',
  'login_hint_token',
]);
const MAX_DEPTH = 5;

/** The members with `text` in place of every secret; the original object where it holds none. */
export function redact(members: Record<string, unknown>, text: string, depth = 0): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(members)) {
    const shown = shownValue(name, value, text, depth);
    if (shown !== value) (copy ??= { ...members })[name] = shown;
  }
  return copy ?? members;
}

function shownValue(name: string, value: unknown, text: string, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (SECRET_NAMES.has(name.toLowerCase())) return text;
  if (typeof value !== 'object' || value instanceof Error || Array.isArray(value) || depth >= MAX_DEPTH) return value;
  return redact(value as Record<string, unknown>, text, depth + 1);
}
