"""One market at one moment: cached, validated, aligned."""
