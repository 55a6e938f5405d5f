/** Resource indicators (RFC 8707 §2): the parameter `resource` names the API that a token is for by its address. */
import { invalidTarget } from './oauth-error.js';

const MAX_RESOURCES = 32;
const MAX_CHARACTERS = 2_048;

/** RFC 3986 §4.3: a scheme and more, of the characters of a URI (§2), without fragment. */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i;
const HAS_AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Refuses what is no address of a resource. The texts stay as they were sent: nobody normalises them.
 * @throws OAuthError invalid_target
 */
export function refuseBadResources(resources: readonly string[]): void {
  if (resources.length > MAX_RESOURCES) throw invalidTarget(`Send 'resource' at most ${MAX_RESOURCES} times.`);
  for (const resource of resources) {
    if (resource.length > MAX_CHARACTERS) {
      throw invalidTarget(`Each 'resource' may have ${MAX_CHARACTERS} characters.`);
    }
    if (resource.includes('#')) throw invalidTarget(`Leave the fragment out of resource '${resource}'.`);
    if (!isAbsoluteUri(resource)) {
      throw invalidTarget(`Resource '${resource}' is no absolute URI, such as https://api.example.com/orders.`);
    }
  }
}

function isAbsoluteUri(text: string): boolean {
  return ABSOLUTE_URI.test(text) && (!HAS_AUTHORITY.test(text) || URL.canParse(text));
}
