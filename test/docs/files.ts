/** Files that pages name by a path of the reader's machine, and what stands for them here. */
export const FILES: Record<string, string> = {
  '/etc/ostiary/payment.schema.json': 'examples/rich-authorization-requests/payment.schema.json',
};
