import { type Place, textsOf } from './places.js';

/** For `source <(ostiary completion bash)`. Where no word matches, file names are offered. */
export function bashCompletion(name: string, places: readonly Place[]): string {
  return `# bash completion for ${name}
_${name}() {
  local at="" word words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$at $word" in
      ${knownPaths(places)}) at="$at $word" ;;
    esac
  done
  case "$at" in
${places.map((place) => `    ${quoted(place.spellings)}) words="${textsOf(place).join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name} ${name}
`;
}

/** The places below the program as patterns of a shell's \`case\`. */
export const knownPaths = (places: readonly Place[]): string =>
  quoted(places.slice(1).flatMap(({ spellings }) => spellings));

export const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(' | ');
