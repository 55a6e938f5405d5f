import { eachOnce } from '../../../http/exchange/each-once.js';
import type { Check } from '../proven-request.js';

/** RFC 6749 §3.1. The parameters that decide the address of the response were checked before (`readParameters`). */
export const checkOnce: Check = ({ sent }) => {
  eachOnce(sent);
};
