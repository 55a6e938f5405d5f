import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res, UsePipes } from '@nestjs/common';
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
import type { Response } from 'express';
import { ConfigHolder } from '../config/config-holder.js';
import { ErrorOAuth2Dto } from '../http/error.dto.js';
import { validationPipe } from '../http/validation-pipe.js';
import { badRequest } from '../protocol/oauth-error.js';
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

  /** Makes a key and adds it to the set; the keys that are there stay. From now on the new key signs. */
  @Post()
  @ApiOperation({ operationId: 'createJsonWebKeySet', summary: 'Create JSON Web Key' })
  @ApiCreatedResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async create(
    @Param('set') set: string,
    @Body() wish: CreateJsonWebKeySetDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JsonWebKeySetDto> {
    const key = await this.administration.create(set, wish);
    const issuer = this.config.current.urls.self.issuer.replace(/\/+$/, '');
    response.setHeader('location', `${issuer}/keys/${encodeURIComponent(set)}`);
    return { keys: [key] };
  }

  /** Replaces all keys of the set by those of the body; the last one is the newest. */
  @Put()
  @ApiOperation({ operationId: 'setJsonWebKeySet', summary: 'Update a JSON Web Key Set' })
  @ApiBody({ type: JsonWebKeySetDto, required: false })
  @ApiOkResponse({ type: JsonWebKeySetDto, description: 'jsonWebKeySet' })
  async replace(@Param('set') set: string, @Body() body: JsonWebKeySetDto): Promise<JsonWebKeySetDto> {
    await this.administration.replace(set, body.keys);
    return body;
  }

  /** Deletes the set with all its keys; no error where there is none. */
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

  /** Adds the key or replaces the one with its kid. The `kid` of the body counts; the one of the path is ignored. */
  @Put(':kid')
  @ApiParam({ name: 'kid', type: String, description: 'Ignored: the kid of the body counts' })
  @ApiOperation({ operationId: 'setJsonWebKey', summary: 'Set JSON Web Key' })
  @ApiBody({ type: JsonWebKeyDto, required: false })
  @ApiOkResponse({ type: JsonWebKeyDto, description: 'jsonWebKey' })
  async putKey(@Param('set') set: string, @Body() jwk: JsonWebKeyDto): Promise<JsonWebKeyDto> {
    await this.administration.put(set, jwk);
    return jwk;
  }

  /** Deletes one key; no error where there is none. */
  @Delete(':kid')
  @HttpCode(204)
  @ApiParam({ name: 'kid', type: String, description: 'Name of the key' })
  @ApiOperation({ operationId: 'deleteJsonWebKey', summary: 'Delete JSON Web Key' })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  async removeKey(@Param('set') set: string, @Param('kid') kid: string): Promise<void> {
    await this.administration.remove(set, kid);
  }
}
