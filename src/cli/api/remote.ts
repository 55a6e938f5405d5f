/** What all client commands share: the flags for the connection and the output format, and the objects made from them. */
import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Command } from 'commander';
import { showHelpWithoutArguments } from '../command-group.js';
import { CommandFailed } from '../command-failed.js';
import { type FormatOptions, withFormats } from '../output/format-options.js';
import { type Listing, render } from '../output/format.js';
import { Api, type Connection, webAddress } from './api.js';

interface RemoteOptions extends FormatOptions {
  endpoint?: string;
  skipTlsVerify?: boolean;
  httpHeader?: string[];
}

/** Both the verb and its subcommand accept these flags, so that they may stand before or after the resource. */
export function withRemote(command: Command): Command {
  return withFormats(
    command
      .option('-e, --endpoint <url>', 'address of the server (default: the variable ORY_SDK_URL)')
      .option('--skip-tls-verify', 'accept any certificate')
      .option('-H, --http-header <header>', "header to send, 'Name: value'; may be repeated", appended),
  );
}

const appended = (value: string, before: string[] = []): string[] => [...before, value];

/** A verb that acts on resources of the server, with one function for each resource. */
export function remoteVerb(verb: Command, resources: readonly ((verb: Command) => void)[]): void {
  showHelpWithoutArguments(withRemote(verb));
  for (const resource of resources) resource(verb);
}

/** Flags of the command override those of its verb. */
export function flagsOf<Flags extends object>(command: Command): Partial<Flags> & RemoteOptions {
  const above = command.parent?.opts<RemoteOptions>() ?? {};
  const own = command.opts<RemoteOptions>();
  const httpHeader = [...(above.httpHeader ?? []), ...(own.httpHeader ?? [])];
  return { ...above, ...own, httpHeader } as Partial<Flags> & RemoteOptions;
}

/** @throws CommandFailed where no address is given, or an address or header is malformed */
export function apiOf(command: Command): Api {
  return new Api(connectionOf(flagsOf(command)));
}

function connectionOf({ endpoint, skipTlsVerify = false, httpHeader = [] }: RemoteOptions): Connection {
  const address = (endpoint === '' ? undefined : endpoint) ?? process.env.ORY_SDK_URL ?? '';
  if (address === '') {
    throw new CommandFailed('No server is named: give its address with --endpoint or in the variable ORY_SDK_URL.');
  }
  webAddress(address);
  return { endpoint: withoutTrailingSlashes(address), headers: headersOf(httpHeader), skipTlsVerify };
}

/** The form of a header (RFC 9110 §5.1 and §5.5). The value may hold colons. */
function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):([^\r\n\0]*)$/.exec(line) ?? [];
      if (name === '') throw new CommandFailed("--http-header must have the form 'Name: value'.");
      return [name.toLowerCase(), value.trim()];
    }),
  );
}

/** Prints a result in the format that the flags ask for. */
export async function show(command: Command, listing: Listing): Promise<void> {
  process.stdout.write(await render(listing, flagsOf(command)));
}
