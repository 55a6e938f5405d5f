import { userById } from './users.mjs';

/** What the ID token says of a person, by the scopes they granted (OpenID Connect Core 1.0, section 5.4). */
export function idTokenClaims(subject, scopes) {
  const user = userById(subject);
  if (!user) return {};
  return {
    ...(scopes.includes('profile') && { name: user.name }),
    ...(scopes.includes('email') && { email: user.email, email_verified: true }),
  };
}
