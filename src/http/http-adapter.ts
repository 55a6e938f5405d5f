import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express, type Response } from 'express';
import { jsonReply, respond } from './replies.js';

/**
 * Nest on Express, as the listeners need it: `NestFactory.create(AppModule, adapter, { bodyParser: false })`. Express
 * computes no entity tags, tells nobody its name and parses queries as flat parameters; what a controller returns is
 * written by our JSON, which keeps the digits of large integers.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor() {
    super(flatExpress());
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const isDocument = typeof body === 'object' && body !== null && !(body instanceof StreamableFile);
    if (!isDocument) return super.reply(response, body, statusCode);
    respond(response, jsonReply(statusCode ?? response.statusCode, body));
    return response;
  }
}

function flatExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // A path has one spelling (RFC 3986 §6.2.2.1): what the listeners say of it, hidden or limited, holds for its route.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', false);
  return app;
}
