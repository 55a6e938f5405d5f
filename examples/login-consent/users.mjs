/** The people of the demo. Yours come from your own user store, with hashed passwords and a limit on attempts. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** `id` is the subject: it never changes and is never given to somebody else, unlike an e-mail address. */
export const users = [
  { id: 'user-1001', name: 'Ada Lovelace', email: 'ada@example.com', password: 'difference-engine' },
  { id: 'user-1002', name: 'Grace Hopper', email: 'grace@example.com', password: 'nanosecond' },
];

/** The user whom e-mail address and password belong to, or undefined. */
export function authenticate(email, password) {
  const user = users.find((candidate) => candidate.email === email.trim().toLowerCase());
  const matches = timingSafeEqual(digest(password), digest(user?.password ?? ''));
  return user && matches ? user : undefined;
}

export const userById = (id) => users.find((user) => user.id === id);

const digest = (value) => createHash('sha256').update(value).digest();
