import { type Place, textsOf } from './places.js';

/** For `ostiary completion powershell | Out-String | Invoke-Expression`. */
export function powershellCompletion(name: string, places: readonly Place[]): string {
  const entries = places.flatMap((place) =>
    place.spellings.map((words) => `    '${words}' = '${textsOf(place).join(' ')}'`),
  );
  return `# PowerShell completion for ${name}
Register-ArgumentCompleter -Native -CommandName '${name}' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $offered = @{
${entries.join('\n')}
  }
  $at = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    if ($offered.ContainsKey("$at $($element.Extent.Text)")) { $at = "$at $($element.Extent.Text)" }
  }
  $offered[$at] -split ' ' | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
