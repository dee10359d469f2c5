{{- /* The proxy of every pod; templates/proxy-configmap.yaml renders it. */ -}}
worker_processes 2;
daemon off;
pid /tmp/nginx.pid;
error_log stderr warn;

events {
    worker_connections {{ int .Values.proxy.connections }};
}

http {
    access_log off;
    server_tokens off;
    default_type application/octet-stream;

    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    # Callers that dawdle hold a connection here and nothing of the service.
    client_header_timeout {{ int .Values.proxy.clientTimeoutSeconds }}s;
    client_body_timeout {{ int .Values.proxy.clientTimeoutSeconds }}s;
    send_timeout 30s;
    reset_timedout_connection on;
    # Longer than the 60 s for which common proxies reuse an idle connection.
    keepalive_timeout 75s;
    client_max_body_size 2m;
    large_client_header_buffers 4 16k;

    upstream heatmap {
        # Never taken out: there is no other, and liveness is for Kubernetes to judge.
        server unix:{{ include "heatmap.socket" . }} max_fails=0;
        keepalive 32;
    }
{{- if .Values.proxy.microCacheSeconds }}

    # One answer for all who ask the same within {{ int .Values.proxy.microCacheSeconds }} s, and no longer: it states its age.
    proxy_cache_path /tmp/cache levels=1:2 keys_zone=answers:4m max_size=64m inactive=10s use_temp_path=off;
    # Whether an answer may be shared its Cache-Control says.
    map $upstream_http_cache_control $unshared {
        default 1;
        "~*(?:no-store|no-cache|private|max-age=0)" 1;
        "~*public" 0;
    }
{{- end }}

    # A caller's own id goes on if it is one that the service takes, else one is made.
    map $http_x_request_id $asked_as {
        default $request_id;
        "~^[A-Za-z0-9._:/+=-]{1,128}$" $http_x_request_id;
    }

    map $status $problem {
        default "The request cannot be served";
        400 "The request is malformed";
        408 "The request took too long to arrive";
        411 "The length of the body is missing";
        413 "The body is too large";
        414 "The URL is too long";
        494 "The headers are too large";
        502 "The service is not there";
        504 "The service did not answer in time";
    }

    server {
        listen {{ int .Values.server.port }};
{{- if include "heatmap.listensOnIPv6" . }}
        listen [::]:{{ int .Values.server.port }};
{{- end }}

        location = /proxy-livez {
            default_type text/plain;
            return 200 "proxy\n";
        }

        location / {
            proxy_pass http://heatmap;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Request-Id $asked_as;
            # Each answer has the id of its own request, also where one answer is given to many.
            proxy_hide_header X-Request-Id;
            add_header X-Request-Id $asked_as always;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_connect_timeout 2s;
            proxy_read_timeout {{ int .Values.proxy.readTimeoutSeconds }}s;
            # The whole answer is taken at once, however slowly its caller reads.
            proxy_buffers 32 32k;
            proxy_buffer_size 32k;
            proxy_busy_buffers_size 64k;
            proxy_max_temp_file_size 32m;
            proxy_next_upstream off;
{{- if .Values.proxy.microCacheSeconds }}

            proxy_cache answers;
            proxy_cache_methods GET HEAD;
            proxy_cache_key $request_method$http_host$request_uri;
            proxy_ignore_headers Cache-Control Expires;
            proxy_cache_valid 200 {{ int .Values.proxy.microCacheSeconds }}s;
            # Nothing that was answered to the holder of a key, nor that counts a caller's limit, is given to another.
            proxy_cache_bypass $http_authorization $http_x_api_key $http_cg_api_key $http_cookie;
            proxy_no_cache $unshared $http_authorization $http_x_api_key $http_cg_api_key $upstream_http_ratelimit $upstream_http_set_cookie;
            # One request renews, the others are answered meanwhile. Not on errors: how old an answer may be that is given
            # when an exchange fails is the service's to say, and a cache that answered in its place would have no end to it.
            proxy_cache_lock on;
            proxy_cache_lock_timeout 5s;
            proxy_cache_use_stale updating;
            add_header X-Proxy-Cache $upstream_cache_status;
{{- end }}
        }

        # What the proxy itself has to refuse is a problem like the service's own.
        error_page 400 408 411 413 414 494 500 502 503 504 /proxy-problem;
        location = /proxy-problem {
            internal;
            default_type application/problem+json;
            add_header Cache-Control no-store always;
            add_header X-Request-Id $asked_as always;
            return 500 '{"type":"/problems/proxy","title":"$problem","status":$status,"detail":"$problem."}';
        }
    }
}
