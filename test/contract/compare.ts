import type { Facts, ObjectFacts, OperationFacts } from './facts.mjs';

/**
 * These errors have the same form as all others in responses. The document of Hydra describes another form than Hydra
 * sends.
 */
const ERRORS = new Set(['#genericError', '#errorOAuth2']);

/** The faults of our operation for a client generated from Hydra's document. Only required additions are faults. */
export function operationFaults(reference: OperationFacts, ours: OperationFacts | undefined): string[] {
  if (!ours) return ['there is no such operation'];
  return [
    ...difference('method and path', `${reference.method} ${reference.path}`, `${ours.method} ${ours.path}`),
    ...difference('tags', reference.tags.join(), ours.tags.join()),
    ...parameterFaults(reference, ours),
    ...contentFaults('body', reference.body ?? {}, ours.body),
    ...(reference.fields ? objectFaults('form field', reference.fields, ours.fields, ['request']) : []),
    ...Object.entries(reference.responses).flatMap(([status, content]) =>
      ours.responses[status] ? contentFaults(status, content, ours.responses[status]) : [`${status}: is missing`],
    ),
  ];
}

export function schemaFaults(name: string, reference: Facts, ours: Facts): string[] {
  const theirs = reference.schemas[name];
  return theirs ? objectFaults('property', theirs, ours.schemas[name], theirs.uses) : [];
}

function parameterFaults(reference: OperationFacts, ours: OperationFacts): string[] {
  const missing = Object.entries(reference.parameters).flatMap(([name, { type }]) => {
    const parameter = ours.parameters[name];
    return parameter ? typeFault(name, type, parameter.type) : [`${name}: is missing`];
  });
  const required = Object.entries(ours.parameters)
    .filter(([name, { required }]) => required && !reference.parameters[name]?.required)
    .map(([name]) => `${name}: must not be required`);
  return [...missing, ...required];
}

function contentFaults(where: string, reference: Record<string, string>, ours: Record<string, string> = {}): string[] {
  return Object.entries(reference).flatMap(([contentType, type]) => {
    const found = ours[contentType];
    return found === undefined ? [`${where}: has no ${contentType}`] : typeFault(where, type, found);
  });
}

/** A request must not require more than Hydra's, and a response must not promise less. */
function objectFaults(what: string, reference: ObjectFacts, ours: ObjectFacts | undefined, uses: string[]): string[] {
  if (!ours) return ['there is no such schema'];
  const properties = Object.entries(reference.properties).flatMap(([name, type]) => {
    const found = ours.properties[name];
    return found === undefined ? [`${what} ${name}: is missing`] : typeFault(`${what} ${name}`, type, found);
  });
  const demanded = ours.required.filter((name) => uses.includes('request') && !reference.required.includes(name));
  const promised = reference.required.filter((name) => uses.includes('response') && !ours.required.includes(name));
  return [
    ...properties,
    ...demanded.map((name) => `${what} ${name}: must not be required`),
    ...promised.map((name) => `${what} ${name}: must be required`),
  ];
}

function typeFault(where: string, reference: string, ours: string): string[] {
  if (ERRORS.has(reference) && ERRORS.has(ours)) return [];
  return accepts(reference, ours) ? [] : [`${where}: is ${ours}, not ${reference}`];
}

/**
 * `object` in Hydra's document does not describe its members. `any` must stay `any`, because a narrower type changes
 * the types of a generated client.
 */
function accepts(reference: string, ours: string): boolean {
  if (reference === 'object') return /^(object|map<.*>|#\w+)$/.test(ours);
  if (reference === 'map<any>') return /^(object|map<.*>)$/.test(ours);
  return reference === ours;
}

function difference(what: string, reference: string, ours: string): string[] {
  return reference === ours ? [] : [`${what}: is ${ours}, not ${reference}`];
}
