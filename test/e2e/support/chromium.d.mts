import type { Browser, BrowserContext } from 'playwright-core';

/** The Chromium in the PATH, or undefined. */
export function chromiumPath(): string | undefined;

/** @param rules mapped host names: `MAP *.test 127.0.0.1:4444` */
export function launchChromium(executablePath: string, rules?: string): Promise<Browser>;

/**
 * A browser with a profile on disk that allows third-party cookies. Contexts of {@link launchChromium} are private
 * windows, which allow none.
 */
export function launchProfile(executablePath: string, folder: string, rules: string): Promise<BrowserContext>;
