import { html } from '../pages/html.mjs';

export const site = {
  name: 'Example sign-in',
  footer: html`<p>The example login and consent app of Ostiary. Yours takes its place.</p>`,
};

/** What people call an application. */
export const nameOf = (client) => client.client_name || client.client_id;
