{{/*
The configuration in three parts: a ConfigMap (`public`), a Secret (`secret`: keys of files/secret-keys.txt), and the keys that
have a key of their own in the Secret (`dsn`, `secrets`). Returns YAML of {public, secret, dsn, system, cookie}.
*/}}
{{- define "ostiary.configuration" -}}
{{- $config := tpl (toYaml .Values.hydra.config) . | fromYaml -}}
{{- with $config.Error }}{{ fail (printf "hydra.config is no YAML after its templates were evaluated: %s" .) }}{{ end -}}
{{- $secrets := default dict $config.secrets -}}
{{- $dsn := default "" $config.dsn -}}
{{- if eq (toString $dsn) "memory" }}{{ fail "hydra.config.dsn is memory: the image holds no embedded database. Name a PostgreSQL." }}{{ end -}}
{{- $_ := unset $config "dsn" -}}
{{- $kept := omit $secrets "system" "cookie" -}}
{{- if $kept }}{{ $_ := set $config "secrets" $kept }}{{ else }}{{ $_ := unset $config "secrets" }}{{ end -}}
{{- $_ := set $config "urls" (default dict $config.urls) -}}
{{- $_ := set $config.urls "self" (default dict $config.urls.self) -}}
{{- if not $config.urls.self.issuer }}{{ $_ := unset $config.urls.self "issuer" }}{{ end -}}
{{- if not (or $config.urls.self.issuer .Values.hydra.dev (include "ostiary.hasVariable" (list .Values.deployment.extraEnv "URLS_SELF_ISSUER"))) -}}
{{- $_ := set $config.urls.self "issuer" (include "ostiary.issuer" .) -}}
{{- end -}}
{{- $secret := dict -}}
{{- range .Files.Lines "files/secret-keys.txt" -}}
{{- if . }}{{ include "ostiary.moveKey" (list $config $secret (splitList "." .)) }}{{ end -}}
{{- end -}}
{{- $system := default list $secrets.system -}}
{{- $cookie := default $system $secrets.cookie -}}
{{- dict "public" $config "secret" $secret "dsn" $dsn "system" (include "ostiary.secretList" $system) "cookie" (include "ostiary.secretList" $cookie) | toYaml -}}
{{- end -}}

{{/* Moves the value at a path, if there is one, from one tree to another: (list FROM TO PATH) */}}
{{- define "ostiary.moveKey" -}}
{{- $from := index . 0 -}}
{{- $to := index . 1 -}}
{{- $path := index . 2 -}}
{{- $key := first $path -}}
{{- if and (kindIs "map" $from) (hasKey $from $key) -}}
{{- if eq (len $path) 1 -}}
{{- $_ := set $to $key (get $from $key) -}}
{{- $_ := unset $from $key -}}
{{- else if kindIs "map" (get $from $key) -}}
{{- $below := default dict (get $to $key) -}}
{{- include "ostiary.moveKey" (list (get $from $key) $below (rest $path)) -}}
{{- if $below }}{{ $_ := set $to $key $below }}{{ end -}}
{{- if not (get $from $key) }}{{ $_ := unset $from $key }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* One secret as it is, several as CSV with quotes, as Hydra reads them. */}}
{{- define "ostiary.secretList" -}}
{{- $list := list -}}
{{- range (kindIs "string" . | ternary (list .) .) }}{{ $list = append $list (toString .) }}{{ end -}}
{{- if eq (len $list) 1 -}}
{{- $only := first $list -}}
{{- if or (contains "," $only) (contains "\"" $only) }}{{ printf "\"%s\"" (replace "\"" "\"\"" $only) }}{{ else }}{{ $only }}{{ end -}}
{{- else -}}
{{- range $index, $one := $list }}{{ if $index }},{{ end }}{{ printf "\"%s\"" (replace "\"" "\"\"" $one) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Where hydra.config.urls.self.issuer is not given: the first host of the public ingress or route. */}}
{{- define "ostiary.issuer" -}}
{{- if .Values.ingress.public.enabled -}}
{{- $host := tpl (first .Values.ingress.public.hosts).host . -}}
http{{ if .Values.ingress.public.tls }}s{{ end }}://{{ $host }}/
{{- else if and .Values.gateway.public.enabled .Values.gateway.public.hostnames -}}
https://{{ tpl (first .Values.gateway.public.hostnames) . }}/
{{- else -}}
{{- fail "No issuer: set hydra.config.urls.self.issuer to the public https address of the server, exactly as tokens shall name it." -}}
{{- end -}}
{{- end -}}

{{/* The values of files/restart-keys.txt that are set, as JSON: a change of them needs new pods. Argument: the public part. */}}
{{- define "ostiary.restartValues" -}}
{{- $config := index . 0 -}}
{{- $found := dict -}}
{{- range (index . 1).Files.Lines "files/restart-keys.txt" -}}
{{- if . }}{{ include "ostiary.moveKey" (list $config $found (splitList "." .)) }}{{ end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* Seconds of a duration of hours, minutes and seconds, such as 1m30s; empty for any other form. */}}
{{- define "ostiary.seconds" -}}
{{- $text := toString . -}}
{{- if regexMatch "^([0-9]+h)?([0-9]+m)?([0-9]+s)?$" $text -}}
{{- $hours := regexFind "[0-9]+h" $text | trimSuffix "h" | default "0" | int -}}
{{- $minutes := regexFind "[0-9]+m" $text | trimSuffix "m" | default "0" | int -}}
{{- $seconds := regexFind "[0-9]+s" $text | trimSuffix "s" | default "0" | int -}}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds -}}
{{- end -}}
{{- end -}}

{{/* Fails where kubelets would kill a server that still finishes its requests. Argument: the public part, and the context. */}}
{{- define "ostiary.checkGracePeriod" -}}
{{- $shutdown := dig "serve" "shutdown" dict (index . 0) -}}
{{- $delay := include "ostiary.seconds" (default "5s" $shutdown.delay) -}}
{{- $timeout := include "ostiary.seconds" (default "10s" $shutdown.timeout) -}}
{{- $grace := int (index . 1).Values.deployment.terminationGracePeriodSeconds -}}
{{- if and $delay $timeout (le $grace (add (int $delay) (int $timeout) | int)) -}}
{{- fail (printf "deployment.terminationGracePeriodSeconds (%d) must be longer than serve.shutdown.delay and serve.shutdown.timeout together (%d seconds)." $grace (add (int $delay) (int $timeout))) -}}
{{- end -}}
{{- end -}}
