import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { badRequest } from '../../protocol/admin-error.js';
import type { Exchange } from './exchange.js';
import { JsonBody } from './json-body.js';
import { AsSent, validationPipe } from './validation-pipe.js';

class KeyDto {
  @IsString()
  kid: string;

  @IsOptional()
  @IsString()
  use?: string;

  @IsOptional()
  @IsString({ each: true })
  ops?: string[];
}

class SetDto {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => KeyDto)
  keys: KeyDto[];

  @IsOptional()
  @IsString()
  name?: string;

  @IsOptional()
  @AsSent()
  metadata?: unknown;
}

const pipe = validationPipe((hint) => badRequest(hint));

function through(text: string, metatype: typeof SetDto | typeof Object = SetDto): Promise<unknown> {
  const exchange = { text: () => Promise.resolve(text) } as unknown as Exchange;
  return Promise.resolve(pipe.transform(new JsonBody(exchange, 1_000), { type: 'body', metatype }));
}

describe('a JSON body', () => {
  it('becomes the DTO, unknown members left out', async () => {
    const dto = await through('{"keys":[{"kid":"a","more":1}],"more":1}');
    expect(dto).toBeInstanceOf(SetDto);
    expect(JSON.stringify(dto)).toBe('{"keys":[{"kid":"a"}]}');
  });

  it('takes null for an absent member, in nested DTOs too', async () => {
    const dto = await through('{"keys":[{"kid":"a","use":null}],"name":null,"metadata":null}');
    expect(JSON.stringify(dto)).toBe('{"keys":[{"kid":"a"}]}');
    await expect(through('{"keys":null}')).rejects.toThrow('keys must be an array');
  });

  it('takes null for an absent element of a list, however deep', async () => {
    const dto = await through('{"keys":[null,{"kid":"a","ops":[null,"sign",null]},null],"metadata":[null]}');
    expect(JSON.stringify(dto)).toBe('{"keys":[{"kid":"a","ops":["sign"]}],"metadata":[null]}');
    await expect(through('{"keys":[{"kid":null}]}')).rejects.toThrow('keys.0.kid must be a string');
  });

  it('keeps a member of any structure as it was sent', async () => {
    for (const sent of [
      '{"a":null,"constructor":1,"__proto__":{"b":[1,null]}}',
      '[null,{"n":1.5}]',
      '"x"',
      '0',
      'false',
    ]) {
      const dto = (await through(`{"keys":[],"metadata":${sent}}`)) as SetDto;
      expect(JSON.stringify(dto.metadata)).toBe(sent);
    }
    const large = (await through('{"keys":[],"metadata":{"n":12345678901234567890}}')) as SetDto;
    expect(large.metadata).toEqual({ n: 12345678901234567890n });
  });

  it('is refused with the path of every faulty member', async () => {
    await expect(through('{"keys":[{"kid":1},{"kid":"a","use":2}],"name":3}')).rejects.toMatchObject({
      code: 'The request was malformed or contained invalid parameters',
      hint: 'keys.0.kid must be a string. keys.1.use must be a string. name must be a string.',
    });
  });

  it('is given as parsed where there is no DTO', async () => {
    expect(await through('[{"op":"replace","value":null}]', Object)).toEqual([{ op: 'replace', value: null }]);
  });

  it('cannot add members to other objects', async () => {
    await through('{"keys":[],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
