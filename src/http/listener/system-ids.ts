/** Looks up ids of users and groups by name in the files of the system (passwd(5), group(5)). */
import { readFile } from 'node:fs/promises';

/** @throws Error where the system does not know the user */
export function userId(name: string): Promise<number> {
  return idIn('/etc/passwd', 'user', name);
}

/** @throws Error where the system does not know the group */
export function groupId(name: string): Promise<number> {
  return idIn('/etc/group', 'group', name);
}

/** Both files have the columns name, password, id. A number is returned as an id. */
async function idIn(file: string, kind: string, name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name);
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.split(':'));
  const id = lines.find(([first]) => first === name)?.[2];
  if (id === undefined) throw new Error(`this system has no ${kind} ${name}`);
  return Number(id);
}
