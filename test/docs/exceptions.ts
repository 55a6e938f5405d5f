/**
 * Blocks that nothing executes or validates, and commands of guides that are only parsed, each with its page, the beginning of its text, and the reason. In the page they
 * carry `<!-- test: exception -->` or `<!-- test: checked -->`.
 */
export const EXCEPTIONS: [page: string, start: string, reason: string][] = [
  ['README.md', 'npm ci && npm test', 'the tests themselves, which .ci/run starts with these commands'],
  [
    'docs/getting-started.md',
    'npm start -- --dev -c',
    'needs the file that the reader writes; test/integration/cli/serve.test.ts starts the same program with one',
  ],
  [
    'docs/getting-started.md',
    'npm start',
    'takes the fixed ports; test/integration/cli/serve.test.ts starts the same program',
  ],
  [
    'docs/getting-started.md',
    'docker compose up',
    'needs a container engine; test/integration/config/examples.test.ts loads its configuration',
  ],
  ['docs/clients.md', 'provider = ', 'settings of oauth2-proxy, which test/clients/oauth2-proxy gives as arguments'],
  [
    'docs/clients.md',
    'spring.security.',
    'settings of Spring, which test/clients/spring-security has with its own addresses',
  ],
  ['CONTRIBUTING.md', 'src/ ', 'a drawing of the folders'],
  ['CONTRIBUTING.md', 'protocol ', 'a drawing of the arrows, which test/architecture/imports.test.ts enforces'],
  ['CONTRIBUTING.md', '"require_scope"', 'a part of the schema, not of a configuration'],
  [
    'docs/configuration.md',
    'The configuration has 3',
    'the message for a file that the page does not show; the tests of the configuration have each of its lines',
  ],
  ['docs/configuration.md', '# yaml-language', 'a comment for editors'],
  [
    'docs/guides/dpop.md',
    '{ "access_token"',
    'an answer, of which the API document has no schema with this token type',
  ],
  ['docs/guides/rich-authorization-requests.md', '[', 'a value of the type that the deployer describes'],
  [
    'docs/guides/step-up.md',
    '{\n  "userinfo"',
    'a value of the parameter claims, whose form OpenID Connect Core section 5.5 has',
  ],
  ['docs/kubernetes.md', 'rules:', 'a fragment for the adapter of Prometheus, which the tests do not have'],
  ['docs/kubernetes.md', 'scrape_configs:', 'a fragment for Prometheus, which the tests do not have'],
  ['docs/guides/mutual-tls.md', 'server {', 'a fragment for nginx, which the tests do not have'],
  ['docs/guides/mutual-tls.md', 'http_filters:', 'a fragment for Envoy, which the tests do not have'],
];
