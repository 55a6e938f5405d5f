import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** No network access outside this machine, and no dependence on its hardware. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium in the PATH, or undefined. */
export function chromiumPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

/** @param rules mapped host names: `MAP *.test 127.0.0.1:4444` */
export function launchChromium(executablePath, rules) {
  return chromium.launch({ executablePath, args: rules ? [...ARGS, `--host-resolver-rules=${rules}`] : ARGS });
}

/**
 * A browser with a profile on disk that allows third-party cookies. Contexts of {@link launchChromium} are private
 * windows, which allow none.
 */
export async function launchProfile(executablePath, folder, rules) {
  await mkdir(join(folder, 'Default'), { recursive: true });
  const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } };
  await writeFile(join(folder, 'Default/Preferences'), JSON.stringify(preferences));
  const args = [...ARGS, `--host-resolver-rules=${rules}`];
  return chromium.launchPersistentContext(folder, { executablePath, args, ignoreHTTPSErrors: true });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
