{{/*
The pod of a job that runs before an install or upgrade. Argument: a dict of context, secrets, labels (of its pod), name (of the
container), command, args, env (extra variables), volumes, mounts, nodeSelector, resources.
*/}}
{{- define "ostiary.hookPod" -}}
{{- $context := .context -}}
{{- $job := $context.Values.job -}}
metadata:
  labels:
    {{- .labels | nindent 4 }}
    {{- with include "ostiary.podMetadata" (list $context "labels" .extraLabels $job.podMetadata.labels) }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- with include "ostiary.podMetadata" (list $context "annotations" .annotations $job.podMetadata.annotations) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: Never
  {{- with $context.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "ostiary.jobServiceAccountName" $context }}
  automountServiceAccountToken: {{ $job.automountServiceAccountToken }}
  shareProcessNamespace: {{ $job.shareProcessNamespace }}
  enableServiceLinks: false
  {{- with $context.Values.deployment.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $job.extraInitContainers }}
  initContainers:
    {{- tpl . $context | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "ostiary.image" (list $context $context.Values.image $context.Chart.AppVersion) }}
      imagePullPolicy: {{ $context.Values.image.pullPolicy }}
      {{- with .command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with printf "%s\n%s" (include "ostiary.jobDsn" (list .secrets $context .env)) (include "ostiary.extraEnv" (list $context .env)) | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with $job.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml $context.Values.deployment.securityContext | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/config
          readOnly: true
        {{- with .mounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with $job.extraContainers }}
    {{- tpl . $context | nindent 4 }}
    {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "ostiary.named" (list $context "migrate") }}
    {{- with .volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $job.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
