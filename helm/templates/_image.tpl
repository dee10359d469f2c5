{{/* A digest names one image for ever and so goes before any tag. */}}
{{- define "heatmap.image" -}}
{{- if not .Values.image.repository -}}
{{- fail "image.repository is not set: say where the cluster pulls the image from, for instance --set image.repository=registry.example/liquidation-heatmap (helm/README.md says how to build it)" -}}
{{- end -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The proxy's image: that of the service, which has nginx in it, unless another is named. */}}
{{- define "heatmap.proxyImage" -}}
{{- $image := .Values.proxy.image | default dict -}}
{{- if not $image.repository -}}
{{- include "heatmap.image" . -}}
{{- else if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else if $image.tag -}}
{{- printf "%s:%s" $image.repository $image.tag -}}
{{- else -}}
{{- fail "proxy.image.tag or proxy.image.digest is not set: an image of your own for the proxy needs one" -}}
{{- end -}}
{{- end -}}
