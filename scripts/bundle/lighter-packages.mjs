/**
 * Work that packages do when they are loaded, and most processes never need, is put off until it is needed. If a package
 * no longer has the text that is replaced here, the build fails.
 */
const CHANGES = [
  {
    // It looks on the disk for two exports that TypeORM 1 no longer has, and so would load all of TypeORM a second time.
    file: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/,
    change: () => 'export const Connection = undefined;\nexport const AbstractRepository = undefined;\n',
  },
  {
    // The format of a date takes ICU's data. The logger of this program does not use it.
    file: /@nestjs\/common\/services\/(console-)?logger\.service\.js$/,
    change: (code) => later(code, 'dateTimeFormatter', /new Intl\.DateTimeFormat\([^)]*\)/),
  },
  {
    // A table of a thousand media types.
    file: /node_modules\/mime-types\/index\.js$/,
    change: (code) => tablesOnDemand(later(code, 'db', /require\('mime-db'\)/)),
  },
  {
    // Validators that no class uses, such as those of the postal codes of the world.
    file: /class-validator\/cjs\/decorator\/\w+\/\w+\.js$/,
    change: (code) => {
      const [, name, value] = LOADED_VALIDATOR.exec(code) ?? [];
      return name ? later(code, name, literally(value)) : code;
    },
  },
  {
    // The drivers of other databases.
    file: /typeorm\/driver\/DriverFactory\.js$/,
    change: (code) => {
      const drivers = code.matchAll(/^const (\w+) = (require\("\.\/[^"]+"\));$/gm);
      return [...drivers].reduce((text, [, name, value]) => later(text, name, literally(value)), code);
    },
  },
  {
    // Uploads, which no controller takes.
    file: /@nestjs\/platform-express\/multer\/index\.js$/,
    change: () => 'export {};\n',
  },
];

const LOADED_VALIDATOR =
  /^const (\w+) = (__import(?:Default|Star)\(require\("validator[^"]*"\)\)|require\("libphonenumber-js\/max"\));$/m;

/** A plugin of the bundler. */
export function lighterPackages() {
  const missing = new Set(CHANGES);
  return {
    name: 'lighter-packages',
    transform(code, id) {
      const found = CHANGES.find(({ file }) => file.test(id));
      const changed = found?.change(code) ?? code;
      if (changed === code) return null;
      missing.delete(found);
      return { code: changed, map: null };
    },
    buildEnd() {
      for (const { file } of missing)
        throw new Error(`No file ${file} was changed: see scripts/bundle/lighter-packages.mjs`);
    },
  };
}

/** The constant gets its value at its first use. */
function later(code, name, value) {
  const declaration = new RegExp(`^(?:const|var) ${name} = (${value.source})`, 'm');
  const found = declaration.exec(code);
  if (!found) throw new Error(`There is no ${declaration} any more: see scripts/bundle/lighter-packages.mjs`);
  const uses = new RegExp(`\\b${name}(?=[.[)])`, 'g');
  const called = code.replace(uses, `(${name}())`);
  return called.replace(
    declaration,
    `var ${name}Value; const ${name} = () => (${name}Value ??= ${found[1].replaceAll('$', '$$$$')})`,
  );
}

function tablesOnDemand(code) {
  const property = (name) => `Object.defineProperty(exports, '${name}', { get: () => tables().${name} })`;
  const tables = `
var filled
function tables () {
  if (!filled) {
    filled = { extensions: Object.create(null), types: Object.create(null) }
    populateMaps(filled.extensions, filled.types)
  }
  return filled
}`;
  return code
    .replace('exports.extensions = Object.create(null)', property('extensions'))
    .replace('exports.types = Object.create(null)', property('types'))
    .replace('populateMaps(exports.extensions, exports.types)', tables);
}

const literally = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
