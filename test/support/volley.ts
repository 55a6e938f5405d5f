import { request } from 'node:http';

export interface VolleyAnswer {
  status: number;
  json: Record<string, unknown>;
}

/**
 * Posts the same form to each address at the same time: the head of every request has arrived (100-continue confirms it)
 * before any body is sent. So each request overlaps every other.
 */
export async function volley(
  addresses: readonly string[],
  form: Record<string, string>,
  headers: Record<string, string>,
): Promise<VolleyAnswer[]> {
  const body = new URLSearchParams(form).toString();
  const shots = addresses.map((address) => {
    const own = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    const shot = request(address, {
      method: 'POST',
      agent: false,
      headers: { ...headers, ...own, expect: '100-continue' },
    });
    const arrived = new Promise<void>((resolve, reject) => {
      shot.once('continue', resolve).once('error', reject);
    });
    shot.flushHeaders();
    return { shot, arrived, answer: answerOf(shot) };
  });
  await Promise.all(shots.map(({ arrived }) => arrived));
  for (const { shot } of shots) shot.end(body);
  return Promise.all(shots.map(({ answer }) => answer));
}

function answerOf(shot: ReturnType<typeof request>): Promise<VolleyAnswer> {
  return new Promise((resolve, reject) => {
    shot.once('error', reject).once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('error', reject).once('end', () => {
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Record<string, unknown> });
      });
    });
  });
}
