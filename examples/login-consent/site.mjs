import { html } from '../pages/html.mjs';

export const site = {
  name: 'Example sign-in',
  footer: html`<p>The example login and consent app of Ostiary. Yours takes its place.</p>`,
};

/** What people call an application. */
export const nameOf = (client) => client.client_name || client.client_id;

/**
 * Who publishes an application that nobody registered: its name is what it says about itself, its host is proven. Its logo is
 * not loaded: that would tell the host who is looking.
 */
export function publisherOf({ client_id_metadata_document: document }) {
  if (!document) return undefined;
  return html`<p class="small soft">
    Nobody here has checked this application. It is published by <strong>${document.host}</strong>.
  </p>`;
}
