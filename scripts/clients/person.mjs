/** A person who logs in at the example app: what `Visitor` does with its pages. */
import { users } from '../../examples/login-consent/users.mjs';
import { textOf, Visitor } from '../../test/e2e/support/visitor.mjs';

const [{ email, password }] = users;
/** What the person does on a page of the login app, by its path. */
const ANSWERS = {
  '/login': { email, password, remember: 'yes', answer: 'sign-in' },
  '/consent': { answer: 'allow' },
  '/logout': { answer: 'yes' },
};
const MOST_PAGES = 6;

export class Person {
  #visitor;
  #login;
  #page;

  /**
   * @param {string} login address of the login app
   * @param {string} [elsewhere] an address without a server, where a visit ends
   */
  constructor(login, elsewhere = 'none:') {
    this.#visitor = new Visitor(elsewhere);
    this.#login = login;
  }

  /**
   * Opens the address, and does what the login app asks.
   * @returns the page of somebody else where that ends; `asked` are the paths of the login app that were answered on the way
   */
  async open(url) {
    return this.#goOn(await this.#visitor.open(url));
  }

  /** Sends the first form of the page that was opened last. */
  async submit(fields) {
    return this.#goOn(await this.#visitor.submit(this.#page, fields));
  }

  async #goOn(first) {
    let page = first;
    const asked = [];
    for (let step = 0; page.url.origin === this.#login; step++) {
      const answer = ANSWERS[page.url.pathname];
      if (page.status !== 200 || !answer || step === MOST_PAGES) {
        throw new Error(`${page.url.origin}${page.url.pathname} says ${page.status}: ${textOf(page.html).trim()}`);
      }
      asked.push(page.url.pathname);
      page = await this.#visitor.submit(page, answer);
    }
    this.#page = page;
    return { ...page, asked };
  }
}

export { textOf };
