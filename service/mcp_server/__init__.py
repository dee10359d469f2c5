"""The service as tools for language models, over the Model Context Protocol; needs the extra `mcp`.

answers         what the tools answer, as models with a schema
asking          a path of the service asked: in this process, or over HTTP
checked_server  the server, which refuses an argument by its name and what is allowed
parameters      what the tools take, each with its range
readings        an answer of the service in few words
skill_line      what the map was measured to tell, in one line
tools           the tools, each of which asks one path of the service

It knows the service's paths and nothing behind them, so that the same tools stand before a running service.
"""
