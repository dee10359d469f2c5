"""What all paths share at the HTTP edge.

answers         finished bytes by their ETag
answered_first  kept answers, sent before Flask routes
compression     content codings
etag            the ETag of an answer
problems        errors as application/problem+json
cors            what pages of other origins may read
observed        every request timed and counted
openapi         the contract
"""
