/** A page that is a client of an MCP server. All that it knows beforehand is the address of that server. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StoredCredentials } from './stored-credentials.js';

const { mcp } = await (await fetch('/settings.json')).json();
const credentials = new StoredCredentials(localStorage);

const transport = () => new StreamableHTTPClientTransport(new URL(mcp), { authProvider: credentials });

/** Connects and asks the tool; without a usable token the library goes to the login. */
async function whoami() {
  const client = new Client({ name: 'page', version: '1.0.0' });
  await client.connect(transport());
  const { content } = await client.callTool({ name: 'whoami' });
  await client.close();
  return content[0].text;
}

/** For the driver. */
window.app = { whoami, credentials };

const show = (text) => (document.querySelector('#state').textContent = text);
const answer = new URLSearchParams(location.search);
if (answer.has('code')) {
  if (answer.get('state') !== credentials.takeState()) throw new Error('An answer to somebody else.');
  await transport().finishAuth(answer.get('code'));
  history.replaceState(null, '', '/');
}
show(credentials.tokens() ? 'Signed in' : 'Nobody is signed in');
