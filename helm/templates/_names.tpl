{{/* The chart's name, shortened to what a label may hold. */}}
{{- define "heatmap.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
The name of every object: release and chart, not doubled where the release already says it. A Service's name begins with
a letter, so one that begins with a digit gets `heatmap-` in front.
*/}}
{{- define "heatmap.fullname" -}}
{{- $name := include "heatmap.name" . -}}
{{- $full := printf "%s-%s" .Release.Name $name -}}
{{- if .Values.fullnameOverride -}}
{{- $full = .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- $full = .Release.Name -}}
{{- end -}}
{{- if regexMatch "^[0-9]" $full -}}
{{- $full = printf "heatmap-%s" $full -}}
{{- end -}}
{{- $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that pick the pods; they may never change, so no version is among them, and none that a value sets. */}}
{{- define "heatmap.selector" -}}
app.kubernetes.io/name: {{ include "heatmap.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object: ours go before those of values, so that no value can move a pod out of its selector. */}}
{{- define "heatmap.labels" -}}
{{- $ours := include "heatmap.selector" . | fromYaml -}}
{{- $_ := set $ours "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $ours "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $chart := printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- $_ := set $ours "helm.sh/chart" $chart -}}
{{- merge $ours (deepCopy (.Values.commonLabels | default dict)) | toYaml -}}
{{- end -}}

{{/* What all objects have; `context` is the chart's, `labels` and `annotations` come from values. */}}
{{- define "heatmap.metadata" -}}
name: {{ include "heatmap.fullname" .context }}{{ .suffix | default "" }}
namespace: {{ .context.Release.Namespace }}
labels:
  {{- merge (include "heatmap.labels" .context | fromYaml) (deepCopy (.labels | default dict)) | toYaml | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "heatmap.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "heatmap.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}
