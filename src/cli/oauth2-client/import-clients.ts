import type { Command } from 'commander';
import type { Api } from '../api/api.js';
import { apiOf, show, withRemote } from '../api/remote.js';
import { CommandFailed } from '../command-failed.js';
import { failureText } from '../failure-text.js';
import { jsonIn, nameOf, readInput, STANDARD_INPUT } from '../input/read-input.js';
import { type Client, clientIn, clientListing } from './client-listing.js';
import { clientCommand } from './client-names.js';
import { secretEncryption, withEncryption } from './secret-encryption.js';

interface Outcome {
  clients: Client[];
  failures: string[];
}

/** Reads every source and tries every client; created clients stay after a failure. An id that exists is a failure. */
export function importClients(verb: Command): void {
  const command = clientCommand(
    verb,
    'oauth2-client',
    'register the clients of JSON files and of standard input',
  ).argument('[file...]', 'files that hold an array of clients each; standard input is read as well');
  withRemote(withEncryption(command)).action(async (files: string[]) => {
    const [api, encrypted] = [apiOf(command), await secretEncryption(command)];
    const outcomes: Outcome[] = [];
    for (const file of sources(files)) outcomes.push(await importFrom(file, api));
    const clients = outcomes.flatMap((outcome) => outcome.clients);
    if (clients.length > 0) await show(command, clientListing(await Promise.all(clients.map(encrypted))));
    const failures = outcomes.flatMap((outcome) => outcome.failures);
    if (failures.length > 0) throw new CommandFailed(failures.join('\n'));
    if (clients.length === 0) throw new CommandFailed('There is no client in the input.');
  });
}

/** Standard input that is a terminal is read only where no file is given: otherwise it would wait for somebody to type. */
function sources(files: readonly string[]): string[] {
  const listed = files.filter((file) => file !== STANDARD_INPUT);
  return listed.length > 0 && listed.length === files.length && process.stdin.isTTY
    ? listed
    : [STANDARD_INPUT, ...listed];
}

async function importFrom(file: string, api: Api): Promise<Outcome> {
  const outcome: Outcome = { clients: [], failures: [] };
  const failed = (error: unknown, of = ''): void => {
    outcome.failures.push(`${nameOf(file)}${of}: ${failureText(error)}`);
  };
  const documents = await documentsIn(file).catch((error: unknown) => {
    failed(error);
    return [];
  });
  for (const [index, document] of documents.entries()) {
    await api.call('POST', '/admin/clients', { json: document }).then(
      ({ body }) => outcome.clients.push(clientIn(body)),
      (error: unknown) => {
        failed(error, `, client ${index + 1}`);
      },
    );
  }
  return outcome;
}

async function documentsIn(file: string): Promise<unknown[]> {
  const content = await readInput(file);
  if (file === STANDARD_INPUT && content.toString().trim() === '') return [];
  const found = jsonIn(content, 'It');
  return Array.isArray(found) ? (found as unknown[]) : [found];
}
