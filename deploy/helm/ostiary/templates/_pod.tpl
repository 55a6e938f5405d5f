{{/* Parts that pods of the Deployment and of the jobs share. */}}

{{/* Labels or annotations of pods: (list CONTEXT "labels" MAP…), later ones win. */}}
{{- define "ostiary.podMetadata" -}}
{{- $context := index . 0 -}}
{{- $kind := index . 1 -}}
{{- $all := dict -}}
{{- range (prepend (slice . 2) (get $context.Values.global.podMetadata $kind)) }}{{ $all = mergeOverwrite $all (deepCopy (default dict .)) }}{{ end -}}
{{- if $all }}{{ toYaml $all }}{{ end -}}
{{- end -}}

{{/* DSN for a job, from the hook's Secret or an existing one: (list SECRETS CONTEXT EXTRA_ENV) */}}
{{- define "ostiary.jobDsn" -}}
{{- $secrets := index . 0 -}}
{{- if and $secrets.dsn (not (include "ostiary.hasVariable" (list (index . 2) "DSN"))) -}}
{{- $copy := include "ostiary.jobSecretName" (list $secrets (index . 1)) -}}
- name: DSN
  valueFrom:
    secretKeyRef:
      name: {{ default $secrets.dsn.secret $copy }}
      key: {{ if $copy }}dsn{{ else }}{{ $secrets.dsn.key }}{{ end }}
{{- end -}}
{{- end -}}

{{/* DSN for containers that run beside the release's own objects: (list SECRETS EXTRA_ENV) */}}
{{- define "ostiary.dsn" -}}
{{- $secrets := index . 0 -}}
{{- if and $secrets.dsn (not (include "ostiary.hasVariable" (list (index . 1) "DSN"))) -}}
- name: DSN
  valueFrom:
    secretKeyRef:
      name: {{ $secrets.dsn.secret }}
      key: {{ $secrets.dsn.key }}
{{- end -}}
{{- end -}}

{{/* The server's secrets as files, so that no value is in the environment of the process. Returns the list of variables. */}}
{{- define "ostiary.serverEnv" -}}
{{- $secrets := index . 0 -}}
{{- $context := index . 1 -}}
{{- $extra := $context.Values.deployment.extraEnv -}}
{{- $config := index . 2 -}}
{{- $folder := "/etc/ostiary/secrets" -}}
{{- if and $secrets.dsn (not (include "ostiary.hasVariable" (list $extra "DSN"))) }}
- name: DSN_FILE
  value: {{ $folder }}/dsn
{{- end }}
{{- if and $secrets.system (not (include "ostiary.hasVariable" (list $extra "SECRETS_SYSTEM"))) }}
- name: SECRETS_SYSTEM_FILE
  value: {{ $folder }}/secretsSystem
{{- end }}
{{- if and $secrets.cookie (not (include "ostiary.hasVariable" (list $extra "SECRETS_COOKIE"))) }}
- name: SECRETS_COOKIE_FILE
  value: {{ $folder }}/secretsCookie
{{- end }}
{{- if $context.Values.redis.existingSecret.name }}
- name: REDIS_URL_FILE
  value: {{ $folder }}/redisUrl
{{- end }}
{{- if and (dig "limits" "cpu" "" $context.Values.deployment.resources) (not (dig "serve" "workers" "" $config.public)) (not (include "ostiary.hasVariable" (list $extra "SERVE_WORKERS"))) }}
# One process for each CPU of the limit, rounded up.
- name: SERVE_WORKERS
  valueFrom:
    resourceFieldRef:
      containerName: {{ $context.Chart.Name }}
      resource: limits.cpu
      divisor: "1"
{{- end }}
{{- with $extra }}
{{ tpl (toYaml .) $context }}
{{- end }}
{{- end -}}

{{/* The projected volume that serverEnv names: (list SECRETS CONTEXT CONFIGURATION) */}}
{{- define "ostiary.secretSources" -}}
{{- $secrets := index . 0 -}}
{{- $context := index . 1 -}}
{{- with $secrets.dsn }}
- secret: { name: {{ .secret }}, items: [{ key: {{ .key }}, path: dsn }] }
{{- end }}
{{- with $secrets.system }}
- secret: { name: {{ .secret }}, items: [{ key: {{ .key }}, path: secretsSystem }] }
{{- end }}
{{- with $secrets.cookie }}
- secret: { name: {{ .secret }}, items: [{ key: {{ .key }}, path: secretsCookie }] }
{{- end }}
{{- with $context.Values.redis.existingSecret }}
{{- if .name }}
- secret: { name: {{ .name }}, items: [{ key: {{ .key }}, path: redisUrl }] }
{{- end }}
{{- end }}
{{- if (index . 2).secret }}
- secret: { name: {{ include "ostiary.named" (list $context "config") }}, items: [{ key: config.yaml, path: config.yaml }] }
{{- end }}
{{- end -}}

{{- define "ostiary.migrateArgs" -}}
[migrate, sql, up, -e, --yes, --config, /etc/config/hydra.yaml]
{{- end -}}

{{- define "ostiary.initSecurityContext" -}}
{{- toYaml (default .Values.deployment.securityContext .Values.deployment.initContainerSecurityContext) -}}
{{- end -}}

{{/* A probe: (list CUSTOM TIMERS PATH) */}}
{{- define "ostiary.probe" -}}
{{- if index . 0 -}}
{{- toYaml (index . 0) -}}
{{- else -}}
httpGet:
  path: {{ index . 2 }}
  port: http-admin
{{- with index . 1 }}
{{ toYaml . }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* The smallest number of pods that the values ask for. */}}
{{- define "ostiary.minPods" -}}
{{- if .Values.deployment.autoscaling.enabled }}{{ .Values.deployment.autoscaling.minReplicas }}{{ else }}{{ .Values.replicaCount }}{{ end -}}
{{- end -}}

{{/* Variables of the values, through tpl: (list CONTEXT ENV) */}}
{{- define "ostiary.extraEnv" -}}
{{- with index . 1 }}{{ tpl (toYaml .) (index $ 0) }}{{ end -}}
{{- end -}}
