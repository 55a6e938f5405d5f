import type { Command } from 'commander';

/** Serves the build of the project: it starts nothing and reads no configuration. */
export function openApiCommand(command: Command): void {
  command
    .requiredOption('-o, --output <file>', 'the file to write, - for standard output')
    .action(async ({ output }: { output: string }) => {
      await import('@nestjs/swagger'); // first: without it the decorators of the bundle describe nothing
      const { loadConfiguration } = await import('../config/load-configuration.js');
      const { writeOpenApi } = await import('../openapi.js');
      const generatedSecret = 'unused: nothing is signed';
      await writeOpenApi(output, loadConfiguration({ files: [], env: {}, generatedSecret }));
    });
}
