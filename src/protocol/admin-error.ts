/** Errors of the administration API and of the registration of clients. Their codes are sentences, as in Hydra. */
import { error } from './oauth-error.js';

export const notFound = error('Unable to locate the resource', 404, '');
export const conflict = error(
  'Unable to insert or update resource because a resource with that value exists already',
  409,
  '',
);
export const badRequest = error('The request was malformed or contained invalid parameters', 400, '');
export const unauthorized = error('The request could not be authorized', 401, '');
export const forbidden = error('The requested action was forbidden', 403, '');
export const gone = error('The requested resource is no longer available', 410, '');
export const resourceNotFound = error('The requested resource could not be found', 404, '');
export const keySetNotFound = error('Not Found', 404, '');
export const unsupportedAlgorithm = error('Bad Request', 400, '');
