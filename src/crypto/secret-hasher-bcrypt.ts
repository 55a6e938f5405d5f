/**
 * bcrypt, computed in a worker thread: the implementation is plain JavaScript and would hold up every other request.
 * Secrets beyond 72 bytes are refused instead of cut off.
 */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { equalText } from './digest.js';

/** bcrypt reads no more of a secret than this. */
export const BCRYPT_MAX_BYTES = 72;
/** Revision, cost and salt: what the hash of a secret depends on. */
const FORM = /^\$2[abyz]?\$(\d\d\$[./A-Za-z0-9]{22})[./A-Za-z0-9]{31}$/;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The worker hashes one secret after another: the salt is either a cost (new salt) or revision, cost and salt. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const bcrypt = require(workerData);
parentPort.on('message', ({ id, secret, salt }) => {
  try {
    parentPort.postMessage({ id, hash: bcrypt.hashSync(secret, salt) });
  } catch (error) {
    parentPort.postMessage({ id, failure: error.message });
  }
});`;

interface Answer {
  id: number;
  hash?: string;
  failure?: string;
}

interface Waiting {
  resolve(hash: string): void;
  reject(error: Error): void;
}

export function isBcryptHash(hash: string): boolean {
  return /^\$2[abyz]?\$/.test(hash);
}

export async function bcryptHash(secret: string, cost: number): Promise<string> {
  if (Buffer.byteLength(secret) > BCRYPT_MAX_BYTES)
    throw new Error(`bcrypt takes secrets of at most ${BCRYPT_MAX_BYTES} bytes.`);
  return compute(secret, cost);
}

export async function verifyBcrypt(secret: string, hash: string): Promise<boolean> {
  const costAndSalt = FORM.exec(hash)?.[1];
  if (!costAndSalt || Buffer.byteLength(secret) > BCRYPT_MAX_BYTES) return false;
  const got = await compute(secret, `$2b$${costAndSalt}`);
  return equalText(got, hash.replace(/^\$2[^$]?\$/, '$2b$'));
}

export function dummyBcryptHash(cost: number): string {
  const letters = [...randomBytes(53)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
  return `$2b$${String(cost).padStart(2, '0')}$${letters}`;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let lastId = 0;

function compute(secret: string, salt: number | string): Promise<string> {
  worker ??= start();
  worker.ref(); // a process ends with an idle worker, not with one at work
  const id = ++lastId;
  worker.postMessage({ id, secret, salt });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function start(): Worker {
  const workerData = createRequire(import.meta.url).resolve('bcryptjs');
  const started = new Worker(WORKER, { eval: true, workerData });
  started.on('message', answer);
  const lost = (error: Error): void => {
    if (worker === started) failAll(error);
  };
  started.on('error', lost);
  started.on('exit', () => {
    lost(new Error('The bcrypt worker ended.'));
  });
  return started;
}

function answer({ id, hash, failure }: Answer): void {
  const asker = waiting.get(id);
  waiting.delete(id);
  if (waiting.size === 0) worker?.unref();
  if (hash === undefined) asker?.reject(new Error(failure));
  else asker?.resolve(hash);
}

/** The next secret starts another worker. */
function failAll(error: Error): void {
  worker = undefined;
  const askers = [...waiting.values()];
  waiting.clear();
  for (const asker of askers) asker.reject(error);
}
