{{/* Names and labels. Long names are cut so that their suffixes fit. */}}
{{- define "ostiary.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "ostiary.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The full name with a suffix: include "ostiary.named" (list . "admin") */}}
{{- define "ostiary.named" -}}
{{- $context := index . 0 -}}
{{- $suffix := index . 1 -}}
{{- $room := sub 62 (len $suffix) | int -}}
{{- printf "%s-%s" (include "ostiary.fullname" $context | trunc $room | trimSuffix "-") $suffix -}}
{{- end -}}

{{- define "ostiary.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ostiary.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "ostiary.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "ostiary.labels" -}}
{{ include "ostiary.selectorLabels" . }}
{{ include "ostiary.commonLabels" . }}
{{- end -}}

{{/* Labels of a job's pods, which no Service may select: include "ostiary.jobLabels" (list . "migrate") */}}
{{- define "ostiary.jobLabels" -}}
{{- $context := index . 0 -}}
{{- $suffix := index . 1 -}}
{{- $room := sub 62 (len $suffix) | int -}}
app.kubernetes.io/name: {{ printf "%s-%s" (include "ostiary.name" $context | trunc $room | trimSuffix "-") $suffix }}
app.kubernetes.io/instance: {{ $context.Release.Name | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/component: {{ $suffix }}
{{ include "ostiary.commonLabels" $context }}
{{- end -}}

{{/* Lets a pod through to the admin port. */}}
{{- define "ostiary.adminClientLabel" -}}
{{ include "ostiary.named" (list . "admin-client") }}: "true"
{{- end -}}

{{/* include "ostiary.image" (list . .Values.image "default tag") */}}
{{- define "ostiary.image" -}}
{{- $context := index . 0 -}}
{{- $image := index . 1 -}}
{{- $registry := default $image.registry $context.Values.global.imageRegistry -}}
{{- $tag := default (index . 2) $image.tag -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}{{ if hasPrefix "sha256:" $tag }}@{{ else }}:{{ end }}{{ $tag }}
{{- end -}}

{{- define "ostiary.serviceAccountName" -}}
{{- with .Values.deployment.serviceAccount -}}
{{- if .create }}{{ default (include "ostiary.fullname" $) .name }}{{ else }}{{ default "default" .name }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "ostiary.jobServiceAccountName" -}}
{{- with .Values.job.serviceAccount -}}
{{- if .create }}{{ default (include "ostiary.named" (list $ "job")) .name }}{{ else }}{{ default "default" .name }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "ostiary.janitorServiceAccountName" -}}
{{- with .Values.cronjob.janitor.serviceAccount -}}
{{- if .create }}{{ default (include "ostiary.named" (list $ "janitor")) .name }}{{ else }}{{ default "default" .name }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Annotations of a hook before install and upgrade, of the given weight, removed when the hooks have succeeded. */}}
{{- define "ostiary.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
