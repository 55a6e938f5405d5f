import type { Command } from 'commander';

/** For the build of the project; nothing is started and no configuration is read. */
export function openApiCommand(command: Command): void {
  command
    .requiredOption('-o, --output <file>', 'the file to write, - for standard output')
    .action(async ({ output }: { output: string }) => {
      const { loadConfiguration } = await import('../config/load-configuration.js');
      const { writeOpenApi } = await import('../openapi.js');
      const generatedSecret = 'unused: nothing is signed';
      await writeOpenApi(output, loadConfiguration({ files: [], env: {}, generatedSecret }));
    });
}
