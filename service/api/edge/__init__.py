"""What all paths share at the HTTP edge.

headers       what browsers are told by every answer
cors          what pages of other origins may read
errors        errors as application/problem+json, whoever makes them
refusals      who may ask, how often, and how many at once
kept_answers  finished answers, sent again before Flask routes
contract      the contract as a document
observed      every request timed, counted and logged
asked_about   what a request is about, for its log line
"""
