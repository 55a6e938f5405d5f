/** How a program in Node.js talks with the runner (README.md). */
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** @param {'discovery' | 'login' | 'refresh' | 'userinfo' | 'logout' | string} topic */
export const check = (topic, text) => console.log(`check: ${topic}: ${text}`);

/** A person opens the address in a browser. @returns {Promise<URL>} where the application got the browser back */
export async function visited(address) {
  const lines = createInterface({ input: process.stdin });
  console.log(`visit: ${address}`);
  const [line] = await once(lines, 'line');
  lines.close();
  return new URL(line);
}
