import type { Command } from 'commander';
import { CommandFailed } from './command-failed.js';
import { filesOf, withConfigurationFiles } from './configuration-files.js';

/** For APIs that serve the document themselves: it starts nothing, and asks no server. */
export function resourceMetadataCommand(command: Command): void {
  withConfigurationFiles(command)
    .argument('<resource>', 'identifier of the resource, as in oauth2.protected_resources')
    .action(async (wanted: string) => {
      const { loadConfiguration } = await import('../config/load-configuration.js');
      const { metadataOf } = await import('../oauth2/protected-resources/protected-resource-metadata.js');
      const generatedSecret = 'unused: nothing is signed';
      const configuration = loadConfiguration({ files: filesOf(command), generatedSecret });
      const resources = configuration.oauth2.protected_resources;
      const found = resources.find(({ resource }) => resource === wanted);
      if (!found) {
        const known = resources.map(({ resource }) => resource).join(', ') || 'none';
        throw new CommandFailed(`oauth2.protected_resources does not list ${wanted}. It lists: ${known}.`);
      }
      process.stdout.write(`${JSON.stringify(metadataOf(found, configuration), undefined, 2)}\n`);
    });
}
