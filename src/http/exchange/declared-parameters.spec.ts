import { expect, it } from 'vitest';
import { audienceParameter, parseParameters, scopeParameter, textParameter } from './declared-parameters.js';
import { FormParams } from './form-params.js';

const DECLARED = { code: textParameter, scope: scopeParameter, audience: audienceParameter };

it('returns the declared parameters, each read by its reader, and nothing else', () => {
  const sent = FormParams.parse('code=c&scope=a+b+a&audience=x&audience=y+z&other=1');
  expect(parseParameters(DECLARED, sent)).toEqual({ code: 'c', scope: ['a', 'b'], audience: ['x', 'y', 'z'] });
});

it('takes an empty parameter for an absent one (RFC 6749 §3.1)', () => {
  const absent = { code: undefined, scope: [], audience: [] };
  expect(parseParameters(DECLARED, FormParams.parse('code=&scope='))).toEqual(absent);
  expect(parseParameters(DECLARED, new FormParams())).toEqual(absent);
});

it.each([
  ['scope', 'invalid_scope'],
  ['audience', 'invalid_request'],
])('refuses more words than any honest request has (%s)', (name, code) => {
  const words = Array.from({ length: 1001 }, (_, i) => `w${i}`).join('+');
  const read = (): unknown => parseParameters(DECLARED, FormParams.parse(`${name}=${words}`));
  expect(read).toThrow(expect.objectContaining({ code }));
});
