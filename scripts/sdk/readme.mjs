/** The page of a generated package. Its example is the program that `npm run sdk:check` runs. */

/** @returns {string} Markdown */
export function readmeOf({ name, package: packageName, install, fence, example }, version) {
  return `# ${packageName}

Client of the HTTP API of Ostiary ${version} for ${name}, made from its OpenAPI document. It has every operation of the admin port and of
the public port; they have different addresses, so make one connection for each. Errors of the server are
OAuth 2.0 errors: \`error\`, \`error_description\`.

Do not edit it: it is made anew for each version, by \`npm run sdk\` in the repository of the server.

## Install

\`\`\`sh
${install.replaceAll('{version}', version)}
\`\`\`

## Example

The argument is the address of the admin port, such as \`http://127.0.0.1:4445\`.

\`\`\`${fence}
${example.trimEnd()}
\`\`\`

License: Apache-2.0
`;
}

/** @returns {string} the example in the page, as a reader copies it */
export function exampleIn(readme, fence) {
  const [, text] = new RegExp(`^\`\`\`${fence}\\n([^]*?)^\`\`\``, 'm').exec(readme) ?? [];
  if (text === undefined) throw new Error(`The README has no example in ${fence}.`);
  return text;
}
