"""One request's work between HTTP and the model: no Flask, no marshmallow."""
