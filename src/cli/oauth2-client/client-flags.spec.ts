import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { CLIENT_FLAGS, clientFromFlags, givenFlags, givenMembers, withClientFlags } from './client-flags.js';

function parsed(...args: string[]): Command {
  const command = withClientFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' });
}

const SAMPLES = {
  text: ['a text', 'a text'],
  list: ['a,b', ['a', 'b']],
  words: ['a,b', 'a b'],
  seconds: ['3600', 3600],
  json: ['{"a":[1]}', { a: [1] }],
} as const;

describe('flags of clients', () => {
  it.each(CLIENT_FLAGS)('--$name sets $member alone', ({ name, member, kind = 'text' }) => {
    const [args, value] =
      kind === 'boolean' ? [[`--${name}`], true] : [[`--${name}`, SAMPLES[kind][0]], SAMPLES[kind][1]];
    const command = parsed(...args);
    expect(givenMembers(command)).toEqual([[member, value]]);
    expect(givenFlags(command)).toEqual([`--${name}`]);
  });

  it('set no member when no flag is given, so that an update changes nothing', () => {
    expect(givenMembers(parsed())).toEqual([]);
  });

  it('describe a client of the code flow by default', () => {
    expect(clientFromFlags(parsed())).toEqual({
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      metadata: {},
      request_object_signing_alg: 'RS256',
    });
  });

  it('replace the defaults', () => {
    const client = clientFromFlags(parsed('--grant-type', 'client_credentials', '--metadata', 'null'));
    expect([client.grant_types, client.metadata]).toEqual([['client_credentials'], null]);
  });

  it('may be empty, which clears the value', () => {
    expect(givenMembers(parsed('--scope', '', '--redirect-uri', '', '--owner', ''))).toEqual([
      ['redirect_uris', []],
      ['scope', ''],
      ['owner', ''],
    ]);
  });

  it('can set a boolean to false', () => {
    expect(givenMembers(parsed('--no-skip-consent'))).toEqual([['skip_consent', false]]);
  });

  it('keep the digits of large numbers in metadata', () => {
    expect(givenMembers(parsed('--metadata', '{"n":12345678901234567890}'))).toEqual([
      ['metadata', { n: 12345678901234567890n }],
    ]);
  });

  it('refuse metadata that is not JSON', () => {
    expect(() => parsed('--metadata', '{a:1}')).toThrow('Write JSON');
  });
});
