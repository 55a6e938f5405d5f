import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedSecret } from '../../../src/database/system-secret.js';

describe('generated system secret', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ostiary-secret-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is created once and read again, and only its owner may read it', async () => {
    const data = join(folder, 'data');
    const secret = await embeddedSecret(data);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(statSync(join(data, 'system-secret')).mode & 0o777).toBe(0o600);
    expect(await embeddedSecret(data)).toBe(secret);
  });

  it('is the same for many simultaneous requests, and leaves no other file', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => embeddedSecret(folder)));
    expect(new Set(secrets).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['system-secret']);
  });

  it('is never replaced if its file is damaged', async () => {
    writeFileSync(join(folder, 'system-secret'), '\n');
    chmodSync(join(folder, 'system-secret'), 0o600);
    await expect(embeddedSecret(folder)).rejects.toThrow(/is damaged/);
    expect(readFileSync(join(folder, 'system-secret'), 'utf8')).toBe('\n');
  });
});
