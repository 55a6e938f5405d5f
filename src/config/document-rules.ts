import type { Rule } from './rule.js';

/** The ages and the deadline of client id metadata documents: a document that is never kept would be fetched at every request. */
export const documentTimes: Rule = ({ clients: { metadata_documents: documents } }) => {
  const { min_age, max_age, timeout } = documents;
  const faults = [
    ...(min_age < 1 ? [{ key: 'min_age', problem: 'expected a duration from 1s' }] : []),
    ...(max_age < min_age ? [{ key: 'max_age', problem: 'expected a duration that is not shorter than min_age' }] : []),
    ...(timeout < 0.1 || timeout > 30 ? [{ key: 'timeout', problem: 'expected a duration from 100ms to 30s' }] : []),
  ];
  return faults.map(({ key, problem }) => ({ path: ['clients', 'metadata_documents', key], problem }));
};
