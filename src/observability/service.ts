import { version } from './version.js';

/** The members by which a log that gathers many programs knows this one. */
export const SERVICE = { service_name: 'Ostiary', service_version: version() };
