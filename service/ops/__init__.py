"""Running the service, and seeing inside it; every other part may import this one, which imports none of them.

api_keys           keys as digests
arriving           where a request ends that is still coming
buffered_worker    gunicorn's worker, whose threads never wait for a caller
client_socket      a caller's socket, as a thread sees it
gunicorn           the server's settings, from the environment
gunicorn_log       gunicorn's log among the other lines
healthcheck        a command that asks whether the server is alive
instruments        what the service tells of itself while it works, as a protocol
json_lines         the line of each request, written straight
logs               JSON or text, a line each
memory             how many heaps threads share
metrics_directory  where the processes of one server write their metrics
metrics_server     /metrics, on a port of its own
prometheus         the instruments as Prometheus metrics
request_scope      what is known of one request so far
spans              who shares another's work, in a trace
"""
