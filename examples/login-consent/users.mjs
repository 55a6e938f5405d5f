/** The people of the demo. Yours come from your own user store, with hashed passwords and a limit on attempts. */
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * `id` is the subject: it never changes and is never given to somebody else, unlike an e-mail address. `code` is a second
 * factor. Yours changes every thirty seconds (RFC 6238), or is a security key.
 */
export const users = [
  { id: 'user-1001', name: 'Ada Lovelace', email: 'ada@example.com', password: 'difference-engine', code: '271828' },
  { id: 'user-1002', name: 'Grace Hopper', email: 'grace@example.com', password: 'nanosecond', code: '299792' },
];

/** The user whom e-mail address, password and, unless it is undefined, the code belong to, or undefined. */
export function authenticate(email, password, code) {
  const user = users.find((candidate) => candidate.email === email.trim().toLowerCase());
  const matches = timingSafeEqual(digest(password), digest(user?.password ?? ''));
  const confirms = code === undefined || timingSafeEqual(digest(code.trim()), digest(user?.code ?? ''));
  return user && matches && confirms ? user : undefined;
}

export const userById = (id) => users.find((user) => user.id === id);

const digest = (value) => createHash('sha256').update(value).digest();
