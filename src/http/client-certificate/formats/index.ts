/** The forms of `oauth2.mtls.proxy.format`. */
import type { CertificateFormat as FormatName } from '../../../config/configuration.js';
import type { CertificateFormat } from './certificate-format.js';
import { der } from './der.js';
import { pem } from './pem.js';
import { rfc9440 } from './rfc9440.js';
import { xfcc } from './xfcc.js';

export const CERTIFICATE_FORMATS: Readonly<Record<FormatName, CertificateFormat>> = { rfc9440, xfcc, pem, der };
