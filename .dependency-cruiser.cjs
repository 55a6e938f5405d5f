/**
 * The import arrows of the project (docs/adr/0002-one-way-imports.md). A folder under src may import itself and what its
 * row lists; specs are free. `npx depcruise src migrations` shows the same as the test under test/architecture.
 */
const vocabulary = ['protocol', 'crypto', 'config'];
const infrastructure = [...vocabulary, 'database', 'flow-store', 'events', 'observability'];
const base = [...infrastructure, 'http', 'health', 'invalidation', 'imported'];

/** folder → the other folders that it may import */
const arrows = {
  protocol: [],
  crypto: [],
  config: ['protocol'], // durations
  database: vocabulary,
  'flow-store': [...vocabulary, 'database'], // one of its two stores is a table
  events: vocabulary,
  observability: [...vocabulary, 'events'], // metrics listen to what happens
  http: infrastructure,
  health: [...infrastructure, 'http'],
  invalidation: infrastructure,
  imported: [...infrastructure, 'health'], // an import that has not finished is an obstacle to readiness
  keys: base,
  jwt: [...base, 'keys'],
  clients: [...base, 'keys', 'jwt'],
  trust: [...base, 'keys', 'jwt', 'clients'],
  consent: [...base, 'keys', 'jwt', 'clients', 'trust'],
  oauth2: [...base, 'keys', 'jwt', 'clients', 'trust', 'consent'],
};

/** The same within src/consent: consent.module.ts imports them all, and none imports it. */
const consentArrows = {
  flow: [],
  subjects: [],
  requests: ['flow', 'subjects'],
  'back-channel': ['subjects'],
  consents: ['flow', 'requests'], // a list shows a consent with the request that it answered
  sessions: ['back-channel', 'consents', 'subjects'], // one statement finds a session and what is remembered under it
  prompt: ['consents', 'sessions'],
  interaction: ['flow', 'subjects', 'consents', 'sessions', 'prompt'],
  logout: ['flow', 'requests', 'sessions'],
  ciba: ['flow', 'subjects', 'consents', 'requests', 'prompt', 'back-channel'],
};

/** The files that put everything together. */
const roots = '^src/(openapi/|(app\\.module|server|openapi|hot-routes|sweeps)\\.ts$)';
const spec = '\\.spec\\.ts$';

const arrowRules = Object.entries(arrows).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `${folder} may import ${others.length > 0 ? others.join(', ') : 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: spec },
  to: {
    path: '^(src|test|examples|scripts|bench|migrations)/',
    pathNot: [
      `^src/(${[folder, ...others].join('|')})/`,
      ...(folder === 'database' ? ['^migrations/'] : []), // it runs them
      ...(folder === 'config' ? ['^src/config/config\\.schema\\.json$'] : []),
    ],
  },
}));

const consentRules = Object.entries(consentArrows).map(([folder, others]) => ({
  name: `consent-${folder}-imports`,
  comment: `consent/${folder} may import ${others.length > 0 ? others.join(', ') : 'no other folder of consent'}`,
  severity: 'error',
  from: { path: `^src/consent/${folder}/`, pathNot: spec },
  to: { path: '^src/consent/', pathNot: `^src/consent/(${[folder, ...others].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...arrowRules,
    ...consentRules,
    {
      name: 'known-folders-of-consent',
      comment: 'a new folder under src/consent needs its row in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^src/consent/[^/]+/', pathNot: [`^src/consent/(${Object.keys(consentArrows).join('|')})/`, spec] },
      to: {},
    },
    {
      name: 'known-folders',
      comment: 'a new folder under src needs its row in .dependency-cruiser.cjs',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [`^src/(${Object.keys(arrows).join('|')}|cli)/`, roots, '^src/main\\.ts$', spec],
      },
      to: {},
    },
    {
      name: 'oauth2-endpoints-apart',
      comment:
        'endpoint folders of oauth2 share through issuance/ and sender-constraint/; only discovery/ reads the lists of the others',
      severity: 'error',
      from: { path: '^src/oauth2/(?!discovery/)([^/]+)/', pathNot: spec },
      to: {
        path: '^src/oauth2/[^/]+/',
        pathNot: ['^src/oauth2/$1/', '^src/oauth2/issuance/', '^src/oauth2/sender-constraint/'],
      },
    },
    {
      name: 'sender-constraint-is-below-issuance',
      comment: 'sender-constraint/ proves who sends a request; what is bound by it belongs to issuance/',
      severity: 'error',
      from: { path: '^src/oauth2/sender-constraint/', pathNot: spec },
      to: { path: '^src/oauth2/[^/]+/', pathNot: '^src/oauth2/sender-constraint/' },
    },
    {
      name: 'nobody-imports-discovery',
      comment: 'discovery/ describes the others; nothing of oauth2 depends on it',
      severity: 'error',
      from: { path: '^src/oauth2/(?!discovery/)[^/]+/', pathNot: spec },
      to: { path: '^src/oauth2/discovery/' },
    },
    {
      name: 'roots-are-last',
      comment: 'app.module, server, openapi and hot-routes are imported by one another and by cli and main alone',
      severity: 'error',
      from: { path: '^src/', pathNot: [roots, '^src/cli/', '^src/main\\.ts$', spec] },
      to: { path: roots },
    },
    {
      name: 'cli-is-imported-by-main',
      comment: 'cli/ is on top',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/main\\.ts$'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'main-imports-cli',
      comment: 'main hands the command line to cli/, nothing else',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^(src|migrations|test)/', pathNot: '^src/cli/' },
    },
    {
      name: 'first-process-is-small',
      comment: 'the first of several processes (serve.workers) reaches nothing of the framework',
      severity: 'error',
      from: { path: '^src/cli/workers/primary\\.ts$' },
      to: {
        path: ['node_modules/(@nestjs|typeorm|express|reflect-metadata)/', '^src/(server|app\\.module)\\.ts$'],
        reachable: true,
      },
    },
    {
      name: 'migrations-are-text',
      comment: 'a migration is SQL: what it imports would change under it',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'no-tests-in-source',
      comment: 'the program does not import tests, examples, scripts or load programs',
      severity: 'error',
      from: { path: '^src/', pathNot: spec },
      to: { path: ['^(test|examples|scripts|bench)/', spec] },
    },
    { name: 'no-cycles', comment: 'no import cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // imports of types are imports, too
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
