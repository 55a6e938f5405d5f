import { withoutTrailingSlashes } from '../protocol/trailing-slashes.js';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UsePipes } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ConfigHolder } from '../config/config-holder.js';
import { ErrorOAuth2Dto } from '../http/replies/error.dto.js';
import { validationPipe } from '../http/exchange/validation-pipe.js';
import { jsonReply } from '../http/replies/replies.js';
import type { Reply } from '../http/replies/reply.js';
import { badRequest } from '../protocol/admin-error.js';
import { CreateJsonWebKeySetDto, JsonWebKeyDto, JsonWebKeySetDto } from './json-web-key.dto.js';
import { KeyAdministration } from './key-administration.js';

@ApiTags('jwk')
@ApiParam({ name: 'set', type: String, description: 'Name of the key set' })
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'errorOAuth2' })
@Controller('admin/keys/:set')
@UsePipes(validationPipe(badRequest))
export class KeysController {
  constructor(
    private readonly administration: KeyAdministration,
    private readonly config: ConfigHolder,
  ) {}

  /** The keys of the set, newest first, with their private members. */
  @Get()
  @ApiOperation({ operationId: 'getJsonWebKeySet', summary: 'Retrieve a JSON Web Key Set' })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async list(@Param('set') set: string): Promise<JsonWebKeySetDto> {
    return { keys: await this.administration.list(set) };
  }

  /** Generates a key and adds it to the set. Existing keys stay. From now on the new key signs. */
  @Post()
  @ApiOperation({ operationId: 'createJsonWebKeySet', summary: 'Create JSON Web Key' })
  @ApiCreatedResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async create(@Param('set') set: string, @Body() requested: CreateJsonWebKeySetDto): Promise<Reply> {
    const key = await this.administration.create(set, requested);
    const issuer = withoutTrailingSlashes(this.config.current.urls.self.issuer);
    const created = { keys: [key] } satisfies JsonWebKeySetDto;
    return jsonReply(201, created, { location: `${issuer}/keys/${encodeURIComponent(set)}` });
  }

  /** Replaces all keys of the set with those in the body; the last one is the newest. */
  @Put()
  @ApiOperation({ operationId: 'setJsonWebKeySet', summary: 'Update a JSON Web Key Set' })
  @ApiBody({ type: JsonWebKeySetDto, required: false })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async replace(@Param('set') set: string, @Body() body: JsonWebKeySetDto): Promise<JsonWebKeySetDto> {
    await this.administration.replace(set, body.keys);
    return body;
  }

  /** Deletes the set with all its keys. A missing set is no error. */
  @Delete()
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteJsonWebKeySet', summary: 'Delete JSON Web Key Set' })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  async remove(@Param('set') set: string): Promise<void> {
    await this.administration.remove(set);
  }

  /** One key with its private members, as a set of one. */
  @Get(':kid')
  @ApiParam({ name: 'kid', type: String, description: 'Name of the key' })
  @ApiOperation({ operationId: 'getJsonWebKey', summary: 'Get JSON Web Key' })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async readKey(@Param('set') set: string, @Param('kid') kid: string): Promise<JsonWebKeySetDto> {
    return { keys: [await this.administration.read(set, kid)] };
  }

  /** Adds the key or replaces the one with the same `kid`. The `kid` in the body counts; the one in the path is ignored. */
  @Put(':kid')
  @ApiParam({ name: 'kid', type: String, description: 'Ignored: the kid in the body counts' })
  @ApiOperation({ operationId: 'setJsonWebKey', summary: 'Set JSON Web Key' })
  @ApiBody({ type: JsonWebKeyDto, required: false })
  @ApiOkResponse({ type: JsonWebKeyDto, description: 'jsonWebKey' })
  async putKey(@Param('set') set: string, @Body() jwk: JsonWebKeyDto): Promise<JsonWebKeyDto> {
    await this.administration.put(set, jwk);
    return jwk;
  }

  /** Deletes one key. A missing key is no error. */
  @Delete(':kid')
  @HttpCode(204)
  @ApiParam({ name: 'kid', type: String, description: 'Name of the key' })
  @ApiOperation({ operationId: 'deleteJsonWebKey', summary: 'Delete JSON Web Key' })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  async removeKey(@Param('set') set: string, @Param('kid') kid: string): Promise<void> {
    await this.administration.remove(set, kid);
  }
}
