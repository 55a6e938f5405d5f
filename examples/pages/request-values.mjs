/** Single text values of a query or a form: absent is the empty string, of repeated ones the first counts. */
export function text(values, name) {
  const value = values?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** All values of a field that may repeat. */
export function texts(values, name) {
  const value = values?.[name];
  return [value ?? []].flat().filter((entry) => typeof entry === 'string');
}

/** The first cookie of that name. @param {import('express').Request} request */
export function cookie(request, name) {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
