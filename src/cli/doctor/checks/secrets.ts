import type { Configuration } from '../../../config/configuration.js';
import { type Finding, ok, warn } from '../finding.js';

const GOOD_LENGTH = 32;
/** A random text of that length has at least this many different characters; words and repetitions have fewer. */
const GOOD_VARIETY = 10;

/** @param generated whether the system secret comes with the embedded database */
export function checkSecrets({ secrets }: Configuration, generated: boolean): Finding[] {
  if (generated) return [ok('secrets', 'secrets.system is generated with the embedded database')];
  const { system, cookie } = secrets;
  // a list that is not configured is derived from secrets.system, and checked there
  const weak = (['system', 'cookie', 'pagination'] as const)
    .filter((name) => name === 'system' || secrets[name][0] !== system[0])
    .flatMap((name) => weaknesses(name, secrets[name]));
  const all = weak.length > 0 ? weak : [ok('secrets', `${counted(system.length)} in secrets.system, long enough`)];
  if (system.length > 1) {
    const change = 'When every server has the new one first: ostiary reencrypt, which tells when they can go';
    all.push(warn('rotation', `${counted(system.length - 1)} of secrets.system from before a rotation`, change));
  }
  if (cookie[0] === system[0])
    all.push(
      warn(
        'cookie secret',
        'cookies are sealed under the first of secrets.system: its removal ends the login sessions that it sealed',
        'Set secrets.cookie to a secret of its own, but not while browsers hold cookies of a Hydra that had none: it would log them out',
      ),
    );
  return all;
}

function weaknesses(name: string, list: readonly string[]): Finding[] {
  const check = `secrets.${name}`;
  const change = 'Put a random one in front, for example of `openssl rand -base64 48`';
  const [first = ''] = list;
  return [
    ...(first.length < GOOD_LENGTH ? [warn(check, `the first has fewer than ${GOOD_LENGTH} characters`, change)] : []),
    ...(new Set(first).size < GOOD_VARIETY ? [warn(check, 'the first repeats a few characters', change)] : []),
    ...(new Set(list).size < list.length ? [warn(check, 'one is listed twice', 'Remove the second')] : []),
  ];
}

const counted = (count: number): string => (count === 1 ? 'one secret' : `${count} secrets`);
