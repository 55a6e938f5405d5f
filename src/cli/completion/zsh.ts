import { knownPaths, quoted } from './bash.js';
import { type Place, textsOf } from './places.js';

/** For a file `_ostiary` in a folder of `$fpath`, or `source <(ostiary completion zsh)`. */
export function zshCompletion(name: string, places: readonly Place[]): string {
  return `#compdef ${name}
_${name}() {
  local at="" word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${knownPaths(places)}) at="$at $word" ;;
    esac
  done
  case "$at" in
${places.map((place) => `    ${quoted(place.spellings)}) offered=(${textsOf(place).join(' ')}) ;;`).join('\n')}
  esac
  compadd -- "\${offered[@]}" || _files
}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}
