import type { ConsentReason } from './consent-reason.js';

export const nothingRemembered: ConsentReason = {
  name: 'no consent is remembered',
  applies: ({ rememberedScope }) => rememberedScope === undefined,
};
