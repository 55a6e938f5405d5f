/**
 * Loads the configuration from defaults, files in their order, flags and environment; later sources take precedence. All
 * faults are collected before the load fails.
 */
import type { Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { withDefaults } from './defaults.js';
import { derive } from './derive.js';
import { type Environment, environmentLayer, variableOf } from './environment-layer.js';
import { type Fault, NOT_SET, shownValue } from './fault.js';
import { fileLayer } from './file-layer.js';
import { type Layer, mergedLayers, sourceOf } from './layer.js';
import { isEmbedded, rules } from './rules.js';
import { type Path, schemaTree } from './schema-node.js';
import type { Settings } from './settings.js';
import { deepFreeze } from './deep-freeze.js';
import { type ConfigurationTree, valueAt, without } from './configuration-tree.js';
import { schemaFaults } from './validate.js';

export interface ConfigurationSources {
  /** The paths of YAML, JSON and TOML files. Later files take precedence. */
  files: readonly string[];
  /** By default the environment of the process. */
  env?: Environment;
  /** The flag `--dev`. */
  dev?: boolean;
  /** Values that take precedence over all others, because a running server keeps them. */
  fixed?: ConfigurationTree;
}

/** A valid configuration, which may still lack the system secret that is generated with the embedded database. */
export interface ConfigurationDraft {
  /** Present if no database is configured. */
  embedded?: EmbeddedDatabase;
  /** Whether complete() needs a generated secret. It may only with the embedded database. */
  needsSecret: boolean;
  /** The configuration, which is deeply frozen. */
  complete(generatedSecret?: string): Configuration;
}

interface EmbeddedDatabase {
  dataDir: string;
  /** `dsn: memory`: the data is deleted at the end of the process. */
  temporary: boolean;
}

/**
 * Reads and checks the whole configuration, before a database is started or a secret is generated.
 * @throws ConfigurationError with every fault
 */
export function readConfiguration(sources: ConfigurationSources): ConfigurationDraft {
  const layers = layersOf(sources);
  const settings = settingsOf(layers);
  const { dsn, data_dir, secrets } = settings;
  const embedded = isEmbedded(dsn) ? { dataDir: data_dir, temporary: dsn === 'memory' } : undefined;
  const needsSecret = embedded !== undefined && !secrets.system?.length;
  return {
    ...(embedded && { embedded }),
    needsSecret,
    complete: (generatedSecret) => {
      if (needsSecret && generatedSecret === undefined) throw missingSecret();
      return deepFreeze(derive(settings, generatedSecret));
    },
  };
}

/**
 * The configuration in one step, if a database is configured or the secret of the embedded one is known.
 * @throws ConfigurationError with every fault
 */
export function loadConfiguration(sources: ConfigurationSources & { generatedSecret?: string }): Configuration {
  return readConfiguration(sources).complete(sources.generatedSecret);
}

/**
 * Only some groups of keys, with their defaults, for commands that need no others. The rest of the configuration is not
 * checked.
 * @throws ConfigurationError if a file cannot be read or one of these keys is invalid
 */
export function configuredPart<Name extends keyof Settings>(
  sources: ConfigurationSources,
  names: readonly Name[],
): Pick<Settings, Name> {
  const layers = layersOf(sources);
  const isWanted = ({ path }: Fault): boolean => names.some((name) => name === path[0]);
  const tree = mergedLayers(layers);
  const given = Object.fromEntries(names.filter((name) => tree[name] !== undefined).map((name) => [name, tree[name]]));
  const { settings, faults } = checked(given, layers);
  const unread = layers.flatMap((layer) => layer.faults).filter((fault) => fault.path.length === 0 || isWanted(fault));
  const all = [...unread, ...faults.filter(isWanted)];
  if (all.length > 0) throw new ConfigurationError(all);
  return settings;
}

/**
 * Only the configured dsn.
 * @throws ConfigurationError if a file cannot be read or the dsn is invalid
 */
export function configuredDsn(sources: ConfigurationSources): string | undefined {
  return configuredPart(sources, ['dsn']).dsn;
}

/** The given values, before defaults and checks. */
export function givenValues(sources: ConfigurationSources): ConfigurationTree {
  return mergedLayers(layersOf(sources));
}

function layersOf({ files, env = process.env, dev, fixed }: ConfigurationSources): Layer[] {
  const flags = dev ? [layer({ dev }, 'flag --dev')] : [];
  const kept = fixed ? [layer(fixed, 'fixed since the start')] : [];
  const given = [...files.map(fileLayer), ...flags, environmentLayer(env), ...kept];
  return [standaloneLayer(mergedLayers(given)), ...given];
}

function layer(values: ConfigurationTree, place: string): Layer {
  return { values, faults: [], locate: () => place };
}

/**
 * The weakest layer. Without a configured database this is not production, so the listeners stay on loopback, and without
 * an issuer the server runs in development mode.
 */
function standaloneLayer(given: ConfigurationTree): Layer {
  if (!isEmbedded(valueAt(given, ['dsn']))) return layer({}, NOT_SET);
  const serve = { public: { host: '127.0.0.1' }, admin: { host: '127.0.0.1' } };
  const isNamed = valueAt(given, ['urls', 'self', 'issuer']) !== undefined;
  return layer(isNamed ? { serve } : { dev: true, serve }, NOT_SET);
}

function settingsOf(layers: readonly Layer[]): Settings {
  const { settings, faults } = checked(mergedLayers(layers), layers);
  const all = [...layers.flatMap((layer) => layer.faults), ...faults];
  if (all.length > 0) throw new ConfigurationError(all);
  return settings;
}

/** The rules between keys get the tree without its faulty values, so that each fault is reported once. */
function checked(tree: ConfigurationTree, layers: readonly Layer[]): { settings: Settings; faults: Fault[] } {
  const broken = schemaFaults(tree, layers);
  const unread = layers.flatMap(({ faults }) => faults);
  const sound = broken.reduce((rest, { path }) => without(rest, path), tree);
  const settings = withDefaults(sound, schemaTree()) as unknown as Settings;
  const told = [...broken, ...unread].map(({ path }) => path);
  const further = rules
    .flatMap((rule) => rule(settings))
    .filter(({ path }) => !told.some((other) => overlaps(other, path)));
  return { settings, faults: [...broken, ...further.map(({ path, problem }) => located(path, problem, tree, layers))] };
}

function located(path: Path, problem: string, tree: ConfigurationTree, layers: readonly Layer[]): Fault {
  const value = valueAt(tree, path);
  if (value !== undefined) return { path, source: sourceOf(layers, path), problem, shown: shownValue(path, value) };
  return { path, source: `${NOT_SET} (a file, or the variable ${variableOf(path)})`, problem };
}

/** Whether one path contains the other. The empty path, of a file that could not be read, contains every path. */
function overlaps(a: Path, b: Path): boolean {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, index) => a[index] === b[index]).every(Boolean);
}

function missingSecret(): ConfigurationError {
  const path = ['secrets', 'system'];
  const source = `${NOT_SET} (a file, or the variable ${variableOf(path)})`;
  return new ConfigurationError([
    { path, source, problem: 'expected a list of secrets, or the generated secret of the embedded database' },
  ]);
}
