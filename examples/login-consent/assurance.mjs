/** How well a person must prove who they are: `acr` (RFC 9470, OpenID Connect Core 1.0, section 5.5.1.1). */

/** The classes that this app knows, the easier one first, with their methods (RFC 8176). */
const CLASSES = { pwd: ['pwd'], mfa: ['pwd', 'otp', 'mfa'] };

/** The class that a login has to reach; undefined if this app knows none that the application accepts. */
export function requestedClass(login) {
  const asked = [login.requested_claims?.id_token?.acr, login.requested_claims?.userinfo?.acr].filter(Boolean);
  const demanded = asked.filter(({ essential }) => essential).map(valuesOf);
  const wished = [
    ...(login.oidc_context?.acr_values ?? []),
    ...asked.filter(({ essential }) => !essential).flatMap(valuesOf),
  ];
  const possible = Object.keys(CLASSES).filter((name) => demanded.every((names) => names.includes(name)));
  return wished.find((name) => possible.includes(name)) ?? possible[0];
}

function valuesOf({ value, values = [] }) {
  return value === undefined ? (values.length ? values : Object.keys(CLASSES)) : [value];
}

/** What Ostiary is told about a login of this class. */
export const assuranceOf = (name) => ({ acr: name, amr: CLASSES[name] });
