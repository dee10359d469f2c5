{{/* The service itself. */}}
{{- define "heatmap.container" -}}
name: heatmap
image: {{ include "heatmap.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - configMapRef:
      name: {{ include "heatmap.fullname" . }}
  {{- with .Values.extraEnvFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $secret := .Values.existingSecret | default dict }}
{{- if and $secret.settings (not $secret.name) }}
{{- fail "existingSecret.settings: say in existingSecret.name which Secret they are in" }}
{{- end }}
{{- if or $secret.settings .Values.extraEnv }}
env:
  {{- range $secret.settings }}
  {{- if not (include "heatmap.knows" (dict "name" . "context" $)) }}
  {{- fail (printf "existingSecret.settings: version %s of the service has no setting %s" $.Chart.AppVersion .) }}
  {{- end }}
  - name: {{ . }}
    valueFrom:
      secretKeyRef:
        name: {{ $secret.name }}
        key: {{ . }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- $ports := include "heatmap.ports" . }}
{{- with $ports }}
ports:
  {{- . | nindent 2 }}
{{- end }}
{{- $port := .Values.server.port }}
startupProbe:
  {{- include "heatmap.probe" (dict "path" "/livez" "port" $port "values" (.Values.startupProbe | default (dict "periodSeconds" 2 "failureThreshold" 30))) | nindent 2 }}
livenessProbe:
  {{- include "heatmap.probe" (dict "path" "/livez" "port" $port "values" (.Values.livenessProbe | default (dict "failureThreshold" 6 "timeoutSeconds" 5))) | nindent 2 }}
readinessProbe:
  {{- include "heatmap.probe" (dict "path" "/readyz" "port" $port "values" (.Values.readinessProbe | default (dict "periodSeconds" 5 "timeoutSeconds" 2))) | nindent 2 }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ .Values.server.preStopSleepSeconds }}
securityContext:
  {{- include "heatmap.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if include "heatmap.proxied" . }}
  - name: socket
    mountPath: {{ include "heatmap.socket" . | dir }}
  {{- end }}
  {{- with include "heatmap.caFile" . }}
  - name: ca
    mountPath: {{ dir . }}
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* What the service's own container listens on. */}}
{{- define "heatmap.ports" -}}
{{- $ports := list -}}
{{- if not (include "heatmap.proxied" .) -}}
{{- $ports = append $ports (dict "name" "http" "containerPort" (int .Values.server.port) "protocol" "TCP") -}}
{{- end -}}
{{- if include "heatmap.hasMetrics" . -}}
{{- $ports = append $ports (dict "name" "metrics" "containerPort" (int .Values.metrics.port) "protocol" "TCP") -}}
{{- end -}}
{{- if $ports -}}{{- toYaml $ports -}}{{- end -}}
{{- end -}}

{{/* Wait, then let nginx finish: by the image's own Python, for it has no shell; another image is taken to have one. */}}
{{- define "heatmap.proxyQuits" -}}
{{- $seconds := max 0 (sub (int .Values.server.preStopSleepSeconds) 1) -}}
{{- $quit := list "nginx" "-e" "stderr" "-c" "/etc/nginx-heatmap/nginx.conf" "-s" "quit" -}}
{{- if (.Values.proxy.image).repository -}}
{{- list "sh" "-c" (printf "sleep %d; exec %s" $seconds (join " " $quit)) | toJson -}}
{{- else -}}
{{- list "python" "-c" (printf "import os, time; time.sleep(%d); os.execvp('nginx', %s)" $seconds (toJson $quit)) | toJson -}}
{{- end -}}
{{- end -}}

{{/*
The buffering proxy. As an init container that stays it is there before the service, and goes after it: what is being
answered when a pod stops still gets out.
*/}}
{{- define "heatmap.proxyContainer" -}}
name: proxy
image: {{ include "heatmap.proxyImage" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
restartPolicy: Always
command:
  - nginx
  - -e
  - stderr
  - -c
  - /etc/nginx-heatmap/nginx.conf
ports:
  - name: http
    containerPort: {{ .Values.server.port }}
    protocol: TCP
# Its own page, so that a service that is down does not restart the proxy too.
startupProbe:
  {{- include "heatmap.probe" (dict "path" "/proxy-livez" "port" .Values.server.port "values" (dict "periodSeconds" 1 "failureThreshold" 30)) | nindent 2 }}
livenessProbe:
  {{- include "heatmap.probe" (dict "path" "/proxy-livez" "port" .Values.server.port "values" (dict "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 3)) | nindent 2 }}
# A second before the service stops to listen, the proxy does: callers that keep their connections are told to open new
# ones, which lead to other pods, and what is being answered is finished. Both hooks begin at once.
lifecycle:
  preStop:
    exec:
      command: {{ include "heatmap.proxyQuits" . }}
securityContext:
  {{- include "heatmap.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml .Values.proxy.resources | nindent 2 }}
volumeMounts:
  - name: proxy-config
    mountPath: /etc/nginx-heatmap
    readOnly: true
  - name: proxy-tmp
    mountPath: /tmp
  - name: socket
    mountPath: {{ include "heatmap.socket" . | dir }}
{{- end -}}
