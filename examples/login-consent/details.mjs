/**
 * Authorization details (RFC 9396): what an application asks for beyond scopes, such as one payment. Everything in them comes
 * from the application, so it is shown as text and never as HTML.
 */
import { html } from '../pages/html.mjs';
import { texts } from '../pages/request-values.mjs';

const MEANING = { payment_initiation: 'Make a payment', account_information: 'See your accounts' };

/** One choice for each. The form holds their places in the request only, so that a browser cannot change what is granted. */
export function detailChoices(details = []) {
  return details.map(
    (detail, index) =>
      html`<label class="check"
        ><input type="checkbox" name="detail" value="${index}" checked />
        <span>${MEANING[detail.type] ?? detail.type} ${members(detail)}</span>
      </label>`,
  );
}

/** Those that the person left chosen. */
export function chosenDetails(details = [], form) {
  const chosen = texts(form, 'detail');
  return details.filter((_, index) => chosen.includes(String(index)));
}

function members(detail) {
  const others = Object.entries(detail).filter(([name]) => name !== 'type');
  return others.map(([name, value]) => html`<small>${name}: ${shown(value)}</small>`);
}

function shown(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => html`${shown(one)}; `);
  return Object.entries(value).map(([name, one]) => html`${name} ${shown(one)}; `);
}
