import { Body, Controller, Delete, Get, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { ErrorOAuth2Dto } from '../http/replies/error.dto.js';
import type { Exchange } from '../http/exchange/exchange.js';
import { HttpExchange } from '../http/exchange/http-exchange.js';
import { Pagination } from '../http/exchange/pagination.js';
import { validationPipe } from '../http/exchange/validation-pipe.js';
import { jsonReply } from '../http/replies/replies.js';
import type { Reply } from '../http/replies/reply.js';
import { badRequest } from '../protocol/admin-error.js';
import { readTrustRequest } from './trust-request.js';
import { TrustedIssuers } from './trusted-issuers.js';
import {
  TrustedOAuth2JwtGrantIssuerDto,
  trustedIssuerDto,
  TrustOAuth2JwtGrantIssuerDto,
} from './trusted-issuer.dto.js';

const PAGES = 'trusted issuers';
const PAGE_SIZE = { type: 'integer', format: 'int64', minimum: 1, maximum: 500, default: 100 } as const;

@ApiTags('oAuth2')
@ApiDefaultResponse({ type: ErrorOAuth2Dto, description: 'Default Error Response' })
@Controller('admin/trust/grants/jwt-bearer/issuers')
@UsePipes(validationPipe(badRequest))
export class TrustController {
  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly pagination: Pagination,
  ) {}

  /** Until it expires, the trust accepts assertions (RFC 7523) of the issuer about the subject that the key has signed. */
  @Post()
  @ApiOperation({
    operationId: 'trustOAuth2JwtGrantIssuer',
    summary: 'Trust OAuth2 JWT Bearer Grant Type Issuer',
  })
  @ApiBody({ type: TrustOAuth2JwtGrantIssuerDto, required: false })
  @ApiCreatedResponse({ type: TrustedOAuth2JwtGrantIssuerDto, description: 'trustedOAuth2JwtGrantIssuer' })
  async create(@Body() requested: TrustOAuth2JwtGrantIssuerDto, @HttpExchange() exchange: Exchange): Promise<Reply> {
    const row = await this.issuers.create(await readTrustRequest(requested), exchange.arrivedAt);
    return jsonReply(201, trustedIssuerDto(row), { location: `/trust/grants/jwt-bearer/issuers/${row.id}` });
  }

  /** The trusted issuers in the order of their creation, including expired ones. */
  @Get()
  @ApiOperation({
    operationId: 'listTrustedOAuth2JwtGrantIssuers',
    summary: 'List Trusted OAuth2 JWT Bearer Grant Type Issuers',
  })
  @ApiQuery({ name: 'page_size', required: false, description: 'Items of a page, 1 to 500', schema: PAGE_SIZE })
  @ApiQuery({ name: 'page_token', required: false, description: 'From the Link header', type: String })
  @ApiQuery({ name: 'issuer', required: false, description: 'Only this issuer', type: String })
  @ApiOkResponse({ type: [TrustedOAuth2JwtGrantIssuerDto], description: 'trustedOAuth2JwtGrantIssuers' })
  async list(@HttpExchange() exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const { size, after } = this.pagination.parse(exchange, PAGES);
    const rows = await this.issuers.list({ issuer: query.first('issuer'), after, size });
    const page = rows.slice(0, size);
    const next = rows.length > size ? page.at(-1)?.id : undefined;
    const link = this.pagination.linkHeader({ scope: PAGES, path: exchange.path, query, size, next });
    return jsonReply(200, page.map(trustedIssuerDto), { link });
  }

  @Get(':id')
  @ApiParam({ name: 'id', type: String, description: 'Id of the trusted issuer' })
  @ApiOperation({
    operationId: 'getTrustedOAuth2JwtGrantIssuer',
    summary: 'Get Trusted OAuth2 JWT Bearer Grant Type Issuer',
  })
  @ApiOkResponse({ type: TrustedOAuth2JwtGrantIssuerDto, description: 'trustedOAuth2JwtGrantIssuer' })
  async read(@Param('id') id: string): Promise<TrustedOAuth2JwtGrantIssuerDto> {
    return trustedIssuerDto(await this.issuers.read(id));
  }

  /** Ends the trust and deletes its key; all other trusts in that key end too. */
  @Delete(':id')
  @HttpCode(204)
  @ApiParam({ name: 'id', type: String, description: 'Id of the trusted issuer' })
  @ApiOperation({
    operationId: 'deleteTrustedOAuth2JwtGrantIssuer',
    summary: 'Delete Trusted OAuth2 JWT Bearer Grant Type Issuer',
  })
  @ApiNoContentResponse({ description: 'emptyResponse' })
  async remove(@Param('id') id: string, @HttpExchange() exchange: Exchange): Promise<void> {
    await this.issuers.remove(id, exchange.arrivedAt);
  }
}
