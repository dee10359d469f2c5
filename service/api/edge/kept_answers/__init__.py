"""Finished answers, sent again for as long as they stand.

answers         finished bytes by their ETag
answered_first  kept answers, sent before Flask routes
compression     content codings
document        what is served as it is
etag            the ETag of an answer
form            a body with the ages of a moment, under each coding
in_parts        a long body under a coding, of which the head is written as it is
made_once       one computation for all who wait for the same
"""
