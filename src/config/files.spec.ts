import { describe, expect, it } from 'vitest';
import { faultLine } from './fault.js';
import { tomlLayer } from './toml-file.js';
import { yamlLayer } from './yaml-file.js';

const yaml = (text: string): ReturnType<typeof yamlLayer> => yamlLayer('c.yml', text);
const toml = (text: string): ReturnType<typeof tomlLayer> => tomlLayer('c.toml', text);

describe('a YAML file', () => {
  it('has a line and a column for each key and item', () => {
    const layer = yaml('dev: true\nttl:\n  access_token: 1h\nsecrets:\n  system:\n    - first\n    - second\n');
    expect(layer.locate(['ttl', 'access_token'])).toBe('c.yml:3:3');
    expect(layer.locate(['secrets', 'system', 1])).toBe('c.yml:7:7');
  });

  it('has the place of the group if the key has no place', () => {
    const layer = yaml('a: &it\n  b: 1\nurls:\n  <<: *it\n');
    expect(layer.values).toEqual({ a: { b: 1 }, urls: { b: 1 } });
    expect(layer.locate(['urls', 'b'])).toBe('c.yml:3:1');
  });

  it('may be JSON, even with tabs', () => {
    const layer = yaml('{\n\t"ttl": {\n\t\t"access_token": "1h"\n\t}\n}');
    expect(layer.values).toEqual({ ttl: { access_token: '1h' } });
    expect(layer.locate(['ttl', 'access_token'])).toBe('c.yml:3:3');
  });

  it.each(['', '# only a comment\n', '---\n'])('has no values if it has no keys: %j', (text) => {
    expect(yaml(text)).toMatchObject({ values: {}, faults: [] });
  });

  it('treats a key without a value as absent', () => {
    expect(yaml('urls:\n  login:\n  consent: /x\nlog: ~\n').values).toEqual({ urls: { consent: '/x' } });
  });

  it.each([
    ['a: [1, 2\nb: 3\n', 'c.yml:2:1'],
    ['a: 1\na: 2\n', 'c.yml:2:1'],
    ['a: "open\n', 'c.yml:2:1'],
    ['a: *nobody\n', 'c.yml:1:1'],
  ])('is refused with line and column if it is malformed: %j', (text, place) => {
    const { values, faults } = yaml(text);
    expect(values).toEqual({});
    expect(faults.map(faultLine)).toEqual([expect.stringContaining(`${place}: the file cannot be read: `)]);
  });

  it.each(['- x\n', 'text\n', '12\n'])('must contain keys: %j', (text) => {
    expect(yaml(text).faults.map(faultLine)).toEqual(['c.yml:1:1: expected keys with values']);
  });

  it('is never quoted in a message, because it contains secrets', () => {
    for (const text of ['- x\nsecrets: s3cret-value\n', 'a: b: s3cret-value', '"s3cret-value', 'a: *s3cret-value']) {
      expect(yaml(text).faults.map(faultLine).join()).not.toContain('s3cret');
    }
  });

  it('does not touch prototypes', () => {
    const { values } = yaml('__proto__:\n  polluted: true\nttl: {}\n');
    expect(Object.keys(values)).toEqual(['__proto__', 'ttl']);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a TOML file', () => {
  it('has a line and a column for each key', () => {
    const layer = toml(
      'dev = true\n\n[serve.public]\nport = 4000\n  cors.enabled = true\n[oauth2]\ntoken_hook = { url = "x" }\n',
    );
    expect(layer.values).toEqual({
      dev: true,
      serve: { public: { port: 4000, cors: { enabled: true } } },
      oauth2: { token_hook: { url: 'x' } },
    });
    expect(layer.locate(['dev'])).toBe('c.toml:1:1');
    expect(layer.locate(['serve', 'public', 'port'])).toBe('c.toml:4:1');
    expect(layer.locate(['serve', 'public', 'cors', 'enabled'])).toBe('c.toml:5:3');
    expect(layer.locate(['oauth2', 'token_hook', 'url'])).toBe('c.toml:7:1');
  });

  it('is refused with line and column if it is malformed, and is not quoted', () => {
    const [fault] = toml('dev = true\nsecret = "s3cret\n').faults.map(faultLine);
    expect(fault).toContain('c.toml:2:');
    expect(fault).not.toContain('s3cret');
  });
});
