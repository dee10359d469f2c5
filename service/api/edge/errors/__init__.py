"""Errors as application/problem+json, whoever makes them.

problems       the errors of the application
problem_pages  what each kind of problem means
server_errors  what the server itself refuses
"""
