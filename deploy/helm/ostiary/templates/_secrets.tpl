{{/*
Where the secrets are. Returns YAML of
  name                the Secret with dsn and secrets
  made                whether this release makes it
  system, cookie      {secret, key} of the two lists; no cookie where an existing Secret holds none
  dsn                 {secret, key}, or nothing where a variable names the database
  values              what the Secret made here holds
  generated           the values of the immutable Secret of generated secrets, if there is one
Values that are not given are those of the live Secret: an upgrade makes no new ones. Argument: the configuration.
*/}}
{{- define "ostiary.secrets" -}}
{{- $config := index . 0 -}}
{{- $context := index . 1 -}}
{{- $values := $context.Values -}}
{{- $keys := $values.secret.keys -}}
{{- $name := default (include "ostiary.fullname" $context) $values.secret.nameOverride -}}
{{- $result := dict "name" $name "made" false -}}
{{- $live := dict -}}
{{- if $values.secret.enabled -}}
{{- $live = default dict (lookup "v1" "Secret" $context.Release.Namespace $name) -}}
{{- $known := default dict $live.data -}}
{{- $foreign := and $live (ne (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $live) $context.Release.Name) -}}
{{- $system := $config.system | default (get $known "secretsSystem" | b64dec) -}}
{{- $cookie := $config.cookie | default (get $known "secretsCookie" | b64dec) -}}
{{- $dsn := $config.dsn | default (get $known "dsn" | b64dec) -}}
{{- $made := dict -}}
{{- if $dsn }}{{ $_ := set $made "dsn" $dsn }}{{ end -}}
{{- if $system }}{{ $_ := set $made "secretsSystem" $system }}{{ $_ := set $made "secretsCookie" (default $system $cookie) }}{{ end -}}
{{- if $foreign -}}
{{- range $key, $value := $made -}}
{{- if ne $value (get $known $key | b64dec) -}}
{{- fail (printf "The Secret %s exists, does not belong to this release, and its key %s differs from the values. Give it to the release (kubectl annotate secret %s meta.helm.sh/release-name=%s meta.helm.sh/release-namespace=%s; kubectl label secret %s app.kubernetes.io/managed-by=Helm), or leave the values out: then it is used as it is." $name $key $name $context.Release.Name $context.Release.Namespace $name) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- $_ := set $result "made" (gt (len $made) 0) -}}
{{- end -}}
{{- $_ := set $result "values" $made -}}
{{- if $system -}}
{{- $_ := set $result "system" (dict "secret" $name "key" "secretsSystem") -}}
{{- $_ := set $result "cookie" (dict "secret" $name "key" "secretsCookie") -}}
{{- else if not (include "ostiary.hasVariable" (list $values.deployment.extraEnv "SECRETS_SYSTEM")) -}}
{{- $generated := include "ostiary.named" (list $context "generated") -}}
{{- $_ := set $result "generated" (include "ostiary.generatedSecrets" (list $generated $context) | fromYaml) -}}
{{- $_ := set $result "system" (dict "secret" $generated "key" "secretsSystem") -}}
{{- $_ := set $result "cookie" (dict "secret" $generated "key" "secretsCookie") -}}
{{- end -}}
{{- if $dsn }}{{ $_ := set $result "dsn" (dict "secret" $name "key" "dsn") }}{{ end -}}
{{- else -}}
{{- $_ := set $result "system" (dict "secret" $name "key" $keys.system) -}}
{{- if $keys.cookie }}{{ $_ := set $result "cookie" (dict "secret" $name "key" $keys.cookie) }}{{ end -}}
{{- $_ := set $result "dsn" (dict "secret" $name "key" $keys.dsn) -}}
{{- end -}}
{{- with $values.postgresql.existingSecret -}}
{{- if .name }}{{ $_ := set $result "dsn" (dict "secret" .name "key" .key) }}{{ end -}}
{{- end -}}
{{- if include "ostiary.hasVariable" (list $values.deployment.extraEnv "DSN") }}{{ $_ := unset $result "dsn" -}}
{{- else if not $result.dsn -}}
{{- fail "No database: set hydra.config.dsn, or postgresql.existingSecret.name, or secret.enabled: false with secret.nameOverride, or DSN in deployment.extraEnv." -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}

{{/* Made once, at the installation; afterwards those of the cluster. */}}
{{- define "ostiary.generatedSecrets" -}}
{{- $name := index . 0 -}}
{{- $context := index . 1 -}}
{{- $live := default dict (lookup "v1" "Secret" $context.Release.Namespace $name) -}}
{{- if $live -}}
secretsSystem: {{ get $live.data "secretsSystem" | b64dec | quote }}
secretsCookie: {{ get $live.data "secretsCookie" | b64dec | quote }}
{{- else if and $context.Values.secret.generate $context.Release.IsInstall -}}
secretsSystem: {{ randAlphaNum 48 | quote }}
secretsCookie: {{ randAlphaNum 48 | quote }}
{{- else if $context.Release.IsInstall -}}
{{- fail "No secrets: set hydra.config.secrets.system to a list of random texts (openssl rand -base64 32), or secret.enabled: false with secret.nameOverride." -}}
{{- else -}}
{{- fail (printf "The secrets of the release are not in the cluster (Secret %s or %s): an upgrade makes no new ones, for keys in the database could not be read any more. Put the Secret back, or set hydra.config.secrets.system." (include "ostiary.fullname" $context) $name) -}}
{{- end -}}
{{- end -}}

{{/* "true" where a list of variables has the name, or the name with _FILE or an index: (list ENV NAME) */}}
{{- define "ostiary.hasVariable" -}}
{{- $name := index . 1 -}}
{{- $found := "" -}}
{{- range index . 0 -}}
{{- if regexMatch (printf "^%s(_FILE|_[0-9]+)?$" $name) .name }}{{ $found = "true" }}{{ end -}}
{{- end -}}
{{- $found -}}
{{- end -}}

{{/* "true" where a job runs before an install or upgrade. */}}
{{- define "ostiary.hasHookJob" -}}
{{- $found := and .Values.hydra.automigration.enabled (eq .Values.hydra.automigration.type "job") -}}
{{- range .Values.hydra.customMigrations.jobs }}{{ if .enabled }}{{ $found = true }}{{ end }}{{ end -}}
{{- if $found }}true{{ end -}}
{{- end -}}

{{/* The Secret for hook jobs, where the release itself makes the one with the address; otherwise empty. */}}
{{- define "ostiary.jobSecretName" -}}
{{- $secrets := index . 0 -}}
{{- $context := index . 1 -}}
{{- if and (include "ostiary.hasHookJob" $context) $secrets.made $secrets.dsn -}}
{{- if eq $secrets.dsn.secret $secrets.name }}{{ include "ostiary.named" (list $context "migrate") }}{{ end -}}
{{- end -}}
{{- end -}}
