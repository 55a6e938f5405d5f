/** The examples of all operations. Tests send their requests to a server, and compare its answers with these. */
import { SERVICE } from './service.js';
import { KEYS } from './keys.js';
import { CLIENTS } from './clients.js';
import { TRUST } from './trust.js';
import { REQUESTS } from './requests.js';
import { SESSIONS } from './sessions.js';
import { PROTOCOL } from './protocol.js';
import type { Examples } from './operation-example.js';

export const EXAMPLES: Examples = { ...SERVICE, ...KEYS, ...CLIENTS, ...TRUST, ...REQUESTS, ...SESSIONS, ...PROTOCOL };
