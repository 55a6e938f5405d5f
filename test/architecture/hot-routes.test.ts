import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './dependency-cruiser.js';

/** Code that Nest runs around every handler, but not around hot routes. */
const AROUND_EVERY_HANDLER =
  /\bAPP_(?:GUARD|INTERCEPTOR|PIPE)\b|\buseGlobal\w+|\bNestMiddleware\b|\bMiddlewareConsumer\b|\b(?:app|adapter)\.use\(|\bsetGlobalPrefix\b|\benableVersioning\b/;

async function filesAddingToEveryHandler(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  const paths = files.map((file) => relative(root, join(file.parentPath, file.name)));
  const adding = await Promise.all(
    paths.map(async (path) => AROUND_EVERY_HANDLER.test(await readFile(join(root, path), 'utf8')) && path),
  );
  return adding.filter((path) => path !== false);
}

describe('hot routes', () => {
  it('bypass no global code except the guard of the listeners', async () => {
    expect(await filesAddingToEveryHandler()).toEqual(['src/http/http.module.ts']);
    const httpModule = await readFile(join(root, 'src/http/http.module.ts'), 'utf8');
    expect(httpModule.match(/provide: APP_(?:GUARD|INTERCEPTOR|PIPE).*/g)).toEqual([
      'provide: APP_GUARD, useClass: ListenerGuard },',
    ]);
  });
});
