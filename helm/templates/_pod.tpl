{{- define "heatmap.pod" -}}
serviceAccountName: {{ include "heatmap.serviceAccountName" . }}
automountServiceAccountToken: false
# A Service called `lh` would otherwise put LH_PORT and the like among our settings.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with include "heatmap.podSecurity" . }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
# Longer than all that happens before: the sleep, the drain, and 5 s to let the processes end.
terminationGracePeriodSeconds: {{ add .Values.server.preStopSleepSeconds .Values.server.gracefulTimeoutSeconds 5 }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $selector := dict "labelSelector" (dict "matchLabels" (include "heatmap.selector" $ | fromYaml)) }}
  - {{ merge (deepCopy .) $selector | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or (include "heatmap.proxied" .) .Values.initContainers }}
initContainers:
  {{- with .Values.initContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if include "heatmap.proxied" . }}
  - {{ include "heatmap.proxyContainer" . | nindent 4 | trim }}
  {{- end }}
{{- end }}
containers:
  - {{ include "heatmap.container" . | nindent 4 | trim }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: tmp
    emptyDir:
      medium: Memory
      sizeLimit: {{ .Values.tmpSizeLimit | default "64Mi" }}
  {{- if include "heatmap.proxied" . }}
  - name: socket
    emptyDir:
      medium: Memory
      sizeLimit: 1Mi
  - name: proxy-tmp
    emptyDir:
      medium: Memory
      sizeLimit: 192Mi
  - name: proxy-config
    configMap:
      name: {{ include "heatmap.fullname" . }}-proxy
  {{- end }}
  {{- if include "heatmap.caFile" . }}
  - name: ca
    configMap:
      name: {{ .Values.egress.ca.configMap }}
      items:
        - key: {{ .Values.egress.ca.key }}
          path: {{ .Values.egress.ca.key }}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
The restricted standard's, for the pods, where no value says otherwise. Release 0.1.0 had it in its templates: its values,
which know no proxy, would leave it away when they are reused, and a namespace that enforces the standard take no pod.
*/}}
{{- define "heatmap.podSecurity" -}}
{{- if or (hasKey .Values "podSecurityContext") (hasKey .Values "proxy") -}}
{{- with .Values.podSecurityContext -}}{{- toYaml . -}}{{- end -}}
{{- else -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}
{{- end -}}

{{/* The restricted standard's, for every container of ours. */}}
{{- define "heatmap.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/* One probe: the path, and the port by number, for it may be another container's. */}}
{{- define "heatmap.probe" -}}
httpGet:
  path: {{ .path }}
  port: {{ .port }}
{{- with .values }}
{{ toYaml . }}
{{- end }}
{{- end -}}
