import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Exchange } from '../../http/exchange.js';
import { HttpExchange } from '../../http/http-exchange.js';
import { htmlReply, noStore, respond } from '../../http/replies.js';
import { errorPage, type FallbackName, fallbackPage } from './fallback-pages.js';

@ApiExcludeController()
@Controller('oauth2/fallbacks')
export class FallbacksController {
  @Get('login')
  login(@Res() response: Response): void {
    show(response, 'login');
  }

  @Get('consent')
  consent(@Res() response: Response): void {
    show(response, 'consent');
  }

  @Get('logout')
  logout(@Res() response: Response): void {
    show(response, 'logout');
  }

  @Get('logout/callback')
  loggedOut(@Res() response: Response): void {
    show(response, 'logout/callback');
  }

  @Get('device')
  device(@Res() response: Response): void {
    show(response, 'device');
  }

  @Get('device/done')
  deviceDone(@Res() response: Response): void {
    show(response, 'device/done');
  }

  /** Its status says that it shows a fault, as the reference's does. */
  @Get('error')
  error(@HttpExchange() exchange: Exchange, @Res() response: Response): void {
    respond(response, noStore(htmlReply(500, errorPage(exchange.query()))));
  }
}

function show(response: Response, name: FallbackName): void {
  respond(response, noStore(htmlReply(200, fallbackPage(name))));
}
