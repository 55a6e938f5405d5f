/**
 * The decorators that describe the API do their work only for `ostiary openapi`, whose command loads @nestjs/swagger
 * before the application. In every other process they do nothing, and the package is not loaded.
 */
import * as swagger from '@nestjs/swagger';

const PACKAGE = '@nestjs/swagger';
const STAND_IN = '\0descriptions';
const LOADED = '\0descriptions-loaded';
const PLACE = "globalThis[Symbol.for('ostiary.descriptions')]";

export function descriptions(compiled) {
  const command = `${compiled}/cli/openapi.command.js`;
  return {
    name: 'descriptions',
    resolveId: (id, importer) => {
      if (id !== PACKAGE || importer === LOADED) return null;
      return importer === command ? LOADED : STAND_IN;
    },
    load: (id) => {
      if (id === LOADED) return `import * as all from '${PACKAGE}';\n${PLACE} = all;\nexport {};\n`;
      if (id === STAND_IN) return standIn();
      return null;
    },
  };
}

function standIn() {
  const names = Object.keys(swagger).filter((name) => name !== 'default' && name !== 'module.exports');
  const lines = names.map((name) => `export const ${name} = all?.${name} ?? nothing;`);
  return `const all = ${PLACE};\nconst nothing = () => () => undefined;\n${lines.join('\n')}\n`;
}
