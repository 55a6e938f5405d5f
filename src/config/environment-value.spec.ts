import { describe, expect, it } from 'vitest';
import { readCsvLine, readVariable } from './environment-value.js';
import { nodeAt, type SchemaNode } from './schema-node.js';

function node(path: string): SchemaNode {
  const found = nodeAt(path.split('.'));
  if (!found) throw new Error(`no key ${path}`);
  return found;
}

describe('readVariable', () => {
  it.each([
    ['urls.login', 'http://x/login', 'http://x/login'],
    ['serve.public.port', '4000', 4000],
    ['serve.public.port', '-1', -1],
    ['tracing.providers.otlp.sampling.sampling_ratio', '0.5', 0.5],
    ['secrets.system', 'one,two', ['one', 'two']],
    ['secrets.system', ' one , two ', ['one', 'two']],
    ['secrets.system', '"one,1","say ""two"""', ['one,1', 'say "two"']],
    ['secrets.system', '["one","two,2"]', ['one', 'two,2']],
    ['urls.identity_provider.headers', '{"x-key":"v"}', { 'x-key': 'v' }],
    ['oauth2.token_hook', 'http://x/', 'http://x/'],
    ['oauth2.token_hook', '{"url":"http://x/"}', { url: 'http://x/' }],
    ['ttl.refresh_token', '-1', '-1'],
    ['serve.public.cors', '{"enabled":true}', { enabled: true }],
  ])('reads for the key %s the text %s as its type', (path, text, value) => {
    expect(readVariable(text, node(path))).toEqual({ value });
  });

  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('reads %s as true', (text) => {
    expect(readVariable(text, node('dev'))).toEqual({ value: true });
  });

  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('reads %s as false', (text) => {
    expect(readVariable(text, node('dev'))).toEqual({ value: false });
  });

  it.each([
    ['dev', 'yes', 'true or false'],
    ['serve.public.port', '44.5', 'a whole number'],
    ['serve.public.port', 'http', 'a whole number'],
    ['serve.public.port', '1e3', 'a whole number'],
    ['tracing.providers.otlp.sampling.sampling_ratio', 'half', 'a number'],
    ['secrets.system', '["one"', 'a JSON array or values separated by commas'],
    ['secrets.system', '"one', 'values separated by commas, with every quote closed'],
    ['urls.identity_provider.headers', 'x-key: v', 'a JSON object'],
    ['urls.identity_provider.headers', '[]', 'a JSON object'],
    ['oauth2.token_hook', '{"url":', 'a JSON object'],
  ])('refuses for the key %s the text %s', (path, text, expected) => {
    expect(readVariable(text, node(path))).toEqual({ expected });
  });
});

describe('a line of CSV', () => {
  it.each([
    ['', ['']],
    ['a', ['a']],
    ['a,', ['a', '']],
    [',a', ['', 'a']],
    ['"a b" , c', ['a b', 'c']],
    ['""', ['']],
  ])('%j gives %j', (line, fields) => {
    expect(readCsvLine(line)).toEqual(fields);
  });

  it.each(['a"b', '"a"b', '"', 'a,"b'])('%j is malformed', (line) => {
    expect(readCsvLine(line)).toBeUndefined();
  });
});
