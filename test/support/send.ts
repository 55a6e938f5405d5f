export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty where the body is not JSON. */
  json: Record<string, unknown>;
}

/** Sends one request; redirects are not followed. */
export async function send(
  method: string,
  url: string,
  init: { body?: string | URLSearchParams; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(url, { method, redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
