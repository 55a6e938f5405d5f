import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, UsePipes } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../../http/replies/error.dto.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { JsonBodies } from '../../http/exchange/json-bodies.js';
import { Pagination } from '../../http/exchange/pagination.js';
import { jsonReply, jsonTextReply } from '../../http/replies/replies.js';
import { validationPipe } from '../../http/exchange/validation-pipe.js';
import type { Reply } from '../../http/replies/reply.js';
import { badRequest } from '../../protocol/admin-error.js';
import { OAuth2ClientDto, OAuth2ClientTokenLifespansDto } from '../client.dto.js';
import { ClientStore } from '../client-store.js';
import { unknownClient } from '../client-writer.js';
import { DocumentTexts } from '../document-texts.js';
import { ClientAdministration } from './client-administration.service.js';
import { JsonPatchDto } from './json-patch.dto.js';

/** The scope of page tokens: they are not valid for other lists. */
const PAGES = 'clients';
const ID = { name: 'id', description: 'OAuth 2.0 Client ID' };
const CLIENT = { type: OAuth2ClientDto, description: 'oAuth2Client' };
const BAD_REQUEST = { type: ErrorOAuth2Dto, description: 'Bad Request Error Response' };
const NOT_FOUND = { type: ErrorOAuth2Dto, description: 'Not Found Error Response' };
const ANY_ERROR = { type: ErrorOAuth2Dto, description: 'Default Error Response' };
const BY_DOCUMENT = 'Only clients whose metadata is the document at their id (true), or only registered ones (false)';

/** Frequent reads of operators go from rows straight to the text of the answer, without document objects in between. */
@ApiTags('oAuth2')
@Controller('admin/clients')
@UsePipes(validationPipe(badRequest))
export class ClientsController {
  private readonly texts = new DocumentTexts();

  constructor(
    private readonly administration: ClientAdministration,
    private readonly store: ClientStore,
    private readonly pagination: Pagination,
    private readonly bodies: JsonBodies,
  ) {}

  /** Returns a page of clients in the order of their ids, never with secrets. */
  @Get()
  @ApiOperation({ operationId: 'listOAuth2Clients', summary: 'List OAuth 2.0 Clients' })
  // decorators are applied from the last to the first: page_size comes first in the description
  @ApiQuery({ name: 'owner', required: false, type: String, description: 'Only clients of this owner' })
  @ApiQuery({ name: 'metadata_document', required: false, type: Boolean, description: BY_DOCUMENT })
  @ApiQuery({ name: 'client_name', required: false, type: String, description: 'Only clients of this name' })
  @ApiQuery({ name: 'page_token', required: false, type: String, description: 'From the Link header of another page' })
  @ApiQuery({ name: 'page_size', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 } })
  @ApiOkResponse({ type: [OAuth2ClientDto], description: 'Paginated OAuth2 Client List Response' })
  @ApiDefaultResponse(ANY_ERROR)
  async list(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const { size, after = '' } = this.pagination.parse(exchange, PAGES);
    const byDocument = flagIn(query, 'metadata_document');
    const filter = { name: query.first('client_name'), owner: query.first('owner'), byDocument };
    const found = await this.store.listDocuments(filter, after, size + 1); // one more row tells whether there is a next page
    const rows = found.slice(0, size);
    const next = found.length > size ? rows.at(-1)?.client_id : undefined;
    const link = this.pagination.linkHeader({ scope: PAGES, path: exchange.path, query, size, next });
    return jsonTextReply(200, `[${rows.map((row) => this.texts.of(row)).join(',')}]`, { link });
  }

  /** Creates a client. A secret that is not given is generated, and shown in this answer only. */
  @Post()
  @ApiOperation({ operationId: 'createOAuth2Client', summary: 'Create OAuth 2.0 Client' })
  @ApiBody({ type: OAuth2ClientDto, description: 'OAuth 2.0 Client Request Body' })
  @ApiCreatedResponse(CLIENT)
  @ApiBadRequestResponse(BAD_REQUEST)
  @ApiDefaultResponse(ANY_ERROR)
  async create(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const body = await this.bodies.readAsSent(exchange, badRequest);
    const client = await this.administration.create(body, new Date());
    const location = `/admin/clients/${encodeURIComponent(client.client_id ?? '')}`;
    return jsonReply(201, client, { location });
  }

  /** Returns one client, never with its secret. */
  @Get(':id')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'getOAuth2Client', summary: 'Get an OAuth 2.0 Client' })
  @ApiOkResponse(CLIENT)
  @ApiDefaultResponse(ANY_ERROR)
  async get(@Param('id') id: string): Promise<Reply> {
    const row = await this.store.findDocument(id);
    if (!row) throw unknownClient();
    return jsonTextReply(200, this.texts.of(row));
  }

  /** Replaces the client: fields that are left out get their defaults. A secret that is not given stays. */
  @Put(':id')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'setOAuth2Client', summary: 'Set OAuth 2.0 Client' })
  @ApiBody({ type: OAuth2ClientDto, description: 'OAuth 2.0 Client Request Body' })
  @ApiOkResponse(CLIENT)
  @ApiBadRequestResponse(BAD_REQUEST)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiDefaultResponse(ANY_ERROR)
  async replace(@Param('id') id: string, @HttpExchange() exchange: Exchange): Promise<Reply> {
    const body = await this.bodies.readAsSent(exchange, badRequest);
    return jsonReply(200, await this.administration.replace(id, body, new Date()));
  }

  /** Changes single fields by a JSON Patch (RFC 6902) of add, remove and replace. */
  @Patch(':id')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'patchOAuth2Client', summary: 'Patch OAuth 2.0 Client' })
  @ApiBody({ type: [JsonPatchDto], description: 'OAuth 2.0 Client JSON Patch Body' })
  @ApiOkResponse(CLIENT)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiDefaultResponse(ANY_ERROR)
  patch(@Param('id') id: string, @Body() operations: unknown): Promise<OAuth2ClientDto> {
    return this.administration.patch(id, operations, new Date());
  }

  /** Deletes the client with its consents, grants and tokens. */
  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiOperation({ operationId: 'deleteOAuth2Client', summary: 'Delete OAuth 2.0 Client' })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  @ApiDefaultResponse(ANY_ERROR)
  async delete(@Param('id') id: string): Promise<void> {
    await this.administration.delete(id, new Date());
  }

  /** Replaces all lifespans of the client's tokens and nothing else. */
  @Put(':id/lifespans')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'setOAuth2ClientLifespans', summary: 'Set OAuth2 Client Token Lifespans' })
  @ApiBody({ type: OAuth2ClientTokenLifespansDto, required: false })
  @ApiOkResponse(CLIENT)
  @ApiDefaultResponse(ANY_ERROR)
  setLifespans(@Param('id') id: string, @Body() body: unknown): Promise<OAuth2ClientDto> {
    return this.administration.setLifespans(id, body, new Date());
  }
}

/** @throws OAuthError 400 */
function flagIn(query: FormParams, name: string): boolean | undefined {
  const value = query.first(name);
  if (value === undefined || value === '') return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw badRequest(`Parameter '${name}' must be true or false.`);
}
