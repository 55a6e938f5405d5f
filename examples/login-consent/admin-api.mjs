/** What a login and consent app asks of Ostiary: the challenge protocol on the admin API. */

const TIMEOUT_MS = 10_000;

export class AdminApiError extends Error {
  /** @param {number | undefined} status undefined: no answer came. */
  constructor(message, { status, redirectTo, cause } = {}) {
    super(message, { cause });
    this.status = status;
    /** Where a flow goes on that has ended already (410). */
    this.redirectTo = redirectTo;
  }
}

export class AdminApi {
  /** @param {string} url of the admin listener */
  constructor(url) {
    this.url = url;
  }

  /** @param {'login' | 'consent' | 'logout'} kind */
  request(kind, challenge) {
    return this.#call('GET', kind, challenge);
  }

  /** @returns the address to which the browser must go; without a browser (CIBA) there is none. */
  async accept(kind, challenge, body) {
    return (await this.#call('PUT', `${kind}/accept`, challenge, body))?.redirect_to;
  }

  /** @returns the address to which the browser must go; a rejected logout has none. */
  async reject(kind, challenge, body) {
    return (await this.#call('PUT', `${kind}/reject`, challenge, body))?.redirect_to;
  }

  async #call(method, action, challenge, body) {
    const url = new URL(`/admin/oauth2/auth/requests/${action}`, this.url);
    url.searchParams.set(`${action.split('/')[0]}_challenge`, challenge);
    const response = await send(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw new AdminApiError(answer?.error_description ?? answer?.error ?? response.statusText, {
      status: response.status,
      redirectTo: answer?.redirect_to,
    });
  }
}

async function send(url, options) {
  try {
    return await fetch(url, options);
  } catch (cause) {
    throw new AdminApiError(`No answer from ${url.origin}.`, { cause });
  }
}
