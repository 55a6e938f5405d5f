import type { Place } from './places.js';

/** For `ostiary completion fish | source`. */
export function fishCompletion(name: string, places: readonly Place[], descriptions = true): string {
  const spellings = places.slice(1).flatMap((place) => place.spellings);
  const lines = places.flatMap((place) =>
    [...place.commands, ...place.flags].map(({ text, description }) => {
      const where = `complete -c ${name} -n ${literal(`__${name}_at ${place.spellings.map(literal).join(' ')}`)}`;
      const what = text.startsWith('--') ? `-l ${text.slice(2)}` : `-f -a ${text}`;
      return `${where} ${what}${descriptions ? ` -d ${literal(description)}` : ''}`;
    }),
  );
  return `# fish completion for ${name}
function __${name}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$at $word" ${spellings.map(literal).join(' ')}
      set at "$at $word"
    end
  end
  contains -- "$at" $argv
end
${lines.join('\n')}
`;
}

const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
