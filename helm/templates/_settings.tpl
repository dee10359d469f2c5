{{/*
What releases of the service differ in is asked here, so that the chart never sets what the service would refuse.
An upgrade that reuses the values of an older chart has no value of the newer groups: each is read as if it may be missing.
*/}}

{{/* "true" where this release of the service knows the setting. */}}
{{- define "heatmap.knows" -}}
{{- if hasKey (.context.Files.Get "files/settings.yaml" | fromYaml) .name -}}true{{- end -}}
{{- end -}}

{{/* "true" where a Secret of the user gives the setting. */}}
{{- define "heatmap.inSecret" -}}
{{- $secret := .context.Values.existingSecret | default dict -}}
{{- if has .name ($secret.settings | default list) -}}true{{- end -}}
{{- end -}}

{{/* "true" where replicas share a cache; a URL that the service cannot use is a failure and not ignored. */}}
{{- define "heatmap.sharesCache" -}}
{{- $inSecret := include "heatmap.inSecret" (dict "name" "LH_CACHE_URL" "context" .) -}}
{{- if or (.Values.externalCache).url $inSecret -}}
{{- if not (include "heatmap.knows" (dict "name" "LH_CACHE_URL" "context" .)) -}}
{{- fail (printf "externalCache: version %s of the service has no shared cache (LH_CACHE_URL); leave externalCache.url empty" .Chart.AppVersion) -}}
{{- end -}}
true
{{- end -}}
{{- end -}}

{{/* "true" where there are metrics to be read. */}}
{{- define "heatmap.hasMetrics" -}}
{{- $metrics := .Values.metrics | default dict -}}
{{- if and $metrics.enabled (include "heatmap.knows" (dict "name" "LH_METRICS_PORT" "context" .)) -}}
true
{{- else -}}
{{- range $name := list "serviceMonitor" "podMonitor" "prometheusRule" -}}
{{- if (index $metrics $name | default dict).enabled -}}
{{- fail (printf "metrics.%s: metrics are off, or version %s of the service has none (LH_METRICS_PORT)" $name $.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" where nginx stands before the service. */}}
{{- define "heatmap.proxied" -}}
{{- if (.Values.proxy).enabled -}}true{{- end -}}
{{- end -}}

{{/* "true" where the Service has an address of IPv6: elsewhere the cluster may have none to listen on. */}}
{{- define "heatmap.listensOnIPv6" -}}
{{- $policy := .Values.service.ipFamilyPolicy | default "" -}}
{{- if or (has "IPv6" (.Values.service.ipFamilies | default list)) (hasSuffix "DualStack" $policy) -}}true{{- end -}}
{{- end -}}

{{/* Where the proxy finds the service. */}}
{{- define "heatmap.socket" -}}/run/heatmap/http.sock{{- end -}}

{{- define "heatmap.caFile" -}}
{{- with (.Values.egress).ca -}}
{{- if .configMap -}}/etc/heatmap/ca/{{ .key }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The ports of the cache and of the forward proxy, as a list in JSON: where they are is theirs to say. */}}
{{- define "heatmap.ownPorts" -}}
{{- $ports := list -}}
{{- range $url, $usual := dict ((.Values.externalCache).url | default "") 6379 ((.Values.egress).proxy | default "") 3128 -}}
{{- if $url -}}
{{- $ports = append $ports (regexFind ":[0-9]+(/|$)" $url | trimAll ":/" | default (toString $usual) | int) -}}
{{- end -}}
{{- end -}}
{{- dict "ports" ($ports | uniq | sortAlpha) | toJson -}}
{{- end -}}

{{/* A value as the environment has it: helm reads whole numbers as floats and would print the large ones as 1e+06. */}}
{{- define "heatmap.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* Fail on a setting that is text and means a number out of range; the schema judges what is a number already. */}}
{{- define "heatmap.checkRange" -}}
{{- $range := index (.context.Files.Get "files/settings.yaml" | fromYaml) .name | default dict -}}
{{- if and (kindIs "string" .value) $range -}}
{{- $number := float64 .value -}}
{{- if or (and (hasKey $range "least") (lt $number (float64 $range.least))) (and (hasKey $range "above") (le $number (float64 $range.above))) (and (hasKey $range "most") (gt $number (float64 $range.most))) -}}
{{- fail (printf "config.%s: %s is out of range (%s)" .name .value (toJson $range)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* How many pods there are at least. */}}
{{- define "heatmap.replicas" -}}
{{- $scaling := .Values.autoscaling | default dict -}}
{{- ternary $scaling.minReplicas .Values.replicaCount ($scaling.enabled | default false) -}}
{{- end -}}

{{/* How many pods there are at most. */}}
{{- define "heatmap.mostReplicas" -}}
{{- $scaling := .Values.autoscaling | default dict -}}
{{- ternary $scaling.maxReplicas .Values.replicaCount ($scaling.enabled | default false) -}}
{{- end -}}
