"""What all paths share at the HTTP edge.

answers         finished bytes by their ETag
answered_first  kept answers, sent before Flask routes
asked_about     what a request is about, for its log line
compression     content codings
document        what is served as it is
etag            the ETag of an answer
problems        errors as application/problem+json
made_once       one computation for all who wait for the same
places         how many requests are worked on at once
problem_pages   what each kind of problem means
headers         what browsers are told by every answer
gate            what is refused before all else
callers         who may ask, and how often
rate_limit      requests a minute, of all processes together
request_shape   what no well-made client sends
server_errors   what the server itself refuses
cors            what pages of other origins may read
observed        every request timed, counted and logged
openapi         what generates the contract
contract        the contract as a document
named_values    lists of allowed values as schemas of their own
value_names     what those are called, for good
"""
