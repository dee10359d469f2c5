"""The shapes of answers, as marshmallow schemas."""
